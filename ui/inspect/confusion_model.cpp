#include "ui/inspect/confusion_model.h"

#include "ui/base/format.h"

#include <algorithm>
#include <numeric>

namespace vernier::ui {

void ConfusionModel::setEvaluation(const Evaluation& evaluation)
{
    beginResetModel();
    m_classes.clear();
    for (const std::string& name : evaluation.classes)
        m_classes.append(QString::fromStdString(name));
    m_counts = evaluation.confusion;
    m_rowTotals.clear();
    for (const auto& row : m_counts)
        m_rowTotals.push_back(std::accumulate(row.begin(), row.end(), std::int64_t { 0 }));
    rebuild();
    endResetModel();
}

void ConfusionModel::setOrder(ClassOrder order)
{
    if (order == m_order)
        return;
    beginResetModel();
    m_order = order;
    rebuild();
    endResetModel();
}

void ConfusionModel::setSearch(const QString& text)
{
    const QString trimmed = text.trimmed();
    if (trimmed == m_search)
        return;
    beginResetModel();
    m_search = trimmed;
    rebuild();
    endResetModel();
}

void ConfusionModel::rebuild()
{
    const auto n = m_counts.size();
    std::vector<char> shown(n, m_search.isEmpty());
    if (!m_search.isEmpty()) {
        for (std::size_t found = 0; found < n; ++found) {
            if (!m_classes[static_cast<int>(found)].contains(m_search, Qt::CaseInsensitive))
                continue;
            shown[found] = true;
            for (std::size_t other = 0; other < n; ++other) {
                if (m_counts[found][other] > 0 || m_counts[other][found] > 0)
                    shown[other] = true;
            }
        }
    }
    m_shown.clear();
    for (std::size_t i = 0; i < n; ++i) {
        if (shown[i])
            m_shown.push_back(static_cast<ClassIndex>(i));
    }

    const auto total
        = [&](ClassIndex label) { return m_rowTotals[static_cast<std::size_t>(label)]; };
    const auto errors = [&](ClassIndex label) {
        const auto i = static_cast<std::size_t>(label);
        return m_rowTotals[i] - m_counts[i][i];
    };
    if (m_order == ClassOrder::Count) {
        std::stable_sort(m_shown.begin(), m_shown.end(),
            [&](ClassIndex a, ClassIndex b) { return total(a) > total(b); });
    } else if (m_order == ClassOrder::Errors) {
        std::stable_sort(m_shown.begin(), m_shown.end(),
            [&](ClassIndex a, ClassIndex b) { return errors(a) > errors(b); });
    }
}

ClassIndex ConfusionModel::classAt(int section) const
{
    return m_shown[static_cast<std::size_t>(section)];
}

int ConfusionModel::sectionOf(ClassIndex label) const
{
    const auto found = std::find(m_shown.begin(), m_shown.end(), label);
    return found == m_shown.end() ? -1 : static_cast<int>(found - m_shown.begin());
}

qint64 ConfusionModel::largestCount() const
{
    qint64 largest = 0;
    for (const auto& row : m_counts) {
        for (const std::int64_t value : row)
            largest = std::max<qint64>(largest, value);
    }
    return largest;
}

qint64 ConfusionModel::count(int row, int column) const
{
    return m_counts[static_cast<std::size_t>(classAt(row))]
                   [static_cast<std::size_t>(classAt(column))];
}

double ConfusionModel::share(int row, int column) const
{
    const auto total = m_rowTotals[static_cast<std::size_t>(classAt(row))];
    return total > 0 ? static_cast<double>(count(row, column)) / static_cast<double>(total) : 0;
}

QString ConfusionModel::sentence(int row, int column) const
{
    const QString truth = m_classes[classAt(row)];
    const auto total = m_rowTotals[static_cast<std::size_t>(classAt(row))];
    if (total == 0)
        return tr("No picture of %1 was looked at.").arg(truth);
    const qint64 part = count(row, column);
    const QString start
        = tr("%1 of %2 of %3 (%4)")
              .arg(format::count(part), format::plural(total, tr("picture"), tr("pictures")), truth,
                  format::percent(share(row, column)));
    const QString were = part == 1 ? tr("was") : tr("were");
    if (row == column)
        return tr("%1 %2 recognized.").arg(start, were);
    return tr("%1 %2 taken for %3.").arg(start, were, m_classes[classAt(column)]);
}

int ConfusionModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int ConfusionModel::columnCount(const QModelIndex& parent) const { return rowCount(parent); }

QVariant ConfusionModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index))
        return {};
    const int row = index.row();
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return format::count(count(row, column));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignCenter));
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return sentence(row, column);
    case CountRole:
        return count(row, column);
    case ShareRole:
        return share(row, column);
    case DiagonalRole:
        return row == column;
    default:
        return {};
    }
}

QVariant ConfusionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (section < 0 || section >= rowCount())
        return {};
    const ClassIndex label = classAt(section);
    switch (role) {
    case Qt::DisplayRole:
        return m_classes[label];
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return orientation == Qt::Vertical ? tr("True class %1").arg(m_classes[label])
                                           : tr("Predicted as %1").arg(m_classes[label]);
    case ClassRole:
        return label;
    default:
        return {};
    }
}

} // namespace vernier::ui
