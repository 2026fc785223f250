#pragma once

#include "core/evaluation/metrics.h"
#include "ui/inspect/confusion_model.h"

#include <QWidget>

#include <array>
#include <memory>
#include <optional>

class QComboBox;
class QFrame;
class QLabel;
class QLineEdit;
class QPushButton;
class QSlider;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace vernier::ui {

class Chip;
class ClassTableModel;
class ConfusionView;
class EmptyState;
class GalleryView;
class LargeView;
class PictureActions;
class ScoredGalleryModel;
class ThumbnailService;
struct GalleryFilter;

/// Why there is no evaluation to show.
enum class NoEvaluation {
    NothingTrained,
    Training, ///< a run is under way
    Evaluating,
    NotEvaluated ///< there is a run; its evaluation failed or was cancelled
};

/// What InspectPage shows, without a Session: an evaluation goes in, wishes come out as signals.
class InspectView : public QWidget {
    Q_OBJECT
public:
    explicit InspectView(ThumbnailService& thumbnails, QWidget* parent = nullptr);
    ~InspectView() override;

    /// Both null: the empty state. The selection stays where the classes are the same.
    /// `found`: the same pictures before anybody edited them, where that is known.
    void setEvaluation(
        std::shared_ptr<const Evaluation> evaluation, SnapshotPtr dataset, SnapshotPtr found = {});
    void setEvaluation(const Evaluation& evaluation, SnapshotPtr dataset);
    /// How the run does by the labels that it was trained on and by today's, where what was mended
    /// since makes two figures of one; none: they are the same, and nothing is to be chosen.
    struct Labels {
        double asTrained = 0; ///< shares, 0..1
        double asMended = 0;
        bool own = false; ///< what is shown is by those that it was trained on
        QString changes; ///< since then, in words
    };
    void setLabels(const std::optional<Labels>& labels);
    /// What the empty state says and offers; `progress` is that of the evaluation being made.
    void setNoEvaluation(NoEvaluation why, const QString& progress = {});
    /// While an evaluation is being made, its split is shown as chosen; none: that of the
    /// evaluation.
    void setPending(std::optional<Split> split);
    /// False: nothing can be evaluated now, so that another split cannot be chosen.
    void setCanEvaluate(bool can);

    /// Shows what is behind it, in the matrix and in the gallery; none: all wrong ones.
    void setTarget(const std::optional<ConfusionTarget>& target);
    /// What can be done with the pictures of the gallery.
    PictureActions& pictures() { return *m_mending; }

Q_SIGNALS:
    void splitRequested(vernier::Split split);
    void ownLabelsRequested(bool own);

private:
    QWidget* makeTop();
    QWidget* makeTestNotice();
    QWidget* makeMatrixCard();
    QWidget* makeClassCard();
    QWidget* makeGalleryCard(ThumbnailService& thumbnails);

    void showHead();
    void showSplits();
    void chooseSplit(Split split);
    void setFilter(const GalleryFilter& filter);
    void showGalleryState();
    void showProblems();
    QString targetName(const ConfusionTarget& target) const;
    QString emptyText(const ConfusionTarget& target) const; ///< that no picture is behind it

    std::shared_ptr<const Evaluation> m_evaluation;
    SnapshotPtr m_dataset;
    std::optional<Split> m_pending;
    bool m_canEvaluate = true;

    ConfusionModel* m_confusion;
    ClassTableModel* m_classTable;
    QSortFilterProxyModel* m_sortedClasses;
    ScoredGalleryModel* m_pictures;
    PictureActions* m_mending;

    QStackedWidget* m_stack;
    EmptyState* m_empty;
    LargeView* m_large;
    QPushButton* m_evaluateNow;
    QLabel* m_accuracy;
    QLabel* m_counted;
    QLabel* m_interval;
    QPushButton* m_problems;
    Chip* m_asTrained;
    Chip* m_asMended;
    std::array<Chip*, kSplits.size()> m_splits {};
    QFrame* m_testNotice;
    ConfusionView* m_matrix;
    QWidget* m_largeTools; ///< order and search: only for many classes
    QComboBox* m_classOrder;
    QLineEdit* m_search;
    QLabel* m_sentence;
    QTableView* m_classes;
    Chip* m_wrong;
    Chip* m_all;
    Chip* m_picked;
    QComboBox* m_order;
    QSlider* m_size;
    QStackedWidget* m_galleryStack;
    GalleryView* m_gallery;
    EmptyState* m_nothing;
    QPushButton* m_showAll;
};

} // namespace vernier::ui
