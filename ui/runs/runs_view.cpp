#include "ui/runs/runs_view.h"

#include "ui/base/allow.h"
#include "ui/base/commands.h"
#include "ui/base/elided_label.h"
#include "ui/base/empty_state.h"
#include "ui/base/format.h"
#include "ui/base/last_folder.h"
#include "ui/base/table.h"
#include "ui/base/theme.h"
#include "ui/runs/fork_dialog.h"
#include "ui/runs/overlay_chart.h"
#include "ui/runs/run_comparison.h"
#include "ui/runs/runs_delegate.h"
#include "ui/session/run_history.h"

#include <QAction>
#include <QButtonGroup>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace vernier::ui {
namespace {

constexpr int kMargin = 2 * theme::kGrid;
const QString kFiguresKind = QStringLiteral("figures");
const QString kTensorBoardKind = QStringLiteral("tensorboard");

/// What lies below the table; the first two are OverlayChart::Figure.
enum Below { Accuracy, Loss, Comparison, Others };

QPushButton* buttonFor(QAction* action, QWidget* parent)
{
    QPushButton* button = makeButton(action->text(), parent);
    button->setToolTip(action->toolTip());
    button->setEnabled(action->isEnabled());
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    QObject::connect(action, &QAction::changed, button, [action, button] {
        button->setEnabled(action->isEnabled());
        button->setToolTip(action->toolTip());
    });
    return button;
}

Curves curvesOfRun(const RunSummary& run)
{
    RunHistory history;
    static_cast<RunCourse&>(history) = run;
    return curvesOf(history);
}

} // namespace

RunsView::RunsView(ThumbnailService& thumbnails, QWidget* parent)
    : QWidget(parent)
    , m_commands(new Commands(CommandScope::Runs, this))
    , m_model(new RunsModel(this))
    , m_filter(new RunsFilter(this))
{
    m_filter->setSourceModel(m_model);
    // Held down, Del would ask again before the list has changed.
    m_commands->action(CommandId::DeleteRuns)->setAutoRepeat(false);
    connect(m_commands, &Commands::asked, this, &RunsView::carryOut);
    m_empty = new EmptyState(QStringLiteral("history"), tr("No runs yet"), QString(), this);
    m_train = m_empty->addButton(tr("Train"), true);
    m_train->setToolTip(tr("Trains with the recipe as it stands on the Recipe page."));
    connect(m_train, &QPushButton::clicked, this, &RunsView::trainRequested);
    QAction* bin = m_commands->action(CommandId::DeletedRuns);
    m_bin = m_empty->addButton(bin->text());
    m_bin->setToolTip(bin->statusTip());
    connect(m_bin, &QPushButton::clicked, bin, &QAction::trigger);

    m_content = new QWidget(this);
    auto* column = new QVBoxLayout(m_content);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(kMargin);
    column->addWidget(makeTop());
    auto* splitter = new QSplitter(Qt::Vertical, m_content);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(kMargin);
    splitter->addWidget(makeTable());
    splitter->addWidget(makeBelow(thumbnails));
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    column->addWidget(splitter, 1);

    m_stack = new QStackedLayout(this);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_content);

    connect(m_model, &RunsModel::notesEdited, this, &RunsView::notesEdited);
    connect(m_model, &RunsModel::ticksChanged, this, &RunsView::showCurves);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        refreshCommands();
        showCurves();
        showComparison();
    });
    setCanTrain(false);
    refreshCommands();
    showCurves();
}

void RunsView::carryOut(CommandId command)
{
    switch (command) {
    case CommandId::OpenListedRun:
        Q_EMIT openRequested(selected().value(0));
        return;
    case CommandId::ForkRun:
        return askForEpoch();
    case CommandId::RenameRun:
        return edit(RunsModel::Name);
    case CommandId::WriteNote:
        return edit(RunsModel::Note);
    case CommandId::ShowRunInFolder:
        return showInFolder();
    case CommandId::SaveFigures:
        return askForCsv();
    case CommandId::SaveForTensorBoard:
        return askForTensorBoard();
    case CommandId::DeleteRuns:
        Q_EMIT deleteRequested(selected());
        return;
    case CommandId::DeletedRuns:
        Q_EMIT binRequested();
        return;
    default:
        return;
    }
}

QWidget* RunsView::makeTop()
{
    auto* top = new QWidget(m_content);
    auto* heading = new QLabel(tr("Runs"), top);
    theme::setRole(heading, theme::Role::Heading);
    m_counts = new ElidedLabel(top);
    theme::setRole(m_counts, theme::Role::Muted);
    // A long folder must not widen the window.
    auto* texts = new QVBoxLayout;
    texts->setSpacing(theme::kGrid / 2);
    texts->addWidget(heading);
    texts->addWidget(m_counts);

    m_search = new QLineEdit(top);
    m_search->setPlaceholderText(tr("Filter"));
    m_search->setAccessibleName(tr("Filter runs"));
    m_search->setToolTip(tr("Shows the runs that have these words in their row."));
    m_search->setClearButtonEnabled(true);
    m_search->setFixedWidth(25 * theme::kGrid);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setSearch(text);
        showCounts();
    });

    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addLayout(texts, 1);
    row->addWidget(m_search);
    for (const CommandId command : { CommandId::DeletedRuns, CommandId::DeleteRuns,
             CommandId::SaveFigures, CommandId::ForkRun, CommandId::OpenListedRun })
        row->addWidget(buttonFor(m_commands->action(command), top));
    return top;
}

QWidget* RunsView::makeTable()
{
    auto* frame = new QFrame(m_content);
    theme::setRole(frame, theme::Role::Card);
    m_table = new QTableView(frame);
    theme::setRole(m_table, theme::Role::List);
    m_table->setAccessibleName(tr("Runs"));
    m_table->setToolTip(tr("A double click or Return opens a run, F2 renames it, Del deletes it, "
                           "Space ticks it for the chart."));
    m_table->setModel(m_filter);
    m_table->setItemDelegate(new RunsDelegate(m_table));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setStyleSheet(QStringLiteral("QTableView { border: none; }"));
    m_table->setEditTriggers(QAbstractItemView::SelectedClicked);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setUpRows(*m_table, RunsDelegate::kRow);
    QHeaderView* header = m_table->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::Interactive);
    for (const int column : { RunsModel::Name, RunsModel::Difference })
        header->setSectionResizeMode(column, QHeaderView::Stretch);
    header->setMinimumSectionSize(6 * theme::kGrid);
    // As wide as their usual texts, whatever the font; names and what was changed get the rest.
    const QFontMetrics metrics(theme::tabular(font()));
    const auto wide = [&](const char* text) {
        return metrics.horizontalAdvance(QString::fromUtf8(text)) + 3 * theme::kGrid;
    };
    header->resizeSection(RunsModel::Accuracy, wide("93.5 % (88.5 to 96.4) of 1 000"));
    header->resizeSection(RunsModel::Curve, 10 * theme::kGrid);
    header->resizeSection(RunsModel::Note, 11 * theme::kGrid);
    header->resizeSection(RunsModel::Duration, wide("12 min 10"));
    header->resizeSection(RunsModel::Computed, wide("Computed on  v"));
    header->resizeSection(RunsModel::Started, wide("2026-11-24 14:05"));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(RunsModel::Started, Qt::DescendingOrder);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QWidget::customContextMenuRequested, this, &RunsView::showMenu);
    for (const auto& [command, action] : m_commands->actions()) {
        if (commandOf(command).place.menu == MenuId::OfRuns)
            m_table->addAction(action);
    }
    connect(m_table, &QTableView::activated, m_commands->action(CommandId::OpenListedRun),
        &QAction::trigger);

    auto* rows = new QVBoxLayout(frame);
    rows->setContentsMargins(1, 1, 1, 1);
    rows->addWidget(m_table);
    return frame;
}

QWidget* RunsView::makeBelow(ThumbnailService& thumbnails)
{
    auto* card = new QFrame(m_content);
    theme::setRole(card, theme::Role::Card);
    m_legend = new QLabel(card);
    m_legend->setTextFormat(Qt::RichText);
    m_legend->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_figure = new QButtonGroup(this);
    m_choices = new QHBoxLayout;
    m_choices->addWidget(m_legend, 1);
    struct Choice {
        Below what;
        QString text;
        QString tip;
    };
    const QString lines = tr("Shows this figure: training solid, validation dashed.");
    const Choice choices[] { { Accuracy, tr("Accuracy"), lines }, { Loss, tr("Loss"), lines },
        { Comparison, tr("Two runs"),
            tr("Holds two selected runs against each other: their recipes, and the pictures that "
               "one gets right and the other wrong.") } };
    for (const Choice& choice : choices)
        addChoice(choice.text, choice.tip, choice.what);
    m_figure->button(Accuracy)->setChecked(true);
    m_chart = new OverlayChart(card);
    m_comparison = new RunComparison(thumbnails, card);
    connect(m_comparison, &RunComparison::failed, this, &RunsView::failed);
    connect(m_figure, &QButtonGroup::idClicked, this, &RunsView::showBelow);
    m_below = new QStackedLayout;
    m_below->addWidget(m_chart);
    m_below->addWidget(m_comparison);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(kMargin, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(m_choices);
    column->addLayout(m_below, 1);
    return card;
}

void RunsView::addChoice(const QString& text, const QString& tip, int what)
{
    auto* button = new QPushButton(text, m_legend->parentWidget());
    button->setCheckable(true);
    button->setAccessibleName(text);
    button->setToolTip(tip);
    m_figure->addButton(button, what);
    m_choices->addWidget(button);
}

void RunsView::addBelow(const QString& text, const QString& tip, QWidget* widget)
{
    addChoice(text, tip, Others + m_below->count());
    m_below->addWidget(widget);
}

void RunsView::showBelow(int what)
{
    if (what == Accuracy || what == Loss) {
        m_below->setCurrentWidget(m_chart);
        m_chart->setFigure(static_cast<OverlayChart::Figure>(what));
    } else if (what == Comparison) {
        m_below->setCurrentWidget(m_comparison);
        showComparison();
    } else {
        m_below->setCurrentIndex(what - Others);
    }
    showCurves();
}

void RunsView::showComparison()
{
    if (m_figure->checkedId() != Comparison)
        return;
    std::vector<int> rows = selectedRows();
    // The same two stay on their sides, however the table is sorted.
    std::sort(rows.begin(), rows.end());
    if (rows.size() == 2)
        m_comparison->setRuns(m_model->run(rows[0]), m_model->run(rows[1]));
    else
        m_comparison->clear();
}

void RunsView::setRuns(std::vector<RunSummary> runs, const QString& folder)
{
    m_folder = folder;
    const QStringList before = selected();
    m_model->setRuns(std::move(runs));
    if (selected().isEmpty())
        selectAgain(before);
    m_stack->setCurrentWidget(m_model->rowCount() > 0 ? m_content : static_cast<QWidget*>(m_empty));
    showCounts();
    refreshCommands();
    showComparison();
}

void RunsView::setOpen(const QString& run, bool canOpen)
{
    // As the list has it, even where it was opened as "runs/first/".
    m_open = QDir::cleanPath(run);
    m_canOpen = canOpen;
    m_comparison->setCanCompare(canOpen);
    refreshCommands();
}

void RunsView::showWork(const QString& what)
{
    m_work = what;
    showCounts();
    refreshCommands();
}

void RunsView::setCanTrain(bool canTrain)
{
    m_empty->setSentence(canTrain
            ? tr("Press Train. Each run is kept here with its recipe and its figures, so that runs "
                 "can be compared, continued and forked.")
            : tr("Open a folder of pictures and train. Each run is kept here with its recipe and "
                 "its figures, so that runs can be compared, continued and forked."));
    m_train->setVisible(canTrain);
}

void RunsView::setAnyDeleted(bool any)
{
    m_anyDeleted = any;
    refreshCommands();
}

std::vector<int> RunsView::selectedRows() const
{
    std::vector<int> rows;
    QModelIndexList chosen = m_table->selectionModel()->selectedRows();
    std::sort(chosen.begin(), chosen.end());
    for (const QModelIndex& index : chosen)
        rows.push_back(m_filter->mapToSource(index).row());
    return rows;
}

QStringList RunsView::selected() const
{
    QStringList folders;
    for (const int row : selectedRows())
        folders << format::path(m_model->run(row).folder);
    return folders;
}

QModelIndex RunsView::indexOf(const QString& run) const
{
    const int row = m_model->rowOf(format::path(run));
    return row < 0 ? QModelIndex() : m_filter->mapFromSource(m_model->index(row, RunsModel::Name));
}

void RunsView::selectAgain(const QStringList& runs)
{
    // At one stroke: of two runs that are compared, neither is ever alone.
    QItemSelection selection;
    for (const QString& run : runs) {
        if (const QModelIndex index = indexOf(run); index.isValid())
            selection.select(index, index);
    }
    if (selection.isEmpty())
        return;
    m_table->selectionModel()->setCurrentIndex(
        selection.indexes().front(), QItemSelectionModel::NoUpdate);
    m_table->selectionModel()->select(
        selection, QItemSelectionModel::Select | QItemSelectionModel::Rows);
}

void RunsView::select(const QString& run)
{
    const QModelIndex index = indexOf(run);
    if (!index.isValid())
        return;
    m_table->selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
    m_table->selectionModel()->select(
        index, QItemSelectionModel::Select | QItemSelectionModel::Rows);
}

void RunsView::refreshCommands()
{
    const std::vector<int> rows = selectedRows();
    const RunSummary* run = rows.size() == 1 ? &m_model->run(rows.front()) : nullptr;
    const QString notOne = rows.empty() ? tr("Choose a run first.")
        : !run                          ? tr("Choose one run only.")
                                        : QString();
    const QString broken = run && run->problem ? format::text(*run->problem) : notOne;
    const QString untrained = run && broken.isEmpty() && run->epochs.empty()
        ? tr("This run has no finished epoch yet.")
        : broken;
    const auto unlessTraining = [this](const QString& obstacle) {
        return obstacle.isEmpty() && !m_canOpen ? tr("Not while a training is under way.")
                                                : obstacle;
    };
    m_commands->allow(CommandId::OpenListedRun, unlessTraining(broken));
    m_commands->allow(CommandId::ForkRun, m_work.isEmpty() ? unlessTraining(untrained) : m_work);
    for (const CommandId command :
        { CommandId::RenameRun, CommandId::WriteNote, CommandId::ShowRunInFolder })
        m_commands->allow(command, notOne);
    for (const CommandId command : { CommandId::SaveFigures, CommandId::SaveForTensorBoard })
        m_commands->allow(command, untrained);
    m_commands->allow(
        CommandId::DeletedRuns, m_anyDeleted ? QString() : tr("No run has been deleted."));
    m_bin->setVisible(m_anyDeleted);
    // What the other pages show must not go from under them.
    m_commands->allow(CommandId::DeleteRuns,
        rows.empty()                       ? tr("Choose a run first.")
            : !selected().contains(m_open) ? QString()
            : m_canOpen
            ? tr("The run that the other pages show cannot be deleted: open another one, "
                 "or start over with Ctrl+N.")
            : tr("A run that trains cannot be deleted."));
}

void RunsView::showCounts()
{
    const int all = m_model->rowCount();
    const int shown = m_filter->rowCount();
    const QString count = format::plural(all, tr("run"), tr("runs"));
    const QString counts = QStringLiteral("%1 · %2").arg(
        shown == all ? count : tr("%1 of %2").arg(format::count(shown), count),
        QDir::toNativeSeparators(m_folder));
    m_counts->setText(m_work.isEmpty() ? counts : m_work);
    m_counts->setToolTip(m_counts->text());
}

void RunsView::showCurves()
{
    std::vector<RunsModel::Ticked> rows = m_model->ticked();
    const bool ticked = !rows.empty();
    if (!ticked) {
        for (const int row : selectedRows()) {
            if (rows.size() < RunsModel::kMostTicked)
                rows.push_back({ row, static_cast<int>(rows.size()) });
        }
    }
    std::vector<OverlayChart::Run> runs;
    QStringList legend;
    for (const auto& [row, color] : rows) {
        const RunSummary& run = m_model->run(row);
        const QString name = QString::fromStdString(run.name());
        runs.push_back({ name, theme::classColor(color), curvesOfRun(run) });
        legend << QStringLiteral("<span style=\"color:%1\">&#9632;</span>&nbsp;%2")
                      .arg(theme::classColor(color).name(), name.toHtmlEscaped());
    }
    m_chart->setRuns(std::move(runs));
    if (m_figure->checkedId() >= Comparison)
        m_legend->clear();
    else
        m_legend->setText(legend.isEmpty()
                ? tr("Select a run, or tick several, to see their curves here.")
                : legend.join(QStringLiteral("&nbsp;&nbsp; ")));
    m_legend->setToolTip(tr("Training solid, validation dashed."));
}

void RunsView::edit(RunsModel::Column column)
{
    const std::vector<int> rows = selectedRows();
    if (rows.size() != 1)
        return;
    const QModelIndex index = m_filter->mapFromSource(m_model->index(rows.front(), column));
    m_table->setCurrentIndex(index);
    m_table->edit(index);
}

void RunsView::askForEpoch()
{
    const std::vector<int> rows = selectedRows();
    if (rows.size() != 1)
        return;
    const RunSummary& run = m_model->run(rows.front());
    const QString folder = format::path(run.folder);
    ForkDialog dialog(run, this);
    if (dialog.exec() == QDialog::Accepted)
        Q_EMIT forkRequested(folder, dialog.epoch());
}

void RunsView::askForCsv()
{
    const QString run = selected().value(0);
    const QDir folder(lastFolder(kFiguresKind, QDir::homePath()));
    QFileDialog dialog(this, tr("Save the figures"),
        folder.filePath(QDir(run).dirName() + QStringLiteral(".csv")), tr("Tables (*.csv)"));
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(QStringLiteral("csv"));
    if (dialog.exec() != QDialog::Accepted)
        return;
    const QString file = dialog.selectedFiles().value(0);
    setLastFolder(kFiguresKind, file);
    Q_EMIT csvRequested(run, file);
}

void RunsView::askForTensorBoard()
{
    const QString run = selected().value(0);
    const QString chosen = QFileDialog::getExistingDirectory(
        this, tr("Save for TensorBoard"), lastFolder(kTensorBoardKind, QDir::homePath()));
    if (chosen.isEmpty())
        return;
    setLastFolder(kTensorBoardKind, chosen);
    // TensorBoard tells runs by their folders.
    Q_EMIT tensorBoardRequested(run, QDir(chosen).filePath(QDir(run).dirName()));
}

void RunsView::showMenu(const QPoint& at)
{
    QMenu menu;
    m_commands->fill(menu, MenuId::OfRuns);
    menu.exec(m_table->viewport()->mapToGlobal(at));
}

void RunsView::showInFolder() const
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(selected().value(0)));
}

} // namespace vernier::ui
