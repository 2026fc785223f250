#include "ui/base/allow.h"

#include <QAction>
#include <QPushButton>

namespace vernier::ui {

void allow(QAbstractButton& button, const QString& obstacle, const QString& tip)
{
    button.setEnabled(obstacle.isEmpty());
    button.setToolTip(obstacle.isEmpty() ? tip : obstacle);
}

void allow(QAction& action, const QString& obstacle)
{
    action.setEnabled(obstacle.isEmpty());
    action.setToolTip(obstacle.isEmpty() ? action.statusTip() : obstacle);
}

QString obstacleOf(const QAction& action)
{
    return action.isEnabled() ? QString() : action.toolTip();
}

QPushButton* makeButton(const QString& text, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    button->setAccessibleName(text);
    button->setAutoDefault(false);
    return button;
}

} // namespace vernier::ui
