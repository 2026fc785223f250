#include "tests/bench/step_clock.h"

#include "tests/bench/figures.h"

#include <algorithm>

namespace vernier::bench {

double StepClock::Epoch::besides() const
{
    return std::max(
        0.0, seconds - trainSteps * median(train) - validationSteps * median(validation));
}

void StepClock::seeStep(const StepDone& step, double seconds)
{
    (step.validating ? m_current.validationSteps : m_current.trainSteps) = step.step;
    if (step.step > 1 && step.step < step.steps)
        (step.validating ? m_current.validation : m_current.train).push_back(seconds);
}

void StepClock::see(const TrainingEvent& event)
{
    const auto* step = std::get_if<StepDone>(&event);
    const bool epochEnds = std::holds_alternative<EpochDone>(event);
    if (!step && !epochEnds)
        return;
    const auto now = std::chrono::steady_clock::now();
    const auto since = [&](std::chrono::steady_clock::time_point then) {
        return std::chrono::duration<double>(now - then).count();
    };
    if (step)
        seeStep(*step, since(m_last));
    m_last = now;
    if (!epochEnds)
        return;
    m_current.seconds = since(m_epochStart);
    m_current.doneAfter = since(m_start);
    m_epochs.push_back(std::move(m_current));
    m_current = {};
    m_epochStart = now;
}

} // namespace vernier::bench
