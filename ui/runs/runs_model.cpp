#include "ui/runs/runs_model.h"

#include "ui/base/format.h"
#include "ui/base/table.h"
#include "ui/base/theme.h"
#include "ui/runs/difference_words.h"
#include "ui/runs/run_words.h"

#include <QPointF>

#include <algorithm>
#include <cmath>

namespace vernier::ui {
namespace {

QString toString(const std::string& text) { return QString::fromStdString(text); }

const Sitting* lastSitting(const RunSummary& run)
{
    return run.record.sittings.empty() ? nullptr : &run.record.sittings.back();
}

QString comparison(const RunSummary& run)
{
    return run.comparedWithParent ? RunsModel::tr("Forked from %1 after epoch %2.")
                                        .arg(toString(run.comparedWith))
                                        .arg(run.record.parent->epoch)
                                  : RunsModel::tr("Against the recipe %1 that comes with Vernier.")
                                        .arg(toString(run.comparedWith));
}

} // namespace

void RunsModel::setRuns(std::vector<RunSummary> runs)
{
    const bool same = std::equal(m_runs.begin(), m_runs.end(), runs.begin(), runs.end(),
        [](const RunSummary& a, const RunSummary& b) { return a.folder == b.folder; });
    if (!same)
        beginResetModel();
    m_runs = std::move(runs);
    std::erase_if(m_ticks, [this](const Tick& tick) { return rowOf(tick.folder) < 0; });
    // One scale for all small curves, so that they can be compared.
    m_lowest = 1;
    for (const RunSummary& run : m_runs) {
        for (const EpochDone& epoch : run.epochs)
            m_lowest = std::min(m_lowest, epoch.validationAccuracy.value_or(1));
    }
    m_lowest = std::min(m_lowest, 0.95);
    if (same && !m_runs.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
    else if (!same)
        endResetModel();
    Q_EMIT ticksChanged();
}

int RunsModel::rowOf(const std::filesystem::path& folder) const
{
    const auto found = std::find_if(
        m_runs.begin(), m_runs.end(), [&](const RunSummary& run) { return run.folder == folder; });
    return found == m_runs.end() ? -1 : static_cast<int>(found - m_runs.begin());
}

std::vector<RunsModel::Ticked> RunsModel::ticked() const
{
    std::vector<Ticked> rows;
    for (const Tick& tick : m_ticks)
        rows.push_back({ rowOf(tick.folder), tick.color });
    return rows;
}

int RunsModel::colorOf(const std::filesystem::path& folder) const
{
    const auto found = std::find_if(
        m_ticks.begin(), m_ticks.end(), [&](const Tick& tick) { return tick.folder == folder; });
    return found == m_ticks.end() ? -1 : found->color;
}

bool RunsModel::tick(int row, bool on)
{
    const std::filesystem::path& folder = run(row).folder;
    if (on == (colorOf(folder) >= 0) || (on && m_ticks.size() >= kMostTicked)
        || (on && run(row).epochs.empty()))
        return false;
    if (on) {
        // The first colour that is free: those of the others stay.
        int color = 0;
        while (std::any_of(
            m_ticks.begin(), m_ticks.end(), [&](const Tick& tick) { return tick.color == color; }))
            ++color;
        m_ticks.push_back({ folder, color });
    } else {
        std::erase_if(m_ticks, [&](const Tick& tick) { return tick.folder == folder; });
    }
    Q_EMIT dataChanged(index(row, Name), index(row, Curve));
    Q_EMIT ticksChanged();
    return true;
}

int RunsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QString RunsModel::text(const RunSummary& run, int column) const
{
    if (column == Name)
        return toString(run.name());
    if (column == Note)
        return toString(run.notes.note).simplified();
    if (run.problem)
        return column == Difference ? tr("Cannot be read") : QString(kDash);
    const Sitting* sitting = lastSitting(run);
    switch (column) {
    case Accuracy:
        return accuracyText(run);
    case Difference: {
        const QStringList changes = changesInWords(run);
        return changes.isEmpty() ? tr("none") : changes.join(QStringLiteral(" · "));
    }
    case Duration:
        return run.epochs.empty() ? QString(kDash) : format::duration(run.seconds());
    case Computed:
        return sitting ? toString(sitting->device + " " + sitting->precision) : QString(kDash);
    case Started:
        return timeText(localTime(run.started()));
    default:
        return {};
    }
}

QString RunsModel::nameTip(const RunSummary& run) const
{
    QStringList lines { toString(run.name()), format::path(run.folder) };
    if (run.problem) {
        lines << format::text(*run.problem);
        return lines.join(QLatin1Char('\n'));
    }
    lines << tr("Pictures: %1").arg(format::path(run.dataset));
    if (run.epochs.empty())
        lines << tr("It has no finished epoch yet, and so no curves to tick.");
    return lines.join(QLatin1Char('\n'));
}

QVariant RunsModel::value(const RunSummary& run, int column) const
{
    switch (column) {
    case Accuracy:
    case Curve:
        return accuracyValue(run);
    case Duration:
        return run.epochs.empty() ? QVariant() : QVariant(run.seconds());
    case Started:
        return timeValue(localTime(run.started()));
    default:
        return text(run, column);
    }
}

QString RunsModel::tip(const RunSummary& run, int column) const
{
    if (column == Name)
        return nameTip(run);
    if (run.problem)
        return format::text(*run.problem);
    const EpochDone* best = run.best();
    switch (column) {
    case Accuracy:
        return best && best->validationAccuracy
            ? tr("The best of %1, in epoch %2; in brackets the 95 % interval of Wilson.")
                  .arg(format::plural(
                      static_cast<qint64>(run.epochs.size()), tr("epoch"), tr("epochs")))
                  .arg(best->epoch)
            : tr("No epoch has been measured on validation pictures.");
    case Curve: {
        QStringList shares;
        for (const EpochDone& epoch : run.epochs) {
            if (epoch.validationAccuracy)
                shares << format::percent(*epoch.validationAccuracy);
        }
        return shares.isEmpty() ? QString()
                                : tr("Validation accuracy over %1: from %2 to %3.")
                                      .arg(format::plural(shares.size(), tr("epoch"), tr("epochs")),
                                          shares.front(), shares.back());
    }
    case Difference:
        return (QStringList { comparison(run) } + changesInWords(run)).join(QLatin1Char('\n'));
    case Note:
        return toString(run.notes.note);
    case Computed: {
        QStringList lines;
        for (const Sitting& s : run.record.sittings)
            lines << tr("From epoch %1 on: %2 (%3), %4, %5, seed %6, Vernier %7, LibTorch %8")
                         .arg(s.firstEpoch)
                         .arg(toString(s.device), toString(s.deviceName), toString(s.precision),
                             format::plural(s.threads, tr("thread"), tr("threads")))
                         .arg(run.recipe.seed)
                         .arg(toString(s.vernier), toString(s.torch));
        return lines.isEmpty() ? tr("This run is of before that was written down.")
                               : lines.join(QLatin1Char('\n'));
    }
    case Duration:
        return run.finished ? tr("All phases were run.") : tr("Not all of its phases were run.");
    default:
        return {};
    }
}

QPointF RunsModel::pointOf(const RunSummary& run, const EpochDone& epoch) const
{
    const auto last = static_cast<double>(std::max<std::size_t>(run.epochs.size(), 2) - 1);
    return { static_cast<double>(&epoch - run.epochs.data()) / last,
        (epoch.validationAccuracy.value_or(m_lowest) - m_lowest) / (1 - m_lowest) };
}

QList<QPointF> RunsModel::curve(const RunSummary& run) const
{
    QList<QPointF> points;
    for (const EpochDone& epoch : run.epochs) {
        if (epoch.validationAccuracy)
            points << pointOf(run, epoch);
    }
    return points;
}

QVariant RunsModel::bestPoint(const RunSummary& run) const
{
    const EpochDone* best = run.best();
    return best && best->validationAccuracy ? QVariant(pointOf(run, *best)) : QVariant();
}

QVariant RunsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index))
        return {};
    const RunSummary& shown = run(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(shown, column);
    case Qt::EditRole:
        return column == Note ? toString(shown.notes.note) : text(shown, column);
    case Qt::ToolTipRole:
        return tip(shown, column);
    case Qt::AccessibleTextRole:
        return column == Curve ? QVariant(tip(shown, column)) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter
            | (column == Accuracy || column == Duration ? Qt::AlignRight : Qt::AlignLeft)));
    case Qt::CheckStateRole:
        if (column != Name)
            return {};
        return colorOf(shown.folder) >= 0 ? Qt::Checked : Qt::Unchecked;
    case Qt::DecorationRole: {
        if (column != Name)
            return {};
        // Its room is kept, so that a tick moves no name.
        const int color = colorOf(shown.folder);
        return color < 0 ? QColor(Qt::transparent) : theme::classColor(color);
    }
    case kValueRole:
        return value(shown, column);
    case CurveRole:
        return column == Curve ? QVariant::fromValue(curve(shown)) : QVariant();
    case BestRole:
        return column == Curve ? bestPoint(shown) : QVariant();
    case ProblemRole:
        return shown.problem ? format::text(*shown.problem) : QString();
    default:
        return {};
    }
}

bool RunsModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || !checkIndex(index))
        return false;
    if (role == Qt::CheckStateRole && index.column() == Name)
        return tick(index.row(), value.toInt() == Qt::Checked);
    if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable))
        return false;
    const RunSummary& edited = run(index.row());
    RunNotes notes = edited.notes;
    const QString typed = value.toString().trimmed();
    if (index.column() == Note)
        notes.note = typed.toStdString();
    else if (typed != text(edited, Name))
        notes.name = typed.toStdString();
    if (notes == edited.notes)
        return false;
    Q_EMIT notesEdited(format::path(edited.folder), notes);
    return true;
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (!index.isValid())
        return flags;
    if (index.column() == Name)
        flags |= Qt::ItemIsUserCheckable;
    if (index.column() == Name || index.column() == Note)
        flags |= Qt::ItemIsEditable;
    return flags;
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= Columns)
        return {};
    const ColumnHeader headers[] {
        { tr("Run"),
            tr("Its name, which F2 changes; a tick puts its curves into the chart, of up to %1 "
               "runs.")
                .arg(kMostTicked) },
        { tr("Validation"), tr("Validation accuracy of the best epoch.") },
        { tr("Curve"), tr("Validation accuracy over the epochs, on one scale for all runs.") },
        { tr("What was changed"),
            tr("In the recipe, against the run that it was forked from, or else against the "
               "recipe that comes with Vernier; and learning rates while it trained.") },
        { tr("Note"), tr("What you write about the run.") },
        { tr("Time"), tr("What its epochs took together.") },
        { tr("Computed on"),
            tr("What, beside the recipe, could make the numbers differ when it is done again: the "
               "device, the precision, the threads and the versions.") },
        { tr("Started"), tr("When the run was begun.") },
    };
    return headerValue(headers[section], role,
        section == Accuracy || section == Duration ? Qt::AlignRight : Qt::AlignLeft);
}

void RunsFilter::setSearch(const QString& search)
{
    m_words = search.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool RunsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    QString all;
    for (int column = 0; column < sourceModel()->columnCount(parent); ++column)
        all += sourceModel()->index(row, column, parent).data().toString() + QLatin1Char(' ');
    return std::all_of(m_words.begin(), m_words.end(),
        [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

} // namespace vernier::ui
