#pragma once

#include "ui/data/dataset_model.h"

#include <QWidget>

#include <map>

class QLineEdit;
class QSlider;
class QStackedWidget;

namespace vernier::ui {

class Chip;
class EmptyState;
class FlowLayout;
class GalleryView;
class PictureActions;
class Session;
class SummaryStrip;
class ThumbnailService;

/// Data: the pictures of the dataset by class, filtered by class and split, and one of them large.
class DataPage : public QWidget {
    Q_OBJECT
public:
    DataPage(Session& session, ThumbnailService& thumbnails, QWidget* parent = nullptr);

    void find(); ///< the keyboard goes to the search by name
    /// Selects it, whatever is filtered and shown large.
    void reveal(std::size_t image);

private:
    SnapshotPtr shown() const;
    void follow();
    void makeChips();
    void countChips();
    void filter();
    void showAll();
    void showGalleryState();
    QString noMatchText(const DatasetFilter& filter) const;
    DatasetFilter chosen() const;
    /// Of the training pictures shown, those that are more than the rarest class has.
    void selectSurplus();
    void followEvaluation();
    void showProblems();

    Session& m_session;
    DatasetModel m_model;
    std::filesystem::path m_root; ///< of the dataset shown
    bool m_isPreview = false;
    std::vector<std::string> m_classes;

    PictureActions* m_pictures;
    SummaryStrip* m_summary;
    QStackedWidget* m_stack;
    QStackedWidget* m_galleryStack;
    GalleryView* m_gallery;
    EmptyState* m_noMatch;
    QLineEdit* m_search;
    QSlider* m_slider;
    FlowLayout* m_chips;
    std::vector<Chip*> m_classChips;
    std::map<Split, Chip*> m_splitChips;
    Chip* m_mended = nullptr;
    Chip* m_problems;
};

} // namespace vernier::ui
