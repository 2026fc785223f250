#include "core/runs/run_course.h"

#include <algorithm>
#include <variant>

namespace vernier {

namespace {

void forgetFrom(RunCourse& course, int epoch)
{
    if (course.epochsDone() < epoch)
        return;
    std::erase_if(course.epochs, [epoch](const EpochDone& done) { return done.epoch >= epoch; });
    if (course.bestEpoch < epoch)
        return;
    const auto* best = bestThrough(course, epoch);
    course.bestEpoch = best ? best->epoch : 0;
}

struct Appender {
    RunCourse& course;

    void operator()(const PhaseStarted& event) const
    {
        // One that ended before its first epoch was never a phase.
        while (!course.phases.empty() && course.phases.back().firstEpoch >= event.firstEpoch)
            course.phases.pop_back();
        forgetFrom(course, event.firstEpoch);
        course.rates.clear();
        course.phases.push_back(event);
        course.ended.reset();
    }
    void operator()(const StepDone& event) const
    {
        course.ended.reset();
        // What is scored comes behind an epoch's training, and is of that epoch.
        if (!event.scoring())
            forgetFrom(course, event.epoch);
    }
    void operator()(const EpochDone& event) const
    {
        forgetFrom(course, event.epoch);
        course.epochs.push_back(event);
        course.ended.reset();
        if (event.best)
            course.bestEpoch = event.epoch;
    }
    void operator()(const Finished& event) const
    {
        course.ended = event;
        course.bestEpoch = event.bestEpoch;
    }
    void operator()(const RateChanged& event) const { course.rates[event.block] = event.rate; }
    void operator()(const Preparing&) const { }
    void operator()(const Failed&) const { }
    void operator()(const Note&) const { }
    void operator()(const Paused&) const { }
};

} // namespace

const EpochDone* RunCourse::best() const
{
    const auto found = std::ranges::find(epochs, bestEpoch, &EpochDone::epoch);
    return found == epochs.end() ? nullptr : &*found;
}

double RunCourse::seconds() const
{
    double sum = 0;
    for (const auto& epoch : epochs)
        sum += epoch.seconds;
    return sum;
}

const EpochDone* bestThrough(const RunCourse& course, int epoch)
{
    const EpochDone* best = nullptr;
    for (const auto& done : course.epochs) {
        if (done.epoch <= epoch && done.best)
            best = &done;
    }
    return best;
}

void append(RunCourse& course, const TrainingEvent& event)
{
    std::visit(Appender { course }, event);
}

} // namespace vernier
