#pragma once

#include <QString>

class QDialog;
class QPushButton;
class QVBoxLayout;

namespace vernier::ui {

/// Ends `column`, the layout of `dialog`, with Cancel and the button that does what the dialog is
/// for, which Return presses. Gives that button.
QPushButton* addDialogButtons(
    QDialog* dialog, QVBoxLayout* column, const QString& text, const QString& tip);

} // namespace vernier::ui
