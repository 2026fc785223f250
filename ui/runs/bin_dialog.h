#pragma once

#include "core/runs/run_bin.h"

#include <QDialog>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace vernier::ui {

class BinModel;
class RunLibrary;
class ValueSorter;

/// The deleted runs: to be taken back, or to be deleted for good, which asks first.
class BinDialog : public QDialog {
    Q_OBJECT
public:
    explicit BinDialog(QWidget* parent = nullptr);
    /// Shows what is in the bin of `library`, and has it do what is wished.
    explicit BinDialog(RunLibrary& library, QWidget* parent = nullptr);

    void showRuns(const std::vector<BinnedRun>& runs);
    void showError(const Error& error);
    /// What is being done to the runs, for as long as it is; empty: nothing.
    void showWork(const QString& what);

    QTableView* table() const { return m_table; }

Q_SIGNALS:
    void takeOutRequested(const QStringList& binned);
    void removeRequested(const QStringList& binned);

private:
    QWidget* makeList();
    QWidget* makeButtons();
    void refresh();
    /// Rows of the model.
    std::vector<int> selectedRows() const;
    std::vector<int> allRows() const;
    QStringList folders(const std::vector<int>& rows) const;
    void askToRemove(const std::vector<int>& rows, const QString& title, const QString& question);

    BinModel* m_model;
    ValueSorter* m_sorter;
    QString m_work;
    QStackedWidget* m_stack = nullptr;
    QTableView* m_table = nullptr;
    QLabel* m_counts = nullptr;
    QLabel* m_problem = nullptr;
    QPushButton* m_takeOut = nullptr;
    QPushButton* m_remove = nullptr;
    QPushButton* m_empty = nullptr;
};

} // namespace vernier::ui
