#include "ui/inspect/inspect_page.h"

#include "ui/base/data_words.h"
#include "ui/base/format.h"
#include "ui/frame/mending.h"
#include "ui/frame/run_status.h"
#include "ui/pictures/picture_actions.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/job_board.h"
#include "ui/session/session.h"

#include <QAbstractItemView>
#include <QVBoxLayout>

namespace vernier::ui {

InspectPage::InspectPage(Session& session, ThumbnailService& thumbnails, QWidget* parent)
    : QWidget(parent), m_session(session), m_view(new InspectView(thumbnails, this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view);

    connect(&session.evaluations(), &Evaluations::changed, this, &InspectPage::follow);
    connect(&session, &Session::datasetChanged, this, &InspectPage::follow);
    connect(&session, &Session::stateChanged, this, &InspectPage::followState);
    // A wish that failed or was cancelled leaves the split that is shown.
    connect(
        &session.jobs(), &JobBoard::failed, m_view, [this] { m_view->setPending(std::nullopt); });
    connect(&session.jobs(), &JobBoard::changed, this, [this] {
        if (!m_session.evaluations().job())
            m_view->setPending(std::nullopt);
        followState();
    });
    connect(&session.run(), &CurrentRun::epochFinished, this, &InspectPage::followState);
    connect(m_view, &InspectView::splitRequested, this, [this](Split split) {
        m_view->setPending(split);
        m_session.evaluations().evaluate(split);
    });
    mendWith(session, m_view->pictures());
    setFocusProxy(m_view->pictures().view());
    connect(m_view, &InspectView::ownLabelsRequested, this, [this](bool own) {
        m_session.evaluations().judgeBy(own ? JudgedBy::OwnLabels : JudgedBy::TodaysLabels);
        follow(); // the chips, where nothing else changed
    });
    follow();
    followState();
}

void InspectPage::follow()
{
    const auto& evaluation = m_session.evaluations().current();
    m_view->setEvaluation(evaluation ? std::make_shared<const Evaluation>(*evaluation) : nullptr,
        m_session.dataset(), m_session.asFound());
    const Evaluations& evaluations = m_session.evaluations();
    std::optional<InspectView::Labels> labels;
    if (evaluation && evaluations.wasMended())
        labels = { evaluations.by(JudgedBy::OwnLabels)->accuracy,
            evaluations.by(JudgedBy::TodaysLabels)->accuracy,
            evaluations.judgedBy() == JudgedBy::OwnLabels,
            inWords(m_session.changesSinceTraining()) };
    m_view->setLabels(labels);
}

void InspectPage::followState()
{
    m_view->setCanEvaluate(!m_session.run().underWay());
    if (m_session.run().underWay())
        m_view->setNoEvaluation(NoEvaluation::Training);
    else if (m_session.run().history().bestEpoch == 0)
        m_view->setNoEvaluation(NoEvaluation::NothingTrained);
    else if (const auto job = m_session.evaluations().job())
        m_view->setNoEvaluation(NoEvaluation::Evaluating, picturesDone(*job));
    else
        m_view->setNoEvaluation(NoEvaluation::NotEvaluated);
}

} // namespace vernier::ui
