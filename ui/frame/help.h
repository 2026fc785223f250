#pragma once

class QWidget;

namespace vernier::ui {

/// What the program is for, page by page.
void showHelp(QWidget* parent);
/// The keys of all commands.
void showKeyboard(QWidget* parent);
/// Versions and licences.
void showAbout(QWidget* parent);

} // namespace vernier::ui
