#pragma once

#include "ui/recipe/network_outline.h"

#include <QPolygonF>
#include <QRectF>

#include <vector>

class QPainter;

namespace vernier::ui {

/// Where each layer of an outline is drawn: a box for its output, height and depth of its picture,
/// thickness of its channels. Pure geometry, so that painting, hover and tests agree.
struct DrawnLayer {
    std::size_t column = 0; ///< 0 the input, then the blocks, then the head
    std::size_t row = 0; ///< of the block's rows; 0 for the input
    QRectF front;
    QPointF depth; ///< from a front corner to the one behind it

    QPolygonF top() const;
    QPolygonF side() const;
    QPolygonF silhouette() const;
};

struct NetworkDrawing {
    std::vector<DrawnLayer> layers; ///< in the order they are painted
    std::vector<QRectF> columns; ///< full width of each, in the area's height
    double axis = 0; ///< y of the line that the layers are centred on

    static NetworkDrawing laidOut(const NetworkOutline& outline, const QRectF& area);
    /// The layer drawn at a point; null where there is none.
    const DrawnLayer* at(const QPointF& point) const;
};

/// Paints the layers of an outline: frozen ones in the theme's grey, training ones filled with the
/// accent, the one at `hovered` (may be null) brighter.
void paintNetwork(QPainter& painter, const NetworkDrawing& drawing, const NetworkOutline& outline,
    const DrawnLayer* hovered);

} // namespace vernier::ui
