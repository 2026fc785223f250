#include "ui/predict/predict_page.h"

#include "core/prediction/original_network.h"
#include "ui/frame/mending.h"
#include "ui/frame/run_status.h"
#include "ui/pictures/picture_actions.h"
#include "ui/predict/prediction_model.h"
#include "ui/session/current_run.h"
#include "ui/session/job_board.h"
#include "ui/session/predictions.h"
#include "ui/session/session.h"

#include <QVBoxLayout>

namespace vernier::ui {

PredictPage::PredictPage(Session& session, ThumbnailService& thumbnails, QWidget* parent)
    : QWidget(parent), m_session(session), m_view(new PredictView(thumbnails, this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view);

    connect(&session.predictions(), &Predictions::modelChanged, this, &PredictPage::followModel);
    connect(&session, &Session::stateChanged, this, &PredictPage::followModel);
    connect(&session.predictions(), &Predictions::cleared, this, [this] {
        m_answered = 0;
        m_view->setStopped(0, 0);
        followModel();
        followAll();
    });
    connect(&session.predictions(), &Predictions::added, this, [this](int first, int count) {
        const std::span<const Prediction> all(m_session.predictions().all());
        m_view->addPredictions(
            all.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
        m_answered += count;
        followModel();
    });
    connect(m_view, &PredictView::picturesAdded, &session.predictions(), &Predictions::predict);
    connect(m_view, &PredictView::modelChosen, &session.predictions(), &Predictions::openModel);
    connect(m_view, &PredictView::runChosen, &session.predictions(), &Predictions::leaveModel);
    connect(m_view, &PredictView::clearRequested, &session.predictions(), &Predictions::clear);
    connect(m_view, &PredictView::stopRequested, &session.predictions(), &Predictions::cancel);
    connect(&session.jobs(), &JobBoard::changed, this, &PredictPage::followProgress);
    connect(m_view, &PredictView::originalChosen, this, [this] {
        if (const auto architecture = findArchitecture(m_session.recipe().backbone))
            m_session.predictions().openModel(
                QString::fromStdString(originalNetworkName(**architecture)));
    });
    connect(&session, &Session::recipeChanged, this, [this] {
        if (m_session.recipe().backbone != m_backbone)
            lookForOriginal();
    });
    const auto followDataset
        = [this] { m_view->model()->setOpen(m_session.dataset(), m_session.asFound()); };
    connect(&session, &Session::datasetChanged, this, followDataset);
    mendWith(session, m_view->pictures());
    followDataset();
    followModel();
    followAll();
    lookForOriginal();
}

void PredictPage::lookForOriginal()
{
    m_backbone = m_session.recipe().backbone;
    m_look.start(
        [backbone = m_backbone](
            std::stop_token, const ProgressSink&) -> Result<std::filesystem::path> {
            const auto architecture = findArchitecture(backbone);
            return architecture ? originalWeights(**architecture)
                                : tl::unexpected(architecture.error());
        },
        [this](const Result<std::filesystem::path>& weights) {
            m_view->offerOriginal(weights.has_value());
        });
}

void PredictPage::followModel()
{
    // The name that stands over the rows is that of the model which made them.
    m_view->setModel(m_session.predictions().all().empty() ? m_session.predictions().modelName()
                                                           : m_session.predictions().predictedBy(),
        m_session.predictions().classes(), m_session.predictions().canPredict());
    m_view->offerRun(
        m_session.predictions().modelIsOpened() && m_session.run().history().bestEpoch > 0);
    if (m_view->model()->classes() != m_session.predictions().classes())
        followAll();
}

void PredictPage::followProgress()
{
    const auto job = m_session.predictions().job();
    if (!job) {
        // All answers are in by now, while the job's own count may lag behind.
        if (m_asked)
            m_view->setStopped(m_answered, *m_asked);
        m_asked.reset();
        m_view->setProgress({});
        return;
    }
    if (!m_asked) {
        m_answered = 0;
        m_view->setStopped(0, 0);
    }
    m_asked = job->total;
    m_view->setProgress(tr("Predicting %1").arg(picturesDone(*job)));
}

void PredictPage::followAll()
{
    m_view->setPredictions(m_session.predictions().all(), m_session.predictions().classes());
}

} // namespace vernier::ui
