#include "ui/runs/run_library.h"

#include "core/base/files.h"
#include "core/exporting/run_metrics.h"
#include "core/exporting/tensorboard.h"
#include "core/training/fork.h"
#include "ui/base/format.h"

#include <QUndoCommand>
#include <QUndoStack>

#include <algorithm>
#include <iterator>
#include <map>

namespace vernier::ui {
namespace {

std::vector<std::filesystem::path> paths(const QStringList& texts)
{
    std::vector<std::filesystem::path> paths;
    for (const QString& text : texts)
        paths.push_back(format::path(text));
    return paths;
}

/// What is known of a folder of runs once it was read.
struct Listing {
    std::vector<RunSummary> runs;
    bool anyDeleted = false;
};

Result<Listing> readListing(const std::filesystem::path& folder, std::stop_token stop)
{
    auto runs = readRunList(folder, stop);
    if (runs)
        return Listing { std::move(*runs), holdsDeleted(folder) };
    // Before the first run there is no folder.
    if (runs.error().code == ErrorCode::NotFound)
        return Listing();
    return tl::unexpected(runs.error());
}

} // namespace

/// Name or note of a run.
class NotesCommand : public QUndoCommand {
public:
    NotesCommand(RunLibrary& library, std::filesystem::path run, RunNotes before, RunNotes after)
        : QUndoCommand(before.name == after.name ? RunLibrary::tr("writing a note")
                                                 : RunLibrary::tr("renaming a run"))
        , m_library(library)
        , m_run(std::move(run))
        , m_before(std::move(before))
        , m_after(std::move(after))
    {
    }
    void redo() override { write(m_after); }
    void undo() override { write(m_before); }

private:
    void write(const RunNotes& notes)
    {
        m_library.enqueue(
            [run = m_run, notes](std::stop_token) { return writeRunNotes(run, notes); });
    }

    RunLibrary& m_library;
    std::filesystem::path m_run;
    RunNotes m_before;
    RunNotes m_after;
};

class RemoveCommand : public QUndoCommand {
public:
    RemoveCommand(RunLibrary& library, const std::vector<std::filesystem::path>& runs)
        : QUndoCommand(runs.size() == 1 ? RunLibrary::tr("deleting a run")
                                        : RunLibrary::tr("deleting %1 runs").arg(runs.size()))
        , m_library(library)
    {
        for (const auto& run : runs)
            m_places->emplace(run, std::nullopt);
    }
    // What cannot be moved keeps none of the others from it; the first problem is told.
    void redo() override
    {
        m_library.enqueue([places = m_places](std::stop_token) {
            Status status;
            for (auto& [run, place] : *places) {
                if (place)
                    continue;
                const auto moved = moveToBin(run);
                if (moved)
                    place = *moved;
                else if (status)
                    status = tl::unexpected(moved.error());
            }
            return status;
        });
    }
    void undo() override
    {
        m_library.enqueue([places = m_places](std::stop_token) {
            Status status;
            for (auto at = places->begin(); at != places->end();) {
                auto& [run, place] = *at;
                const Status back = place ? takeBack(*place, run) : Status();
                // Taken out of the bin by other hands, or deleted for good, it is theirs.
                const bool gone = !back && back.error().code == ErrorCode::NotFound;
                if (back)
                    place.reset();
                else if (!gone && status)
                    status = back;
                at = gone ? places->erase(at) : std::next(at);
            }
            return status;
        });
    }

private:
    /// Of each run, where it lies in the bin; nothing: it is not there.
    using Places = std::map<std::filesystem::path, std::optional<std::filesystem::path>>;

    RunLibrary& m_library;
    /// Of the changes alone, which happen one after the other.
    std::shared_ptr<Places> m_places = std::make_shared<Places>();
};

RunLibrary::RunLibrary(QUndoStack& undo, QString folder, QObject* parent)
    : QObject(parent), m_undo(undo), m_folder(std::move(folder))
{
}

void RunLibrary::setFolder(const QString& folder)
{
    if (folder == m_folder)
        return;
    m_folder = folder;
    m_runs.clear();
    m_anyDeleted = false;
    m_read = false;
    refresh();
    if (m_readingBin.running())
        readBin();
}

bool RunLibrary::idle() const
{
    return !m_change.running() && !m_reading.running() && !m_readingBin.running()
        && m_waiting.empty();
}

void RunLibrary::refresh()
{
    // Begun anew each time, a list that changes often would never be read to its end.
    if (m_reading.running()) {
        m_readAgain = true;
        return;
    }
    m_reading.start([folder = format::path(m_folder)](std::stop_token stop,
                        const ProgressSink&) { return readListing(folder, stop); },
        [this, folder = m_folder](Result<Listing> listing) {
            const bool stale = folder != m_folder;
            if (listing && !stale) {
                m_runs = std::move(listing->runs);
                m_anyDeleted = listing->anyDeleted;
                m_read = true;
                Q_EMIT changed();
            } else if (!listing) {
                Q_EMIT failed(listing.error());
            }
            if (std::exchange(m_readAgain, false) || stale)
                QMetaObject::invokeMethod(this, &RunLibrary::refresh, Qt::QueuedConnection);
        });
}

void RunLibrary::enqueue(Change change, std::function<void()> done, const QString& what)
{
    m_waiting.push_back({ std::move(change), std::move(done), what });
    if (!m_change.running())
        startNext();
}

void RunLibrary::startNext()
{
    if (m_waiting.empty())
        return;
    const Waiting next = std::move(m_waiting.front());
    m_waiting.pop_front();
    Q_EMIT working(next.what);
    m_change.start(
        [change = next.change](std::stop_token stop, const ProgressSink&) { return change(stop); },
        [this, done = next.done](Status status) {
            Q_EMIT working({});
            if (!status)
                Q_EMIT failed(status.error());
            else if (done)
                done();
            refresh();
            if (!m_change.running())
                startNext();
        });
}

void RunLibrary::setNotes(const QString& run, const RunNotes& notes)
{
    const auto folder = format::path(run);
    const auto found = std::find_if(m_runs.begin(), m_runs.end(),
        [&](const RunSummary& each) { return each.folder == folder; });
    if (found != m_runs.end() && found->notes != notes)
        m_undo.push(new NotesCommand(*this, folder, found->notes, notes));
}

void RunLibrary::nameRun(const QString& run, const QString& name)
{
    enqueue([folder = format::path(run), name = name.toStdString()](std::stop_token) -> Status {
        auto notes = readRunNotes(folder);
        if (!notes)
            return tl::unexpected(notes.error());
        std::error_code error;
        if (!notes->name.empty() || !std::filesystem::exists(folder, error))
            return {};
        notes->name = name;
        return writeRunNotes(folder, *notes);
    });
}

void RunLibrary::remove(const QStringList& runs)
{
    if (!runs.isEmpty())
        m_undo.push(new RemoveCommand(*this, paths(runs)));
}

void RunLibrary::fork(const QString& run, int epoch)
{
    const auto from = format::path(run);
    const auto place = std::make_shared<std::filesystem::path>();
    enqueue(
        [from, epoch, place](std::stop_token) -> Status {
            *place = freshFolder(
                from.parent_path(), utf8(from.filename()) + " from " + std::to_string(epoch));
            return forkRun(from, epoch, *place);
        },
        [this, place] { Q_EMIT forked(format::path(*place)); }, tr("Forking the run…"));
}

void RunLibrary::exportFigures(const QString& run, Export write)
{
    enqueue([from = format::path(run), write = std::move(write)](std::stop_token) -> Status {
        const RunSummary read = summarizeRun(from);
        if (read.problem)
            return tl::unexpected(*read.problem);
        return write(read);
    });
}

void RunLibrary::exportCsv(const QString& run, const QString& file)
{
    exportFigures(run, [to = format::path(file)](const RunSummary& read) {
        return writeFileAtomically(to, metricsToCsv(read.phases, read.epochs, read.bestEpoch));
    });
}

void RunLibrary::exportTensorBoard(const QString& run, const QString& folder)
{
    exportFigures(run, [to = format::path(folder)](const RunSummary& read) {
        return writeTensorBoard(to, read.epochs, timeOfStamp(read.started()));
    });
}

void RunLibrary::readBin()
{
    m_readingBin.start([folder = format::path(m_folder)](std::stop_token stop,
                           const ProgressSink&) { return vernier::readBin(folder, stop); },
        [this](Result<std::vector<BinnedRun>> runs) {
            if (runs)
                Q_EMIT binRead(*runs);
            else
                Q_EMIT failed(runs.error());
        });
}

void RunLibrary::takeOut(const QStringList& binned)
{
    enqueue([folder = format::path(m_folder), binned = paths(binned)](
                std::stop_token stop) { return vernier::takeOut(folder, binned, stop); },
        {}, tr("Taking runs out of the bin…"));
}

void RunLibrary::removeForGood(const QStringList& binned)
{
    enqueue([folder = format::path(m_folder), binned = paths(binned)](
                std::stop_token stop) { return vernier::removeForGood(folder, binned, stop); },
        {}, tr("Deleting runs for good…"));
}

} // namespace vernier::ui
