#pragma once

#include "core/dataset/snapshot.h"

#include <QIcon>

class QPainter;

namespace vernier::ui {

inline constexpr int kClassDot = 8; ///< px across

/// The dot in a class's colour that stands before its name.
void paintClassDot(QPainter& painter, const QPointF& centre, ClassIndex label);
QIcon classDot(ClassIndex label);

} // namespace vernier::ui
