#include "ui/inspect/confusion_view.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/inspect/class_header.h"

#include <QEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>
#include <cmath>

namespace vernier::ui {
namespace {

constexpr int kSmallestCell = 28;
constexpr int kLargestCell = 20 * theme::kGrid;
constexpr int kRoomy = 8 * theme::kGrid; ///< from here on a cell has room for its share too

QColor blend(const QColor& below, const QColor& above, double amount)
{
    const auto mix
        = [amount](int a, int b) { return static_cast<int>(a + (b - a) * amount + 0.5); };
    return QColor(mix(below.red(), above.red()), mix(below.green(), above.green()),
        mix(below.blue(), above.blue()));
}

double luminance(const QColor& color)
{
    const auto linear
        = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const double one = luminance(a) + 0.05;
    const double other = luminance(b) + 0.05;
    return std::max(one, other) / std::min(one, other);
}

void paintNumbers(QPainter& painter, const QRectF& cell, const QFont& base, qint64 count,
    double share, bool roomy)
{
    QFont digits = theme::tabular(base);
    if (!roomy) {
        // In a large grid the many zeros would hide the few numbers.
        if (count > 0) {
            painter.setFont(digits);
            painter.drawText(cell, Qt::AlignCenter, format::count(count));
        }
        return;
    }
    QFont large = digits;
    large.setPointSizeF(large.pointSizeF() * 1.4);
    large.setWeight(QFont::DemiBold);
    const QFont small = theme::caption(digits);
    const qreal above = QFontMetricsF(large).height();
    const qreal below = QFontMetricsF(small).height();
    QRectF line(cell.left(), cell.center().y() - (above + below) / 2, cell.width(), above);
    painter.setFont(large);
    painter.drawText(line, Qt::AlignCenter, format::count(count));
    line = QRectF(cell.left(), line.bottom(), cell.width(), below);
    painter.setFont(small);
    painter.drawText(line, Qt::AlignCenter, format::percent(share));
}

class CellDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override
    {
        const double share = index.data(ConfusionModel::ShareRole).toDouble();
        const qint64 count = index.data(ConfusionModel::CountRole).toLongLong();
        const bool diagonal = index.data(ConfusionModel::DiagonalRole).toBool();
        const QColor surface = theme::surface();
        // A single error among thousands must still be seen.
        QColor fill = count > 0 ? blend(surface, theme::accent(), 0.08 + 0.92 * share)
                                : blend(surface, theme::text(), 0.03);
        if (option.state.testFlag(QStyle::State_MouseOver))
            fill = blend(fill, theme::text(), 0.08);

        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool roomy = qMin(option.rect.width(), option.rect.height()) >= kRoomy;
        const QRectF cell = QRectF(option.rect).adjusted(1, 1, -1, -1);
        const qreal radius = roomy ? theme::kRadius - 2 : 2;
        painter->setPen(Qt::NoPen);
        painter->setBrush(fill);
        painter->drawRoundedRect(cell, radius, radius);
        if (diagonal) {
            painter->setPen(QPen(theme::mutedText(), 1));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
        }
        QColor ink = count > 0 ? theme::text() : theme::mutedText();
        if (contrast(ink, fill) < contrast(surface, fill))
            ink = surface;
        painter->setPen(ink);
        paintNumbers(*painter, cell, option.font, count, share, roomy);
        painter->restore();
    }
};

} // namespace

ConfusionView::ConfusionView(QWidget* parent)
    : QTableView(parent)
    , m_columns(new ClassHeader(Qt::Horizontal, this))
    , m_rows(new ClassHeader(Qt::Vertical, this))
{
    setObjectName(QStringLiteral("confusionMatrix"));
    setAccessibleName(tr("Confusion matrix"));
    setAccessibleDescription(
        tr("Rows are true classes, columns are what the model said. Pick a cell to see its "
           "pictures; Shift and Space picks the row, Ctrl and Space the column."));
    setHorizontalHeader(m_columns);
    setVerticalHeader(m_rows);
    // A drag along a header would select several rows or columns.
    for (QHeaderView* header :
        { static_cast<QHeaderView*>(m_rows), static_cast<QHeaderView*>(m_columns) })
        disconnect(header, &QHeaderView::sectionEntered, this, nullptr);
    setItemDelegate(new CellDelegate(this));
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setCornerButtonEnabled(false);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionMode(QAbstractItemView::ContiguousSelection);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setMouseTracking(true);
    setTabKeyNavigation(false);
}

ConfusionModel* ConfusionView::confusion() const { return qobject_cast<ConfusionModel*>(model()); }

void ConfusionView::setModel(QAbstractItemModel* model)
{
    QTableView::setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, &ConfusionView::layOut);
    layOut();
}

bool ConfusionView::isLarge() const
{
    return confusion() && confusion()->classCount() >= kLargeFrom;
}

QSize ConfusionView::sizeHint() const { return { 56 * theme::kGrid, 40 * theme::kGrid }; }

void ConfusionView::layOut()
{
    if (!confusion() || confusion()->rowCount() == 0)
        return;
    const int n = confusion()->rowCount();
    const QFontMetrics digits(theme::tabular(font()));
    const int narrowest = qMax(kSmallestCell,
        digits.horizontalAdvance(format::count(confusion()->largestCount())) + theme::kGrid);
    QSize cell(narrowest, kSmallestCell);
    if (!isLarge()) {
        const int lowest = digits.height() + 4;
        // The header along the top may turn its names once the cells are known, and then takes more
        // room: the second pass sees that.
        for (int pass = 0; pass < 2; ++pass) {
            const int across = (width() - m_rows->sizeHint().width()) / n;
            const int down = (height() - m_columns->sizeHint().height()) / n;
            cell.setHeight(qBound(lowest, qMin(across, down), kLargestCell));
            cell.setWidth(qBound(narrowest, qMin(across, cell.height() * 3 / 2), kLargestCell));
            m_columns->setDefaultSectionSize(cell.width());
        }
    }
    m_columns->setDefaultSectionSize(cell.width());
    m_rows->setDefaultSectionSize(cell.height());
    updateGeometries();
}

void ConfusionView::resizeEvent(QResizeEvent* event)
{
    layOut();
    QTableView::resizeEvent(event);
}

void ConfusionView::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        layOut();
}

void ConfusionView::setTarget(const std::optional<ConfusionTarget>& target)
{
    m_settingTarget = true;
    clearSelection();
    if (target && confusion()) {
        const int row = target->truth ? confusion()->sectionOf(*target->truth) : -1;
        const int column = target->predicted ? confusion()->sectionOf(*target->predicted) : -1;
        if (target->truth && target->predicted) {
            if (row >= 0 && column >= 0)
                setCurrentIndex(model()->index(row, column));
        } else if (row >= 0) {
            selectRow(row);
        } else if (column >= 0) {
            selectColumn(column);
        }
    }
    m_settingTarget = false;
}

std::optional<ConfusionTarget> ConfusionView::selectedTarget() const
{
    const QItemSelection selection = selectionModel()->selection();
    if (selection.isEmpty() || !confusion())
        return std::nullopt;
    const QItemSelectionRange& range = selection.front();
    const int n = confusion()->rowCount();
    ConfusionTarget target;
    if (range.width() == 1 && range.height() == 1) {
        target.truth = confusion()->classAt(range.top());
        target.predicted = confusion()->classAt(range.left());
    } else if (range.height() == 1 && range.width() == n) {
        target.truth = confusion()->classAt(range.top());
    } else if (range.width() == 1 && range.height() == n) {
        target.predicted = confusion()->classAt(range.left());
    }
    return target;
}

QItemSelectionModel::SelectionFlags ConfusionView::selectionCommand(
    const QModelIndex&, const QEvent*) const
{
    // One cell, one row or one column at a time, whatever keys are held.
    return QItemSelectionModel::ClearAndSelect;
}

void ConfusionView::selectionChanged(
    const QItemSelection& selected, const QItemSelection& deselected)
{
    QTableView::selectionChanged(selected, deselected);
    viewport()->update();
    if (!m_settingTarget)
        Q_EMIT targetPicked(selectedTarget());
}

void ConfusionView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    showSentence(current);
}

void ConfusionView::mouseMoveEvent(QMouseEvent* event)
{
    showSentence(indexAt(event->pos()));
    // A drag would select a block of cells, which means nothing here.
    if (event->buttons() == Qt::NoButton)
        QTableView::mouseMoveEvent(event);
}

void ConfusionView::leaveEvent(QEvent* event)
{
    QTableView::leaveEvent(event);
    showSentence(hasFocus() ? currentIndex() : QModelIndex());
}

void ConfusionView::showSentence(const QModelIndex& index)
{
    m_rows->setCurrentSection(index.isValid() ? index.row() : -1);
    m_columns->setCurrentSection(index.isValid() ? index.column() : -1);
    Q_EMIT sentenceChanged(
        index.isValid() ? index.data(Qt::AccessibleTextRole).toString() : QString());
}

void ConfusionView::keyPressEvent(QKeyEvent* event)
{
    const QModelIndex current = currentIndex();
    if (event->key() == Qt::Key_Escape && selectionModel()->hasSelection()) {
        clearSelection();
    } else if (event->key() == Qt::Key_Space && current.isValid()
        && event->modifiers() == Qt::ShiftModifier) {
        selectRow(current.row());
    } else if (event->key() == Qt::Key_Space && current.isValid()
        && event->modifiers() == Qt::ControlModifier) {
        selectColumn(current.column());
    } else if (event->modifiers() == Qt::ShiftModifier
        && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right
            || event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
        event->ignore();
    } else {
        QTableView::keyPressEvent(event);
    }
}

void ConfusionView::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    const QItemSelection selection = selectionModel()->selection();
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    for (const QItemSelectionRange& range : selection) {
        const QRect around = visualRect(range.topLeft()).united(visualRect(range.bottomRight()));
        painter.setPen(QPen(theme::text(), 2));
        painter.drawRoundedRect(
            QRectF(around).adjusted(1, 1, -1, -1), theme::kRadius - 1, theme::kRadius - 1);
    }
    if (hasFocus() && currentIndex().isValid() && !selectionModel()->isSelected(currentIndex())) {
        painter.setPen(QPen(theme::text(), 1, Qt::DotLine));
        painter.drawRect(visualRect(currentIndex()).adjusted(1, 1, -2, -2));
    }
}

} // namespace vernier::ui
