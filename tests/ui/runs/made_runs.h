#pragma once

#include "core/runs/run_list.h"

#include <string>
#include <vector>

namespace vernier::test {

/// A run as a list gives it, without a folder behind it: its validation accuracies, the best of
/// which it has in its epoch.
inline RunSummary madeRun(const std::string& name, const std::vector<double>& accuracies)
{
    RunSummary run;
    run.folder = "/runs/" + name;
    run.dataset = "/pictures";
    run.comparedWith = "default";
    run.finished = true;
    double best = -1;
    for (std::size_t i = 0; i < accuracies.size(); ++i) {
        const int number = static_cast<int>(i) + 1;
        run.epochs.push_back({ 1, number, 1.0 / number, accuracies[i] / 2, 200, 1.0 / number,
            accuracies[i], 100, 2, 66, accuracies[i] > best });
        if (accuracies[i] > best) {
            best = accuracies[i];
            run.bestEpoch = number;
        }
    }
    if (!accuracies.empty())
        run.forkable = { run.bestEpoch, static_cast<int>(accuracies.size()) };
    run.record.sittings
        = { { "2026-01-02T03:04:05Z", 1, "cpu", "a processor", "fp32", 2, "1", "2" } };
    return run;
}

} // namespace vernier::test
