#include "ui/inspect/class_table_model.h"

#include "ui/base/format.h"
#include "ui/base/table.h"
#include "ui/base/value_sorter.h"

namespace vernier::ui {

void ClassTableModel::setEvaluation(const Evaluation& evaluation)
{
    beginResetModel();
    m_classes.clear();
    for (const std::string& name : evaluation.classes)
        m_classes.append(QString::fromStdString(name));
    m_metrics = evaluation.perClass;
    m_metrics.resize(evaluation.classes.size());
    endResetModel();
}

int ClassTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_metrics.size());
}

int ClassTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ClassTableModel::value(int row, int column) const
{
    const ClassMetrics& metrics = m_metrics[static_cast<std::size_t>(row)];
    const auto figure
        = [](const std::optional<double>& share) { return share ? QVariant(*share) : QVariant(); };
    switch (column) {
    case Name:
        return m_classes[row];
    case Count:
        return static_cast<qint64>(metrics.count);
    case Precision:
        return figure(metrics.precision);
    case Recall:
        return figure(metrics.recall);
    case F1:
        return figure(metrics.f1);
    default:
        return {};
    }
}

QVariant ClassTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index))
        return {};
    const QVariant figure = value(index.row(), index.column());
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == Name)
            return figure;
        if (index.column() == Count)
            return format::count(figure.toLongLong());
        return figure.isValid() ? format::percent(figure.toDouble()) : QStringLiteral("–");
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (index.column() == Name ? Qt::AlignLeft : Qt::AlignRight)));
    case Qt::ToolTipRole:
        if (index.column() == Name)
            return figure;
        return figure.isValid() ? QVariant()
                                : QVariant(tr("There is no picture to work this figure out from."));
    case kValueRole:
        return figure;
    case ClassRole:
        return static_cast<ClassIndex>(index.row());
    default:
        return {};
    }
}

QVariant ClassTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const ColumnHeader headers[] {
        { tr("Class"), tr("The class as its folder is named.") },
        { tr("Pictures"), tr("Pictures whose true class this is.") },
        { tr("Precision"),
            tr("Of the pictures that were taken for this class, how many are of it.") },
        { tr("Recall"), tr("Of the pictures of this class, how many were recognized.") },
        { tr("F1"), tr("Precision and recall in one figure: their harmonic mean.") },
    };
    return headerValue(headers[section], role, section == Name ? Qt::AlignLeft : Qt::AlignRight);
}

} // namespace vernier::ui
