#include "ui/predict/prediction_delegate.h"

#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/theme.h"
#include "ui/pictures/class_dot.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/probability_bars.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/predict/prediction_model.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableView>

namespace vernier::ui {
namespace {

constexpr int kPadding = theme::kGrid;
constexpr int kBar = 6;

void paintLine(QPainter& painter, const QRect& line, const QFont& font, const QColor& color,
    const QString& text, Qt::TextElideMode mode, Qt::Alignment side = Qt::AlignLeft)
{
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(
        line, side | Qt::AlignVCenter, QFontMetrics(font).elidedText(text, mode, line.width()));
}

void paintFile(QPainter& painter, const QRect& cell, const QFont& font, const QModelIndex& index)
{
    const QFont small = theme::caption(font);
    const int above = QFontMetrics(font).height();
    const int below = QFontMetrics(small).height();
    const int top = cell.center().y() - (above + below) / 2 + 1;
    paintLine(painter, QRect(cell.left(), top, cell.width(), above), font, theme::text(),
        index.data().toString(), Qt::ElideMiddle);
    paintLine(painter, QRect(cell.left(), top + above, cell.width(), below), small,
        theme::mutedText(), index.data(PredictionModel::FolderRole).toString(), Qt::ElideMiddle);
}

void paintClass(QPainter& painter, const QRect& cell, const QFont& font, const QModelIndex& index,
    bool runnerUp)
{
    const QVariant known = index.data(PredictionModel::ClassRole);
    if (!known.isValid())
        return;
    const ClassIndex label = known.toInt();
    paintClassDot(painter, QPointF(cell.left() + kClassDot / 2.0, cell.center().y() + 0.5), label);
    QRect name = cell.adjusted(kClassDot + 6, 0, 0, 0);
    if (!runnerUp) {
        QFont strong = font;
        strong.setWeight(QFont::DemiBold);
        const QString verdict = index.data(PredictionModel::VerdictRole).toString();
        if (!verdict.isEmpty()) {
            const QFont small = theme::caption(font);
            const int above = QFontMetrics(strong).height();
            const int below = QFontMetrics(small).height();
            const int top = cell.center().y() - (above + below) / 2 + 1;
            const bool wrong = index.data(WrongRole).toBool();
            name.setRect(name.left(), top, name.width(), above);
            paintLine(painter, name.translated(0, above), small,
                wrong ? theme::wrong() : theme::mutedText(), verdict, Qt::ElideRight);
        }
        paintLine(painter, name, strong, theme::text(), index.data().toString(), Qt::ElideRight);
        return;
    }
    const QFont digits = theme::tabular(font);
    const QString share = format::percent(index.data(PredictionModel::ShareRole).toDouble());
    const int width = QFontMetrics(digits).horizontalAdvance(share);
    paintLine(painter, name, digits, theme::mutedText(), share, Qt::ElideNone, Qt::AlignRight);
    name.setRight(name.right() - width - kPadding);
    const auto* model = static_cast<const PredictionModel*>(index.model());
    paintLine(painter, name, font, theme::mutedText(), model->classes()[label], Qt::ElideRight);
}

void paintProbability(
    QPainter& painter, const QRect& cell, const QFont& font, const QModelIndex& index)
{
    const QFont digits = theme::tabular(font);
    const int width = QFontMetrics(digits).horizontalAdvance(format::percent(1));
    const double share = index.data(PredictionModel::ShareRole).toDouble();
    paintLine(painter, cell, digits, theme::text(), format::percent(share), Qt::ElideNone,
        Qt::AlignRight);
    const QRectF bar(
        cell.left(), cell.center().y() - kBar / 2.0 + 1, cell.width() - width - kPadding, kBar);
    paintProbabilityBar(painter, bar, share, index.data(PredictionModel::ClassRole).toInt());
}

/// The reason runs over all columns that have no answer to show; each paints its own part.
void paintReason(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const auto* table = qobject_cast<const QTableView*>(option.widget);
    if (!table)
        return;
    const int left = table->columnViewportPosition(PredictionModel::Class) + kPadding;
    const int right = table->horizontalHeader()->length() + table->columnViewportPosition(0);
    paintLine(painter,
        QRect(left, option.rect.top(), right - left - kPadding, option.rect.height()), option.font,
        theme::mutedText(),
        PredictionModel::tr("Could not be read: %1")
            .arg(index.data(PredictionModel::ReasonRole).toString()),
        Qt::ElideRight);
}

} // namespace

PredictionDelegate::PredictionDelegate(ThumbnailService& thumbnails, QObject* parent)
    : QStyledItemDelegate(parent), m_thumbnails(thumbnails)
{
}

void PredictionDelegate::paintThumbnail(
    QPainter& painter, const QRect& cell, const QModelIndex& index) const
{
    QRect square(0, 0, kThumbnail, kThumbnail);
    square.moveCenter(cell.center());
    const QString path = index.data(PathRole).toString();
    const bool unreadable = !index.data(PredictionModel::ReasonRole).toString().isEmpty();
    const QPixmap pixmap = unreadable ? QPixmap() : m_thumbnails.pixmap(path, kThumbnail);
    if (!pixmap.isNull()) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawPixmap(square, pixmap);
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::disabledFill());
    painter.drawRoundedRect(square, 3, 3);
    if (unreadable || m_thumbnails.hasFailed(path)) {
        QRectF sign(0, 0, 20, 20);
        sign.moveCenter(QRectF(square).center());
        paintIcon(painter, QStringLiteral("image-missing"), sign, theme::mutedText());
    }
}

void PredictionDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, theme::hover());
    painter->setPen(theme::line());
    painter->drawLine(QPointF(option.rect.left(), option.rect.bottom() + 0.5),
        QPointF(option.rect.right() + 1, option.rect.bottom() + 0.5));
    painter->setClipRect(option.rect);

    const QRect cell = option.rect.adjusted(kPadding, 0, -kPadding, -1);
    if (index.column() == PredictionModel::Thumbnail)
        paintThumbnail(*painter, option.rect, index);
    else if (index.column() == PredictionModel::File)
        paintFile(*painter, cell, option.font, index);
    else if (!index.data(PredictionModel::ReasonRole).toString().isEmpty())
        paintReason(*painter, option, index);
    else if (index.column() == PredictionModel::Probability)
        paintProbability(*painter, cell, option.font, index);
    else
        paintClass(*painter, cell, option.font, index, index.column() != PredictionModel::Class);
    painter->restore();
}

} // namespace vernier::ui
