#include "ui/frame/rail.h"

#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QAbstractButton>
#include <QPainter>
#include <QVBoxLayout>

namespace vernier::ui {
namespace {

constexpr int kWidth = 88;
constexpr int kButtonHeight = 64;
constexpr int kIconEdge = 22;

class RailButton : public QAbstractButton {
public:
    RailButton(const QString& iconName, const QString& text, QWidget* parent)
        : QAbstractButton(parent), m_iconName(iconName)
    {
        setText(text);
        setCheckable(true);
        setAutoExclusive(true);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::TabFocus);
        setAccessibleName(text);
    }

    QSize sizeHint() const override
    {
        return { kWidth, qMax(kButtonHeight, kIconEdge + fontMetrics().height() + 20) };
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF plate = QRectF(rect()).adjusted(8, 3, -8, -3);
        // Qt hands the focus on to the rail also when who had it goes: of interest only to those
        // who move it by the keyboard.
        const bool ring = hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange);
        if (isChecked() || underMouse() || ring) {
            QColor fill = theme::hover();
            if (isChecked()) {
                fill = theme::accent();
                fill.setAlphaF(0.12F);
            }
            painter.setPen(ring ? QPen(theme::accent(), 1.5) : QPen(Qt::NoPen));
            painter.setBrush(fill);
            painter.drawRoundedRect(plate, theme::kRadius, theme::kRadius);
        }
        const QColor ink = isChecked() ? theme::accent() : theme::text();
        const int block = kIconEdge + 4 + fontMetrics().height();
        const int top = (height() - block) / 2;
        paintIcon(painter, m_iconName,
            QRectF((width() - kIconEdge) / 2.0, top, kIconEdge, kIconEdge), ink);
        painter.setPen(ink);
        painter.drawText(QRect(0, top + kIconEdge + 4, width(), fontMetrics().height()),
            Qt::AlignCenter, text());
    }

private:
    QString m_iconName;
};

} // namespace

CommandId showing(Page page)
{
    switch (page) {
    case Page::Data:
        return CommandId::ShowData;
    case Page::Recipe:
        return CommandId::ShowRecipe;
    case Page::Train:
        return CommandId::ShowTrain;
    case Page::Inspect:
        return CommandId::ShowInspect;
    case Page::Predict:
        return CommandId::ShowPredict;
    case Page::Runs:
        return CommandId::ShowRuns;
    }
    return {};
}

QString title(Page page) { return commandOf(showing(page)).title(); }

Rail::Rail(QWidget* parent) : QWidget(parent)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, theme::kGrid, 0, theme::kGrid);
    column->setSpacing(0);
    for (const Page page : kPages) {
        const Command& command = commandOf(showing(page));
        QAbstractButton*& button = m_buttons[static_cast<std::size_t>(page)];
        button = new RailButton(QLatin1String(command.icon), command.title(), this);
        button->setToolTip(QStringLiteral("%1 (%2)").arg(command.tip(), command.keysText()));
        connect(button, &QAbstractButton::clicked, this, [this, page] { Q_EMIT chosen(page); });
        column->addWidget(button);
    }
    column->addStretch();
    setFixedWidth(kWidth);
    setPage(Page::Data);
}

void Rail::setPage(Page page) { m_buttons[static_cast<std::size_t>(page)]->setChecked(true); }

void Rail::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme::window());
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme::line());
}

} // namespace vernier::ui
