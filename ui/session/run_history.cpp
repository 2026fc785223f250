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

struct Appender {
    RunHistory& history;

    void operator()(const PhaseStarted& event) const
    {
        // One that ended before its first epoch was never a phase.
        while (!history.phases.empty() && history.phases.back().firstEpoch >= event.firstEpoch)
            history.phases.pop_back();
        forgetFrom(event.firstEpoch);
        history.rates.clear();
        history.phases.push_back(event);
        history.step.reset();
        history.finished.reset();
    }
    void operator()(const Preparing& event) const { history.preparing = event; }
    void operator()(const StepDone& event) const
    {
        history.preparing.reset();
        history.finished.reset();
        history.step = event;
        if (event.scoring())
            return;
        forgetFrom(event.epoch);
        const auto isBehind = [&](const StepDone& step) {
            return std::pair(step.epoch, step.step) >= std::pair(event.epoch, event.step);
        };
        if (!history.steps.empty() && isBehind(history.steps.back()))
            std::erase_if(history.steps, isBehind);
        if (history.steps.size() >= kMaxSteps)
            thin(history.steps);
        history.steps.push_back(event);
    }
    void operator()(const EpochDone& event) const
    {
        // The newest step stays: its time left and rate hold until the next epoch tells its own.
        history.epochs.push_back(event);
        history.preparing.reset();
        if (event.best)
            history.bestEpoch = event.epoch;
    }
    void operator()(const Finished& event) const
    {
        history.finished = event;
        history.step.reset();
        history.preparing.reset();
        history.bestEpoch = event.bestEpoch;
    }
    void operator()(const Failed&) const
    {
        history.step.reset();
        history.preparing.reset();
    }
    void operator()(const Note&) const { }
    void operator()(const RateChanged& event) const { history.rates[event.block] = event.rate; }
    void operator()(const Paused&) const { }

    /// A run that was broken off goes on from its last checkpoint, and trains what came after anew.
    void forgetFrom(int epoch) const
    {
        if (history.epochs.empty() || history.epochs.back().epoch < epoch)
            return;
        std::erase_if(
            history.epochs, [epoch](const EpochDone& done) { return done.epoch >= epoch; });
        if (history.bestEpoch < epoch)
            return;
        history.bestEpoch = 0;
        for (const EpochDone& done : history.epochs) {
            if (done.best)
                history.bestEpoch = done.epoch;
        }
    }
};

} // namespace

void append(RunHistory& history, const TrainingEvent& event)
{
    std::visit(Appender { history }, event);
    if (std::holds_alternative<StepDone>(event) || std::holds_alternative<Preparing>(event))
        return;
    history.log << format::sentence(toText(event));
    if (const auto* note = std::get_if<Note>(&event)) {
        for (const std::string& detail : note->details)
            history.log << QStringLiteral("    ") + QString::fromStdString(detail);
    }
}

Evaluation rescored(const Evaluation& evaluation, const DatasetSnapshot& dataset)
{
    std::vector<ScoredImage> images;
    images.reserve(evaluation.images.size());
    for (ScoredImage scored : evaluation.images) {
        if (scored.image >= dataset.images.size())
            continue;
        const ImageEntry& entry = dataset.images[scored.image];
        const auto label = static_cast<std::size_t>(entry.label);
        if (entry.split != evaluation.split || label >= scored.logProbabilities.size())
            continue;
        if (entry.label != scored.label)
            scored.judgeAs(entry.label);
        images.push_back(std::move(scored));
    }
    Evaluation result = evaluate(evaluation.split, evaluation.classes, std::move(images));
    result.epoch = evaluation.epoch;
    std::ranges::copy_if(
        evaluation.problems, std::back_inserter(result.problems), [&](const ScanProblem& problem) {
            const auto found = std::ranges::find(dataset.images, problem.path, &ImageEntry::path);
            return found == dataset.images.end() || found->split == evaluation.split;
        });
    return result;
}

} // namespace vernier::ui
