#include "ui/train/train_page.h"

#include "ui/base/elided_label.h"
#include "ui/base/empty_state.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/frame/run_status.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/session.h"
#include "ui/train/curve_legend.h"
#include "ui/train/live_rates.h"
#include "ui/train/phase_list.h"
#include "ui/train/run_charts.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace vernier::ui {

namespace {
constexpr int kSideWidth = 304;
constexpr int kLogLines = 8; // in view at least

QFrame* makeCard(QWidget* parent, const QString& title, QVBoxLayout** column)
{
    auto* card = new QFrame(parent);
    theme::setRole(card, theme::Role::Card);
    *column = new QVBoxLayout(card);
    (*column)->setContentsMargins(
        2 * theme::kGrid, theme::kGrid + 4, 2 * theme::kGrid, theme::kGrid + 4);
    (*column)->setSpacing(theme::kGrid);
    auto* label = new QLabel(title, card);
    QFont bold = label->font();
    bold.setWeight(QFont::DemiBold);
    label->setFont(bold);
    (*column)->addWidget(label);
    return card;
}

QString capitalized(QString text)
{
    if (!text.isEmpty())
        text[0] = text.at(0).toUpper();
    return text;
}

QString accuracyText(double share, std::int64_t count, const QString& split)
{
    return format::accuracy(share, wilsonOfShare(share, count), count, split);
}

QString factsOf(const RunHistory& history)
{
    QStringList facts;
    for (const EpochDone& epoch : history.epochs) {
        if (epoch.epoch == history.bestEpoch && epoch.validationAccuracy)
            facts << (history.epochs.size() == 1 ? TrainPage::tr("After epoch %1: %2")
                                                 : TrainPage::tr("Best in epoch %1: %2"))
                         .arg(format::count(epoch.epoch),
                             accuracyText(*epoch.validationAccuracy, epoch.validationCount,
                                 TrainPage::tr("validation")));
    }
    if (history.ended && history.ended->testAccuracy)
        facts << accuracyText(
            *history.ended->testAccuracy, history.ended->testCount, TrainPage::tr("test"));
    if (facts.isEmpty() && history.step && !history.step->scoring())
        return TrainPage::tr("So far: %1 (training)")
            .arg(format::percent(history.step->runningAccuracy));
    if (facts.isEmpty() && history.preparing)
        return TrainPage::tr("%1 of %2")
            .arg(format::count(history.preparing->done),
                format::plural(
                    history.preparing->total, TrainPage::tr("picture"), TrainPage::tr("pictures")));
    if (facts.isEmpty() && !history.epochs.empty()) {
        const EpochDone& last = history.epochs.back();
        return TrainPage::tr("After epoch %1: %2")
            .arg(format::count(last.epoch),
                accuracyText(last.trainAccuracy, last.trainCount, TrainPage::tr("training")));
    }
    return facts.join(QStringLiteral(" · "));
}
} // namespace

TrainPage::TrainPage(Session& session, QWidget* parent) : QWidget(parent), m_session(session)
{
    m_empty = new EmptyState(QStringLiteral("train"), tr("Nothing trained yet"), QString(), this);
    m_start = m_empty->addButton(tr("Train"), true);
    m_start->setToolTip(tr("Trains with the recipe as it stands on the Recipe page."));
    connect(m_start, &QPushButton::clicked, this, &TrainPage::trainRequested);

    m_content = new QWidget(this);
    auto* row = new QHBoxLayout(m_content);
    row->setContentsMargins(3 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(makeChartCard(), 1);
    row->addWidget(makeSide());

    m_stack = new QStackedLayout(this);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_content);

    connect(&m_session.run(), &CurrentRun::historyChanged, this, &TrainPage::takeHistory);
    connect(&m_session.run(), &CurrentRun::epochFinished, this, &TrainPage::takeHistory);
    connect(&m_session, &Session::stateChanged, this, [this] {
        showProblem({});
        showState();
    });
    connect(&m_session.evaluations(), &Evaluations::changed, this, &TrainPage::showFacts);
    connect(&m_session, &Session::recipeChanged, this, &TrainPage::showState);
    connect(&m_session, &Session::datasetChanged, this, &TrainPage::showState);
    showState();
}

QWidget* TrainPage::makeChartCard()
{
    auto* page = new QWidget(this);
    m_headline = new QLabel(page);
    theme::setRole(m_headline, theme::Role::Heading);
    m_headline->setFont(theme::tabular(m_headline->font()));
    m_facts = new ElidedLabel(page);
    theme::setRole(m_facts, theme::Role::Muted);
    m_facts->setFont(theme::tabular(m_facts->font()));

    m_reset = new QPushButton(tr("Show all"), page);
    theme::setRole(m_reset, theme::Role::Quiet);
    m_reset->setToolTip(
        tr("Shows all epochs again after zooming; a double click on a chart does the same."));
    QSizePolicy keepRoom = m_reset->sizePolicy();
    keepRoom.setRetainSizeWhenHidden(true);
    m_reset->setSizePolicy(keepRoom);
    m_reset->hide();
    m_inspect = new QPushButton(page);
    m_inspect->setToolTip(
        tr("Goes to Inspect, to the pictures that were taken for another class."));
    theme::setRole(m_inspect, theme::Role::Primary);
    m_inspect->hide();
    connect(m_inspect, &QPushButton::clicked, this, &TrainPage::inspectRequested);
    auto* picture = new QPushButton(tr("Save picture…"), page);
    picture->setToolTip(tr("Writes both charts as a PNG file."));
    auto* values = new QPushButton(tr("Save values…"), page);
    values->setToolTip(tr("Writes the figures of every epoch as a CSV file."));
    connect(m_reset, &QPushButton::clicked, this, [this] { m_charts->resetZoom(); });
    connect(picture, &QPushButton::clicked, this, &TrainPage::savePicture);
    connect(values, &QPushButton::clicked, this, &TrainPage::saveValues);
    for (QPushButton* button : { m_reset, picture, values })
        button->setAccessibleName(button->text());

    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_headline);
    texts->addWidget(m_facts);
    auto* header = new QHBoxLayout;
    header->setSpacing(theme::kGrid);
    header->addLayout(texts, 1);
    for (QPushButton* button : { m_inspect, picture, values })
        header->addWidget(button, 0, Qt::AlignTop);

    auto* card = new QFrame(page);
    theme::setRole(card, theme::Role::Card);
    m_legend = new CurveLegend(card);
    m_charts = new RunCharts(card);
    connect(m_charts, &RunCharts::zoomChanged, m_reset, &QWidget::setVisible);
    auto* cardColumn = new QVBoxLayout(card);
    cardColumn->setContentsMargins(theme::kGrid, theme::kGrid + 4, theme::kGrid, theme::kGrid / 2);
    cardColumn->setSpacing(theme::kGrid / 2);
    auto* legendRow = new QHBoxLayout;
    legendRow->setContentsMargins(0, 0, 20, 0);
    legendRow->addSpacing(60);
    legendRow->addWidget(m_reset);
    legendRow->addStretch();
    legendRow->addWidget(m_legend);
    cardColumn->addLayout(legendRow);
    cardColumn->addWidget(m_charts, 1);

    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * theme::kGrid);
    column->addLayout(header);
    column->addWidget(card, 1);
    return page;
}

QWidget* TrainPage::makeSide()
{
    auto* side = new QWidget(this);
    // In a low window the side is scrolled; the charts keep their height.
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setFixedWidth(kSideWidth);
    scroll->setWidget(side);

    QVBoxLayout* rateColumn = nullptr;
    QFrame* rateCard = makeCard(side, tr("Learning rates"), &rateColumn);
    m_rates = new LiveRates(rateCard);
    connect(m_rates, &LiveRates::rateEdited, this,
        [this](const QString& block, double rate) { m_session.run().setLiveRate(block, rate); });
    rateColumn->addWidget(m_rates);

    QVBoxLayout* phaseColumn = nullptr;
    QFrame* phaseCard = makeCard(side, tr("Phases"), &phaseColumn);
    m_phases = new PhaseList(phaseCard);
    m_continue = new QPushButton(tr("Continue as new phase"), phaseCard);
    m_continue->setToolTip(
        tr("Goes on from these weights with what is ticked on the Recipe page."));
    m_continue->setAccessibleName(m_continue->text());
    connect(m_continue, &QPushButton::clicked, this, &TrainPage::continueRequested);
    m_next = new QLabel(phaseCard);
    theme::setRole(m_next, theme::Role::Caption);
    m_next->setWordWrap(true);
    m_next->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_next->setMinimumHeight(2 * m_next->fontMetrics().lineSpacing());
    phaseColumn->addWidget(m_phases);
    phaseColumn->addWidget(m_continue);
    phaseColumn->addWidget(m_next);

    QVBoxLayout* logColumn = nullptr;
    QFrame* logCard = makeCard(side, tr("Log"), &logColumn);
    m_log = new QPlainTextEdit(logCard);
    m_log->setReadOnly(true);
    m_log->setFrameShape(QFrame::NoFrame);
    m_log->setStyleSheet(
        QStringLiteral("QPlainTextEdit { border: none; padding: 0; background: transparent; }"));
    m_log->document()->setDocumentMargin(0);
    m_log->setFont(theme::tabular(theme::caption(m_log->font())));
    m_log->setAccessibleName(tr("What happened in this run"));
    m_log->setToolTip(tr("What happened, newest at the bottom."));
    m_log->setTabChangesFocus(true);
    // Lines wrap; a bar would only come from rounding.
    m_log->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // What is left, and not what it would like: its end would lie below the window.
    m_log->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    m_log->setMinimumHeight(kLogLines * m_log->fontMetrics().lineSpacing());
    logColumn->addWidget(m_log, 1);
    // The end stays in view, but whoever reads further up is left there.
    QScrollBar* const bar = m_log->verticalScrollBar();
    connect(bar, &QScrollBar::actionTriggered, this,
        [this, bar] { m_followLog = bar->sliderPosition() >= bar->maximum(); });
    connect(bar, &QScrollBar::rangeChanged, this, [this, bar] {
        if (m_followLog)
            bar->setValue(bar->maximum());
    });

    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * theme::kGrid);
    column->addWidget(rateCard);
    column->addWidget(phaseCard);
    column->addWidget(logCard, 1);
    return scroll;
}

void TrainPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_stale)
        takeHistory();
}

void TrainPage::takeHistory()
{
    // A page that nobody sees repaints nothing; it catches up when it is shown.
    m_stale = !isVisible();
    if (!m_stale)
        setHistory(m_session.run().history());
}

void TrainPage::setHistory(const RunHistory& history)
{
    m_standing.begun = !history.phases.empty() || !history.epochs.empty();
    m_standing.ended = history.ended.has_value();
    m_standing.stopped = history.ended && history.ended->stopped;
    m_standing.done = history.epochs.empty() ? 0 : history.epochs.back().epoch;
    m_standing.epoch = epochWords(history);
    m_standing.facts = factsOf(history);
    m_charts->setHistory(history);
    m_legend->setTestShown(m_charts->curves().test.has_value());
    m_phases->setHistory(history);
    if (history.phases.empty())
        m_rates->forget();
    else
        m_rates->setPlan(history.phases.back().plan, history.phases.back().phase, history.rates);
    m_rates->setFactor(history.step ? history.step->rateFactor : 1);
    showLog(history);
    showState();
}

void TrainPage::showState()
{
    const RunState state = m_session.state();
    m_stack->setCurrentWidget(isEmpty() ? static_cast<QWidget*>(m_empty) : m_content);
    const bool hasDataset = m_session.dataset() != nullptr;
    m_empty->setSentence(hasDataset
            ? tr("Press Train. Accuracy and loss appear here from the first second.")
            : tr("Open a folder of pictures first, or drop one on the Data page."));
    m_start->setVisible(hasDataset);
    m_start->setEnabled(state == RunState::Ready || state == RunState::Failed);
    m_rates->setLive(
        state == RunState::Training || state == RunState::Paused || state == RunState::Preparing);
    const bool canContinue = m_session.canContinue();
    m_continue->setEnabled(canContinue);
    const std::vector<Phase>& phases = m_session.recipe().phases;
    if (m_session.run().underWay() && !canContinue)
        m_next->setText(
            tr("When this run stands still, it can go on with what the Recipe page says."));
    else if (m_standing.done == 0)
        m_next->setText(tr("There is no finished epoch to go on from: press Train."));
    else if (phases.empty() || !canContinue)
        m_next->setText(
            tr("A recipe that differs in more than its phases needs a new run: press Train."));
    else {
        const Phase& next = phases[m_session.shownPhase()];
        m_next->setText(tr("Next, as on the Recipe page: %1, %2.")
                            .arg(QString::fromStdString(describe(next.plan)),
                                format::plural(next.epochs, tr("epoch"), tr("epochs"))));
    }
    m_headline->setText(headline());
    showFacts();
}

QString TrainPage::headline() const
{
    switch (m_session.state()) {
    case RunState::Starting:
        return tr("Loading weights");
    case RunState::Preparing:
        return tr("Preparing: computing what the frozen blocks see");
    case RunState::Training:
        return capitalized(m_standing.epoch);
    case RunState::Paused:
        return tr("Paused · %1").arg(m_standing.epoch);
    case RunState::Stopping:
        return tr("Stopping after this batch");
    case RunState::Failed:
        return tr("The run failed");
    default:
        break;
    }
    if (m_standing.done == 0)
        return m_standing.ended ? tr("Stopped before epoch 1 ended")
                                : tr("Broken off before epoch 1 ended");
    const QString epochs = format::plural(m_standing.done, tr("epoch"), tr("epochs"));
    if (!m_standing.ended)
        return tr("Broken off after %1").arg(epochs);
    return m_standing.stopped ? tr("Stopped after %1").arg(epochs)
                              : tr("Finished after %1").arg(epochs);
}

void TrainPage::showProblem(const QString& problem)
{
    m_problem = problem;
    showFacts();
}

void TrainPage::showFacts()
{
    QString problem = m_problem;
    if (problem.isEmpty() && m_session.state() == RunState::Failed && m_session.run().error())
        problem = format::text(*m_session.run().error());
    const bool wrong = !problem.isEmpty();
    if (wrong != m_factsWrong)
        theme::setRole(m_facts, wrong ? theme::Role::Wrong : theme::Role::Muted);
    m_factsWrong = wrong;
    QString facts = m_standing.facts;
    if (facts.isEmpty())
        facts = m_session.run().underWay()
            ? tr("The first figures come with the first batches.")
            : tr("Figures and weights are kept of finished epochs only.");
    else if (const auto mended = m_session.evaluations().mendedValidation())
        facts += tr(" · %1 as mended").arg(format::percent(*mended));
    const auto& evaluation = m_session.evaluations().current();
    const qint64 mistakes
        = evaluation ? static_cast<qint64>(evaluation->images.size()) - evaluation->right : 0;
    m_inspect->setText(tr("See what went wrong (%1)").arg(format::count(mistakes)));
    m_inspect->setAccessibleName(m_inspect->text());
    m_inspect->setVisible(mistakes > 0 && !m_session.run().underWay());
    m_facts->setText(wrong ? problem : facts);
    m_facts->setToolTip(m_facts->text());
}

void TrainPage::showLog(const RunHistory& history)
{
    const QString first = history.log.isEmpty() ? QString() : history.log.front();
    if (first != m_logFirst || history.log.size() < m_logLines) {
        m_log->clear();
        m_logLines = 0;
        m_logFirst = first;
    }
    for (; m_logLines < history.log.size(); ++m_logLines)
        m_log->appendPlainText(history.log.at(m_logLines));
}

bool TrainPage::isEmpty() const
{
    const RunState state = m_session.state();
    const bool underWay = state == RunState::Starting || m_session.run().underWay();
    return !underWay && !m_standing.begun;
}

QString TrainPage::logText() const { return m_log->toPlainText(); }

void TrainPage::savePicture()
{
    saveAs(tr("Save charts"), QStringLiteral("charts.png"), tr("Pictures (*.png)"),
        [this](QIODevice& out) { return m_charts->picture().save(&out, "PNG"); });
}

void TrainPage::saveValues()
{
    saveAs(tr("Save values"), QStringLiteral("epochs.csv"), tr("Tables (*.csv)"),
        [this](QIODevice& out) {
            const QByteArray csv = historyToCsv(m_session.run().history());
            return out.write(csv) == csv.size();
        });
}

void TrainPage::saveAs(const QString& title, const QString& name, const QString& filter,
    const std::function<bool(QIODevice&)>& write)
{
    const QString ending = name.mid(name.lastIndexOf(QLatin1Char('.')));
    QString file = QFileDialog::getSaveFileName(this, title, name, filter);
    if (file.isEmpty())
        return;
    if (!file.endsWith(ending, Qt::CaseInsensitive))
        file += ending;
    QSaveFile out(file);
    const bool saved = out.open(QIODevice::WriteOnly) && write(out) && out.commit();
    showProblem(saved ? QString()
                      : tr("%1 could not be written: %2. Choose another place.")
                            .arg(file, out.errorString()));
}

} // namespace vernier::ui
