#include "ui/runs/runs_delegate.h"

#include "ui/base/theme.h"
#include "ui/runs/runs_model.h"

#include <QPainter>

namespace vernier::ui {
namespace {

constexpr int kSwatch = 10;
constexpr qreal kDot = 2.5;

} // namespace

void RunsDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    option->decorationSize = { kSwatch, kSwatch };
    option->font = theme::tabular(option->font);
    // Names differ at their ends: a date in front, a number behind.
    if (index.column() == RunsModel::Name)
        option->textElideMode = Qt::ElideMiddle;
    if (!index.data(RunsModel::ProblemRole).toString().isEmpty()
        && index.column() == RunsModel::Difference)
        option->palette.setColor(QPalette::Text, theme::wrong());
}

void RunsDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    const auto curve = index.data(RunsModel::CurveRole).value<QList<QPointF>>();
    if (curve.isEmpty())
        return;
    const QRectF room
        = QRectF(option.rect)
              .adjusted(theme::kGrid, theme::kGrid - 1, -theme::kGrid, -theme::kGrid + 1);
    const auto placed = [&room](const QPointF& point) {
        return QPointF(
            room.left() + point.x() * room.width(), room.bottom() - point.y() * room.height());
    };
    QPolygonF line;
    for (const QPointF& point : curve)
        line << placed(point);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(theme::validation(), 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPolyline(line);
    if (const QVariant best = index.data(RunsModel::BestRole); best.isValid()) {
        painter->setBrush(theme::surface());
        painter->drawEllipse(placed(best.toPointF()), kDot, kDot);
    }
    painter->restore();
}

} // namespace vernier::ui
