#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <QObject>
#include <QString>

#include <functional>
#include <future>
#include <list>
#include <thread>
#include <type_traits>
#include <utility>

namespace vernier::ui {

/// Runs one function at a time on a thread of its own and delivers its answer on the owner's
/// thread. Starting anew stops the one under way and drops its answer (each carries a generation
/// number, looked at after the hop); the new one begins when that has ended, so that what they use
/// (a predictor, a folder) has one user at a time. All members are called on the owner's thread;
/// `work` must capture values only.
class Job : public QObject {
    Q_OBJECT
public:
    explicit Job(QObject* parent = nullptr);
    ~Job() override; ///< stops and joins; nothing is delivered any more

    /// `work` is Result<T>(std::stop_token, const ProgressSink&), `done` takes the Result<T>.
    /// Whatever `work` throws arrives as an Internal error, and so does that the system has no
    /// thread left.
    template <class Work, class Done> void start(Work work, Done done)
    {
        using Answer = std::invoke_result_t<Work, std::stop_token, const ProgressSink&>;
        const auto delivery = [done = std::move(done)](Answer answer) -> Delivery {
            // std::function wants copies; an answer may be movable only.
            return [answer = std::make_shared<Answer>(std::move(answer)), done] {
                done(std::move(*answer));
            };
        };
        run(
            [work = std::move(work), delivery](
                std::stop_token stop, const ProgressSink& progress) mutable {
                return delivery(guarded<Answer>([&] { return work(stop, progress); }));
            },
            [delivery](const std::exception& exception) {
                return delivery(fail(ErrorCode::Internal, exception.what()));
            });
    }

    bool running() const { return m_running; }
    void cancel(); ///< asks; the answer still comes (Cancelled, or what was done)
    void abandon(); ///< asks, and drops the answer

    /// Runs `function` on the owner's thread soon, unless the work it comes from is stale by then.
    /// For use inside `work`: answers that come piece by piece.
    using Post = std::function<void(std::function<void()>)>;
    Post poster(); ///< for the work that is started next

Q_SIGNALS:
    void progressed(const QString& stage, qint64 done, qint64 total); ///< at most 20 times a second
    void runningChanged();

private:
    using Delivery = std::function<void()>;

    template <class Answer, class Function> static Answer guarded(Function function)
    {
        try {
            return function();
        } catch (const std::exception& exception) {
            return fail(ErrorCode::Internal, exception.what());
        } catch (...) {
            return fail(ErrorCode::Internal, "something unknown went wrong");
        }
    }

    /// `refused`: what is delivered where no thread can be started.
    void run(std::function<Delivery(std::stop_token, const ProgressSink&)> work,
        const std::function<Delivery(const std::exception&)>& refused);
    void post(quint64 generation, Delivery delivery);
    void finish(quint64 generation, const Delivery& delivery);

    struct Task {
        quint64 generation = 0;
        std::jthread thread;
    };
    std::list<Task> m_tasks; ///< the current one, and stale ones that have not ended yet
    std::shared_future<void>
        m_lastEnd; ///< of the newest task, before which the next does not begin
    quint64 m_generation = 0;
    bool m_running = false;
};

} // namespace vernier::ui
