#include "ui/base/value_sorter.h"

namespace vernier::ui {

bool ValueSorter::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant a = left.data(kValueRole);
    const QVariant b = right.data(kValueRole);
    if (a.isValid() != b.isValid())
        return (sortOrder() == Qt::AscendingOrder) == a.isValid();
    if (!a.isValid())
        return false;
    if (a.userType() == QMetaType::QString)
        return QString::localeAwareCompare(a.toString(), b.toString()) < 0;
    return a.toDouble() < b.toDouble();
}

} // namespace vernier::ui
