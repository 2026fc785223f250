#include "ui/main_window.h"

#include "ui/base/banner.h"
#include "ui/base/field_undo.h"
#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/last_folder.h"
#include "ui/frame/cache_dialog.h"
#include "ui/frame/dataset_dialog.h"
#include "ui/frame/help.h"
#include "ui/frame/start_page.h"
#include "ui/frame/weights_dialog.h"
#include "ui/predict/export_dialog.h"
#include "ui/predict/predict_page.h"
#include "ui/recipe/recipe_page.h"
#include "ui/recipe/settings_panel.h"
#include "ui/runs/runs_page.h"
#include "ui/session/job_board.h"
#include "ui/session/model_export.h"
#include "ui/session/predictions.h"

#include <QActionGroup>
#include <QApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>

namespace vernier::ui {
namespace {

const QString kSchemeKey = QStringLiteral("scheme");
const QString kKeepEpochsKey = QStringLiteral("keepEpochs");
const QString kRecentKey = QStringLiteral("recentFolders");
const QString kRecentProjectsKey = QStringLiteral("recentProjects");
const QString kRecentRunsKey = QStringLiteral("recentRuns");
const QString kProjectFilter = QStringLiteral("Projects (*.vernier)");
const QString kSavingRecipe = QStringLiteral("saving a recipe");
const QString kRecipeFilter = QStringLiteral("Recipes (*.json)");

} // namespace

void MainWindow::makeActions()
{
    const auto make = [this](const QString& text, const QString& sentence,
                          const QList<QKeySequence>& keys, auto slot) {
        auto* action = new QAction(text, this);
        action->setToolTip(sentence);
        action->setStatusTip(sentence);
        action->setShortcuts(keys);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
        return action;
    };
    const auto key = [](const char* keys) {
        return QList<QKeySequence> { QKeySequence(QLatin1String(keys)) };
    };
    Actions& a = m_actions;
    a.fresh = make(
        tr("&New"), tr("Close the pictures and the run, and start over"), key("Ctrl+N"), [this] {
            m_session.reset();
            showPage(Page::Data);
        });
    a.openFolder = make(tr("&Open folder…"), tr("Open a folder that holds one folder a class"),
        key("Ctrl+O"), &MainWindow::chooseFolder);
    a.openSample = make(
        tr("Open &sample"), tr("Open painted pictures of forks, knives and spoons"), {}, [this] {
            showPage(Page::Data);
            m_session.openSample();
        });
    a.knifeySpoony = make(tr("&Knifey-Spoony…"),
        tr("Download the tutorial's pictures of knives, spoons and forks, and open them"), {},
        &MainWindow::getKnifeySpoony);
    a.openRun = make(tr("Open &run…"), tr("Go on where an earlier training stands"),
        key("Ctrl+Shift+O"), &MainWindow::chooseRun);
    a.openProject = make(tr("Open &project…"),
        tr("Open pictures, edits, recipe and runs that were saved together"), key("Ctrl+Alt+O"),
        &MainWindow::chooseProject);
    a.saveProject = make(tr("Save as a pro&ject…"),
        tr("Keep pictures, edits, recipe and runs together as a file; it then saves itself"),
        key("Ctrl+Shift+S"), &MainWindow::saveProject);
    a.openModel = make(tr("Open &model for predicting…"),
        tr("Predict with an exported model instead of the run"), {}, &MainWindow::chooseModel);
    a.openRecipe = make(tr("Open re&cipe…"), tr("Take the settings from a recipe file"), {},
        &MainWindow::chooseRecipe);
    a.saveRecipe = make(tr("Save rec&ipe as…"), tr("Write the settings to a recipe file"),
        key("Ctrl+S"), &MainWindow::saveRecipe);
    a.weights = make(tr("&Weights…"),
        tr("Weights that others publish: fetch them, start from them, use the original network"),
        {}, &MainWindow::showWeights);
    a.importWeights = make(tr("Import &weights…"),
        tr("Start from weights of your own: safetensors, PyTorch, Keras or ONNX"), {},
        &MainWindow::chooseWeights);
    a.exportModel = make(tr("&Export model…"), tr("Write the trained model for other programs"),
        key("Ctrl+E"), &MainWindow::exportModel);
    a.quit = make(tr("&Quit"), tr("Close Vernier"), key("Ctrl+Q"), &QWidget::close);
    a.quit->setMenuRole(QAction::QuitRole);

    a.undo = m_session.undoStack()->createUndoAction(this, tr("&Undo"));
    a.undo->setShortcuts({ QKeySequence(QStringLiteral("Ctrl+Z")) });
    a.redo = m_session.undoStack()->createRedoAction(this, tr("&Redo"));
    qApp->installEventFilter(new FieldUndo(this));
    a.redo->setShortcuts(
        { QKeySequence(QStringLiteral("Ctrl+Shift+Z")), QKeySequence(QStringLiteral("Ctrl+Y")) });

    a.cache = make(tr("Feature &cache…"),
        tr("What is kept on disk for the next training: how much it is, and how much it may be"),
        {}, &MainWindow::showCache);

    a.train = make(tr("&Train"), tr("Start training"),
        { QKeySequence(QStringLiteral("Ctrl+Return")), QKeySequence(QStringLiteral("Ctrl+Enter")) },
        &MainWindow::trainOrPause);
    a.stop = make(
        tr("&Stop"), tr("Stop what is under way"), key("Ctrl+."), [this] { m_session.stop(); });
    a.stop->setIcon(icon(QStringLiteral("stop")));
    // They are made for the run bar's buttons: white is not seen on a menu's ground.
    for (QAction* action : { a.train, a.stop })
        action->setIconVisibleInMenu(false);
    a.newRun = make(tr("Train a &new run"), tr("Start from the beginning with this recipe"),
        key("Ctrl+Shift+Return"), &MainWindow::trainNewRun);
    a.continueRun = make(tr("&Continue as new phase"),
        tr("Add a phase with this recipe's blocks and rates to the run, from where it stands"), {},
        &MainWindow::continueRun);
    a.resumeRun = make(tr("&Resume the interrupted run"),
        tr("Go on after the last finished epoch, as if nothing had happened"), {},
        &MainWindow::resumeRun);
    a.trySeveral = make(tr("Try se&veral…"),
        tr("Put every combination of some rates, heads and blocks in line, and train them one "
           "after the other"),
        key("Ctrl+Shift+T"), &MainWindow::trySeveral);
    a.keepEpochs = make(tr("&Keep every epoch"),
        tr("Keeps what trains of every epoch on disk, so that a run can be forked at any of them; "
           "the default head takes about 100 MB an epoch"),
        {}, [this] {
            const bool keep = m_actions.keepEpochs->isChecked();
            QSettings().setValue(kKeepEpochsKey, keep);
            m_session.setKeepEpochs(keep);
        });
    a.keepEpochs->setCheckable(true);
    a.keepEpochs->setChecked(QSettings().value(kKeepEpochsKey, false).toBool());
    m_session.setKeepEpochs(a.keepEpochs->isChecked());
    a.predict = make(tr("&Predict pictures…"), tr("Choose pictures to predict"), key("Ctrl+P"),
        &MainWindow::choosePictures);
    a.predictFolder = make(tr("Predict a &folder…"), tr("Predict all pictures below a folder"),
        key("Ctrl+Shift+P"), &MainWindow::choosePictureFolder);

    a.help = make(
        tr("&What is this?"), tr("What the pages are for"), key("F1"), [this] { showHelp(this); });
    a.keyboard = make(tr("&Keyboard"), tr("All shortcuts"), key("Ctrl+?"), [this] {
        QList<QAction*> all = actions();
        all << m_actions.undo << m_actions.redo;
        showKeyboard(this, all);
    });
    a.about
        = make(tr("&About Vernier"), tr("Versions and licences"), {}, [this] { showAbout(this); });
    a.about->setMenuRole(QAction::AboutRole);

    auto* group = new QActionGroup(this);
    for (const Page page : kPages) {
        const int number = static_cast<int>(page) + 1;
        QAction* action = make(title(page), tr("Show the page %1").arg(title(page)),
            { QKeySequence(QStringLiteral("Ctrl+%1").arg(number)) },
            [this, page] { showPage(page); });
        action->setCheckable(true);
        group->addAction(action);
        m_pageActions << action;
    }
    m_pageActions.front()->setChecked(true);
}

void MainWindow::makeMenus()
{
    const Actions& a = m_actions;
    QMenu* file = menuBar()->addMenu(tr("&File"));
    file->addActions({ a.fresh, a.openFolder });
    m_recentMenu = file->addMenu(tr("Open r&ecent"));
    file->addAction(a.openSample);
    file->addMenu(tr("&Get a dataset"))->addAction(a.knifeySpoony);
    file->addAction(a.openRun);
    file->addSeparator();
    file->addActions({ a.openProject, a.saveProject });
    file->addSeparator();
    file->addActions({ a.openRecipe, a.saveRecipe });
    file->addSeparator();
    file->addActions({ a.weights, a.importWeights, a.exportModel, a.openModel });
    file->addSeparator();
    file->addAction(a.quit);

    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    edit->addActions({ a.undo, a.redo });
    edit->addSeparator();
    edit->addAction(a.cache);

    QMenu* run = menuBar()->addMenu(tr("&Run"));
    run->addActions({ a.train, a.stop });
    run->addSeparator();
    run->addActions({ a.newRun, a.continueRun, a.resumeRun, a.trySeveral, a.keepEpochs });
    run->addSeparator();
    run->addActions({ a.predict, a.predictFolder });

    QMenu* view = menuBar()->addMenu(tr("&View"));
    view->addActions(m_pageActions);
    view->addSeparator();
    auto* schemes = new QActionGroup(this);
    const auto chosen = static_cast<Scheme>(QSettings().value(kSchemeKey, 0).toInt());
    for (const auto& [scheme, text] : { std::pair(Scheme::System, tr("Colours of the &system")),
             std::pair(Scheme::Light, tr("&Light")), std::pair(Scheme::Dark, tr("&Dark")) }) {
        QAction* action
            = view->addAction(text, this, [this, scheme = scheme] { setScheme(scheme); });
        action->setCheckable(true);
        action->setChecked(scheme == chosen);
        schemes->addAction(action);
    }

    QMenu* help = menuBar()->addMenu(tr("&Help"));
    help->addActions({ a.help, a.keyboard });
    help->addSeparator();
    help->addAction(a.about);

    for (QMenu* menu : menuBar()->findChildren<QMenu*>())
        menu->setToolTipsVisible(true);
}

void MainWindow::refreshActions()
{
    const Actions& a = m_actions;
    const RunState state = m_session.state();
    const bool training = m_session.busyTraining();
    const bool hasDataset = m_session.dataset() != nullptr;

    for (QAction* action :
        { a.fresh, a.openFolder, a.openSample, a.knifeySpoony, a.openRun, a.openProject })
        action->setEnabled(!training);
    a.saveProject->setEnabled(hasDataset && !training);
    m_recentMenu->setEnabled(!training && !m_recentMenu->isEmpty());
    a.exportModel->setEnabled(m_session.exports().canWrite());
    for (QAction* action : { a.predict, a.predictFolder })
        action->setEnabled(m_session.predictions().canPredict());

    const bool canPause = state == RunState::Training || state == RunState::Preparing;
    const bool goesOn = m_session.canContinue();
    if (state == RunState::Paused) {
        a.train->setText(tr("&Go on"));
        a.train->setToolTip(tr("Go on training"));
        a.train->setIcon(icon(QStringLiteral("play"), theme::onAccent));
    } else if (training) {
        a.train->setText(tr("&Pause"));
        a.train->setToolTip(tr("Pause training after this batch"));
        a.train->setIcon(icon(QStringLiteral("pause"), theme::onAccent));
    } else {
        a.train->setText(goesOn ? tr("&Train on") : tr("&Train"));
        a.train->setToolTip(goesOn ? tr("Add a phase with this recipe to the run")
                                   : tr("Train a new run with this recipe"));
        a.train->setIcon(icon(QStringLiteral("play"), theme::onAccent));
    }
    a.train->setEnabled(training ? canPause || state == RunState::Paused
                                 : hasDataset && state != RunState::Scanning);
    const bool job = !m_session.jobs().newest().title.isEmpty();
    a.stop->setText(!training && job ? tr("&Cancel") : tr("&Stop"));
    a.stop->setEnabled((training && state != RunState::Stopping) || (!training && job));
    a.newRun->setEnabled(hasDataset && !training);
    a.trySeveral->setEnabled(hasDataset);
    a.continueRun->setEnabled(goesOn);
    a.resumeRun->setEnabled(m_session.canResume());
}

void MainWindow::trainOrPause()
{
    if (m_session.busyTraining())
        m_session.togglePaused();
    else if (m_session.canContinue())
        continueRun();
    else
        trainNewRun();
}

void MainWindow::trainNewRun()
{
    if (recipeIsTaken())
        m_session.train();
}

void MainWindow::continueRun()
{
    if (recipeIsTaken())
        m_session.continueRun();
}

void MainWindow::trySeveral()
{
    if (recipeIsTaken())
        m_runs->trySeveral();
}

void MainWindow::resumeRun()
{
    const bool edited = m_session.editedSinceTraining();
    m_session.resumeRun();
    if (edited && m_session.busyTraining())
        m_banner->showNote(Banner::Note::Good,
            tr("The run goes on with the classes and splits that it was begun with. "
               "What was changed since counts from its next phase on."),
            {}, {});
}

bool MainWindow::recipeIsTaken()
{
    // A field tells its value when the focus leaves it, and a shortcut takes no focus.
    QWidget* const typing = m_recipe->isAncestorOf(focusWidget()) ? focusWidget() : nullptr;
    if (typing)
        typing->clearFocus();
    QWidget* const wrong = m_recipe->wrongField();
    if (!wrong)
        return true;
    showPage(Page::Recipe);
    wrong->setFocus();
    m_banner->showNote(Banner::Note::Attention,
        tr("%1 on the Recipe page holds what cannot be used: mend it, then train.")
            .arg(wrong->accessibleName()),
        {}, {});
    return false;
}

void MainWindow::remember(const QString& key, const QString& path)
{
    constexpr qsizetype kKept = 8;
    QSettings settings;
    QStringList recent = settings.value(key).toStringList();
    recent.removeAll(path);
    recent.prepend(path);
    settings.setValue(key, recent.mid(0, kKept));
    refreshRecent(settings);
}

// Each QSettings of its own would wait for the disk to write what the one before has set.
void MainWindow::refreshRecent(const QSettings& settings)
{
    const QStringList recent = settings.value(kRecentKey).toStringList();
    m_start->setRecent(recent);
    m_recentMenu->clear();
    for (const QString& folder : recent) {
        QAction* action = m_recentMenu->addAction(
            QDir::toNativeSeparators(folder).replace(QLatin1Char('&'), QStringLiteral("&&")));
        connect(action, &QAction::triggered, this, [this, folder] {
            showPage(Page::Data);
            m_session.openFolder(folder);
        });
    }
    const QStringList runs = settings.value(kRecentRunsKey).toStringList();
    if (!runs.isEmpty())
        m_recentMenu->addSection(tr("Runs"));
    for (const QString& run : runs) {
        QAction* action = m_recentMenu->addAction(
            QFileInfo(run).fileName().replace(QLatin1Char('&'), QStringLiteral("&&")));
        connect(action, &QAction::triggered, this, [this, run] {
            carryOut({ DropPlan::Kind::OpenRun, {}, { run } });
        });
    }
    const QStringList projects = settings.value(kRecentProjectsKey).toStringList();
    if (!projects.isEmpty())
        m_recentMenu->addSection(tr("Projects"));
    for (const QString& project : projects) {
        QAction* action = m_recentMenu->addAction(
            QFileInfo(project).completeBaseName().replace(QLatin1Char('&'), QStringLiteral("&&")));
        action->setToolTip(QDir::toNativeSeparators(project));
        connect(action, &QAction::triggered, this, [this, project] {
            carryOut({ DropPlan::Kind::OpenProject, {}, { project } });
        });
    }
    m_recentMenu->setEnabled(!m_recentMenu->isEmpty());
}

void MainWindow::chooseFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(
        this, tr("Open a folder of pictures"), lastFolder(QStringLiteral("data")));
    if (folder.isEmpty())
        return;
    setLastFolder(QStringLiteral("data"), folder);
    showPage(Page::Data);
    m_session.openFolder(folder);
}

void MainWindow::chooseRun()
{
    const QString folder
        = QFileDialog::getExistingDirectory(this, tr("Open a run"), m_session.currentRunsFolder());
    if (!folder.isEmpty())
        carryOut({ DropPlan::Kind::OpenRun, {}, { folder } });
}

void MainWindow::chooseProject()
{
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Open a project"), lastFolder(QStringLiteral("project")), kProjectFilter);
    if (file.isEmpty())
        return;
    setLastFolder(QStringLiteral("project"), file);
    carryOut({ DropPlan::Kind::OpenProject, {}, { file } });
}

void MainWindow::saveProject()
{
    const QString name
        = format::path(m_session.dataset()->root.filename()) + QStringLiteral(".vernier");
    QString file = QFileDialog::getSaveFileName(this, tr("Save as a project"),
        QDir(lastFolder(QStringLiteral("project"))).filePath(name), kProjectFilter);
    if (file.isEmpty())
        return;
    if (QFileInfo(file).suffix().isEmpty())
        file += QStringLiteral(".vernier");
    setLastFolder(QStringLiteral("project"), file);
    m_session.saveProjectAs(file);
}

void MainWindow::findPictures(const QString& project, const QString& pictures)
{
    QMessageBox box(this);
    box.setWindowTitle(tr("Where are the pictures?"));
    box.setText(tr("The pictures of the project “%1” have moved.")
                    .arg(QFileInfo(project).completeBaseName()));
    box.setInformativeText(tr("They were in %1. Choose the folder where they are now; the "
                              "project will remember it.")
                               .arg(QDir::toNativeSeparators(pictures)));
    auto* choose = box.addButton(tr("Choose folder…"), QMessageBox::AcceptRole);
    box.addButton(tr("Cancel"), QMessageBox::RejectRole);
    box.exec();
    if (box.clickedButton() != choose)
        return;
    const QString folder = QFileDialog::getExistingDirectory(
        this, tr("Where the pictures are now"), QFileInfo(project).absolutePath());
    if (!folder.isEmpty())
        m_session.openProject(project, folder);
}

void MainWindow::chooseModel()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Open a model"),
        lastFolder(QStringLiteral("model")),
        tr("Models (*.onnx *.pt *.torchscript *.safetensors);;All files (*)"));
    if (file.isEmpty())
        return;
    setLastFolder(QStringLiteral("model"), file);
    carryOut({ DropPlan::Kind::OpenModel, {}, { file } });
}

void MainWindow::chooseRecipe()
{
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Open a recipe"), lastFolder(QStringLiteral("recipe")), kRecipeFilter);
    if (file.isEmpty())
        return;
    setLastFolder(QStringLiteral("recipe"), file);
    carryOut({ DropPlan::Kind::OpenRecipe, {}, { file } });
}

void MainWindow::saveRecipe()
{
    const QString name = QString::fromStdString(m_session.recipe().name) + QStringLiteral(".json");
    QString file = QFileDialog::getSaveFileName(this, tr("Save the recipe"),
        QDir(lastFolder(QStringLiteral("recipe"))).filePath(name), kRecipeFilter);
    if (file.isEmpty())
        return;
    if (QFileInfo(file).suffix().isEmpty())
        file += QStringLiteral(".json");
    setLastFolder(QStringLiteral("recipe"), file);
    if (const Status saved = m_session.saveRecipe(file); !saved)
        m_banner->showError(
            saved.error(), [this] { saveRecipe(); }, kSavingRecipe);
    else
        m_banner->settle(kSavingRecipe);
}

void MainWindow::chooseWeights()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Import weights"),
        lastFolder(QStringLiteral("weights")),
        tr("Weights (*.safetensors *.pth *.pt *.ckpt *.h5 *.hdf5 *.keras *.onnx)"));
    if (file.isEmpty())
        return;
    setLastFolder(QStringLiteral("weights"), file);
    m_session.importWeights(file);
}

void MainWindow::choosePictures()
{
    const QStringList files = QFileDialog::getOpenFileNames(this, tr("Predict pictures"),
        lastFolder(QStringLiteral("predict")),
        tr("Pictures (*.jpg *.jpeg *.png *.webp *.bmp *.tif *.tiff *.heic *.avif *.jp2 "
           "*.gif);;All files (*)"));
    if (files.isEmpty())
        return;
    setLastFolder(QStringLiteral("predict"), files.front());
    carryOut({ DropPlan::Kind::Predict, {}, files });
}

void MainWindow::choosePictureFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(
        this, tr("Predict a folder"), lastFolder(QStringLiteral("predict")));
    if (folder.isEmpty())
        return;
    setLastFolder(QStringLiteral("predict"), folder);
    carryOut({ DropPlan::Kind::Predict, {}, { folder } });
}

void MainWindow::exportModel()
{
    ExportDialog dialog(m_session, this);
    dialog.exec();
}

void MainWindow::showCache()
{
    CacheDialog dialog(m_session, this);
    dialog.exec();
}

void MainWindow::showWeights()
{
    WeightsDialog dialog(m_session.recipe().backbone, this);
    connect(&dialog, &WeightsDialog::weightsChanged, m_predict, &PredictPage::lookForOriginal);
    connect(&dialog, &WeightsDialog::weightsChanged, m_recipe->settings(),
        &SettingsPanel::lookForWeights);
    connect(&dialog, &WeightsDialog::startFrom, &m_session, &Session::importWeights);
    dialog.exec();
}

void MainWindow::getKnifeySpoony()
{
    const auto dataset = findPublished(PublishedFile::Kind::Dataset, "knifey-spoony");
    if (!dataset) {
        m_banner->showError(dataset.error(), [this] { getKnifeySpoony(); });
        return;
    }
    DatasetDialog dialog(*dataset, this);
    connect(&dialog, &DatasetDialog::fetched, this, [this](const QString& folder) {
        showPage(Page::Data);
        m_session.openFolder(folder);
    });
    dialog.exec();
}

void MainWindow::setScheme(Scheme scheme)
{
    QSettings().setValue(kSchemeKey, static_cast<int>(scheme));
    theme::apply(scheme);
}

} // namespace vernier::ui
