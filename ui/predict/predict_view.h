#pragma once

#include "core/prediction/predictor.h"
#include "ui/base/job.h"

#include <QStringList>
#include <QTimer>
#include <QWidget>

#include <span>
#include <vector>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QSlider;
class QStackedWidget;
class QTableView;

namespace vernier::ui {

class Chip;
class Commands;
class EmptyState;
class PictureActions;
class PredictionModel;
class ThumbnailService;

/// What PredictPage shows, without a Session: predictions go in, wishes come out as signals.
class PredictView : public QWidget {
    Q_OBJECT
public:
    explicit PredictView(ThumbnailService& thumbnails, QWidget* parent = nullptr);
    ~PredictView() override;

    /// The model that the next pictures go through. `canPredict` false: there is none.
    void setModel(const QString& name, const QStringList& classes, bool canPredict);
    /// Says in place of the classes how far the predicting is, and offers to stop it; null: none
    /// is under way.
    void setProgress(const QString& progress);
    /// Says that the newest pictures were not all predicted; with as many done as there were,
    /// nothing.
    void setStopped(qint64 done, qint64 total);
    void offerRun(bool offer); ///< to go back from an opened model to the run
    void offerOriginal(bool offer); ///< the network before any fine-tuning
    /// `classes` are those of the model that made them.
    void setPredictions(std::span<const Prediction> predictions, const QStringList& classes);
    void addPredictions(std::span<const Prediction> predictions);

    PredictionModel* model() { return m_model; }
    /// What can be done with the pictures that are of the open dataset.
    PictureActions& pictures() { return *m_pictures; }
    /// Writes what is shown; a failure is said on the page.
    void saveCsv(const QString& file, CsvText how = CsvText::Guarded);
    /// Says of the selected rows that they are right or wrong, or no longer.
    void judge(bool right);
    void copy(); ///< the selected rows, or else all that are shown

Q_SIGNALS:
    void picturesAdded(const QStringList& paths);
    void modelChosen(const QString& file);
    void runChosen();
    void originalChosen();
    void clearRequested();
    void stopRequested();
    void csvSaved(const QString& file);

private:
    QWidget* makeTop();
    QWidget* makeFilters();
    QWidget* makeTable(ThumbnailService& thumbnails);
    void askForPictures();
    void askForFolder();
    void askForModel();
    void askForCsv();
    void makeChips();
    Chip* makeChip(ClassIndex label, int place);
    void showCounts();
    void applyFilter();
    void showAll();
    void allowJudging();
    void showState();
    QString noMatchText() const;
    void showColumns();
    void requestThumbnails();

    ThumbnailService& m_thumbnails;
    PredictionModel* m_model;
    PictureActions* m_pictures;
    Job m_save;
    bool m_canPredict = false;
    QString m_classesText;
    bool m_predicting = false;
    QString m_stopped; ///< follows the number of pictures

    QLabel* m_modelName;
    QLabel* m_modelClasses;
    QPushButton* m_useRun;
    QPushButton* m_useOriginal;
    QPushButton* m_addPictures;
    QPushButton* m_addFolder;
    QPushButton* m_clear;
    QWidget* m_filters;
    QHBoxLayout* m_chipRow;
    Chip* m_all;
    Chip* m_unreadable;
    std::vector<Chip*> m_chips; ///< a class; null where it has none
    QSlider* m_atLeast;
    QLabel* m_atLeastText;
    QLabel* m_shown;
    QLabel* m_message;
    QPushButton* m_csv;
    QPushButton* m_copy;
    Commands* m_commands;
    QStackedWidget* m_stack;
    EmptyState* m_noModel;
    EmptyState* m_noPictures;
    EmptyState* m_noMatch;
    QTableView* m_table;
    QTimer m_request; ///< gathers scrolling and arrivals into one request
    QTimer m_repaint; ///< gathers thumbnails that arrive
};

} // namespace vernier::ui
