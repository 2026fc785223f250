#include "ui/recipe/network_drawing.h"

#include "ui/base/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace vernier::ui {

namespace {
constexpr double kDepthX = 0.28; // of a box's height, to the right and up
constexpr double kDepthY = 0.20;
constexpr double kGap = 3;
constexpr double kInputShare = 0.75; // width of the input's column against a block's
constexpr double kColumnMargin = 8;

struct Box {
    double height = 0; // against the input's 1
    double thickness = 0; // px before fitting
    double depth = 0; // height that the depth is taken from
};

Box boxOf(const SummaryRow& row, Shape input)
{
    const Shape out = row.output;
    if (out.height == 1 && out.width == 1) {
        // A vector has no picture to show: a bar that grows with the logarithm of its length.
        const double height = 0.06 + 0.045 * std::log2(std::max(out.channels, 1));
        return { height, 7, 0.12 };
    }
    // Roots, so that 7 x 7 is still seen beside 224 x 224.
    const double height = std::sqrt(double(out.height) / std::max(input.height, 1));
    const double thickness = std::sqrt(out.channels / 64.0) * 8;
    return { height, row.layer.kind == LayerKind::MaxPool ? thickness * 0.6 : thickness, height };
}

const OutlineBlock& blockAt(const NetworkOutline& outline, std::size_t column)
{
    return column <= outline.blocks.size() ? outline.blocks[column - 1] : outline.head;
}

bool isDrawn(const SummaryRow& row) { return row.layer.kind != LayerKind::Dropout; }

double depthWidth(const Box& box, double unit) { return box.depth * unit * kDepthX; }

struct Shades {
    QColor front;
    QColor top;
    QColor side;
    QColor edge;
};

Shades shadesOf(const QColor& base, bool strong)
{
    const bool dark = theme::dark();
    const auto shifted = [&](int lightness) {
        QColor color = base.toHsl();
        color.setHsl(color.hslHue(), color.hslSaturation(),
            std::clamp(color.lightness() + lightness, 0, 255));
        return color;
    };
    if (strong)
        return { base, shifted(dark ? 18 : 32), shifted(dark ? -38 : -24),
            shifted(dark ? -60 : -44) };
    return { base, shifted(dark ? 12 : 10), shifted(dark ? -8 : -14), shifted(dark ? 34 : -48) };
}

void paintBox(QPainter& painter, const DrawnLayer& layer, const Shades& shades)
{
    painter.setPen(QPen(shades.edge, 1, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(shades.side);
    painter.drawPolygon(layer.side());
    painter.setBrush(shades.top);
    painter.drawPolygon(layer.top());
    painter.setBrush(shades.front);
    painter.drawRect(layer.front);
}
} // namespace

QPolygonF DrawnLayer::top() const
{
    return { { front.topLeft(), front.topRight(), front.topRight() + depth,
        front.topLeft() + depth } };
}

QPolygonF DrawnLayer::side() const
{
    return { { front.topRight(), front.topRight() + depth, front.bottomRight() + depth,
        front.bottomRight() } };
}

QPolygonF DrawnLayer::silhouette() const
{
    return { { front.bottomLeft(), front.topLeft(), front.topLeft() + depth,
        front.topRight() + depth, front.bottomRight() + depth, front.bottomRight() } };
}

NetworkDrawing NetworkDrawing::laidOut(const NetworkOutline& outline, const QRectF& area)
{
    NetworkDrawing drawing;
    const std::size_t columns = outline.blocks.size() + 2;
    const double width = area.width() / (double(columns - 1) + kInputShare);
    double x = area.left();
    for (std::size_t i = 0; i < columns; ++i) {
        const double own = i == 0 ? width * kInputShare : width;
        drawing.columns.emplace_back(x, area.top(), own, area.height());
        x += own;
    }

    // The first box is the highest: its height and the depth above it fill the area.
    const double unit = area.height() / (1 + kDepthY);
    drawing.axis = area.top() + unit * kDepthY / 2 + area.height() / 2;

    double shrink = 1.35;
    std::vector<std::vector<std::pair<std::size_t, Box>>> boxes(columns);
    SummaryRow inputRow;
    inputRow.layer.kind = LayerKind::Conv;
    inputRow.output = outline.input;
    boxes[0].emplace_back(0, boxOf(inputRow, outline.input));
    for (std::size_t column = 1; column < columns; ++column) {
        const OutlineBlock& block = blockAt(outline, column);
        double thickness = 0;
        double gaps = 0;
        for (std::size_t row = 0; row < block.rows.size(); ++row) {
            if (!isDrawn(block.rows[row]))
                continue;
            boxes[column].emplace_back(row, boxOf(block.rows[row], outline.input));
            thickness += boxes[column].back().second.thickness;
            gaps += kGap;
        }
        if (boxes[column].empty())
            continue;
        const double room
            = width - 2 * kColumnMargin - gaps - depthWidth(boxes[column].front().second, unit);
        shrink = std::min(shrink, std::max(room, width / 4) / thickness);
    }

    for (std::size_t column = 0; column < columns; ++column) {
        double total = 0;
        double reach = 0;
        for (const auto& [row, box] : boxes[column]) {
            reach = std::max(reach, total + box.thickness * shrink + depthWidth(box, unit));
            total += box.thickness * shrink + (column + 1 == columns ? 3 * kGap : kGap);
        }
        double left = drawing.columns[column].center().x() - reach / 2;
        for (const auto& [row, box] : boxes[column]) {
            const double height = box.height * unit;
            const double depth = box.depth * unit;
            DrawnLayer layer;
            layer.column = column;
            layer.row = row;
            layer.front = QRectF(
                left, drawing.axis - height / 2, std::max(box.thickness * shrink, 2.0), height);
            layer.depth = QPointF(depth * kDepthX, -depth * kDepthY);
            drawing.layers.push_back(layer);
            left += box.thickness * shrink + (column + 1 == columns ? 3 * kGap : kGap);
        }
    }
    return drawing;
}

const DrawnLayer* NetworkDrawing::at(const QPointF& point) const
{
    // The rightmost was painted last and lies on top.
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
        if (layer->silhouette().containsPoint(point, Qt::OddEvenFill))
            return &*layer;
    }
    return nullptr;
}

void paintNetwork(QPainter& painter, const NetworkDrawing& drawing, const NetworkOutline& outline,
    const DrawnLayer* hovered)
{
    painter.setRenderHint(QPainter::Antialiasing);
    if (!drawing.layers.empty()) {
        painter.setPen(QPen(theme::line(), 1.5));
        painter.drawLine(QPointF(drawing.layers.front().front.left() - 10, drawing.axis),
            QPointF(drawing.layers.back().front.right() + 10, drawing.axis));
    }
    for (const DrawnLayer& layer : drawing.layers) {
        const bool trains = layer.column > 0 && blockAt(outline, layer.column).isAlive(layer.row);
        QColor base = theme::disabledFill();
        if (layer.column == 0)
            base = theme::surface();
        else if (trains)
            base = theme::accent();
        if (&layer == hovered)
            base = theme::dark() || trains ? base.lighter(118) : base.darker(108);
        paintBox(painter, layer, shadesOf(base, trains));
    }
}

} // namespace vernier::ui
