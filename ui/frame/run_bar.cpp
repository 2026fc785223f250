#include "ui/frame/run_bar.h"

#include "ui/base/elided_label.h"
#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/theme.h"
#include "ui/frame/run_status.h"
#include "ui/session/current_run.h"
#include "ui/session/device_choice.h"
#include "ui/session/device_list.h"
#include "ui/session/evaluations.h"
#include "ui/session/job_board.h"
#include "ui/session/session.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>

namespace vernier::ui {
namespace {

QPushButton* buttonFor(QAction* action, QWidget* parent)
{
    auto* button = new QPushButton(parent);
    const auto follow = [button, action] {
        // Else Qt would hand the focus on to the rail; from here Tab comes back to the buttons.
        if (button->hasFocus() && !action->isEnabled())
            button->parentWidget()->setFocus();
        button->setText(action->iconText());
        button->setIcon(action->icon());
        button->setEnabled(action->isEnabled());
        button->setToolTip(QStringLiteral("%1 (%2)").arg(
            action->toolTip(), action->shortcut().toString(QKeySequence::NativeText)));
        button->setAccessibleName(action->iconText());
    };
    follow();
    QObject::connect(action, &QAction::changed, button, follow);
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    return button;
}

QLabel* figure(const QString& widest, const QString& name, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setFont(theme::tabular(label->font()));
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    label->setFixedWidth(QFontMetrics(label->font()).horizontalAdvance(widest) + 8);
    label->setAccessibleName(name);
    theme::setRole(label, theme::Role::Muted);
    return label;
}

} // namespace

RunBar::RunBar(Session& session, const Actions& actions, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_train(buttonFor(actions.train, this))
    , m_goOn(buttonFor(actions.goOn, this))
    , m_stop(buttonFor(actions.stop, this))
    , m_text(new ElidedLabel(this))
    , m_bar(new QProgressBar(this))
    , m_left(figure(QStringLiteral("59 min 59 s left"), tr("Time left"), this))
    , m_rate(figure(QStringLiteral("1 234 pictures/s"), tr("Speed"), this))
    , m_device(new QLabel(this))
    , m_details(new QPushButton(tr("Details"), this))
    , m_again(new QPushButton(tr("Try again"), this))
{
    theme::setRole(m_train, theme::Role::Primary);
    theme::setRole(m_device, theme::Role::Muted);
    theme::setRole(m_details, theme::Role::Quiet);
    m_train->setMinimumWidth(112);
    m_goOn->setMinimumWidth(96);
    m_stop->setMinimumWidth(96);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setMinimumWidth(160);
    m_text->setFont(theme::tabular(m_text->font()));
    m_bar->setTextVisible(false);
    m_bar->setRange(0, 1000);
    m_bar->setFixedWidth(200);
    m_bar->setAccessibleName(tr("Progress"));
    m_device->setToolTip(tr("Where training runs, and in which precision"));
    m_details->setToolTip(tr("Show the whole message"));
    m_again->setToolTip(tr("Start what failed once more"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, theme::kGrid + 1, 2 * theme::kGrid, theme::kGrid);
    row->setSpacing(theme::kGrid);
    row->addWidget(m_train);
    row->addWidget(m_goOn);
    row->addWidget(m_stop);
    row->addSpacing(theme::kGrid);
    row->addWidget(m_text, 1);
    row->addWidget(m_details);
    row->addWidget(m_again);
    row->addWidget(m_bar);
    row->addWidget(m_left);
    row->addWidget(m_rate);
    row->addSpacing(theme::kGrid);
    row->addWidget(m_device);

    connect(m_details, &QPushButton::clicked, this, &RunBar::showDetails);
    connect(m_again, &QPushButton::clicked, &session, &Session::retryRun);
    connect(&session, &Session::recipeChanged, this, &RunBar::refresh);
    for (const auto signal : { &Session::stateChanged, &Session::datasetChanged })
        connect(&session, signal, this, &RunBar::followChanges);
    connect(&session.evaluations(), &Evaluations::changed, this, &RunBar::followChanges);
    connect(&session.run(), &CurrentRun::historyChanged, this, &RunBar::refresh);
    connect(&session.jobs(), &JobBoard::changed, this, &RunBar::refresh);
    connect(&session.devices(), &DeviceList::changed, this, &RunBar::refresh);
    followChanges();
}

void RunBar::followChanges()
{
    const DataChanges changes = m_session.changesSinceTraining();
    // New files are no mends.
    m_changes = changes.leftOut + changes.takenIn + changes.relabelled + changes.moved;
    refresh();
}

void RunBar::refresh()
{
    const RunStatus status = runStatus(m_session.state(), m_session.run().history(),
        m_session.jobs().newest(), m_session.dataset(), m_session.run().error(),
        { m_changes, m_session.evaluations().mendedValidation() });
    m_text->setToolTip(status.text);
    m_text->setText(status.text);
    const auto role = status.failed ? theme::Role::Wrong : theme::Role::Plain;
    if (m_text->property("failed").toBool() != status.failed) {
        m_text->setProperty("failed", status.failed);
        theme::setRole(m_text, role);
    }
    m_details->setVisible(status.failed);
    m_again->setVisible(status.failed);
    // Nothing jumps while it is at work; else a longer sentence or buttons have the place.
    const bool atWork = !status.failed && (status.share || m_session.run().underWay());
    m_left->setVisible(atWork);
    m_rate->setVisible(atWork);
    QSizePolicy reserved = m_bar->sizePolicy();
    reserved.setRetainSizeWhenHidden(atWork);
    m_bar->setSizePolicy(reserved);
    m_bar->setVisible(status.share.has_value());
    if (status.share) {
        m_bar->setRange(0, status.indeterminate ? 0 : 1000);
        m_bar->setValue(static_cast<int>(*status.share * 1000));
    }
    m_left->setText(status.left);
    m_rate->setText(status.rate);
    m_device->setText(deviceLabel(m_session.recipe(), m_session.devices().all()));
}

void RunBar::showDetails()
{
    QMessageBox box(window());
    box.setWindowTitle(tr("Training failed"));
    box.setIcon(QMessageBox::NoIcon);
    box.setTextFormat(Qt::PlainText);
    box.setText(m_text->text());
    QStringList log = m_session.run().history().log;
    constexpr qsizetype kTail = 200;
    if (log.size() > kTail)
        log = log.mid(log.size() - kTail);
    box.setInformativeText(tr("Run: %1").arg(
        m_session.run().folder().isEmpty() ? tr("none") : m_session.run().folder()));
    if (!log.isEmpty())
        box.setDetailedText(log.join(QLatin1Char('\n')));
    box.exec();
}

void RunBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme::surface());
    painter.fillRect(QRect(0, 0, width(), 1), theme::line());
}

} // namespace vernier::ui
