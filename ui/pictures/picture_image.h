#pragma once

#include "core/image/picture.h"

#include <QImage>

namespace vernier::ui {

/// A copy, in the format that is painted fastest.
QImage toImage(const Picture& picture);

} // namespace vernier::ui
