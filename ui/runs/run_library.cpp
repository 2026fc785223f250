#include "ui/runs/run_library.h"

#include "core/base/files.h"
#include "core/exporting/run_metrics.h"
#include "core/training/fork.h"
#include "core/training/run_bin.h"
#include "ui/base/format.h"

#include <QUndoCommand>
#include <QUndoStack>

#include <algorithm>
#include <iterator>
#include <map>

namespace vernier::ui {

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
        m_library.enqueue([run = m_run, notes] { return writeRunNotes(run, notes); });
    }

    RunLibrary& m_library;
    std::filesystem::path m_run;
    RunNotes m_before;
    RunNotes m_after;
};

class RemoveCommand : public QUndoCommand {
public:
    RemoveCommand(RunLibrary& library, std::vector<std::filesystem::path> runs)
        : QUndoCommand(runs.size() == 1 ? RunLibrary::tr("deleting a run")
                                        : RunLibrary::tr("deleting %1 runs").arg(runs.size()))
        , m_library(library)
        , m_runs(std::move(runs))
    {
    }
    // What cannot be moved keeps none of the others from it; the first problem is told.
    void redo() override
    {
        m_library.enqueue([runs = m_runs, binned = m_binned] {
            Status status;
            for (const auto& run : runs) {
                if (binned->contains(run))
                    continue;
                const auto place = moveToBin(run);
                if (place)
                    binned->emplace(run, *place);
                else if (status)
                    status = tl::unexpected(place.error());
            }
            return status;
        });
    }
    void undo() override
    {
        m_library.enqueue([binned = m_binned] {
            Status status;
            for (auto at = binned->begin(); at != binned->end();) {
                const auto& [run, place] = *at;
                const Status back = takeBack(place, run);
                if (!back && status)
                    status = back;
                at = back ? binned->erase(at) : std::next(at);
            }
            return status;
        });
    }

private:
    using Binned = std::map<std::filesystem::path, std::filesystem::path>;

    RunLibrary& m_library;
    std::vector<std::filesystem::path> m_runs;
    /// Where each lies. Of the changes alone, which happen one after the other.
    std::shared_ptr<Binned> m_binned = std::make_shared<Binned>();
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
    m_read = false;
    refresh();
}

bool RunLibrary::idle() const
{
    return !m_change.running() && !m_reading.running() && m_waiting.empty();
}

void RunLibrary::refresh()
{
    // Begun anew each time, a list that changes often would never be read to its end.
    if (m_reading.running()) {
        m_readAgain = true;
        return;
    }
    m_reading.start(
        [folder = format::path(m_folder)](std::stop_token stop, const ProgressSink&) {
            auto runs = readRunList(folder, stop);
            // Before the first run there is no folder.
            if (!runs && runs.error().code == ErrorCode::NotFound)
                runs = std::vector<RunSummary>();
            return runs;
        },
        [this, folder = m_folder](Result<std::vector<RunSummary>> runs) {
            const bool stale = folder != m_folder;
            if (runs && !stale) {
                m_runs = std::move(*runs);
                m_read = true;
                Q_EMIT changed();
            } else if (!runs) {
                Q_EMIT failed(runs.error());
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
        [change = next.change](std::stop_token, const ProgressSink&) { return change(); },
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
    enqueue([folder = format::path(run), name = name.toStdString()]() -> Status {
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
    std::vector<std::filesystem::path> folders;
    for (const QString& run : runs)
        folders.push_back(format::path(run));
    if (!folders.empty())
        m_undo.push(new RemoveCommand(*this, std::move(folders)));
}

void RunLibrary::fork(const QString& run, int epoch)
{
    const auto from = format::path(run);
    const auto place = std::make_shared<std::filesystem::path>();
    enqueue(
        [from, epoch, place]() -> Status {
            *place = freshFolder(
                from.parent_path(), utf8(from.filename()) + " from " + std::to_string(epoch));
            return forkRun(from, epoch, *place);
        },
        [this, place] { Q_EMIT forked(format::path(*place)); }, tr("Forking the run…"));
}

void RunLibrary::exportCsv(const QString& run, const QString& file)
{
    enqueue([from = format::path(run), to = format::path(file)]() -> Status {
        const RunSummary read = summarizeRun(from);
        if (read.problem)
            return tl::unexpected(*read.problem);
        return writeFileAtomically(to, metricsToCsv(read.phases, read.epochs, read.bestEpoch));
    });
}

} // namespace vernier::ui
