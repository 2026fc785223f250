#include "ui/base/allow.h"

#include <QAbstractButton>

namespace vernier::ui {

void allow(QAbstractButton& button, const QString& obstacle, const QString& tip)
{
    button.setEnabled(obstacle.isEmpty());
    button.setToolTip(obstacle.isEmpty() ? tip : obstacle);
}

} // namespace vernier::ui
