#include "ui/main_window.h"

#include "ui/base/banner.h"
#include "ui/base/commands.h"
#include "ui/base/format.h"
#include "ui/base/last_folder.h"
#include "ui/frame/cache_dialog.h"
#include "ui/frame/dataset_dialog.h"
#include "ui/frame/start_page.h"
#include "ui/frame/weights_dialog.h"
#include "ui/predict/export_dialog.h"
#include "ui/predict/predict_page.h"
#include "ui/recipe/recipe_page.h"
#include "ui/recipe/settings_panel.h"
#include "ui/session/current_run.h"
#include "ui/session/job_board.h"
#include "ui/session/predictions.h"

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QTimer>

namespace vernier::ui {
namespace {

const QString kRecentKey = QStringLiteral("recentFolders");
const QString kRecentProjectsKey = QStringLiteral("recentProjects");
const QString kRecentRunsKey = QStringLiteral("recentRuns");
const QString kProjectFilter = QStringLiteral("Projects (*.vernier)");
const QString kSavingRecipe = QStringLiteral("saving a recipe");
const QString kRecipeFilter = QStringLiteral("Recipes (*.json)");

} // namespace

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
    QMenu& menu = *m_commands->action(CommandId::OpenRecent)->menu();
    menu.clear();
    for (const QString& folder : recent) {
        QAction* action = menu.addAction(
            QDir::toNativeSeparators(folder).replace(QLatin1Char('&'), QStringLiteral("&&")));
        connect(action, &QAction::triggered, this, [this, folder] {
            showPage(Page::Data);
            m_session.openFolder(folder);
        });
    }
    const QStringList runs = settings.value(kRecentRunsKey).toStringList();
    if (!runs.isEmpty())
        menu.addSection(tr("Runs"));
    for (const QString& run : runs) {
        QAction* action = menu.addAction(
            QFileInfo(run).fileName().replace(QLatin1Char('&'), QStringLiteral("&&")));
        connect(action, &QAction::triggered, this, [this, run] {
            carryOut({ DropPlan::Kind::OpenRun, {}, { run } });
        });
    }
    const QStringList projects = settings.value(kRecentProjectsKey).toStringList();
    if (!projects.isEmpty())
        menu.addSection(tr("Projects"));
    for (const QString& project : projects) {
        QAction* action = menu.addAction(
            QFileInfo(project).completeBaseName().replace(QLatin1Char('&'), QStringLiteral("&&")));
        action->setToolTip(QDir::toNativeSeparators(project));
        connect(action, &QAction::triggered, this, [this, project] {
            carryOut({ DropPlan::Kind::OpenProject, {}, { project } });
        });
    }
    refreshCommands();
}

void MainWindow::openLastRun()
{
    // Once the opening that told of the pictures has ended, which may be that of a run.
    QTimer::singleShot(0, this, [this] {
        if (m_session.run().folder().isEmpty() && !m_session.jobs().running(JobKind::Open))
            m_session.openLastRun();
    });
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

} // namespace vernier::ui
