#include "ui/inspect/class_header.h"

#include "ui/base/theme.h"
#include "ui/inspect/confusion_model.h"
#include "ui/pictures/class_dot.h"

#include <QPainter>

namespace vernier::ui {
namespace {

constexpr int kPadding = theme::kGrid;
constexpr int kGap = 6; ///< between dot and name
constexpr int kLongest = 15 * theme::kGrid; ///< px; longer names are elided

} // namespace

ClassHeader::ClassHeader(Qt::Orientation orientation, QWidget* parent)
    : QHeaderView(orientation, parent)
{
    setSectionsClickable(true);
    setHighlightSections(true);
    setSectionResizeMode(QHeaderView::Fixed);
    setMinimumSectionSize(1);
}

void ClassHeader::setCurrentSection(int section)
{
    if (section == m_current)
        return;
    m_current = section;
    viewport()->update();
}

QString ClassHeader::name(int section) const
{
    return model()->headerData(section, orientation(), Qt::DisplayRole).toString();
}

int ClassHeader::widestName() const
{
    if (!model())
        return 0;
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(bold);
    int widest = 0;
    for (int section = 0; section < count(); ++section)
        widest = qMax(widest, metrics.horizontalAdvance(name(section)));
    return qMin(widest + 1, kLongest);
}

bool ClassHeader::turned() const
{
    return orientation() == Qt::Horizontal
        && widestName() + kClassDot + kGap + kPadding > defaultSectionSize();
}

QSize ClassHeader::sizeHint() const
{
    const int length = widestName() + kClassDot + kGap + 2 * kPadding;
    const int thickness = fontMetrics().height() + kPadding;
    if (orientation() == Qt::Vertical)
        return { length, thickness };
    return { thickness, turned() ? length : thickness };
}

void ClassHeader::paintSection(QPainter* painter, const QRect& rect, int section) const
{
    const QVariant label = model()->headerData(section, orientation(), ConfusionModel::ClassRole);
    if (!label.isValid())
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QFont names = font();
    const bool current = section == m_current;
    if (current)
        names.setWeight(QFont::DemiBold);
    painter->setFont(names);
    painter->setPen(current ? theme::text() : theme::mutedText());

    QRect box = rect;
    if (turned()) {
        painter->translate(rect.bottomLeft() + QPoint(0, 1));
        painter->rotate(-90);
        box = QRect(0, 0, rect.height(), rect.width());
    }
    const QFontMetrics metrics(names);
    const int room = box.width() - kClassDot - kGap - 2 * kPadding + (turned() ? 0 : 1);
    const bool upright = orientation() == Qt::Horizontal && !turned();
    const QString text
        = metrics.elidedText(name(section), Qt::ElideRight, upright ? room + kPadding : room);
    const int width = metrics.horizontalAdvance(text);
    int left = box.left() + kPadding;
    if (upright)
        left = box.left() + (box.width() - width - kClassDot - kGap) / 2;
    else if (orientation() == Qt::Vertical)
        left = box.right() - kPadding - width - kClassDot - kGap;
    paintClassDot(*painter, QPointF(left + kClassDot / 2.0, box.center().y() + 0.5), label.toInt());
    painter->drawText(QRect(left + kClassDot + kGap, box.top(), width + 1, box.height()),
        Qt::AlignVCenter | Qt::AlignLeft, text);
    painter->restore();
}

} // namespace vernier::ui
