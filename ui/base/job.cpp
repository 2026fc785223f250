#include "ui/base/job.h"

#include <chrono>
#include <memory>
#include <system_error>

namespace vernier::ui {

Job::Job(QObject* parent) : QObject(parent) { }

Job::~Job()
{
    for (Task& task : m_tasks)
        task.thread.request_stop();
    m_tasks.clear();
}

void Job::run(std::function<Delivery(std::stop_token, const ProgressSink&)> work,
    const std::function<Delivery(const std::exception&)>& refused)
{
    cancel();
    const quint64 generation = ++m_generation;
    const bool wasRunning = std::exchange(m_running, true);

    const auto end = std::make_shared<std::promise<void>>();
    const std::shared_future<void> ended = end->get_future().share();
    auto body = [this, generation, work = std::move(work), end](std::stop_token stop) {
        using Clock = std::chrono::steady_clock;
        auto next = Clock::now();
        const ProgressSink sink = [this, generation, &next](const Progress& progress) {
            const auto now = Clock::now();
            if (now < next && progress.done != progress.total)
                return;
            next = now + std::chrono::milliseconds(50);
            const QString stage = QString::fromUtf8(
                progress.stage.data(), static_cast<qsizetype>(progress.stage.size()));
            QMetaObject::invokeMethod(
                this,
                [this, generation, stage, done = progress.done, total = progress.total] {
                    if (generation == m_generation && m_running)
                        Q_EMIT progressed(stage, done, total);
                },
                Qt::QueuedConnection);
        };
        // `this` outlives the thread: the destructor joins, and Qt drops what is still posted then.
        post(generation, work(stop, sink));
        end->set_value();
    };
    try {
        m_tasks.push_back({ generation, ended, std::jthread(std::move(body)) });
    } catch (const std::system_error& error) {
        post(generation, refused(error));
    }
    if (!wasRunning)
        Q_EMIT runningChanged();
}

void Job::post(quint64 generation, Delivery delivery)
{
    QMetaObject::invokeMethod(
        this, [this, generation, delivery = std::move(delivery)] { finish(generation, delivery); },
        Qt::QueuedConnection);
}

void Job::finish(quint64 generation, const Delivery& delivery)
{
    // The thread has posted its last words, so that this join is a matter of microseconds.
    std::erase_if(
        m_tasks, [generation](const Task& task) { return task.generation == generation; });
    if (generation != m_generation || !m_running)
        return;
    m_running = false;
    Q_EMIT runningChanged();
    delivery();
}

Job::Post Job::poster()
{
    return [this, generation = m_generation + 1](std::function<void()> function) {
        QMetaObject::invokeMethod(
            this,
            [this, generation, function = std::move(function)] {
                if (generation == m_generation && m_running)
                    function();
            },
            Qt::QueuedConnection);
    };
}

void Job::cancel()
{
    for (Task& task : m_tasks)
        task.thread.request_stop();
}

void Job::abandon()
{
    cancel();
    ++m_generation;
    if (std::exchange(m_running, false))
        Q_EMIT runningChanged();
}

} // namespace vernier::ui
