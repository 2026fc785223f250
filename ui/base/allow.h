#pragma once

#include <QString>

class QAbstractButton;
class QAction;
class QPushButton;
class QWidget;

namespace vernier::ui {

/// The button's tooltip says what it does, or what keeps it from doing so: then it is disabled.
void allow(QAbstractButton& button, const QString& obstacle, const QString& tip);
/// The same for an action, whose status tip says what it does.
void allow(QAction& action, const QString& obstacle);
/// What keeps it from being done; empty: nothing.
QString obstacleOf(const QAction& action);

/// A button for what is allowed at times; Return presses it only where it has the focus.
QPushButton* makeButton(const QString& text, QWidget* parent);

} // namespace vernier::ui
