#pragma once

#include <QDoubleSpinBox>

namespace vernier::ui {

/// Shows 12.5 as "12.5" and 12 as "12".
class TrimmedSpinBox : public QDoubleSpinBox {
public:
    using QDoubleSpinBox::QDoubleSpinBox;
    QString textFromValue(double value) const override { return QString::number(value, 'g', 6); }
};

} // namespace vernier::ui
