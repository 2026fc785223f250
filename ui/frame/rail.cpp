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

QString title(Page page)
{
    switch (page) {
    case Page::Data:
        return Rail::tr("Data");
    case Page::Recipe:
        return Rail::tr("Recipe");
    case Page::Train:
        return Rail::tr("Train");
    case Page::Inspect:
        return Rail::tr("Inspect");
    case Page::Predict:
        return Rail::tr("Predict");
    case Page::Runs:
        return Rail::tr("Runs");
    }
    return {};
}

Rail::Rail(QWidget* parent) : QWidget(parent)
{
    struct Entry {
        const char* icon;
        QString sentence;
    };
    const std::array<Entry, kPages.size()> entries { {
        { "data", tr("The pictures, their classes and splits") },
        { "recipe", tr("What trains, and how") },
        { "train", tr("The curves of the run") },
        { "inspect", tr("What the model gets wrong") },
        { "predict", tr("What the model says of other pictures") },
        { "history", tr("All runs: compare, continue and fork them") },
    } };
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, theme::kGrid, 0, theme::kGrid);
    column->setSpacing(0);
    for (const Page page : kPages) {
        const auto i = static_cast<std::size_t>(page);
        m_buttons[i] = new RailButton(QLatin1String(entries[i].icon), title(page), this);
        m_buttons[i]->setToolTip(
            QStringLiteral("%1 (Ctrl+%2)").arg(entries[i].sentence).arg(i + 1));
        connect(
            m_buttons[i], &QAbstractButton::clicked, this, [this, page] { Q_EMIT chosen(page); });
        column->addWidget(m_buttons[i]);
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
