#pragma once

#include "ui/base/elided_label.h"

namespace vernier::ui {

class PictureActions;

/// One line below a view: how many pictures are selected, and which keys mend them.
class HintLine : public ElidedLabel {
    Q_OBJECT
public:
    explicit HintLine(PictureActions& pictures, QWidget* parent = nullptr);
};

} // namespace vernier::ui
