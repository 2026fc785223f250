#include "ui/pictures/picture_image.h"

namespace vernier::ui {

QImage toImage(const Picture& picture)
{
    const QImage view(picture.rgb.data(), picture.width, picture.height,
        qsizetype { picture.width } * 3, QImage::Format_RGB888);
    return view.convertToFormat(QImage::Format_RGB32);
}

} // namespace vernier::ui
