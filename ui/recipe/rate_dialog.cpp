#include "ui/recipe/rate_dialog.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/recipe/rate_chart.h"
#include "ui/session/rate_trial.h"
#include "ui/session/session.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace vernier::ui {

namespace {
constexpr int kMargin = 3 * theme::kGrid;

QLabel* sentence(const QString& text, theme::Role role, int lines, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    theme::setRole(label, role);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    label->setMinimumHeight(lines * label->fontMetrics().lineSpacing());
    return label;
}
} // namespace

RateDialog::RateDialog(QWidget* parent)
    : QDialog(parent)
    , m_chart(new RateChart(this))
    , m_start(sentence({}, theme::Role::Muted, 3, this))
    , m_answer(sentence({}, theme::Role::Plain, 2, this))
    , m_progress(new QProgressBar(this))
    , m_use(new QPushButton(this))
    , m_try(new QPushButton(this))
{
    setWindowTitle(tr("Find a learning rate"));
    m_answer->setObjectName(QStringLiteral("answer"));
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(theme::kGrid);
    m_progress->setAccessibleName(tr("Rates that were tried"));
    QSizePolicy keepRoom = m_progress->sizePolicy();
    keepRoom.setRetainSizeWhenHidden(true);
    m_progress->setSizePolicy(keepRoom);

    auto* card = new QFrame(this);
    theme::setRole(card, theme::Role::Card);
    auto* cardColumn = new QVBoxLayout(card);
    cardColumn->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    cardColumn->addWidget(m_chart);

    theme::setRole(m_use, theme::Role::Primary);
    m_use->setObjectName(QStringLiteral("use"));
    m_use->setToolTip(tr("The head trains at this rate from now on, and each block at the fraction "
                         "of it that it has now."));
    m_try->setObjectName(QStringLiteral("try"));
    m_try->setAutoDefault(false);
    auto* close = new QPushButton(tr("Close"), this);
    close->setToolTip(tr("Closes this window."));
    close->setAutoDefault(false);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    buttons->addWidget(m_try);
    buttons->addStretch();
    buttons->addWidget(m_use);
    buttons->addWidget(close);

    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    rows->setSpacing(2 * theme::kGrid);
    rows->addWidget(m_start);
    rows->addWidget(card, 1);
    rows->addWidget(m_progress);
    rows->addWidget(m_answer);
    rows->addLayout(buttons);
    resize(90 * theme::kGrid, 72 * theme::kGrid);

    connect(m_chart, &RateChart::rateChosen, this, &RateDialog::rateChosen);
    connect(m_use, &QPushButton::clicked, this, [this] {
        Q_EMIT rateChosen(*m_suggestion);
        accept();
    });
    connect(m_try, &QPushButton::clicked, this, [this] {
        if (m_trying)
            Q_EMIT stopRequested();
        else
            Q_EMIT tryRequested();
    });
    connect(close, &QPushButton::clicked, this, &RateDialog::reject);
    setStart(false);
    showButtons();
}

RateDialog::RateDialog(Session& session, QWidget* parent) : RateDialog(parent)
{
    const auto follow = [this, &session] {
        setPossible(session.rates().canFind());
        if (const auto job = session.rates().job())
            showTrying(job->done, job->total);
        else if (session.rates().sweep())
            showSweep(*session.rates().sweep());
        else if (session.rates().error())
            showProblem(session.rates().error()->code == ErrorCode::Cancelled
                    ? tr("Stopped.")
                    : format::text(*session.rates().error()));
    };
    connect(this, &RateDialog::tryRequested, &session, [this, &session] {
        setStart(!session.rates().run().isEmpty());
        session.rates().find();
    });
    connect(this, &RateDialog::stopRequested, &session.rates(), &RateTrial::cancel);
    connect(&session.rates(), &RateTrial::changed, this, follow);
    connect(&session.jobs(), &JobBoard::changed, this, [this, &session] {
        if (const auto job = session.rates().job())
            showTrying(job->done, job->total);
    });
    connect(&session, &Session::stateChanged, this,
        [this, &session] { setPossible(session.rates().canFind()); });
    setPossible(session.rates().canFind());
    Q_EMIT tryRequested();
}

void RateDialog::setStart(bool fromRun)
{
    m_start->setText(
        tr("Trains a copy for a moment, each step at a higher rate than the one before, and looks "
           "where the loss falls most steeply: that is the suggestion. Right of the lowest point "
           "the rate is too high. It starts from %1.")
            .arg(fromRun ? tr("the run's newest weights") : tr("the recipe's starting weights")));
}

void RateDialog::showTrying(qint64 done, qint64 total)
{
    m_trying = true;
    m_suggestion.reset();
    m_progress->setRange(0, int(total));
    m_progress->setValue(int(done));
    say(total > 0 ? tr("Trying rate %1 of %2.").arg(format::count(done), format::count(total))
                  : tr("Loading weights."),
        false);
    if (done == 0)
        m_chart->setSweep({});
    showButtons();
}

void RateDialog::showSweep(const RateSweep& sweep)
{
    m_trying = false;
    m_suggestion = sweep.suggestion;
    m_chart->setSweep(sweep);
    QString answer = m_suggestion
        ? tr("The loss falls most steeply at %1.").arg(format::rate(*m_suggestion))
        : tr("The loss hardly falls at any rate: there is nothing to suggest.");
    if (sweep.diverged && !sweep.points.empty())
        answer += QLatin1Char(' ')
            + tr("It ran away at %1, where the try ended.")
                  .arg(format::rate(sweep.points.back().rate));
    say(answer + QLatin1Char(' ') + tr("A click on the chart takes another rate."), false);
    showButtons();
}

void RateDialog::showProblem(const QString& sentence)
{
    m_trying = false;
    m_suggestion.reset();
    say(sentence, true);
    showButtons();
}

void RateDialog::setPossible(bool possible)
{
    m_possible = possible;
    showButtons();
}

void RateDialog::showTaken(double rate)
{
    say(tr("The head now trains at %1. Ctrl+Z takes it back.").arg(format::rate(rate)), false);
}

void RateDialog::say(const QString& sentence, bool isWrong)
{
    theme::setRole(m_answer, isWrong ? theme::Role::Wrong : theme::Role::Plain);
    m_answer->setText(sentence);
}

void RateDialog::showButtons()
{
    m_progress->setVisible(m_trying);
    m_use->setEnabled(m_suggestion.has_value());
    m_use->setText(m_suggestion ? tr("Use %1").arg(format::rate(*m_suggestion)) : tr("Use"));
    m_try->setText(m_trying ? tr("Stop") : tr("Try again"));
    m_try->setToolTip(m_trying ? tr("Ends the try; nothing is lost.")
            : m_possible       ? tr("Tries the rates again, with the recipe as it is now.")
                               : tr("Not while a training is under way."));
    m_try->setEnabled(m_trying || m_possible);
}

void RateDialog::done(int result)
{
    if (m_trying)
        Q_EMIT stopRequested();
    QDialog::done(result);
}

} // namespace vernier::ui
