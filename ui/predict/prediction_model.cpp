#include "ui/predict/prediction_model.h"

#include "core/base/text.h"
#include "ui/base/format.h"
#include "ui/base/table.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/mend.h"
#include "ui/pictures/picture_answer.h"

#include <QFileInfo>

#include <algorithm>
#include <functional>

namespace vernier::ui {
namespace {

/// Of the columns that speak of a class: which of the most probable ones. -1: no such column.
int rankOf(int column)
{
    switch (column) {
    case PredictionModel::Class:
    case PredictionModel::Probability:
        return 0;
    case PredictionModel::Second:
        return 1;
    case PredictionModel::Third:
        return 2;
    default:
        return -1;
    }
}

} // namespace

PredictionModel::PredictionModel(QObject* parent)
    : QAbstractTableModel(parent), m_collator(QLocale(QLocale::English))
{
    m_collator.setNumericMode(true);
    m_collator.setCaseSensitivity(Qt::CaseInsensitive);
}

void PredictionModel::setClasses(const QStringList& classes)
{
    beginResetModel();
    m_classes = classes;
    m_filter = {};
    m_entries.clear();
    m_shown.clear();
    m_counts.assign(static_cast<std::size_t>(classes.size()), 0);
    m_unreadable = 0;
    m_judged = 0;
    m_right = 0;
    endResetModel();
}

void PredictionModel::clear() { setClasses(m_classes); }

void PredictionModel::append(std::span<const Prediction> predictions)
{
    std::vector<std::size_t> arrived;
    for (const Prediction& prediction : predictions) {
        const QString path = format::path(prediction.path);
        const QFileInfo file(path);
        QString reason;
        std::vector<ClassIndex> top;
        // A model that was exchanged meanwhile may have other classes.
        const bool usable = !prediction.error
            && prediction.probabilities.size() == static_cast<std::size_t>(m_classes.size());
        if (usable) {
            top = prediction.top(qMin(kTop, static_cast<int>(m_classes.size())));
            ++m_counts[static_cast<std::size_t>(top.front())];
        } else {
            reason = prediction.error ? QString::fromStdString(prediction.error->detail)
                                      : tr("the model has other classes");
            ++m_unreadable;
        }
        m_entries.push_back({ prediction, path, file.fileName(), file.path(), reason,
            m_collator.sortKey(file.fileName()), std::move(top), m_open.find(prediction.path), {},
            {}, {} });
        judge(m_entries.back());
        if (passes(m_entries.back()))
            arrived.push_back(m_entries.size() - 1);
    }
    insert(std::move(arrived));
}

void PredictionModel::setOpen(const SnapshotPtr& open, const SnapshotPtr& found)
{
    m_found = found;
    if (m_open.setDataset(open)) {
        for (Entry& entry : m_entries)
            entry.image = m_open.find(entry.prediction.path);
    }
    // A label may have been mended.
    for (Entry& entry : m_entries)
        judge(entry);
    if (!m_shown.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void PredictionModel::judge(Entry& entry)
{
    if (entry.right) {
        --m_judged;
        m_right -= *entry.right;
    }
    entry.truth.clear();
    if (entry.image) {
        const DatasetSnapshot& open = *m_open.dataset();
        const auto label = static_cast<std::size_t>(open.images[*entry.image].label);
        entry.truth = QString::fromStdString(open.classes[label]);
    } else {
        const QString folder = entry.folder.section(QLatin1Char('/'), -1);
        if (m_classes.contains(folder))
            entry.truth = folder;
    }
    entry.right.reset();
    if (entry.top.empty())
        return;
    if (entry.said)
        entry.right = entry.said;
    else if (!entry.truth.isEmpty())
        entry.right = entry.truth == m_classes[entry.top.front()];
    if (entry.right) {
        ++m_judged;
        m_right += *entry.right;
    }
}

QString PredictionModel::verdict(const Entry& entry) const
{
    if (!entry.right)
        return {};
    if (*entry.right)
        return tr("right");
    return entry.truth.isEmpty() || entry.truth == m_classes[entry.top.front()]
        ? tr("wrong")
        : tr("wrong: %1").arg(entry.truth);
}

void PredictionModel::say(int row, std::optional<bool> right)
{
    Entry& entry = m_entries[m_shown[static_cast<std::size_t>(row)]];
    entry.said = right;
    judge(entry);
    Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

bool PredictionModel::passes(const Entry& entry) const
{
    const bool choosy = !m_filter.classes.empty() || m_filter.unreadable;
    if (entry.top.empty())
        return choosy ? m_filter.unreadable : m_filter.atLeast <= 0;
    if (choosy && !m_filter.classes.contains(entry.top.front()))
        return false;
    return static_cast<double>(
               entry.prediction.probabilities[static_cast<std::size_t>(entry.top.front())])
        >= m_filter.atLeast;
}

bool PredictionModel::before(std::size_t left, std::size_t right) const
{
    const Entry& a = m_entries[left];
    const Entry& b = m_entries[right];
    const auto tie = [&] { return left < right; };
    if (m_sortColumn < 0)
        return tie();
    const bool ascending = m_sortOrder == Qt::AscendingOrder;
    if (m_sortColumn == File || m_sortColumn == Thumbnail) {
        const int order = a.key.compare(b.key);
        return order == 0 ? tie() : (order < 0) == ascending;
    }
    const auto rank = static_cast<std::size_t>(rankOf(m_sortColumn));
    const bool hasA = a.top.size() > rank;
    const bool hasB = b.top.size() > rank;
    if (!hasA || !hasB)
        return hasA == hasB ? tie() : hasA;
    const ClassIndex labelA = a.top[rank];
    const ClassIndex labelB = b.top[rank];
    const float shareA = a.prediction.probabilities[static_cast<std::size_t>(labelA)];
    const float shareB = b.prediction.probabilities[static_cast<std::size_t>(labelB)];
    if (m_sortColumn == Class && labelA != labelB)
        return (labelA < labelB) == ascending;
    if (shareA == shareB)
        return tie();
    // Within a class the surest are first whichever way the classes go.
    return m_sortColumn == Class ? shareA > shareB : (shareA < shareB) == ascending;
}

void PredictionModel::rebuild()
{
    m_shown.clear();
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        if (passes(m_entries[i]))
            m_shown.push_back(i);
    }
    if (m_sortColumn >= 0) {
        std::sort(m_shown.begin(), m_shown.end(),
            [this](std::size_t a, std::size_t b) { return before(a, b); });
    }
}

void PredictionModel::insert(std::vector<std::size_t> arrived)
{
    const auto less = [this](std::size_t a, std::size_t b) { return before(a, b); };
    std::sort(arrived.begin(), arrived.end(), less);
    // Those that land between the same two rows are announced together, the last place first, so
    // that the places before it stay true.
    auto end = arrived.end();
    while (end != arrived.begin()) {
        const auto place = std::upper_bound(m_shown.begin(), m_shown.end(), *(end - 1), less);
        auto begin = end - 1;
        while (begin != arrived.begin()
            && (place == m_shown.begin() || less(*(place - 1), *(begin - 1))))
            --begin;
        const auto row = static_cast<int>(place - m_shown.begin());
        beginInsertRows({}, row, row + static_cast<int>(end - begin) - 1);
        m_shown.insert(place, begin, end);
        endInsertRows();
        end = begin;
    }
}

void PredictionModel::setFilter(const PredictionFilter& filter)
{
    if (filter == m_filter)
        return;
    beginResetModel();
    m_filter = filter;
    rebuild();
    endResetModel();
}

void PredictionModel::sort(int column, Qt::SortOrder order)
{
    if (column == m_sortColumn && order == m_sortOrder)
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList old = persistentIndexList();
    std::vector<std::size_t> positions;
    for (const QModelIndex& index : old)
        positions.push_back(m_shown[static_cast<std::size_t>(index.row())]);
    m_sortColumn = column;
    m_sortOrder = order;
    rebuild();
    std::vector<int> rowOf(m_entries.size(), -1);
    for (std::size_t row = 0; row < m_shown.size(); ++row)
        rowOf[m_shown[row]] = static_cast<int>(row);
    QModelIndexList moved;
    for (qsizetype i = 0; i < old.size(); ++i)
        moved.append(index(rowOf[positions[static_cast<std::size_t>(i)]], old[i].column()));
    changePersistentIndexList(old, moved);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

std::string PredictionModel::csv(CsvText how) const
{
    std::vector<std::string> names;
    for (const QString& name : m_classes)
        names.push_back(name.toStdString());
    const int top = qMin(kTop, static_cast<int>(m_classes.size()));
    std::string text = csvHeader(top);
    for (const std::size_t position : m_shown)
        text += csvRow(m_entries[position].prediction, names, top, how);
    return text;
}

QString PredictionModel::text(const QList<int>& rows) const
{
    QStringList lines;
    const auto line = [&](const std::function<QString(int)>& cell) {
        QStringList cells;
        for (int column = File; column < ColumnCount; ++column)
            cells.append(cell(column));
        lines.append(cells.join(QLatin1Char('\t')));
    };
    line([this](int column) { return headerData(column, Qt::Horizontal).toString(); });
    for (const int row : rows) {
        line([&](int column) {
            const QString text
                = column == File ? entry(row).path : data(index(row, column)).toString();
            // It is pasted into spreadsheets, and a name may hold a tab.
            return QString::fromStdString(withoutFormula(printable(text.toStdString())));
        });
    }
    return lines.join(QLatin1Char('\n'));
}

int PredictionModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int PredictionModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PredictionModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index))
        return {};
    const Entry& shown = entry(index.row());
    const int rank = rankOf(index.column());
    const bool has = rank >= 0 && static_cast<std::size_t>(rank) < shown.top.size();
    const ClassIndex label = has ? shown.top[static_cast<std::size_t>(rank)] : -1;
    const double share = has
        ? static_cast<double>(shown.prediction.probabilities[static_cast<std::size_t>(label)])
        : 0;
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == File)
            return shown.name;
        // The reason stands where the answer would.
        if (!has)
            return index.column() == Class ? shown.reason : QString();
        if (index.column() == Class)
            return m_classes[label];
        if (index.column() == Probability)
            return format::percent(share);
        return tr("%1 %2").arg(m_classes[label], format::percent(share));
    case Qt::ToolTipRole:
        if (index.column() == Thumbnail || index.column() == File)
            return shown.path;
        return shown.reason.isEmpty() ? QVariant() : QVariant(shown.reason);
    case Qt::AccessibleTextRole:
        if (index.column() == Thumbnail)
            return tr("Picture %1").arg(shown.name);
        if (index.column() == Class && shown.right)
            return tr("%1, %2").arg(m_classes[label], verdict(shown));
        return data(index, Qt::DisplayRole);
    case PathRole:
        return shown.path;
    case VerdictRole:
        return verdict(shown);
    case WrongRole:
        return shown.right == false;
    case ImageRole:
        return shown.image ? QVariant(static_cast<qulonglong>(*shown.image)) : QVariant();
    case MendRole:
        return shown.image
            ? static_cast<int>(mendOf(*m_open.dataset(), m_found.get(), *shown.image))
            : static_cast<int>(Mend::None);
    case ProposalRole:
        return shown.top.empty() ? QString() : m_classes[shown.top.front()];
    case AnswerRole:
        return QVariant::fromValue(PictureAnswer { m_classes,
            shown.top.empty() ? std::vector<float>() : shown.prediction.probabilities,
            shown.reason });
    case FolderRole:
        return shown.folder;
    case ReasonRole:
        return shown.reason;
    case ClassRole:
        return has ? QVariant(label) : QVariant();
    case ShareRole:
        return share;
    default:
        return {};
    }
}

QVariant PredictionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const ColumnHeader headers[] {
        { tr("Picture"), tr("The picture; a double click shows it large.") },
        { tr("File"), tr("Name of the file, and its folder.") },
        { tr("Class"), tr("The most probable class.") },
        { tr("Probability"), tr("How sure the model is of this class.") },
        { tr("Second"), tr("The next probable class.") },
        { tr("Third"), tr("The third probable class.") },
    };
    return headerValue(headers[section], role);
}

} // namespace vernier::ui
