#include "ui/runs/runs_page.h"

#include "ui/frame/mending.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/picture_actions.h"
#include "ui/runs/bin_dialog.h"
#include "ui/runs/queue_view.h"
#include "ui/runs/run_comparison.h"
#include "ui/runs/run_queue.h"
#include "ui/runs/try_dialog.h"
#include "ui/session/current_run.h"
#include "ui/session/session.h"

#include <QStackedWidget>
#include <QVBoxLayout>

namespace vernier::ui {
namespace {

constexpr int kRefreshAtMostEveryMs = 2000;

} // namespace

RunsPage::RunsPage(Session& session, RunLibrary& library, RunQueue& queue,
    ThumbnailService& thumbnails, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_library(library)
    , m_queue(queue)
    , m_view(new RunsView(thumbnails, this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* stack = new QStackedWidget(this);
    stack->addWidget(m_view);
    layout->addWidget(stack);
    PictureActions& pictures = m_view->comparison()->pictures();
    new LargeView(pictures, *stack);
    mendWith(session, pictures);
    m_soon.setSingleShot(true);
    m_soon.setInterval(kRefreshAtMostEveryMs);
    connect(&m_soon, &QTimer::timeout, &library, &RunLibrary::refresh);

    connect(&library, &RunLibrary::changed, this, [this] {
        m_view->setRuns(m_library.runs(), m_library.folder());
        m_view->setAnyDeleted(m_library.anyDeleted());
    });
    connect(&library, &RunLibrary::forked, this, &RunsPage::openRequested);
    connect(&library, &RunLibrary::working, m_view, &RunsView::showWork);
    connect(&session, &Session::stateChanged, this, [this] {
        followState();
        refreshSoon();
    });
    connect(&session.run(), &CurrentRun::historyChanged, this, &RunsPage::followState);
    connect(&session, &Session::datasetChanged, this, &RunsPage::followState);
    connect(&session.run(), &CurrentRun::epochFinished, this, &RunsPage::refreshSoon);
    connect(m_view, &RunsView::openRequested, this, &RunsPage::openRequested);
    connect(m_view, &RunsView::trainRequested, this, &RunsPage::trainRequested);
    connect(m_view, &RunsView::failed, this, &RunsPage::failed);
    connect(m_view, &RunsView::notesEdited, &library, &RunLibrary::setNotes);
    connect(m_view, &RunsView::deleteRequested, &library, &RunLibrary::remove);
    connect(m_view, &RunsView::forkRequested, &library, &RunLibrary::fork);
    connect(m_view, &RunsView::csvRequested, &library, &RunLibrary::exportCsv);
    connect(m_view, &RunsView::tensorBoardRequested, &library, &RunLibrary::exportTensorBoard);
    connect(m_view, &RunsView::binRequested, this, &RunsPage::showBin);
    auto* line = new QueueView(queue, m_view);
    m_view->addBelow(tr("Queue"),
        tr("Recipes that are trained one after the other: what waits, trains and is done."), line);
    connect(line, &QueueView::tryRequested, this, &RunsPage::tryRequested);
    connect(&queue, &RunQueue::ended, &library, &RunLibrary::nameRun);
    followState();
}

void RunsPage::trySeveral()
{
    TryDialog dialog(m_session.recipe(), m_session.shownPhase(), this);
    if (dialog.exec() == QDialog::Accepted)
        m_queue.add(dialog.wishes());
}

void RunsPage::showBin()
{
    BinDialog dialog(m_library, this);
    dialog.exec();
}

void RunsPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_library.refresh();
}

void RunsPage::followState()
{
    m_view->setOpen(m_session.run().folder(), !m_session.run().underWay());
    m_view->setCanTrain(m_session.dataset() != nullptr);
    m_view->comparison()->setPictures(m_session.openPictures());
    m_view->comparison()->setOpen(m_session.dataset(), m_session.asFound());
}

void RunsPage::refreshSoon()
{
    // A page that nobody sees reads nothing; it catches up when it is shown.
    if (isVisible() && !m_soon.isActive())
        m_soon.start();
}

} // namespace vernier::ui
