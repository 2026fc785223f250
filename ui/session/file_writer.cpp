#include "ui/session/file_writer.h"

#include <memory>

namespace vernier::ui {

FileWriter::FileWriter(JobBoard& jobs, QObject* parent) : QObject(parent), m_jobs(jobs)
{
    m_thread.setMaxThreadCount(1);
    std::promise<void> nothingYet;
    nothingYet.set_value();
    m_newest = nothingYet.get_future();
}

FileWriter::~FileWriter() { m_thread.waitForDone(); }

void FileWriter::write(std::function<Status()> work, JobBoard::Retry retry)
{
    // Not a QFuture: whoever waits for one that has not begun runs it himself, out of turn.
    auto written = std::make_shared<std::promise<void>>();
    m_newest = written->get_future();
    m_thread.start([this, written, work = std::move(work), retry = std::move(retry)] {
        if (const Status status = work(); !status)
            QMetaObject::invokeMethod(
                this, [this, error = status.error(), retry] { m_jobs.report(error, retry); },
                Qt::QueuedConnection);
        written->set_value();
    });
}

} // namespace vernier::ui
