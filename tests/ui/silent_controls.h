#pragma once

#include <QAbstractSpinBox>
#include <QAccessible>
#include <QScrollArea>
#include <QStringList>
#include <QWidget>

namespace vernier::test {

/// What the keyboard reaches on a page, but what does not say what it is: a line for each, telling
/// what it lacks. The page must be visible and filled.
inline QString silentControls(const QWidget& page)
{
    QStringList silent;
    for (QWidget* widget : page.findChildren<QWidget*>()) {
        // A spin box and its like speak for the line edit inside them.
        if (!widget->isVisibleTo(&page) || widget->focusPolicy() == Qt::NoFocus
            || widget->objectName().startsWith(QStringLiteral("qt_")))
            continue;
        QString name = widget->accessibleName();
        if (QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(widget);
            name.isEmpty() && spoken)
            name = spoken->text(QAccessible::Name);
        QString what = QString::fromLatin1(widget->metaObject()->className());
        for (const QString& detail : { widget->objectName(), name }) {
            if (!detail.isEmpty())
                what += QStringLiteral(" \"%1\"").arg(detail);
        }
        if (name.isEmpty())
            silent << what + QStringLiteral(" has no accessible name");
        // The tooltip of an area that scrolls would come up over everything in it.
        if (widget->toolTip().isEmpty() && !qobject_cast<QScrollArea*>(widget))
            silent << what + QStringLiteral(" has no tooltip");
    }
    return silent.join(QLatin1Char('\n'));
}

/// Fields of numbers, hidden ones too, whose tooltip does not tell which are usual: a line for
/// each.
inline QString numbersWithoutUsualRange(const QWidget& page)
{
    QStringList silent;
    for (const QAbstractSpinBox* field : page.findChildren<QAbstractSpinBox*>()) {
        if (!field->toolTip().contains(QStringLiteral("usual"), Qt::CaseInsensitive))
            silent << field->accessibleName() + QStringLiteral(": ") + field->toolTip();
    }
    return silent.join(QLatin1Char('\n'));
}

} // namespace vernier::test
