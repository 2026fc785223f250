#pragma once

#include <QIcon>
#include <QString>

class QPainter;
class QRectF;

namespace vernier::ui {

/// One of resources/icons by its name, sharp at every scale, painted in the theme's colours of the
/// moment: text, the accent where it is switched on, faint where it is disabled.
QIcon icon(const QString& name);
/// In another of the theme's colours: icon("play", theme::onAccent).
QIcon icon(const QString& name, QColor (*color)());
/// The same in a colour of one's own, for widgets that paint themselves.
void paintIcon(QPainter& painter, const QString& name, const QRectF& rect, const QColor& color);

} // namespace vernier::ui
