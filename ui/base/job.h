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
#include <vector>

namespace vernier::ui {

/// Runs one function at a time on a thread of its own and delivers its answer on the owner's
/// thread. Starting anew stops the one under way and drops its answer (each carries a generation
/// number, looked at after the hop). All members are called on the owner's thread; `work` must
/// capture values only.
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
        launch(std::move(work), std::move(done));
    }

    /// The same for work on what only one may use at a time (a predictor, a folder): it begins when
    /// all that was started before has ended, and not at all when it was stopped by then.
    template <class Work, class Done> void startInTurn(Work work, Done done)
    {
        std::vector<std::shared_future<void>> before;
        for (const Task& task : m_tasks)
            before.push_back(task.ended);
        launch(
            [work = std::move(work), before = std::move(before)](
                std::stop_token stop, const ProgressSink& progress) mutable
            -> std::invoke_result_t<Work, std::stop_token, const ProgressSink&> {
                for (const auto& ended : before)
                    ended.wait();
                if (stop.stop_requested())
                    return cancelled();
                return work(stop, progress);
            },
            std::move(done));
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

    template <class Work, class Done> void launch(Work work, Done done)
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

    /// `refused`: what is delivered where no thread can be started.
    void run(std::function<Delivery(std::stop_token, const ProgressSink&)> work,
        const std::function<Delivery(const std::exception&)>& refused);
    void post(quint64 generation, Delivery delivery);
    void finish(quint64 generation, const Delivery& delivery);

    struct Task {
        quint64 generation = 0;
        std::shared_future<void> ended;
        std::jthread thread;
    };
    std::list<Task> m_tasks; ///< the current one, and stale ones that have not ended yet
    quint64 m_generation = 0;
    bool m_running = false;
};

} // namespace vernier::ui
