#include "ui/pictures/hint_line.h"

#include "ui/base/theme.h"
#include "ui/pictures/picture_actions.h"

namespace vernier::ui {

HintLine::HintLine(PictureActions& pictures, QWidget* parent) : ElidedLabel(parent)
{
    setObjectName(QStringLiteral("hint"));
    theme::setRole(this, theme::Role::Caption);
    const auto follow = [this, &pictures] {
        setText(pictures.hint());
        setToolTip(text());
    };
    connect(&pictures, &PictureActions::changed, this, follow);
    follow();
}

} // namespace vernier::ui
