#pragma once

#include "ui/base/command.h"
#include "ui/runs/runs_model.h"

#include <QWidget>

class QButtonGroup;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedLayout;
class QTableView;

namespace vernier::ui {

class Commands;
class EmptyState;
class OverlayChart;
class RunComparison;
class ThumbnailService;

/// What RunsPage shows, without a Session: runs go in, wishes come out as signals.
class RunsView : public QWidget {
    Q_OBJECT
public:
    explicit RunsView(ThumbnailService& thumbnails, QWidget* parent = nullptr);

    void setRuns(std::vector<RunSummary> runs, const QString& folder);
    /// Whether there are runs in the bin.
    void setAnyDeleted(bool any);
    /// The run that is open, and whether another may be opened now.
    void setOpen(const QString& run, bool canOpen);
    /// Whether pictures are there to train on, for what the empty page says.
    void setCanTrain(bool canTrain);

    /// What is being done to the runs, for as long as it is; empty: nothing.
    void showWork(const QString& what);

    /// One more thing that the lower part can show.
    void addBelow(const QString& text, const QString& tip, QWidget* widget);

    RunsModel* model() const { return m_model; }
    QTableView* table() const { return m_table; }
    OverlayChart* chart() const { return m_chart; }
    RunComparison* comparison() const { return m_comparison; }
    QStringList selected() const; ///< folders, from the top
    void select(const QString& run);

Q_SIGNALS:
    void openRequested(const QString& run);
    void forkRequested(const QString& run, int epoch);
    void deleteRequested(const QStringList& runs);
    void notesEdited(const QString& run, const vernier::RunNotes& notes);
    void csvRequested(const QString& run, const QString& file);
    void tensorBoardRequested(const QString& run, const QString& folder);
    void binRequested();
    void trainRequested();
    void failed(const vernier::Error& error);

private:
    QWidget* makeTop();
    QWidget* makeTable();
    QWidget* makeBelow(ThumbnailService& thumbnails);
    void addChoice(const QString& text, const QString& tip, int what);
    void showBelow(int what);
    void carryOut(CommandId command);
    void refreshCommands();
    void showCurves();
    void showComparison();
    void showCounts();
    void edit(RunsModel::Column column);
    void showMenu(const QPoint& at);
    void askForEpoch();
    void askForCsv();
    void askForTensorBoard();
    void showInFolder() const;
    std::vector<int> selectedRows() const; ///< of the model
    QModelIndex indexOf(const QString& run) const; ///< of the table; invalid: not shown
    void selectAgain(const QStringList& runs);

    Commands* m_commands;
    RunsModel* m_model;
    RunsFilter* m_filter;
    QString m_folder;
    QString m_open;
    QString m_work;
    bool m_canOpen = true;
    bool m_anyDeleted = false;

    QStackedLayout* m_stack = nullptr;
    EmptyState* m_empty = nullptr;
    QPushButton* m_train = nullptr;
    QPushButton* m_bin = nullptr; ///< on the empty page
    QWidget* m_content = nullptr;
    QLabel* m_counts = nullptr;
    QLineEdit* m_search = nullptr;
    QTableView* m_table = nullptr;
    QStackedLayout* m_below = nullptr;
    QHBoxLayout* m_choices = nullptr;
    OverlayChart* m_chart = nullptr;
    RunComparison* m_comparison = nullptr;
    QLabel* m_legend = nullptr;
    QButtonGroup* m_figure = nullptr;
};

} // namespace vernier::ui
