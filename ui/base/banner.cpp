#include "ui/base/banner.h"

#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace vernier::ui {
namespace {

constexpr int kIconRoom = 32;

} // namespace

Banner::Banner(QWidget* parent)
    : QFrame(parent)
    , m_text(new QLabel(this))
    , m_action(new QPushButton(this))
    , m_close(new QToolButton(this))
{
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_close->setIcon(icon(QStringLiteral("close")));
    m_close->setIconSize({ 16, 16 });
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(
        3 * theme::kGrid + kIconRoom, 2 * theme::kGrid, 2 * theme::kGrid, theme::kGrid);
    row->setSpacing(theme::kGrid);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(m_close);

    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        if (const auto run = std::exchange(m_run, {}))
            run();
    });
    hide();
}

void Banner::showError(const Error& error, std::function<void()> retry, const QString& about)
{
    m_wrong = true;
    m_sign = QStringLiteral("warning");
    m_about = about;
    const QString action = retry ? tr("Try again") : QString();
    present(format::text(error), action, std::move(retry));
}

void Banner::showNote(
    Note kind, const QString& sentence, const QString& action, std::function<void()> run)
{
    m_wrong = false;
    m_sign = kind == Note::Good ? QStringLiteral("check") : QStringLiteral("warning");
    m_about.clear();
    present(sentence, action, std::move(run));
}

void Banner::settle(const QString& about)
{
    if (m_wrong && !about.isEmpty() && about == m_about)
        hide();
}

void Banner::present(const QString& sentence, const QString& action, std::function<void()> run)
{
    m_run = std::move(run);
    m_text->setText(sentence);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setAccessibleName(sentence);
    show();
    update();
}

void Banner::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QColor color = m_wrong ? theme::wrong() : theme::accent();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(color);
    painter.setBrush(theme::surface());
    const QRectF box = QRectF(rect()).adjusted(theme::kGrid, theme::kGrid, -theme::kGrid, 0);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme::kRadius, theme::kRadius);
    const QRectF sign(box.left() + 2 * theme::kGrid, box.center().y() - 10, 20, 20);
    paintIcon(painter, m_sign, sign, color);
}

} // namespace vernier::ui
