#include "ui/pictures/gallery_view.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/pictures/gallery_delegate.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/thumbnail_service.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace vernier::ui {
namespace {

constexpr int kMargin = 16;
constexpr int kGap = 4;
constexpr int kHeadingHeight = 40;
constexpr int kSectionGap = 8;

} // namespace

GalleryView::GalleryView(ThumbnailService& thumbnails, QWidget* parent)
    : QAbstractItemView(parent), m_thumbnails(thumbnails)
{
    setItemDelegate(new GalleryDelegate(thumbnails, this));
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);

    m_request.setSingleShot(true);
    m_request.setInterval(0);
    connect(&m_request, &QTimer::timeout, this, &GalleryView::requestThumbnails);
    m_repaint.setSingleShot(true);
    m_repaint.setInterval(16);
    connect(&m_repaint, &QTimer::timeout, viewport(), qOverload<>(&QWidget::update));
    connect(&thumbnails, &ThumbnailService::ready, this, [this] {
        if (isVisible() && !m_repaint.isActive())
            m_repaint.start();
    });
}

int GalleryView::rowCount() const { return model() ? model()->rowCount(rootIndex()) : 0; }

QModelIndex GalleryView::rowIndex(int row) const { return model()->index(row, 0, rootIndex()); }

void GalleryView::setEdge(int edge)
{
    edge = std::clamp(edge, kMinEdge, kMaxEdge);
    if (edge == m_edge)
        return;
    // What is under the eye stays there.
    const auto [first, last] = rowsBetween(verticalOffset(), verticalOffset() + 1);
    m_edge = edge;
    layoutSections();
    updateGeometries();
    if (first < last)
        verticalScrollBar()->setValue(first == 0 ? 0 : cellRect(first).top() - kGap);
    viewport()->update();
    scheduleRequest();
    Q_EMIT edgeChanged(m_edge);
}

void GalleryView::setCaptionLines(int lines)
{
    m_captionLines = lines;
    static_cast<GalleryDelegate*>(itemDelegate())->setCaptionLines(lines);
    scheduleDelayedItemsLayout();
}

void GalleryView::setModel(QAbstractItemModel* newModel)
{
    if (model())
        disconnect(model(), &QAbstractItemModel::rowsRemoved, this, nullptr);
    QAbstractItemView::setModel(newModel);
    if (newModel) {
        connect(newModel, &QAbstractItemModel::rowsRemoved, this,
            [this] { scheduleDelayedItemsLayout(); });
    }
    scheduleDelayedItemsLayout();
}

void GalleryView::doItemsLayout()
{
    readSections();
    layoutSections();
    // Updates the geometries and the viewport.
    QAbstractItemView::doItemsLayout();
    scheduleRequest();
}

void GalleryView::readSections()
{
    m_sections.clear();
    const int rows = rowCount();
    for (int row = 0; row < rows; ++row) {
        QString title = rowIndex(row).data(SectionRole).toString();
        if (m_sections.empty() || m_sections.back().title != title)
            m_sections.push_back({ std::move(title), row, 0, 0, 0 });
        ++m_sections.back().count;
    }
    m_headings = std::any_of(m_sections.begin(), m_sections.end(),
        [](const Section& section) { return !section.title.isEmpty(); });
}

void GalleryView::layoutSections()
{
    const int step = m_edge + 2 * GalleryDelegate::kPadding + kGap;
    const int room = viewport()->width() - 2 * kMargin + kGap;
    m_columns = std::max(1, room / step);
    // One line of few pictures stays at the size that was asked for.
    const bool fills = std::any_of(m_sections.begin(), m_sections.end(),
        [this](const Section& section) { return section.count >= m_columns; });
    m_cellEdge = fills ? std::max(m_edge, m_edge + (room - m_columns * step) / m_columns) : m_edge;
    const int cellHeight = cellRect(-1).height() + kGap;
    int y = m_headings ? 0 : kMargin;
    for (Section& section : m_sections) {
        section.top = y;
        section.cellsTop = y + (m_headings ? kHeadingHeight : 0);
        y = section.cellsTop + (section.count + m_columns - 1) / m_columns * cellHeight
            + kSectionGap;
    }
    m_height = m_sections.empty() ? 0 : y - kSectionGap + kMargin;
}

std::size_t GalleryView::sectionOfRow(int row) const
{
    const auto after = std::upper_bound(m_sections.begin(), m_sections.end(), row,
        [](int value, const Section& section) { return value < section.firstRow; });
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, after - m_sections.begin() - 1));
}

QRect GalleryView::cellRect(int row) const
{
    const auto* delegate = static_cast<const GalleryDelegate*>(itemDelegate());
    const int width = m_cellEdge + 2 * GalleryDelegate::kPadding;
    const int height = width + delegate->captionHeight(QFontMetrics(theme::caption(font())));
    if (row < 0 || m_sections.empty())
        return { 0, 0, width, height };
    const Section& section = m_sections[sectionOfRow(row)];
    const int at = row - section.firstRow;
    return { kMargin + at % m_columns * (width + kGap),
        section.cellsTop + at / m_columns * (height + kGap), width, height };
}

std::pair<int, int> GalleryView::rowsBetween(int top, int bottom) const
{
    const int step = cellRect(-1).height() + kGap;
    int first = -1;
    int last = 0;
    // The section before the first one that begins below `top`, and on from there.
    auto section = std::upper_bound(m_sections.begin(), m_sections.end(), top,
        [](int value, const Section& s) { return value < s.top; });
    if (section != m_sections.begin())
        --section;
    for (; section != m_sections.end() && section->top <= bottom; ++section) {
        const int firstLine = std::max(0, (top - section->cellsTop) / step);
        const int lastLine = (bottom - section->cellsTop) / step;
        const int from = std::min(section->count, firstLine * m_columns);
        const int to = std::clamp((lastLine + 1) * m_columns, 0, section->count);
        if (bottom < section->cellsTop || from >= to)
            continue;
        if (first < 0)
            first = section->firstRow + from;
        last = section->firstRow + to;
    }
    return { std::max(first, 0), first < 0 ? 0 : last };
}

int GalleryView::verticalOffset() const { return verticalScrollBar()->value(); }

void GalleryView::ensureLayout() const
{
    // A layout that is due is no change that a caller could see.
    const_cast<GalleryView*>(this)->executeDelayedItemsLayout();
}

QRect GalleryView::visualRect(const QModelIndex& index) const
{
    ensureLayout();
    if (!index.isValid() || m_sections.empty())
        return {};
    return cellRect(index.row()).translated(0, -verticalOffset());
}

QModelIndex GalleryView::indexAt(const QPoint& point) const
{
    ensureLayout();
    const QPoint at = point + QPoint(0, verticalOffset());
    const auto [first, last] = rowsBetween(at.y(), at.y());
    for (int row = first; row < last; ++row) {
        if (cellRect(row).contains(at))
            return rowIndex(row);
    }
    return {};
}

void GalleryView::scrollTo(const QModelIndex& index, ScrollHint hint)
{
    if (!index.isValid())
        return;
    executeDelayedItemsLayout();
    const QRect cell = cellRect(index.row());
    const int top = verticalOffset();
    const int height = viewport()->height();
    int target = top;
    if (hint == PositionAtTop)
        target = cell.top() - kGap;
    else if (hint == PositionAtBottom)
        target = cell.bottom() + kGap - height;
    else if (hint == PositionAtCenter)
        target = cell.center().y() - height / 2;
    else if (cell.top() < top)
        target = cell.top() - kGap;
    else if (cell.bottom() > top + height)
        target = std::min(cell.top() - kGap, cell.bottom() + kGap - height);
    verticalScrollBar()->setValue(target);
}

QModelIndex GalleryView::moveCursor(CursorAction action, Qt::KeyboardModifiers)
{
    const int rows = rowCount();
    if (rows == 0)
        return {};
    if (!currentIndex().isValid())
        return rowIndex(0);
    executeDelayedItemsLayout();
    const int row = currentIndex().row();
    const std::size_t at = sectionOfRow(row);
    const Section& section = m_sections[at];
    const int column = (row - section.firstRow) % m_columns;

    const auto vertical = [&](int lines) {
        int target = row;
        for (int i = 0; i < std::abs(lines); ++i) {
            const Section& s = m_sections[sectionOfRow(target)];
            const int line = (target - s.firstRow) / m_columns;
            const int lastLine = (s.count - 1) / m_columns;
            if (lines > 0 && line < lastLine) {
                target = std::min(target + m_columns, s.firstRow + s.count - 1);
            } else if (lines > 0 && s.firstRow + s.count < rows) {
                const Section& next = m_sections[sectionOfRow(s.firstRow + s.count)];
                target = next.firstRow + std::min(column, next.count - 1);
            } else if (lines < 0 && line > 0) {
                target -= m_columns;
            } else if (lines < 0 && s.firstRow > 0) {
                const Section& above = m_sections[sectionOfRow(s.firstRow - 1)];
                const int lastStart = (above.count - 1) / m_columns * m_columns;
                target = above.firstRow + std::min(lastStart + column, above.count - 1);
            }
        }
        return target;
    };

    const int page = std::max(1, viewport()->height() / (cellRect(-1).height() + kGap));
    int target = row;
    switch (action) {
    case MoveLeft:
    case MovePrevious:
        target = row - 1;
        break;
    case MoveRight:
    case MoveNext:
        target = row + 1;
        break;
    case MoveUp:
        target = vertical(-1);
        break;
    case MoveDown:
        target = vertical(1);
        break;
    case MovePageUp:
        target = vertical(-page);
        break;
    case MovePageDown:
        target = vertical(page);
        break;
    case MoveHome:
        target = 0;
        break;
    case MoveEnd:
        target = rows - 1;
        break;
    }
    return rowIndex(std::clamp(target, 0, rows - 1));
}

void GalleryView::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags command)
{
    QItemSelection selection;
    if (state() == DragSelectingState) {
        const QRect band = bandRect();
        const auto [first, last] = rowsBetween(band.top(), band.bottom());
        int runStart = -1;
        for (int row = first; row <= last; ++row) {
            const bool inside = row < last && cellRect(row).intersects(band);
            if (inside && runStart < 0)
                runStart = row;
            if (!inside && runStart >= 0) {
                selection.select(rowIndex(runStart), rowIndex(row - 1));
                runStart = -1;
            }
        }
    } else {
        // A click, or a range by Shift: from the corner where it began to where it is now.
        const QModelIndex from = indexAt(rect.topLeft());
        const QModelIndex to = indexAt(rect.bottomRight());
        if (from.isValid() && to.isValid()) {
            selection.select(
                rowIndex(std::min(from.row(), to.row())), rowIndex(std::max(from.row(), to.row())));
        }
    }
    selectionModel()->select(selection, command);
}

QRegion GalleryView::visualRegionForSelection(const QItemSelection& selection) const
{
    const auto [first, last]
        = rowsBetween(verticalOffset(), verticalOffset() + viewport()->height());
    QRegion region;
    for (const QItemSelectionRange& range : selection) {
        for (int row = std::max(first, range.top()); row <= std::min(last - 1, range.bottom());
             ++row)
            region += cellRect(row).translated(0, -verticalOffset());
    }
    return region;
}

void GalleryView::updateGeometries()
{
    QAbstractItemView::updateGeometries();
    const int visible = viewport()->height();
    verticalScrollBar()->setRange(0, std::max(0, m_height - visible));
    verticalScrollBar()->setPageStep(visible);
    verticalScrollBar()->setSingleStep(std::max(16, (m_edge + 16) / 3));
}

void GalleryView::scrollContentsBy(int dx, int dy)
{
    viewport()->scroll(dx, dy);
    scheduleRequest();
}

void GalleryView::rowsInserted(const QModelIndex& parent, int start, int end)
{
    QAbstractItemView::rowsInserted(parent, start, end);
    scheduleDelayedItemsLayout();
}

void GalleryView::scheduleRequest()
{
    if (!m_request.isActive())
        m_request.start();
}

void GalleryView::requestThumbnails()
{
    if (!isVisible() || !model())
        return;
    const int top = verticalOffset();
    const int height = viewport()->height();
    const auto [first, last] = rowsBetween(top, top + height);
    const auto [near, far] = rowsBetween(std::max(0, top - height / 2), top + 2 * height);
    QStringList paths;
    const auto add = [&](int from, int to) {
        for (int row = from; row < to; ++row)
            paths << rowIndex(row).data(PathRole).toString();
    };
    add(first, last);
    add(last, far);
    add(near, first);
    for (const QString& path : paths)
        m_thumbnails.pixmap(path, m_cellEdge);
    m_thumbnails.setVisible(paths);
}

void GalleryView::paintEvent(QPaintEvent* event)
{
    if (!model())
        return;
    executeDelayedItemsLayout();
    QPainter painter(viewport());
    const int offset = verticalOffset();
    const QRect area = event->rect();
    const int top = area.top() + offset;
    const int bottom = area.bottom() + offset;

    if (m_headings) {
        const QFont name = theme::heading(font());
        for (const Section& section : m_sections) {
            if (section.cellsTop < top || section.top > bottom)
                continue;
            const QRect line(kMargin + GalleryDelegate::kPadding, section.top - offset + 4,
                viewport()->width() - 2 * kMargin, kHeadingHeight - 8);
            painter.setFont(name);
            painter.setPen(theme::text());
            QRect taken;
            painter.drawText(line, Qt::AlignVCenter | Qt::AlignLeft,
                QFontMetrics(name).elidedText(section.title, Qt::ElideRight, line.width() - 64),
                &taken);
            painter.setFont(theme::tabular(font()));
            painter.setPen(theme::mutedText());
            painter.drawText(line.adjusted(taken.width() + theme::kGrid, 1, 0, 1),
                Qt::AlignVCenter | Qt::AlignLeft, format::count(section.count));
        }
    }

    QStyleOptionViewItem option;
    initViewItemOption(&option);
    const auto [first, last] = rowsBetween(top, bottom);
    for (int row = first; row < last; ++row) {
        const QModelIndex index = rowIndex(row);
        option.rect = cellRect(row).translated(0, -offset);
        if (!option.rect.intersects(area))
            continue;
        option.state = QStyle::State_Enabled;
        option.state.setFlag(QStyle::State_Selected, selectionModel()->isSelected(index));
        option.state.setFlag(QStyle::State_MouseOver, index == m_hover);
        option.state.setFlag(QStyle::State_HasFocus, hasFocus() && index == currentIndex());
        itemDelegate()->paint(&painter, option, index);
    }

    if (state() == DragSelectingState && m_bandStart) {
        QColor fill = theme::accent();
        fill.setAlphaF(0.12F);
        painter.setPen(theme::accent());
        painter.setBrush(fill);
        painter.drawRect(bandRect().translated(0, -offset));
    }
}

void GalleryView::resizeEvent(QResizeEvent* event)
{
    QAbstractItemView::resizeEvent(event);
    layoutSections();
    updateGeometries();
    scheduleRequest();
}

void GalleryView::wheelEvent(QWheelEvent* event)
{
    if (event->modifiers().testFlag(Qt::ControlModifier)) {
        setEdge(m_edge + event->angleDelta().y() / 8);
        event->accept();
        return;
    }
    QAbstractItemView::wheelEvent(event);
}

QRect GalleryView::bandRect() const
{
    return m_bandStart ? QRect(*m_bandStart, m_bandEnd).normalized() : QRect();
}

void GalleryView::mousePressEvent(QMouseEvent* event)
{
    m_bandStart = event->position().toPoint() + QPoint(0, verticalOffset());
    m_bandEnd = *m_bandStart;
    QAbstractItemView::mousePressEvent(event);
}

void GalleryView::mouseMoveEvent(QMouseEvent* event)
{
    m_bandEnd = event->position().toPoint() + QPoint(0, verticalOffset());
    if (event->buttons() == Qt::NoButton)
        setHover(indexAt(event->position().toPoint()));
    QAbstractItemView::mouseMoveEvent(event);
    if (state() == DragSelectingState)
        viewport()->update();
}

void GalleryView::mouseReleaseEvent(QMouseEvent* event)
{
    QAbstractItemView::mouseReleaseEvent(event);
    m_bandStart.reset();
    viewport()->update();
}

bool GalleryView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Leave)
        setHover({});
    else if (event->type() == QEvent::Show)
        scheduleRequest();
    return QAbstractItemView::viewportEvent(event);
}

void GalleryView::changeEvent(QEvent* event)
{
    QAbstractItemView::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        scheduleDelayedItemsLayout();
}

void GalleryView::setHover(const QModelIndex& index)
{
    if (index == m_hover)
        return;
    const QModelIndex before = m_hover;
    m_hover = index;
    for (const QModelIndex& changed : { before, index }) {
        if (changed.isValid())
            viewport()->update(visualRect(changed));
    }
}

} // namespace vernier::ui
