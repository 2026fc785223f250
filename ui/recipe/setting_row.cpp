#include "ui/recipe/setting_row.h"

#include "ui/base/theme.h"
#include "ui/recipe/rate_edit.h"

#include <QCheckBox>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>

namespace vernier::ui {

namespace {
constexpr int kEditorWidth = 144;
}

ChangeDot::ChangeDot(QWidget* parent) : QAbstractButton(parent)
{
    setCursor(Qt::PointingHandCursor);
    setFixedSize(sizeHint());
}

void ChangeDot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF middle = QRectF(rect()).center();
    if (hasFocus()) {
        painter.setPen(QPen(theme::accent(), 1.5));
        painter.drawEllipse(middle, 6.5, 6.5);
    }
    if (underMouse()) {
        // An arrow that turns back: what a click does.
        painter.setPen(QPen(theme::accent(), 1.75, Qt::SolidLine, Qt::RoundCap));
        painter.drawArc(QRectF(middle.x() - 4.5, middle.y() - 4.5, 9, 9), 150 * 16, -280 * 16);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::accent());
        const QPointF tip(middle.x() - 6.5, middle.y() - 4);
        painter.drawPolygon(QPolygonF { { tip, tip + QPointF(5.5, 1), tip + QPointF(1.5, 5.5) } });
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::accent());
    painter.drawEllipse(middle, 3.5, 3.5);
}

void ChangeDot::enterEvent(QEnterEvent* event)
{
    update();
    QAbstractButton::enterEvent(event);
}

void ChangeDot::leaveEvent(QEvent* event)
{
    update();
    QAbstractButton::leaveEvent(event);
}

SettingRow::SettingRow(const QString& label, const QString& tip, QWidget* editor, QWidget* parent)
    : QWidget(parent)
    , m_label(label)
    , m_editor(editor)
    , m_dot(new ChangeDot(this))
    , m_problem(new QLabel(this))
{
    auto* text = new QLabel(label, this);
    text->setBuddy(editor);
    text->setToolTip(tip);
    editor->setParent(this);
    editor->setToolTip(tip);
    editor->setAccessibleName(label);
    editor->setAccessibleDescription(tip);
    editor->setFocusPolicy(Qt::StrongFocus);
    editor->installEventFilter(this);
    if (!qobject_cast<QCheckBox*>(editor))
        editor->setFixedWidth(kEditorWidth);
    theme::setRole(m_problem, theme::Role::Wrong);
    m_problem->setFont(theme::caption(m_problem->font()));
    m_problem->setWordWrap(true);
    m_problem->hide();
    QSizePolicy keepRoom = m_dot->sizePolicy();
    keepRoom.setRetainSizeWhenHidden(true);
    m_dot->setSizePolicy(keepRoom);
    m_dot->hide();
    m_dot->setAccessibleName(tr("Put %1 back").arg(label));
    connect(m_dot, &QAbstractButton::clicked, this, &SettingRow::putBack);

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, theme::kGrid, 0);
    grid->setHorizontalSpacing(theme::kGrid / 2);
    grid->setVerticalSpacing(2);
    grid->setColumnStretch(1, 1);
    grid->addWidget(m_dot, 0, 0);
    grid->addWidget(text, 0, 1);
    grid->addWidget(editor, 0, 2, Qt::AlignRight);
    grid->addWidget(m_problem, 1, 1, 1, 2);
}

void SettingRow::setChanged(bool changed, const QString& was)
{
    m_marked = changed;
    m_dot->setVisible(changed);
    m_dot->setToolTip(was.isEmpty() ? tr("Changed. Click to put it back.")
                                    : tr("Changed from %1. Click to put it back.").arg(was));
}

void SettingRow::setProblem(const QString& problem)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    markInvalid(m_editor, !problem.isEmpty());
}

QString SettingRow::problem() const { return m_problem->text(); }

bool SettingRow::eventFilter(QObject* watched, QEvent* event)
{
    // The wheel scrolls the panel and must not change values on its way.
    if (event->type() == QEvent::Wheel && watched == m_editor && !m_editor->hasFocus()) {
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace vernier::ui
