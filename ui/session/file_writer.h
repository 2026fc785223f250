#pragma once

#include "core/base/result.h"
#include "ui/session/job_board.h"

#include <QObject>
#include <QThreadPool>

#include <functional>
#include <future>

namespace vernier::ui {

/// Writes files one after the other, in the order in which they were given, without anybody waiting
/// for the disk. What fails is reported with its retry.
class FileWriter : public QObject {
    Q_OBJECT
public:
    explicit FileWriter(JobBoard& jobs, QObject* parent = nullptr);
    ~FileWriter() override; ///< when all is written

    void write(std::function<Status()> work, JobBoard::Retry retry);
    /// Ready when all that was given so far is written. For workers that read what is being
    /// written.
    std::shared_future<void> allWritten() const { return m_newest; }

private:
    JobBoard& m_jobs;
    QThreadPool m_thread;
    std::shared_future<void> m_newest;
};

} // namespace vernier::ui
