#pragma once

#include "ui/base/command.h"
#include "ui/data/dataset_model.h"
#include "ui/data/large_view.h"

#include <QWidget>

#include <functional>
#include <map>

class QSlider;
class QStackedWidget;

namespace vernier::ui {

class Chip;
class Commands;
class EmptyState;
class FlowLayout;
class GalleryView;
class Session;
class SummaryStrip;
class ThumbnailService;

/// Data: the pictures of the dataset by class, filtered by class and split, and one of them large.
class DataPage : public QWidget {
    Q_OBJECT
public:
    DataPage(Session& session, ThumbnailService& thumbnails, QWidget* parent = nullptr);

private:
    SnapshotPtr shown() const;
    void follow();
    void makeChips();
    void countChips();
    void filter();
    void showAll();
    void showGalleryState();
    std::vector<std::size_t> selectedImages() const;
    /// Of the training pictures shown, those that are more than the rarest class has.
    void move(const std::vector<std::size_t>& images, Split split);
    void selectSurplus();
    /// Carries out an edit of these pictures. Where it takes them away from their place, the next
    /// picture is selected and nothing is scrolled, so that many can be mended one after the other.
    void edit(const std::vector<std::size_t>& images, const std::function<void()>& change);
    void showMenu(const QPoint& at);
    void fillPlaces(const std::vector<std::size_t>& images);
    void refreshCommands();
    void carryOut(CommandId command);
    void showLarge(int row);
    LargeView::Facts factsOf(int row) const;
    void showProblems();

    Session& m_session;
    DatasetModel m_model;
    std::filesystem::path m_root; ///< of the dataset shown
    bool m_isPreview = false;
    std::vector<std::string> m_classes;

    Commands* m_commands;
    SummaryStrip* m_summary;
    QStackedWidget* m_stack;
    QStackedWidget* m_galleryStack;
    GalleryView* m_gallery;
    EmptyState* m_noMatch;
    LargeView* m_large;
    QSlider* m_slider;
    FlowLayout* m_chips;
    std::vector<Chip*> m_classChips;
    std::map<Split, Chip*> m_splitChips;
    Chip* m_problems;
};

} // namespace vernier::ui
