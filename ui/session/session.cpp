#include "ui/session/session.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/dataset/scan.h"
#include "core/dataset/split.h"
#include "core/features/feature_cache.h"
#include "core/sample/sample.h"
#include "ui/base/format.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/opening.h"
#include "ui/session/predictions.h"
#include "ui/session/recipe_command.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>

namespace vernier::ui {
namespace {

/// A folder that opens sooner is not shown twice.
constexpr int kPreviewAfterMs = 200;
constexpr std::uint64_t kMaxRecipeBytes = 1 << 20;

QString dataFolder() { return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation); }

QString keyOf(const std::filesystem::path& root)
{
    const std::string name = textOf(root);
    return QString::fromStdString(contentHash(std::as_bytes(std::span(name))).hex());
}

QString foldersAreClassesKey(const std::filesystem::path& root)
{
    return QStringLiteral("foldersAreClasses/") + keyOf(root);
}

/// What a person has said of a folder.
std::optional<bool> foldersAreClasses(const std::filesystem::path& root)
{
    const QVariant said = QSettings().value(foldersAreClassesKey(root));
    return said.isValid() ? std::optional(said.toBool()) : std::nullopt;
}

} // namespace

std::filesystem::path Session::journals()
{
    return QStandardPaths::isTestModeEnabled() ? format::path(dataFolder()) / "edits"
                                               : defaultJournals();
}

QString Session::runsFolder()
{
    return QSettings()
        .value(QStringLiteral("runsFolder"), dataFolder() + QStringLiteral("/runs"))
        .toString();
}

QString Session::lastRunKey() const
{
    return QStringLiteral("lastRun/")
        + keyOf(m_projectFile.isEmpty() ? dataset()->root : format::path(m_projectFile));
}

void Session::rememberRun() { QSettings().setValue(lastRunKey(), m_run->folder()); }

QString Session::lastRun() const
{
    if (!dataset())
        return {};
    const QString run = QSettings().value(lastRunKey()).toString();
    return QFileInfo::exists(run) ? run : QString();
}

// --- dataset

void Session::openFolder(const QString& folder)
{
    const Retry again = [this, folder] { openFolder(folder); };
    if (m_run->underWay()) {
        m_jobs.report({ ErrorCode::Invalid, "training is under way", format::path(folder),
                          "stop it before opening another folder" },
            again, JobKind::Open);
        return;
    }
    const std::filesystem::path root
        = format::path(QDir::cleanPath(QFileInfo(folder).absoluteFilePath()));
    const std::optional<bool> areClasses = foldersAreClasses(root);
    Job& job = m_jobs.begin(JobKind::Open, tr("Reading pictures"));
    const Job::Post post = job.poster();
    const auto show = [this](const SnapshotPtr& found) {
        m_found = found;
        m_previewSoon.start(kPreviewAfterMs);
    };
    job.start(
        [path = root, areClasses, post, show, journals = journals(), saved = m_writer.allWritten()](
            std::stop_token stop, const ProgressSink& progress) {
            const ScanOptions howTo { FeatureCache::defaultFolder(),
                [post, show](SnapshotPtr found) { post([show, found] { show(found); }); },
                areClasses };
            return scan(path, stop, progress, howTo).map([&](const SnapshotPtr& scanned) {
                // The folder may be the one that was edited a moment ago.
                saved.wait();
                return withJournal(scanned, journals);
            });
        },
        [this, again, before = dataset()](Result<CurrentDataset::Opened> opened) {
            updateState();
            if (!opened) {
                setPreview({});
                m_jobs.report(opened.error(), again, JobKind::Open);
            } else {
                if (m_projectFile.isEmpty())
                    keepLateEdits(before, *opened);
                leaveProject();
                setDataset(*opened);
            }
        });
    updateState();
}

bool Session::canReadFoldersOtherwise() const
{
    return dataset() && topFoldersOf(*dataset()) != TopFolders::AsNamed && !m_run->underWay();
}

void Session::readFoldersAsClasses(bool classes)
{
    if (!canReadFoldersOtherwise())
        return;
    if (!m_projectFile.isEmpty()) {
        m_projectFoldersAreClasses = classes;
        saveProject();
        openProject(m_projectFile);
        return;
    }
    QSettings().setValue(foldersAreClassesKey(dataset()->root), classes);
    openFolder(format::path(dataset()->root));
}

void Session::openSample()
{
    const QString folder = dataFolder() + QStringLiteral("/sample");
    m_jobs.begin(JobKind::Open, tr("Painting the sample"))
        .startInTurn(
            [path = format::path(folder)](
                std::stop_token stop, const ProgressSink& progress) -> Status {
                std::error_code ignored;
                std::filesystem::create_directories(path.parent_path(), ignored);
                return paintSample(path, {}, stop, progress);
            },
            [this, folder](Status painted) {
                updateState();
                if (!painted)
                    m_jobs.report(
                        painted.error(), [this] { openSample(); }, JobKind::Open);
                else
                    openFolder(folder);
            });
    updateState();
}

void Session::setPreview(const SnapshotPtr& found)
{
    m_previewSoon.stop();
    m_found.reset();
    if (std::exchange(m_preview, found) != found)
        Q_EMIT previewChanged();
}

void Session::abandonOpening()
{
    m_jobs.abandon(JobKind::Open);
    setPreview({});
}

void Session::setDataset(const CurrentDataset::Opened& opened)
{
    m_undo.clear();
    m_preview.reset();
    m_found.reset();
    m_previewSoon.stop();
    forgetRun();
    m_pictures->open(opened, splitOptions(m_recipe));
    updateState();
    if (opened.problem)
        m_jobs.report(*opened.problem, {});
}

void Session::saveEdits()
{
    if (!m_projectFile.isEmpty()) {
        saveProject();
        return;
    }
    writeEdits(m_pictures->journal(), m_pictures->known(), m_pictures->snapshot());
}

void Session::writeEdits(const std::filesystem::path& file, const std::shared_ptr<Edits>& known,
    const SnapshotPtr& dataset)
{
    m_writer.write(
        [file, known, dataset]() -> Status {
            Edits ours = editsOf(*dataset, *known);
            const auto written = writeJournal(file, *known, ours);
            if (!written)
                return tl::unexpected(written.error());
            // Not what another program has written there: it is not among what is shown.
            *known = std::move(ours);
            return {};
        },
        [this, file, known, dataset] {
            // There may be newer ones by then, or others may be open.
            if (m_pictures->known() == known)
                saveEdits();
            else
                writeEdits(file, known, dataset);
        });
}

void Session::keepLateEdits(const SnapshotPtr& before, CurrentDataset::Opened& opened) const
{
    const SnapshotPtr now = dataset();
    if (now && now != before && now->root == opened.scanned->root)
        opened.edits = withOlder(editsOf(*now), opened.edits);
}

// --- recipe

void Session::setRecipe(const Recipe& recipe, const QString& what, const QString& mergeKey)
{
    if (recipe == m_recipe)
        return;
    m_undo.push(new RecipeCommand(*this, recipe, what, mergeKey));
}

std::size_t Session::shownPhase() const
{
    return m_recipe.phases.empty() ? 0 : std::min(m_shownPhase, m_recipe.phases.size() - 1);
}

void Session::showPhase(std::size_t phase)
{
    m_shownPhase = phase;
    Q_EMIT recipeChanged();
}

void Session::applyRecipe(const Recipe& recipe)
{
    m_recipe = recipe;
    Q_EMIT recipeChanged();
    m_pictures->draw(splitOptions(recipe));
}

Status Session::loadRecipe(const QString& file)
{
    const std::filesystem::path path = format::path(file);
    const auto recipe = readTextFile(path, kMaxRecipeBytes).and_then([&](const std::string& json) {
        return recipeFromJson(json, path);
    });
    if (!recipe)
        return tl::unexpected(recipe.error());
    setRecipe(*recipe, tr("opening a recipe"));
    return {};
}

Status Session::saveRecipe(const QString& file) const
{
    return writeFileAtomically(format::path(file), toJson(m_recipe));
}

// --- state

void Session::updateState()
{
    RunState state = dataset() ? RunState::Ready : RunState::NoDataset;
    if (m_run->underWay())
        state = *m_run->state();
    else if (m_jobs.running(JobKind::Open))
        state = RunState::Scanning;
    else if (dataset() && m_run->state())
        state = *m_run->state();
    if (state == m_state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

void Session::reset()
{
    if (m_run->underWay())
        return;
    m_jobs.abandonAll();
    setPreview({});
    leaveProject();
    m_undo.clear();
    m_pictures->close();
    m_predictions->forgetModel();
    // Before anybody looks: no state but NoDataset goes without a dataset.
    updateState();
    forgetRun();
    m_predictions->clear();
    const Result<Recipe> recipe = builtInRecipe("default");
    m_shownPhase = 0;
    // It may have been saved nowhere.
    setRecipe(recipe ? *recipe : Recipe(), tr("starting over"));
    Q_EMIT recipeChanged();
    Q_EMIT datasetChanged();
    updateState();
}

} // namespace vernier::ui
