#pragma once

#include "core/recipe/recipe_difference.h"

#include <QAbstractTableModel>
#include <QStringList>

namespace vernier::ui {

/// Two recipes side by side in words, a row for each key; where they differ, the row is marked.
class RecipeComparisonModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Mark, Setting, First, Second, Columns };

    using QAbstractTableModel::QAbstractTableModel;
    void setRecipes(const QStringList& names, const Recipe& first, const Recipe& second);
    void clear();
    void setOnlyDifferences(bool only);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void rebuild();

    QStringList m_names;
    std::vector<RecipeDifference> m_all;
    std::vector<RecipeDifference> m_rows;
    bool m_only = true;
    bool m_severalPhases = false;
};

} // namespace vernier::ui
