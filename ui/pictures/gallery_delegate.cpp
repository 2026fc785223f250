#include "ui/pictures/gallery_delegate.h"

#include "ui/base/icon.h"
#include "ui/base/theme.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/mend.h"
#include "ui/pictures/thumbnail_service.h"

#include <QPainter>

namespace vernier::ui {
namespace {

constexpr double kFaint = 0.3;
constexpr int kSign = 20; ///< px, of what was mended

void paintOutline(QPainter& painter, const QRect& thumbnail, const QColor& color, int distance)
{
    painter.setPen(QPen(color, 2));
    painter.setBrush(Qt::NoBrush);
    const int d = distance;
    painter.drawRoundedRect(thumbnail.adjusted(-d, -d, d, d), 3, 3);
}

/// A disc in the corner, on whatever the picture is: a pencil, or a tick where it was found right.
void paintMend(QPainter& painter, const QRect& thumbnail, Mend mend)
{
    const QRectF disc(thumbnail.right() - kSign - 2, thumbnail.top() + 3, kSign, kSign);
    painter.setPen(QPen(theme::surface(), 1.5));
    painter.setBrush(theme::accent());
    painter.drawEllipse(disc);
    paintIcon(painter, mend == Mend::Confirmed ? QStringLiteral("check") : QStringLiteral("mended"),
        disc.adjusted(3, 3, -3, -3), theme::onAccent());
}

QString elided(const QString& caption, int lines, const QFontMetrics& metrics, int width)
{
    const QStringList all = caption.split(QLatin1Char('\n'));
    QStringList shown;
    for (const QString& line : all.mid(0, lines))
        shown << metrics.elidedText(line, Qt::ElideMiddle, width);
    return shown.join(QLatin1Char('\n'));
}

} // namespace

GalleryDelegate::GalleryDelegate(ThumbnailService& thumbnails, QObject* parent)
    : QStyledItemDelegate(parent), m_thumbnails(thumbnails)
{
}

int GalleryDelegate::captionHeight(const QFontMetrics& metrics) const
{
    return m_captionLines == 0 ? 0 : m_captionLines * metrics.lineSpacing() + kPadding;
}

void GalleryDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const int edge = option.rect.width() - 2 * kPadding;
    const QRect thumbnail(option.rect.topLeft() + QPoint(kPadding, kPadding), QSize(edge, edge));
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    const bool current = option.state.testFlag(QStyle::State_HasFocus);

    painter->save();
    const QString path = index.data(PathRole).toString();
    const QPixmap pixmap = m_thumbnails.pixmap(path, edge);
    if (!pixmap.isNull()) {
        painter->setRenderHint(QPainter::SmoothPixmapTransform);
        if (index.data(FaintRole).toBool())
            painter->setOpacity(kFaint);
        painter->drawPixmap(thumbnail, pixmap);
        painter->setOpacity(1);
    } else {
        painter->fillRect(thumbnail, theme::disabledFill());
        if (m_thumbnails.hasFailed(path)) {
            QRectF sign(0, 0, 24, 24);
            sign.moveCenter(QRectF(thumbnail).center());
            paintIcon(*painter, QStringLiteral("image-missing"), sign, theme::mutedText());
        }
    }

    painter->setRenderHint(QPainter::Antialiasing);
    const bool wrong = index.data(WrongRole).toBool();
    if (wrong)
        paintOutline(*painter, thumbnail, theme::wrong(), selected || current ? 0 : 1);
    if (selected)
        paintOutline(*painter, thumbnail, theme::accent(), 3);
    else if (current)
        paintOutline(*painter, thumbnail, theme::mutedText(), 3);

    if (const Mend mend = static_cast<Mend>(index.data(MendRole).toInt()); mend != Mend::None)
        paintMend(*painter, thumbnail, mend);

    const QString caption = index.data(CaptionRole).toString();
    const QFont font = theme::caption(option.font);
    const QFontMetrics metrics(font);
    painter->setFont(font);
    if (m_captionLines > 0) {
        const QRect below(option.rect.left() + kPadding, thumbnail.bottom() + 1 + kPadding, edge,
            m_captionLines * metrics.lineSpacing());
        painter->setPen(theme::text());
        painter->drawText(
            below, Qt::AlignTop | Qt::AlignLeft, elided(caption, m_captionLines, metrics, edge));
    } else if ((hovered || selected) && !caption.isEmpty()) {
        const QRect over = thumbnail.adjusted(0, edge - metrics.height() - 6, 0, 0);
        painter->fillRect(over, QColor(16, 19, 24, 190));
        painter->setPen(Qt::white);
        painter->drawText(over.adjusted(5, 0, -5, 0), Qt::AlignVCenter | Qt::AlignLeft,
            elided(caption, 1, metrics, edge - 10));
    }
    painter->restore();
}

} // namespace vernier::ui
