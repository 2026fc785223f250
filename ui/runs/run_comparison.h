#pragma once

#include "core/runs/run_list.h"
#include "ui/base/job.h"
#include "ui/runs/picture_comparison.h"

#include <QWidget>

#include <array>
#include <optional>

class QCheckBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace vernier::ui {

class GalleryView;
class PictureActions;
class RecipeComparisonModel;
class ScoredGalleryModel;
class ThumbnailService;

/// Two runs held against each other: their recipes side by side, and the pictures that one gets
/// right and the other wrong, which are worked out on a worker when somebody asks for them.
class RunComparison : public QWidget {
    Q_OBJECT
public:
    explicit RunComparison(ThumbnailService& thumbnails, QWidget* parent = nullptr);

    void setRuns(const RunSummary& first, const RunSummary& second);
    void clear();
    /// Not while something else needs the processor.
    void setCanCompare(bool can);
    /// Where pictures are looked for that are not where they were.
    void setPictures(const std::filesystem::path& folder) { m_pictures = folder; }
    /// The dataset that is open, and the same before anybody edited it: its pictures can be mended.
    void setOpen(const SnapshotPtr& open, const SnapshotPtr& found);
    PictureActions& pictures() { return *m_mending; }

    void comparePictures();
    void showPictures(const PictureComparison& comparison);
    RecipeComparisonModel* recipes() const { return m_recipes; }
    ScoredGalleryModel* wrong(std::size_t side) const { return m_sides.at(side).pictures; }

Q_SIGNALS:
    void failed(const vernier::Error& error);

private:
    QWidget* makeRecipes();
    QWidget* makePictures(ThumbnailService& thumbnails);
    void showState();
    void readDataChanges();

    struct Side {
        QString name;
        std::filesystem::path run;
        QLabel* title = nullptr;
        ScoredGalleryModel* pictures = nullptr;
        GalleryView* gallery = nullptr;
    };
    std::array<Side, 2> m_sides;
    std::filesystem::path m_pictures;
    SnapshotPtr m_open;
    bool m_canCompare = true;
    bool m_compared = false;
    RecipeComparisonModel* m_recipes;
    PictureActions* m_mending;
    QCheckBox* m_all = nullptr;
    QLabel* m_data = nullptr; ///< what is otherwise in the pictures of the second
    QLabel* m_sentence = nullptr;
    QPushButton* m_compare = nullptr;
    QProgressBar* m_bar = nullptr;
    Job m_job;
    Job m_readData;
};

} // namespace vernier::ui
