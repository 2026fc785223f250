#include "ui/recipe/network_view.h"

#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/theme.h"
#include "ui/recipe/block_card.h"
#include "ui/recipe/rate_edit.h"
#include "ui/recipe/setting_row.h"
#include "ui/recipe/setting_words.h"

#include <QCheckBox>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>

#include <algorithm>

namespace vernier::ui {

namespace {
constexpr int kMargin = 2 * theme::kGrid;
constexpr int kSpanHeight = 22; // the brackets over what is kept and what trains
constexpr int kCutHeight = 26; // the label on the cut line
constexpr int kColumnMinimum = 96;
constexpr int kRateWidth = 84;
constexpr int kAlwaysWidth = 56; // of the word that stands in place of the head's tick

int labelHeight(const QWidget& widget) { return widget.fontMetrics().height() + 2; }
} // namespace

NetworkView::NetworkView(QWidget* parent) : QWidget(parent), m_card(new BlockCard(this))
{
    setMouseTracking(true);
    setAccessibleName(tr("Network"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void NetworkView::setOutline(const NetworkOutline& outline, const FreezePlan& base)
{
    const auto sameBlock
        = [](const OutlineBlock& a, const OutlineBlock& b) { return a.name == b.name; };
    const bool sameBlocks = !m_controls.empty()
        && std::equal(outline.blocks.begin(), outline.blocks.end(), m_outline.blocks.begin(),
            m_outline.blocks.end(), sameBlock);
    m_outline = outline;
    if (!sameBlocks)
        makeControls();
    for (std::size_t i = 0; i < m_controls.size(); ++i) {
        const OutlineBlock& block = blockOfColumn(i + 1);
        const Controls& controls = m_controls[i];
        if (controls.tick) {
            const std::ptrdiff_t training = block.trainingLayers();
            controls.tick->setCheckState(training == 0      ? Qt::Unchecked
                    : training == block.layersWithWeights() ? Qt::Checked
                                                            : Qt::PartiallyChecked);
        }
        controls.rate->setVisible(block.trains);
        if (!block.trains)
            controls.rate->setRate(
                controls.rate->rate()); // what was being typed goes with the tick
        else if (controls.rate->rate() != block.rate)
            controls.rate->setRate(block.rate);
        const double was = base.rate(block.name);
        controls.dot->setVisible(differs(block, base));
        controls.dot->setToolTip(was > 0
                ? tr("Changed from training at %1. Click to put it back.").arg(format::rate(was))
                : tr("Changed from frozen. Click to put it back."));
    }
    layOut();
    if (m_hovered >= 0)
        showCard(m_drawing.layers[static_cast<std::size_t>(m_hovered)].column,
            int(m_drawing.layers[static_cast<std::size_t>(m_hovered)].row));
    updateGeometry();
    update();
}

bool NetworkView::differs(const OutlineBlock& block, const FreezePlan& base) const
{
    if (base.rate(block.name) != block.rate)
        return true;
    for (std::size_t i = 0; i < block.rows.size(); ++i) {
        if (base.rateOf(block.rows[i].layer) != block.layerRates[i])
            return true;
    }
    return false;
}

void NetworkView::makeControls()
{
    for (const Controls& controls : m_controls) {
        delete controls.tick;
        delete controls.unfold;
        delete controls.rate;
        delete controls.hint;
        delete controls.dot;
    }
    m_controls.clear();
    QWidget* before = nullptr;
    for (std::size_t column = 1; column < m_outline.blocks.size() + 2; ++column) {
        const std::string& name = blockOfColumn(column).name;
        const QString block = QString::fromStdString(name);
        const QString title = blockTitle(name);
        Controls controls;
        if (name != "head") {
            controls.tick = new QCheckBox(tr("Train"), this);
            controls.tick->setAccessibleName(tr("Train %1").arg(title));
            controls.tick->setToolTip(tr("Ticked: the weights of %1 change while training. Not "
                                         "ticked: they stay as they are.")
                                          .arg(title));
            controls.tick->setObjectName(QStringLiteral("train_") + block);
            controls.tick->installEventFilter(this);
            // A block of which some layers train is ticked whole by a click.
            controls.tick->setTristate(true);
            connect(controls.tick, &QCheckBox::clicked, this, [this, block, column] {
                const OutlineBlock& clicked = blockOfColumn(column);
                Q_EMIT trainingToggled(
                    block, clicked.trainingLayers() < clicked.layersWithWeights());
            });
            setTabOrder(before, controls.tick);
            before = controls.tick;
        }
        controls.unfold = new QToolButton(this);
        theme::setRole(controls.unfold, theme::Role::Quiet);
        controls.unfold->setIcon(icon(QStringLiteral("chevron-down")));
        controls.unfold->setAccessibleName(tr("Layers of %1").arg(title));
        controls.unfold->setToolTip(name == "head"
                ? tr("The layers of the head: add, change and remove them.")
                : tr("The layers of %1: train them one by one, or put the head on top of one.")
                      .arg(title));
        controls.unfold->setObjectName(QStringLiteral("unfold_") + block);
        connect(controls.unfold, &QToolButton::clicked, this, [this, column] { unfold(column); });
        setTabOrder(before, controls.unfold);
        before = controls.unfold;
        controls.rate = new RateEdit(this);
        controls.rate->setAccessibleName(tr("Learning rate of %1").arg(title));
        controls.rate->setToolTip(tr("Learning rate of %1: how far its weights move in one step; "
                                     "%2. Arrow keys and wheel change it.")
                                      .arg(title, usualRates(name)));
        controls.rate->setObjectName(QStringLiteral("rate_") + block);
        controls.rate->installEventFilter(this);
        controls.hint = new QLabel(this);
        theme::setRole(controls.hint, theme::Role::Wrong);
        controls.hint->setFont(theme::caption(controls.hint->font()));
        controls.hint->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
        connect(controls.rate, &RateEdit::problemChanged, controls.hint, &QLabel::setText);
        connect(controls.rate, &RateEdit::rateEdited, this,
            [this, block](double rate) { Q_EMIT rateEdited(block, rate); });
        if (before)
            setTabOrder(before, controls.rate);
        before = controls.rate;
        controls.dot = new ChangeDot(this);
        controls.dot->setAccessibleName(tr("Put %1 back").arg(title));
        controls.dot->setObjectName(QStringLiteral("dot_") + block);
        setTabOrder(before, controls.dot);
        before = controls.dot;
        connect(controls.dot, &QAbstractButton::clicked, this,
            [this, block] { Q_EMIT putBack(block); });
        if (controls.tick)
            controls.tick->show();
        controls.unfold->show();
        controls.hint->show();
        m_controls.push_back(controls);
    }
    m_card->raise();
}

QSize NetworkView::minimumSizeHint() const
{
    const int columns = int(m_outline.blocks.size()) + 2;
    return { 2 * kMargin + kColumnMinimum * (columns - 1) + kColumnMinimum / 2,
        kMargin + kSpanHeight + kCutHeight + 132 + (height() - labelsTop()) };
}

QRectF NetworkView::drawingArea() const
{
    const int top = kMargin + kSpanHeight + kCutHeight;
    return QRectF(kMargin, top, width() - 2 * kMargin, std::max(labelsTop() - top - 10, 60));
}

int NetworkView::controlsTop() const
{
    // Tick, rate and a line for a hint.
    return height() - theme::kGrid / 2 - labelHeight(*this) - 2 * 30;
}

int NetworkView::labelsTop() const { return controlsTop() - 3 * labelHeight(*this) - 6; }

void NetworkView::layOut()
{
    const auto layersBefore = m_drawing.layers.size();
    m_drawing = NetworkDrawing::laidOut(m_outline, drawingArea());
    if (m_drawing.layers.size() != layersBefore)
        m_hovered = -1;
    const int top = controlsTop();
    for (std::size_t i = 0; i < m_controls.size(); ++i) {
        const Controls& controls = m_controls[i];
        const int middle = int(m_drawing.columns[i + 1].center().x());
        const int tickWidth = controls.tick ? controls.tick->sizeHint().width() : kAlwaysWidth;
        if (controls.tick) {
            const QSize size = controls.tick->sizeHint();
            controls.tick->setGeometry(middle - size.width() / 2, top, size.width(), 26);
        }
        controls.unfold->setGeometry(middle + tickWidth / 2 + 2, top + 2, 22, 22);
        controls.rate->setGeometry(middle - kRateWidth / 2, top + 28, kRateWidth, 28);
        const int dotRight = middle - tickWidth / 2;
        controls.dot->move(dotRight - controls.dot->width(), top + 1);
        const int hintWidth = int(m_drawing.columns[i + 1].width()) - 4;
        controls.hint->setGeometry(middle - hintWidth / 2, top + 58, hintWidth, labelHeight(*this));
    }
}

std::size_t NetworkView::columnOf(const std::string& block) const
{
    for (std::size_t i = 0; i < m_outline.blocks.size(); ++i) {
        if (m_outline.blocks[i].name == block)
            return i + 1;
    }
    return m_outline.blocks.size() + 1;
}

const OutlineBlock& NetworkView::blockOfColumn(std::size_t column) const
{
    return column <= m_outline.blocks.size() ? m_outline.blocks[column - 1] : m_outline.head;
}

QRectF NetworkView::columnRect(std::size_t column) const
{
    return column < m_drawing.columns.size() ? m_drawing.columns[column] : QRectF();
}

QRect NetworkView::drawnRect(const std::string& block) const
{
    const std::size_t column = columnOf(block);
    QRectF united;
    for (const DrawnLayer& layer : m_drawing.layers) {
        if (layer.column == column)
            united |= layer.silhouette().boundingRect();
    }
    return united.toAlignedRect();
}

int NetworkView::cutX() const
{
    if (m_outline.cut == 0 || m_drawing.columns.empty())
        return -1;
    return int(columnRect(m_outline.cut + 1).left());
}

QString NetworkView::cutText() const
{
    if (m_outline.cut == 0)
        return {};
    return tr("Cut: saves %1 of each epoch").arg(savedText(m_outline));
}

bool NetworkView::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        layOut();
    return QWidget::event(event);
}

bool NetworkView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::Enter) {
        // By keyboard the card follows the focus; by mouse it follows the pointer.
        const bool byTab = event->type() == QEvent::FocusIn
            && (static_cast<QFocusEvent*>(event)->reason() == Qt::TabFocusReason
                || static_cast<QFocusEvent*>(event)->reason() == Qt::BacktabFocusReason);
        for (std::size_t i = 0; byTab && i < m_controls.size(); ++i) {
            if (watched == m_controls[i].tick || watched == m_controls[i].rate)
                showCard(i + 1, -1);
        }
        if (event->type() == QEvent::Enter)
            m_card->hide();
    } else if (event->type() == QEvent::FocusOut) {
        m_card->hide();
    }
    return QWidget::eventFilter(watched, event);
}

void NetworkView::resizeEvent(QResizeEvent*) { layOut(); }

void NetworkView::mouseMoveEvent(QMouseEvent* event)
{
    const DrawnLayer* layer = m_drawing.at(event->position());
    const std::ptrdiff_t hovered = layer ? layer - m_drawing.layers.data() : -1;
    if (hovered == m_hovered)
        return;
    m_hovered = hovered;
    if (layer && layer->column > 0)
        showCard(layer->column, int(layer->row));
    else
        m_card->hide();
    update();
}

void NetworkView::mouseReleaseEvent(QMouseEvent* event)
{
    const DrawnLayer* layer = m_drawing.at(event->position());
    if (event->button() == Qt::LeftButton && layer && layer->column > 0)
        unfold(layer->column);
}

void NetworkView::unfold(std::size_t column)
{
    m_card->hide();
    const QRectF block = columnRect(column);
    Q_EMIT unfoldRequested(QString::fromStdString(blockOfColumn(column).name),
        mapToGlobal(QPoint(int(block.center().x()), controlsTop() + 28)));
}

void NetworkView::leaveEvent(QEvent*)
{
    m_hovered = -1;
    m_card->hide();
    update();
}

void NetworkView::showCard(std::size_t column, int row)
{
    if (column == 0)
        return;
    m_card->setBlock(blockOfColumn(column), row);
    // Beside the block, on the side that has room, so that the block itself stays visible.
    const QRect block = drawnRect(blockOfColumn(column).name);
    int x = block.right() + theme::kGrid;
    if (x + m_card->width() > width() - theme::kGrid)
        x = block.left() - theme::kGrid - m_card->width();
    const int y = std::clamp(int(m_drawing.axis) - m_card->height() / 2, 4,
        std::max(4, height() - m_card->height() - 4));
    m_card->move(std::max(x, 4), y);
    m_card->show();
    m_card->raise();
}

void NetworkView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_drawing.columns.empty())
        return;
    paintSpans(painter);
    paintNetwork(painter, m_drawing, m_outline,
        m_hovered < 0 ? nullptr : &m_drawing.layers[static_cast<std::size_t>(m_hovered)]);
    paintCut(painter);
    paintLabels(painter);
}

void NetworkView::paintSpans(QPainter& painter) const
{
    const auto span = [&](double from, double to, const QString& text, const QColor& color) {
        painter.setFont(theme::caption(font()));
        const QFontMetricsF metrics(painter.font());
        const double y = kMargin + kSpanHeight / 2.0;
        const QString shown = metrics.elidedText(text, Qt::ElideRight, to - from - 24);
        const double width = metrics.horizontalAdvance(shown);
        const double middle = (from + to) / 2;
        painter.setPen(QPen(color, 1.5));
        painter.drawLine(QPointF(from + 4, y), QPointF(middle - width / 2 - 8, y));
        painter.drawLine(QPointF(middle + width / 2 + 8, y), QPointF(to - 4, y));
        painter.drawLine(QPointF(from + 4, y - 3), QPointF(from + 4, y + 3));
        painter.drawLine(QPointF(to - 4, y - 3), QPointF(to - 4, y + 3));
        painter.setPen(color == theme::accent() ? color : theme::mutedText());
        painter.drawText(QRectF(from, kMargin, to - from, kSpanHeight), Qt::AlignCenter, shown);
    };
    const double left = m_drawing.columns.front().left();
    const double right = m_drawing.columns.back().right();
    const double cut = cutX();
    if (m_outline.cut > 0)
        span(left, cut - 4,
            m_outline.kept() ? tr("frozen: computed once for each picture, then kept")
                             : tr("frozen: computed afresh for each augmented picture"),
            theme::line());
    span(m_outline.cut > 0 ? cut + 4 : left, right,
        m_outline.cut > m_outline.blocks.size() - 1 ? tr("trains")
                                                    : tr("runs and learns in every step"),
        theme::accent());
}

void NetworkView::paintCut(QPainter& painter) const
{
    if (m_outline.cut == 0)
        return;
    const double x = cutX() + 0.5;
    const double top = kMargin + kSpanHeight;
    painter.setPen(QPen(theme::mutedText(), 1, Qt::DashLine));
    painter.drawLine(QPointF(x, top + kCutHeight - 4), QPointF(x, labelsTop() - 4));

    QFont small = theme::caption(font());
    small.setWeight(QFont::DemiBold);
    painter.setFont(small);
    const QString text = cutText();
    const double half = QFontMetricsF(small).horizontalAdvance(text) / 2 + 10;
    const double middle = std::clamp(x, half + 2, width() - half - 2);
    const QRectF pill(middle - half, top + 1, 2 * half, kCutHeight - 5);
    painter.setPen(theme::line());
    painter.setBrush(theme::surface());
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);
    painter.setPen(theme::text());
    painter.drawText(pill, Qt::AlignCenter, text);
}

void NetworkView::paintLabels(QPainter& painter) const
{
    const int line = labelHeight(*this);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QFont small = theme::tabular(theme::caption(font()));
    const auto parametersOf = [this](std::size_t column) {
        return tr("%1 parameters").arg(shortCount(blockOfColumn(column).parameters));
    };
    // The word stands everywhere or nowhere; the blocks' cards have it too.
    bool worded = true;
    for (std::size_t column = 1; column < m_drawing.columns.size(); ++column)
        worded = worded
            && QFontMetricsF(small).horizontalAdvance(parametersOf(column))
                < columnRect(column).width();
    for (std::size_t column = 0; column < m_drawing.columns.size(); ++column) {
        const QRectF where = columnRect(column);
        const bool input = column == 0;
        const OutlineBlock* block = input ? nullptr : &blockOfColumn(column);
        const QString title = input ? tr("Input") : blockTitle(block->name);
        const QString shape = input && !worded
            ? tr("%1 × %2").arg(m_outline.input.width).arg(m_outline.input.height)
            : input                    ? shapeText(m_outline.input)
            : block == &m_outline.head ? tr("%1 → %2").arg(
                  format::count(block->input.count()), format::count(block->output().channels))
                                       : shapeText(block->output());
        painter.setFont(bold);
        painter.setPen(theme::text());
        QRectF row(where.left() - 12, labelsTop(), where.width() + 24, line);
        painter.drawText(row, Qt::AlignCenter, title);
        painter.setFont(small);
        painter.setPen(theme::mutedText());
        row.translate(0, line);
        painter.drawText(row, Qt::AlignCenter, shape);
        row.translate(0, line);
        painter.drawText(row, Qt::AlignCenter,
            input        ? QString()
                : worded ? parametersOf(column)
                         : shortCount(block->parameters));

        if (input)
            continue;
        const Controls& controls = m_controls[column - 1];
        painter.setFont(font());
        painter.setPen(theme::mutedText());
        if (!controls.tick)
            painter.drawText(QRectF(where.left(), controlsTop(), where.width(), 26),
                Qt::AlignCenter, tr("Trains"));
        const std::ptrdiff_t training = block->trainingLayers();
        if (!block->trains)
            painter.drawText(QRectF(where.left(), controlsTop() + 28, where.width(), 28),
                Qt::AlignCenter,
                training == 0 ? QStringLiteral("–")
                              : format::plural(training, tr("layer"), tr("layers")));
        else if (block->apart > 0 && controls.hint->text().isEmpty()) {
            painter.setFont(small);
            painter.drawText(QRectF(where.left(), controlsTop() + 58, where.width(), line),
                Qt::AlignCenter,
                tr("%1 apart").arg(format::plural(block->apart, tr("layer"), tr("layers"))));
        }
    }
}

} // namespace vernier::ui
