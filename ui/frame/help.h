#pragma once

#include <QList>

class QAction;
class QWidget;

namespace vernier::ui {

/// What the program is for, page by page.
void showHelp(QWidget* parent);
/// The shortcuts of the given actions, and those of the pages.
void showKeyboard(QWidget* parent, const QList<QAction*>& actions);
/// Versions and licences.
void showAbout(QWidget* parent);

} // namespace vernier::ui
