#include "ui/main_window.h"

#include "ui/base/banner.h"
#include "ui/base/commands.h"
#include "ui/base/format.h"
#include "ui/data/data_page.h"
#include "ui/frame/command_palette.h"
#include "ui/frame/drop_overlay.h"
#include "ui/frame/run_bar.h"
#include "ui/frame/start_page.h"
#include "ui/inspect/inspect_page.h"
#include "ui/pictures/picture_actions.h"
#include "ui/predict/predict_page.h"
#include "ui/recipe/recipe_page.h"
#include "ui/recipe/settings_panel.h"
#include "ui/runs/runs_page.h"
#include "ui/session/current_run.h"
#include "ui/session/device_list.h"
#include "ui/session/job_board.h"
#include "ui/session/predictions.h"
#include "ui/train/train_page.h"

#include <QAction>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>
#include <QTimer>
#include <QUndoStack>
#include <QUrl>
#include <QVBoxLayout>

namespace vernier::ui {
namespace {

constexpr int kTitleBar = 40; // about; the window manager's own is not known before it is shown
const QString kGeometryKey = QStringLiteral("window/geometry");

/// For a page that needs more room than the smallest window has.
QWidget* scrolling(QWidget* page, QWidget* parent)
{
    auto* area = new QScrollArea(parent);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidgetResizable(true);
    area->setWidget(page);
    return area;
}

const QString kLoadingRecipe = QStringLiteral("loading a recipe");

/// What a banner is about: the next try of the same takes the place of what has failed.
QString about(std::optional<JobKind> kind)
{
    return kind ? QStringLiteral("job %1").arg(static_cast<int>(*kind)) : QString();
}

} // namespace

MainWindow::MainWindow()
{
    setWindowIcon(QIcon(QStringLiteral(":/vernier/icons/vernier.svg")));
    setAcceptDrops(true);
    setMinimumSize(1176, 640);
    makeCommands();
    makePages();
    connectSession();

    const QSettings settings;
    if (!restoreGeometry(settings.value(kGeometryKey).toByteArray()))
        resize(QSize(1280, 800).boundedTo(screen()->availableSize() - QSize(0, kTitleBar)));
    refreshRecent(settings);
    refreshTitle();
}

MainWindow::~MainWindow()
{
    // Pages refer to the session and the thumbnails, which as members go before the children do.
    m_session.disconnect(this);
    m_session.run().disconnect(this);
    m_session.undoStack()->disconnect(this);
    m_session.jobs().disconnect(this);
    m_session.predictions().disconnect(this);
    m_library.disconnect(this);
    delete takeCentralWidget();
}

void MainWindow::makePages()
{
    m_rail = new Rail(this);
    m_pages = new QStackedWidget(this);
    m_pages->setObjectName(QStringLiteral("pages"));
    auto* pageArea = new QWidget(this);
    auto* pageRoom = new QVBoxLayout(pageArea);
    pageRoom->setContentsMargins(0, 0, 0, 0);
    pageRoom->setSpacing(0);
    m_banner = new Banner(pageArea);
    pageRoom->addWidget(m_banner);
    pageRoom->addWidget(m_pages, 1);
    m_dataOrStart = new QStackedWidget(this);
    m_start = new StartPage(this);
    m_dataOrStart->addWidget(m_start);
    m_data = new DataPage(m_session, m_thumbnails, this);
    m_dataOrStart->addWidget(m_data);
    m_pages->addWidget(m_dataOrStart);
    m_recipe = new RecipePage(m_session, this);
    connect(m_recipe->settings(), &SettingsPanel::weightsWanted, this, &MainWindow::showWeights);
    m_pages->addWidget(scrolling(m_recipe, m_pages));
    auto* train = new TrainPage(m_session, this);
    connect(train, &TrainPage::trainRequested, this, &MainWindow::train);
    connect(train, &TrainPage::inspectRequested, this, [this] { showPage(Page::Inspect); });
    connect(train, &TrainPage::continueRequested, this, &MainWindow::continueRun);
    m_pages->addWidget(train);
    m_inspect = new InspectPage(m_session, m_thumbnails, this);
    m_pages->addWidget(m_inspect);
    m_predict = new PredictPage(m_session, m_thumbnails, this);
    m_pages->addWidget(m_predict);
    m_runs = new RunsPage(m_session, m_library, m_queue, m_thumbnails, this);
    connect(m_runs, &RunsPage::trainRequested, this, &MainWindow::train);
    connect(m_runs, &RunsPage::tryRequested, this, &MainWindow::trySeveral);
    connect(m_runs, &RunsPage::openRequested, this, [this](const QString& run) {
        carryOut({ DropPlan::Kind::OpenRun, {}, { run } });
    });
    connect(m_runs, &RunsPage::failed, this,
        [this](const Error& error) { m_banner->showError(error, {}); });
    m_pages->addWidget(m_runs);
    for (const auto* pictures : findChildren<PictureActions*>()) {
        connect(pictures, &PictureActions::showInDataRequested, this, [this](std::size_t image) {
            showPage(Page::Data);
            m_data->reveal(image);
        });
    }

    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_rail);
    row->addWidget(pageArea, 1);
    auto* central = new QWidget(this);
    auto* outer = new QVBoxLayout(central);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    outer->addLayout(row, 1);
    outer->addWidget(new RunBar(m_session,
        { m_commands->action(CommandId::Train), m_commands->action(CommandId::GoOn),
            m_commands->action(CommandId::Stop) },
        central));
    setCentralWidget(central);
    m_overlay = new DropOverlay(central);
    m_palette = new CommandPalette(*m_commands, central);

    connect(m_rail, &Rail::chosen, this, &MainWindow::showPage);
    connect(m_start, &StartPage::openFolder, m_commands->action(CommandId::OpenFolder),
        &QAction::trigger);
    connect(m_start, &StartPage::openSample, m_commands->action(CommandId::OpenSample),
        &QAction::trigger);
    connect(m_start, &StartPage::openProject, m_commands->action(CommandId::OpenProject),
        &QAction::trigger);
    connect(m_start, &StartPage::openRecent, &m_session, &Session::openFolder);
}

void MainWindow::connectSession()
{
    connect(&m_session, &Session::stateChanged, this, [this] {
        refreshCommands();
        // One after the other they would take the page away from whoever looks at another.
        if (m_session.state() == RunState::Starting && !m_queue.running())
            showPage(Page::Train);
        endClosing();
    });
    connect(m_session.undoStack(), &QUndoStack::indexChanged, this, &MainWindow::refreshCommands);
    connect(&m_session.jobs(), &JobBoard::begun, this,
        [this](JobKind kind) { m_banner->settle(about(kind)); });
    connect(&m_session.jobs(), &JobBoard::changed, this, [this] {
        refreshCommands();
        endClosing();
    });
    connect(&m_session.pictures(), &CurrentDataset::opened, this, &MainWindow::openLastRun);
    connect(&m_session, &Session::datasetChanged, this, [this] {
        refreshTitle();
        refreshCommands();
        refreshDataOrStart();
        if (m_session.dataset())
            remember(QStringLiteral("recentFolders"), format::path(m_session.dataset()->root));
    });
    connect(&m_session, &Session::projectChanged, this, [this] {
        m_library.setFolder(m_session.currentRunsFolder());
        refreshTitle();
        if (!m_session.projectFile().isEmpty())
            remember(QStringLiteral("recentProjects"), m_session.projectFile());
    });
    connect(&m_session, &Session::picturesMissing, this, &MainWindow::findPictures);
    connect(&m_session, &Session::runKept, this,
        [this] { remember(QStringLiteral("recentRuns"), m_session.run().folder()); });
    connect(&m_session, &Session::previewChanged, this, &MainWindow::refreshDataOrStart);
    connect(&m_session, &Session::recipeChanged, this, &MainWindow::refreshCommands);
    connect(&m_session.run(), &CurrentRun::historyChanged, this, &MainWindow::refreshCommands);
    connect(
        &m_session.predictions(), &Predictions::modelChanged, this, &MainWindow::refreshCommands);
    connect(&m_library, &RunLibrary::failed, this,
        [this](const Error& error) { m_banner->showError(error, {}); });
    connect(&m_session.jobs(), &JobBoard::failed, this, [this](const Error& error) {
        // The run bar says it already.
        if (m_session.state() == RunState::Failed && m_session.run().error()
            && m_session.run().error()->text() == error.text())
            return;
        // Its dialog says so, and does not close before.
        if (m_session.jobs().failedKind() == JobKind::Export)
            return;
        m_banner->showError(
            error, m_session.jobs().retrier(), about(m_session.jobs().failedKind()));
    });
    connect(&m_session, &Session::weightsNoted, this,
        [this](const QString& note) { m_banner->showNote(Banner::Note::Good, note, {}, {}); });
}

void MainWindow::showPage(Page page)
{
    m_page = page;
    m_rail->setPage(page);
    // From a page that hides it would pass on to the rail, and mark another page there.
    const bool here = m_pages->isAncestorOf(focusWidget());
    if (here)
        m_pages->setFocus();
    m_pages->setCurrentIndex(static_cast<int>(page));
    // Where pictures are, so that their keys are at hand.
    for (QWidget* shown : { static_cast<QWidget*>(m_data), static_cast<QWidget*>(m_inspect) }) {
        if (here && shown->isVisible() && shown->focusProxy()->isVisible())
            shown->setFocus();
    }
    m_commands->action(showing(page))->setChecked(true);
}

void MainWindow::open(const QString& path)
{
    DropPlan plan = planDrop({ QFileInfo(path).absoluteFilePath() }, {});
    if (plan.kind == DropPlan::Kind::Nothing) {
        // Opening says what is wrong with it.
        plan.kind = DropPlan::Kind::OpenFolder;
        plan.paths = QStringList { path };
    }
    carryOut(plan);
}

void MainWindow::refreshTitle()
{
    const SnapshotPtr dataset = m_session.dataset();
    const QString project = m_session.projectFile();
    setWindowTitle(m_closing     ? tr("Stopping…")
            : !project.isEmpty() ? QFileInfo(project).completeBaseName()
            : dataset            ? format::path(dataset->root.filename())
                                 : QString());
}

void MainWindow::refreshDataOrStart()
{
    const bool pictures = m_session.dataset() || m_session.preview();
    m_dataOrStart->setCurrentIndex(pictures ? m_dataOrStart->count() - 1 : 0);
}

void MainWindow::showEvent(QShowEvent* event)
{
    QMainWindow::showEvent(event);
    // LibTorch may load CUDA's libraries: not before the window is there.
    constexpr int kAfterFirstPaintMs = 300;
    m_pages->setFocus();
    if (m_session.devices().all().empty())
        QTimer::singleShot(kAfterFirstPaintMs, &m_session.devices(), &DeviceList::load);
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    // It comes here only where nothing that has the focus had a use for it.
    if (event->key() == Qt::Key_Escape && m_banner->isVisible())
        m_banner->hide();
    else
        QMainWindow::keyPressEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    m_overlay->setGeometry(m_overlay->parentWidget()->rect());
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!m_closing && m_session.run().underWay()) {
        QMessageBox box(this);
        box.setWindowTitle(tr("Training is under way"));
        box.setText(tr("Stop training and close?"));
        box.setInformativeText(tr("The epochs that are finished are kept, and the run can be "
                                  "continued from there."));
        auto* stop = box.addButton(tr("Stop and close"), QMessageBox::AcceptRole);
        box.addButton(tr("Keep training"), QMessageBox::RejectRole);
        box.exec();
        if (box.clickedButton() != stop) {
            event->ignore();
            return;
        }
    }
    QSettings settings;
    settings.setValue(kGeometryKey, saveGeometry());
    if (m_session.idle()) {
        event->accept();
        return;
    }
    m_closing = true;
    m_queue.stop();
    m_session.stopAll();
    refreshTitle();
    setEnabled(false);
    event->ignore();
}

void MainWindow::endClosing()
{
    // Queued, since the session is still inside the signal that says so.
    if (m_closing && m_session.idle())
        QMetaObject::invokeMethod(this, &QWidget::close, Qt::QueuedConnection);
}

// --- dropping

DropPlan MainWindow::planFor(const QMimeData* mime)
{
    QStringList paths;
    for (const QUrl& url : mime->urls()) {
        if (url.isLocalFile())
            paths << url.toLocalFile();
    }
    return planDrop(paths,
        { m_page, m_session.dataset() != nullptr, m_session.run().underWay(),
            m_session.predictions().canPredict() });
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!event->mimeData()->hasUrls())
        return;
    const DropPlan plan = planFor(event->mimeData());
    m_overlay->announce(plan.sentence, plan.kind != DropPlan::Kind::Nothing);
    // Accepted even when nothing will come of it: only then does the system tell when it leaves.
    event->acceptProposedAction();
}

void MainWindow::dragMoveEvent(QDragMoveEvent* event) { event->acceptProposedAction(); }

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) { m_overlay->hide(); }

void MainWindow::dropEvent(QDropEvent* event)
{
    m_overlay->hide();
    event->acceptProposedAction();
    carryOut(planFor(event->mimeData()));
}

void MainWindow::carryOut(const DropPlan& plan)
{
    using Kind = DropPlan::Kind;
    switch (plan.kind) {
    case Kind::Nothing:
        break;
    case Kind::OpenFolder:
        showPage(Page::Data);
        m_session.openFolder(plan.paths.front());
        break;
    case Kind::OpenRun:
        showPage(Page::Train);
        remember(QStringLiteral("recentRuns"), plan.paths.front());
        m_session.openRun(plan.paths.front());
        break;
    case Kind::OpenModel:
        showPage(Page::Predict);
        m_session.predictions().openModel(plan.paths.front());
        break;
    case Kind::OpenRecipe:
        showPage(Page::Recipe);
        if (const Status opened = m_session.loadRecipe(plan.paths.front()); !opened)
            m_banner->showError(opened.error(), {}, kLoadingRecipe);
        else
            m_banner->settle(kLoadingRecipe);
        break;
    case Kind::OpenProject:
        showPage(Page::Data);
        m_session.openProject(plan.paths.front());
        break;
    case Kind::Predict:
        showPage(Page::Predict);
        m_session.predictions().predict(plan.paths);
        break;
    }
}

} // namespace vernier::ui
