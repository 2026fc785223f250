#pragma once

class QAbstractButton;
class QString;

namespace vernier::ui {

/// The button's tooltip says what it does, or what keeps it from doing so: then it is disabled.
void allow(QAbstractButton& button, const QString& obstacle, const QString& tip);

} // namespace vernier::ui
