#include "ui/session/run_history.h"

#include "ui/base/format.h"

#include <algorithm>
#include <utility>

namespace vernier::ui {
namespace {

constexpr std::size_t kMaxSteps = 2000;

void thin(std::vector<StepDone>& steps)
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < steps.size(); i += 2)
        steps[kept++] = steps[i];
    steps.resize(kept);
}

/// What is only so while it trains.
struct Live {
    RunHistory& history;

    void operator()(const PhaseStarted&) const { history.step.reset(); }
    void operator()(const Preparing& event) const { history.preparing = event; }
    void operator()(const StepDone& event) const
    {
        history.preparing.reset();
        history.step = event;
        if (event.scoring())
            return;
        const auto isBehind = [&](const StepDone& step) {
            return std::pair(step.epoch, step.step) >= std::pair(event.epoch, event.step);
        };
        if (!history.steps.empty() && isBehind(history.steps.back()))
            std::erase_if(history.steps, isBehind);
        if (history.steps.size() >= kMaxSteps)
            thin(history.steps);
        history.steps.push_back(event);
    }
    // The newest step stays: its time left and rate hold until the next epoch tells its own.
    void operator()(const EpochDone&) const { history.preparing.reset(); }
    void operator()(const Finished&) const { rest(); }
    void operator()(const Failed&) const { rest(); }
    void operator()(const Note&) const { }
    void operator()(const RateChanged&) const { }
    void operator()(const Paused&) const { }

    void rest() const
    {
        history.step.reset();
        history.preparing.reset();
    }
};

} // namespace

void append(RunHistory& history, const TrainingEvent& event)
{
    append(static_cast<RunCourse&>(history), event);
    std::visit(Live { history }, event);
    if (std::holds_alternative<StepDone>(event) || std::holds_alternative<Preparing>(event))
        return;
    history.log << format::sentence(toText(event));
    if (const auto* note = std::get_if<Note>(&event)) {
        for (const std::string& detail : note->details)
            history.log << QStringLiteral("    ") + QString::fromStdString(detail);
    }
}

} // namespace vernier::ui
