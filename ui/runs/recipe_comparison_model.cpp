#include "ui/runs/recipe_comparison_model.h"

#include "ui/recipe/setting_words.h"
#include "ui/runs/difference_words.h"

#include <QFont>

#include <algorithm>

namespace vernier::ui {

void RecipeComparisonModel::setRecipes(
    const QStringList& names, const Recipe& first, const Recipe& second)
{
    auto all = sideBySide(first, second);
    // A reset would scroll a list that somebody reads.
    if (names == m_names && all == m_all)
        return;
    beginResetModel();
    m_names = names;
    m_all = std::move(all);
    m_severalPhases = std::any_of(m_all.begin(), m_all.end(), ofLaterPhase);
    rebuild();
    endResetModel();
}

void RecipeComparisonModel::clear()
{
    beginResetModel();
    m_names.clear();
    m_all.clear();
    m_rows.clear();
    endResetModel();
}

void RecipeComparisonModel::setOnlyDifferences(bool only)
{
    beginResetModel();
    m_only = only;
    rebuild();
    endResetModel();
}

void RecipeComparisonModel::rebuild()
{
    m_rows = m_all;
    if (m_only)
        std::erase_if(m_rows, [](const RecipeDifference& row) { return row.before == row.after; });
}

int RecipeComparisonModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RecipeComparisonModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant RecipeComparisonModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index))
        return {};
    const RecipeDifference& row = m_rows[static_cast<std::size_t>(index.row())];
    const bool differs = row.before != row.after;
    const auto side = [&row](const std::string& value) {
        return value.empty() ? QStringLiteral("–") : settingValue(row.key, value);
    };
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Mark:
            return differs ? QStringLiteral("≠") : QString();
        case Setting:
            return settingTitle(row.key, m_severalPhases);
        case First:
            return side(row.before);
        default:
            return side(row.after);
        }
    case Qt::AccessibleTextRole:
        return index.column() == Mark ? QVariant(differs ? tr("differs") : tr("equal"))
                                      : QVariant();
    case Qt::ToolTipRole:
        return tr("%1: %2 and %3\nIn recipe files and for --set: %4")
            .arg(settingTitle(row.key, m_severalPhases), side(row.before), side(row.after),
                QString::fromStdString(row.key));
    case Qt::FontRole: {
        QFont font;
        font.setWeight(differs && !m_only ? QFont::DemiBold : QFont::Normal);
        return font;
    }
    default:
        return {};
    }
}

QVariant RecipeComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    // A name that is cut off can be read whole.
    const bool isName = section == First || section == Second;
    if (role != Qt::DisplayRole && !(role == Qt::ToolTipRole && isName))
        return {};
    switch (section) {
    case Setting:
        return tr("Setting");
    case First:
        return m_names.value(0);
    case Second:
        return m_names.value(1);
    default:
        return QString();
    }
}

} // namespace vernier::ui
