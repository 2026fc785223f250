#include "ui/session/session.h"

#include "core/dataset/scan.h"
#include "core/features/feature_cache.h"
#include "core/runs/project.h"
#include "ui/base/format.h"
#include "ui/session/current_run.h"

#include <QFileInfo>

namespace vernier::ui {
namespace {

constexpr int kSaveAfterMs = 1000;

struct Opened {
    Project project;
    CurrentDataset::Opened dataset; ///< nothing scanned: the pictures have moved
};

/// On a worker.
Result<Opened> read(const std::filesystem::path& file, const std::filesystem::path& pictures,
    std::stop_token stop, const ProgressSink& progress)
{
    auto project = readProject(file);
    if (!project)
        return tl::unexpected(project.error());
    Opened opened { std::move(*project), {} };
    if (!pictures.empty())
        opened.project.pictures = pictures;
    if (!opened.project.picturesAreThere())
        return opened;
    const auto scanned = scan(opened.project.pictures, stop, progress,
        { .cache = FeatureCache::defaultFolder(),
            .found = {},
            .foldersAreClasses = opened.project.foldersAreClasses });
    if (!scanned)
        return tl::unexpected(scanned.error());
    opened.dataset.scanned = *scanned;
    opened.dataset.edits = opened.project.edits;
    return opened;
}

} // namespace

void Session::watchProject()
{
    m_saveProjectSoon.setSingleShot(true);
    m_saveProjectSoon.setInterval(kSaveAfterMs);
    connect(&m_saveProjectSoon, &QTimer::timeout, this, &Session::saveProject);
    connect(this, &Session::recipeChanged, this, [this] {
        if (!m_projectFile.isEmpty())
            m_saveProjectSoon.start();
    });
}

QString Session::currentRunsFolder() const
{
    return m_projectFile.isEmpty() ? runsFolder() : m_projectRuns;
}

void Session::setProject(const QString& file, const QString& pictures, const QString& runs)
{
    m_saveProjectSoon.stop();
    m_projectFile = file;
    m_projectPictures = pictures;
    m_projectRuns = runs;
    Q_EMIT projectChanged();
}

void Session::openProject(const QString& file, const QString& pictures)
{
    const Retry again = [this, file, pictures] { openProject(file, pictures); };
    if (m_run->underWay()) {
        m_jobs.report({ ErrorCode::Invalid, "training is under way", format::path(file),
                          "stop it before opening a project" },
            again, JobKind::Open);
        return;
    }
    const QString place = QFileInfo(file).absoluteFilePath();
    m_jobs.begin(JobKind::Open, tr("Opening the project"))
        .start(
            [path = format::path(place), moved = format::path(pictures),
                saved = m_writer.allWritten()](std::stop_token stop, const ProgressSink& progress) {
                // It may be the one that was written a moment ago.
                saved.wait();
                return read(path, moved, stop, progress);
            },
            [this, again, place, pictures, before = dataset()](Result<Opened> opened) {
                updateState();
                if (!opened) {
                    m_jobs.report(opened.error(), again, JobKind::Open);
                    return;
                }
                const QString folder = format::path(opened->project.pictures);
                if (!opened->dataset.scanned) {
                    Q_EMIT picturesMissing(place, folder);
                    return;
                }
                if (m_projectFile == place)
                    keepLateEdits(before, opened->dataset);
                m_undo.clear();
                m_recipe = opened->project.recipe;
                m_shownPhase = 0;
                // First, so that what follows belongs to it.
                setProject(place, folder, format::path(opened->project.runs));
                m_projectFoldersAreClasses = opened->project.foldersAreClasses;
                Q_EMIT recipeChanged();
                setDataset(opened->dataset);
                m_saveProjectSoon.stop();
                if (!pictures.isEmpty())
                    saveProject();
            });
    updateState();
}

void Session::saveProjectAs(const QString& file)
{
    const SnapshotPtr pictures = dataset();
    if (!pictures)
        return;
    const QFileInfo place(file);
    QString runs = m_projectRuns;
    if (m_projectFile.isEmpty()) {
        // The run that is open came of these pictures and belongs to the project with its like.
        runs = m_run->folder().isEmpty() ? place.absolutePath() + QLatin1Char('/')
                + place.completeBaseName() + QStringLiteral(" runs")
                                         : QFileInfo(m_run->folder()).absolutePath();
    }
    setProject(place.absoluteFilePath(), format::path(pictures->root), runs);
    m_projectFoldersAreClasses.reset();
    const TopFolders top = topFoldersOf(*pictures);
    if (top == TopFolders::AreClasses || top == TopFolders::LookLikeSplits)
        m_projectFoldersAreClasses = top == TopFolders::AreClasses;
    if (!m_run->history().epochs.empty())
        rememberRun();
    saveProject();
}

void Session::leaveProject()
{
    if (m_saveProjectSoon.isActive())
        saveProject();
    if (!m_projectFile.isEmpty())
        setProject({}, {}, {});
}

void Session::saveProject()
{
    if (m_projectFile.isEmpty())
        return;
    m_saveProjectSoon.stop();
    m_writer.write(
        [file = format::path(m_projectFile),
            project = Project { format::path(m_projectPictures), format::path(m_projectRuns),
                m_recipe, m_projectFoldersAreClasses, {} },
            known = m_pictures->known(), dataset = m_pictures->snapshot()]() mutable {
            *known = editsOf(*dataset, *known);
            project.edits = *known;
            return writeProject(file, project);
        },
        [this] { saveProject(); });
}

} // namespace vernier::ui
