#include "ui/runs/bin_dialog.h"

#include "ui/base/allow.h"
#include "ui/base/empty_state.h"
#include "ui/base/format.h"
#include "ui/base/table.h"
#include "ui/base/theme.h"
#include "ui/base/value_sorter.h"
#include "ui/runs/bin_model.h"
#include "ui/runs/run_library.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <numeric>

namespace vernier::ui {
namespace {

QString runs(std::size_t count)
{
    return format::plural(static_cast<qint64>(count), BinDialog::tr("run"), BinDialog::tr("runs"));
}

} // namespace

BinDialog::BinDialog(QWidget* parent)
    : QDialog(parent), m_model(new BinModel(this)), m_sorter(new ValueSorter(this))
{
    setWindowTitle(tr("Deleted runs"));
    m_sorter->setSourceModel(m_model);
    m_counts = new QLabel(tr("Looking…"), this);
    theme::setRole(m_counts, theme::Role::Muted);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(makeList());
    m_stack->addWidget(new EmptyState(QStringLiteral("history"), tr("The bin is empty"),
        tr("Runs that are deleted on the Runs page come here first. They can be taken back until "
           "they are deleted for good."),
        m_stack));
    m_problem = new QLabel(this);
    m_problem->setObjectName(QStringLiteral("problem"));
    m_problem->setWordWrap(true);
    m_problem->setMinimumHeight(2 * m_problem->fontMetrics().lineSpacing());
    m_problem->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    theme::setRole(m_problem, theme::Role::Wrong);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addWidget(m_counts);
    column->addWidget(m_stack, 1);
    column->addWidget(m_problem);
    column->addWidget(makeButtons());
    resize(90 * theme::kGrid, 56 * theme::kGrid);
    refresh();
}

BinDialog::BinDialog(RunLibrary& library, QWidget* parent) : BinDialog(parent)
{
    connect(&library, &RunLibrary::binRead, this, &BinDialog::showRuns);
    connect(&library, &RunLibrary::failed, this, &BinDialog::showError);
    connect(&library, &RunLibrary::working, this, [this, &library](const QString& what) {
        showWork(what);
        if (what.isEmpty())
            library.readBin();
    });
    connect(this, &BinDialog::takeOutRequested, &library, &RunLibrary::takeOut);
    connect(this, &BinDialog::removeRequested, &library, &RunLibrary::removeForGood);
    library.readBin();
}

QWidget* BinDialog::makeList()
{
    auto* card = new QFrame(m_stack);
    theme::setRole(card, theme::Role::Card);
    m_table = new QTableView(card);
    theme::setRole(m_table, theme::Role::List);
    m_table->setModel(m_sorter);
    m_table->setAccessibleName(tr("Deleted runs"));
    m_table->setToolTip(tr("Runs that can be taken back; several may be selected."));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setStyleSheet(QStringLiteral("QTableView { border: none; }"));
    m_table->setFont(theme::tabular(font()));
    // Names differ at their ends: a date in front, a number behind.
    m_table->setTextElideMode(Qt::ElideMiddle);
    setUpRows(*m_table, 3 * theme::kGrid + theme::kGrid / 2);
    QHeaderView* header = m_table->horizontalHeader();
    header->setSectionResizeMode(BinModel::Name, QHeaderView::Stretch);
    for (const int column : { BinModel::Deleted, BinModel::Accuracy, BinModel::Size })
        header->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(BinModel::Deleted, Qt::DescendingOrder);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        [this] { refresh(); });
    auto* rows = new QVBoxLayout(card);
    rows->setContentsMargins(1, 1, 1, 1);
    rows->addWidget(m_table);
    return card;
}

QWidget* BinDialog::makeButtons()
{
    auto* foot = new QWidget(this);
    m_takeOut = makeButton(tr("Take back"), foot);
    m_remove = makeButton(tr("Delete for good…"), foot);
    m_empty = makeButton(tr("Empty the bin…"), foot);
    QPushButton* close = makeButton(tr("Close"), foot);
    close->setToolTip(tr("Closes this window; what is in the bin stays there."));
    connect(m_takeOut, &QPushButton::clicked, this, [this] {
        m_problem->clear();
        Q_EMIT takeOutRequested(folders(selectedRows()));
    });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        const std::vector<int> rows = selectedRows();
        askToRemove(rows, tr("Delete for good"),
            rows.size() == 1 ? tr("Delete “%1” for good?")
                                   .arg(QString::fromStdString(m_model->run(rows[0]).run.name()))
                             : tr("Delete %1 for good?").arg(runs(rows.size())));
    });
    connect(m_empty, &QPushButton::clicked, this, [this] {
        const std::vector<int> rows = allRows();
        askToRemove(rows, tr("Empty the bin"),
            tr("Empty the bin, and with it delete %1 for good?").arg(runs(rows.size())));
    });
    connect(close, &QPushButton::clicked, this, &BinDialog::accept);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(m_takeOut);
    row->addWidget(m_remove);
    row->addWidget(m_empty);
    row->addStretch();
    row->addWidget(close);
    return foot;
}

void BinDialog::showRuns(const std::vector<BinnedRun>& runs)
{
    m_model->setRuns(runs);
    m_stack->setCurrentIndex(runs.empty() ? 1 : 0);
    quint64 bytes = 0;
    for (const BinnedRun& each : runs)
        bytes += each.bytes;
    m_counts->setText(runs.empty()
            ? QString()
            : QStringLiteral("%1 · %2").arg(ui::runs(runs.size()), format::bytes(bytes)));
    refresh();
}

void BinDialog::showError(const Error& error)
{
    m_problem->setText(format::text(error));
    if (m_model->rowCount() == 0)
        m_counts->clear();
}

void BinDialog::showWork(const QString& what)
{
    m_work = what;
    refresh();
}

void BinDialog::refresh()
{
    const bool none = m_model->rowCount() == 0;
    const QString busy = none ? tr("There is no deleted run.") : m_work;
    const QString notChosen
        = busy.isEmpty() && selectedRows().empty() ? tr("Choose a run first.") : busy;
    allow(*m_takeOut, notChosen, tr("Moves the selected runs back into the list of runs."));
    allow(*m_remove, notChosen,
        tr("Removes the selected runs from the disk, after asking; that cannot be undone."));
    allow(*m_empty, busy,
        tr("Removes all of these runs from the disk, after asking; that cannot be undone."));
}

std::vector<int> BinDialog::selectedRows() const
{
    std::vector<int> rows;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        rows.push_back(m_sorter->mapToSource(index).row());
    return rows;
}

std::vector<int> BinDialog::allRows() const
{
    std::vector<int> rows(static_cast<std::size_t>(m_model->rowCount()));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
}

QStringList BinDialog::folders(const std::vector<int>& rows) const
{
    QStringList folders;
    for (const int row : rows)
        folders << format::path(m_model->run(row).run.folder);
    return folders;
}

void BinDialog::askToRemove(
    const std::vector<int>& rows, const QString& title, const QString& question)
{
    // Before asking: what is in the bin may change meanwhile.
    const QStringList chosen = folders(rows);
    quint64 bytes = 0;
    for (const int row : rows)
        bytes += m_model->run(row).bytes;
    QMessageBox box(this);
    box.setIcon(QMessageBox::Question);
    box.setWindowTitle(title);
    box.setText(question);
    box.setInformativeText(
        tr("Weights, figures and notes are removed from the disk, %1, and cannot be brought back. "
           "Pictures and exported models stay as they are.")
            .arg(format::bytes(bytes)));
    auto* remove = box.addButton(tr("Delete for good"), QMessageBox::AcceptRole);
    box.setDefaultButton(box.addButton(tr("Keep"), QMessageBox::RejectRole));
    box.exec();
    if (box.clickedButton() != remove)
        return;
    m_problem->clear();
    Q_EMIT removeRequested(chosen);
}

} // namespace vernier::ui
