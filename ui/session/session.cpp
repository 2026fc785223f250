#include "ui/session/session.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/dataset/edit.h"
#include "core/dataset/scan.h"
#include "core/dataset/split.h"
#include "core/features/feature_cache.h"
#include "core/sample/sample.h"
#include "ui/base/format.h"
#include "ui/session/commands.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/predictions.h"

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
constexpr std::uint64_t kMaxEditsBytes = 64 << 20;

QString dataFolder() { return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation); }

QString keyOf(const std::filesystem::path& root)
{
    const std::string name = textOf(root);
    return QString::fromStdString(contentHash(std::as_bytes(std::span(name))).hex());
}

/// Edits of a folder's pictures lie with the program, since the folder is never written to.
QString editsFileOf(const std::filesystem::path& root)
{
    return dataFolder() + QStringLiteral("/edits/") + keyOf(root) + QStringLiteral(".json");
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

QString Session::editsFileOfRun(const QString& run)
{
    return run + QLatin1Char('/') + QLatin1String(run_files::kEdits);
}

/// With what was edited before. On a worker.
Session::OpenedDataset Session::withRememberedEdits(
    const SnapshotPtr& scanned, const SnapshotPtr& drawn, const QString& editsFile)
{
    OpenedDataset opened;
    opened.scanned = scanned;
    opened.drawn = drawn;
    opened.edited = drawn;
    opened.editsFile = editsFile;
    const std::filesystem::path file = format::path(opened.editsFile);
    const auto json = readTextFile(file, kMaxEditsBytes);
    if (!json && json.error().code == ErrorCode::NotFound)
        return opened;
    const Result<SnapshotPtr> edited
        = json.and_then([&](const std::string& text) { return withEdits(opened.drawn, text); });
    if (edited) {
        opened.edited = *edited;
        opened.edits = *json;
        return opened;
    }
    // The next change would be written over it.
    std::filesystem::path kept = file;
    kept += ".unreadable";
    std::error_code ignored;
    std::filesystem::rename(file, kept, ignored);
    opened.problem = Error { edited.error().code, edited.error().detail, kept,
        "the labels are as they were before any edit; the file is kept" };
    return opened;
}

QString Session::runsFolder()
{
    return QSettings()
        .value(QStringLiteral("runsFolder"), dataFolder() + QStringLiteral("/runs"))
        .toString();
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
    const SplitOptions options = splitOptions(m_recipe);
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
        [path = root, options, areClasses, post, show, saved = m_writer.allWritten()](
            std::stop_token stop, const ProgressSink& progress) {
            const ScanOptions howTo { FeatureCache::defaultFolder(),
                [post, show](SnapshotPtr found) { post([show, found] { show(found); }); },
                areClasses };
            return scan(path, stop, progress, howTo).map([&](const SnapshotPtr& scanned) {
                // The folder may be the one that was edited a moment ago.
                saved.wait();
                return withRememberedEdits(
                    scanned, withValidation(scanned, options), editsFileOf(scanned->root));
            });
        },
        [this, again, folder, options](Result<OpenedDataset> opened) {
            updateState();
            if (!opened) {
                setPreview({});
                m_jobs.report(opened.error(), again, JobKind::Open);
            } else if (options != splitOptions(m_recipe))
                openFolder(folder);
            else
                setDataset(std::move(*opened));
        });
    updateState();
}

bool Session::canReadFoldersOtherwise() const
{
    return m_dataset && topFoldersOf(*m_dataset) != TopFolders::AsNamed && !m_editsOfRun
        && !m_run->underWay();
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
    QSettings().setValue(foldersAreClassesKey(m_dataset->root), classes);
    openFolder(format::path(m_dataset->root));
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

void Session::setDataset(OpenedDataset opened)
{
    if (!opened.ofRun && !opened.ofProject)
        leaveProject();
    m_undo.clear();
    m_scanned = opened.scanned;
    m_drawnByRun = {};
    m_drawn = opened.drawn;
    m_dataset = opened.edited;
    m_preview.reset();
    m_found.reset();
    m_previewSoon.stop();
    m_editsFile = opened.editsFile;
    m_editsOfRun = opened.ofRun;
    m_edits = std::make_shared<std::string>(std::move(opened.edits));
    forgetRun();
    Q_EMIT datasetChanged();
    updateState();
    if (opened.problem)
        m_jobs.report(*opened.problem, {});
}

void Session::applyDataset(const SnapshotPtr& dataset)
{
    m_dataset = dataset;
    saveEdits();
    Q_EMIT datasetChanged();
    m_evaluations->followEdits();
}

SnapshotPtr Session::judgedOn() const
{
    auto judged = std::make_shared<DatasetSnapshot>(*m_dataset);
    for (std::size_t i = 0; i < judged->images.size(); ++i) {
        if (!m_dataset->images[i].splitByHand)
            judged->images[i].split = m_run->trainedOn()->images[i].split;
    }
    return judged;
}

void Session::saveEdits()
{
    if (m_editsFile.isEmpty())
        return;
    if (m_editsFile == m_projectFile) {
        saveProject();
        return;
    }
    m_writer.write(
        [file = format::path(m_editsFile), known = m_edits, drawn = m_drawn, edited = m_dataset] {
            *known = editsToJson(*drawn, *edited, *known);
            std::error_code ignored;
            std::filesystem::create_directories(file.parent_path(), ignored);
            return writeFileAtomically(file, *known);
        },
        [this] { saveEdits(); });
}

void Session::followRun()
{
    m_drawnByRun = { splitOptions(m_run->recipe()), m_run->trainedOn() };
    // Which pictures were of test before some of them trained only an earlier state tells.
    if (m_run->recipe().testToTrain == 0)
        m_scanned = withoutDrawnValidation(m_run->trainedOn());
    draw();
}

void Session::draw()
{
    const SplitOptions options = splitOptions(m_recipe);
    const auto& [ofRun, byRun] = m_drawnByRun;
    m_drawn
        = byRun && (options == ofRun || !m_scanned) ? byRun : withValidation(m_scanned, options);
}

void Session::followRunWithEdits()
{
    if (!m_editsOfRun)
        return;
    followRun();
    if (const QString own = editsFileOfRun(m_run->folder()); own != m_editsFile) {
        m_editsFile = own;
        m_edits = std::make_shared<std::string>();
    }
    saveEdits();
}

void Session::relabel(const std::vector<std::size_t>& images, ClassIndex label)
{
    std::vector<std::size_t> changed;
    for (const std::size_t image : images) {
        if (m_dataset && image < m_dataset->images.size()
            && m_dataset->images[image].label != label)
            changed.push_back(image);
    }
    if (!changed.empty())
        m_undo.push(new RelabelCommand(*this, std::move(changed), label));
}

void Session::moveTo(const std::vector<std::size_t>& images, Split split)
{
    std::vector<std::size_t> changed;
    bool anywhereElse = false;
    for (const std::size_t index : images) {
        if (!m_dataset || index >= m_dataset->images.size())
            continue;
        const ImageEntry& image = m_dataset->images[index];
        anywhereElse = anywhereElse || image.split != split;
        // Those that were drawn there are chosen for it now, together with the others.
        if (image.split != split || !image.splitByHand)
            changed.push_back(index);
    }
    if (anywhereElse)
        m_undo.push(new MoveCommand(*this, std::move(changed), split));
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
    const Recipe before = std::exchange(m_recipe, recipe);
    Q_EMIT recipeChanged();
    const bool drawAgain = m_scanned && splitOptions(before) != splitOptions(recipe)
        && (m_drawn->validationDrawn || before.testToTrain > 0 || recipe.testToTrain > 0);
    if (!drawAgain)
        return;
    // The split belongs to the recipe; what the user changed by hand stays on top of it.
    const std::string edits = editsToJson(*m_drawn, *m_dataset);
    draw();
    const Result<SnapshotPtr> edited = withEdits(m_drawn, edits);
    applyDataset(edited ? *edited : m_drawn);
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
    RunState state = m_dataset ? RunState::Ready : RunState::NoDataset;
    if (m_run->underWay())
        state = *m_run->state();
    else if (m_jobs.running(JobKind::Open))
        state = RunState::Scanning;
    else if (m_dataset && m_run->state())
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
    m_dataset.reset();
    m_scanned.reset();
    m_drawn.reset();
    m_drawnByRun = {};
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
