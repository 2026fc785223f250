#include "ui/runs/bin_model.h"

#include "ui/base/format.h"
#include "ui/base/table.h"
#include "ui/base/value_sorter.h"
#include "ui/runs/run_words.h"

namespace vernier::ui {
namespace {

Qt::Alignment sideOf(int column)
{
    return column == BinModel::Accuracy || column == BinModel::Size ? Qt::AlignRight
                                                                    : Qt::AlignLeft;
}

QString text(const BinnedRun& binned, int column)
{
    switch (column) {
    case BinModel::Name:
        return QString::fromStdString(binned.run.name());
    case BinModel::Deleted:
        return timeText(localTime(binned.deleted));
    case BinModel::Accuracy:
        return accuracyText(binned.run);
    case BinModel::Size:
        return format::bytes(binned.bytes);
    default:
        return {};
    }
}

QVariant value(const BinnedRun& binned, int column)
{
    switch (column) {
    case BinModel::Deleted:
        return timeValue(localTime(binned.deleted));
    case BinModel::Accuracy:
        return accuracyValue(binned.run);
    case BinModel::Size:
        return static_cast<double>(binned.bytes);
    default:
        return text(binned, column);
    }
}

/// What tells a run from others of its name.
QString tip(const BinnedRun& binned)
{
    const RunSummary& run = binned.run;
    QStringList lines { QString::fromStdString(run.name()), format::path(run.folder) };
    if (!run.notes.note.empty())
        lines << QString::fromStdString(run.notes.note);
    if (run.problem)
        lines << format::text(*run.problem);
    return lines.join(QLatin1Char('\n'));
}

} // namespace

void BinModel::setRuns(std::vector<BinnedRun> runs)
{
    beginResetModel();
    m_runs = std::move(runs);
    endResetModel();
}

int BinModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int BinModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant BinModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index))
        return {};
    const BinnedRun& shown = run(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(shown, index.column());
    case Qt::ToolTipRole:
        return tip(shown);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | sideOf(index.column()));
    case kValueRole:
        return value(shown, index.column());
    default:
        return {};
    }
}

QVariant BinModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= Columns)
        return {};
    const ColumnHeader headers[] {
        { tr("Run"), tr("Its name.") },
        { tr("Deleted"), tr("When the run was deleted, or its folder was last changed.") },
        { tr("Validation"), tr("Validation accuracy of the best epoch.") },
        { tr("Size"), tr("What its files take on the disk.") },
    };
    return headerValue(headers[section], role, sideOf(section));
}

} // namespace vernier::ui
