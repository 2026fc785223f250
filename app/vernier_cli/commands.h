#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace vernier::cli {

/// What the chosen command does once the arguments are read; gives the exit code.
using Command = std::function<int()>;

/// Each adds its command to `app` and, when that is chosen, puts what it does into `chosen`.
void addInfo(CLI::App& app, Command& chosen);
void addScan(CLI::App& app, Command& chosen);
void addSummary(CLI::App& app, Command& chosen);
void addTrain(CLI::App& app, Command& chosen);
void addFindRate(CLI::App& app, Command& chosen);
void addEvaluate(CLI::App& app, Command& chosen);
void addPredict(CLI::App& app, Command& chosen);
void addMend(CLI::App& app, Command& chosen);
void addSuspects(CLI::App& app, Command& chosen);
void addExport(CLI::App& app, Command& chosen);
void addWeights(CLI::App& app, Command& chosen);
void addData(CLI::App& app, Command& chosen);
void addCache(CLI::App& app, Command& chosen);
void addRuns(CLI::App& app, Command& chosen);
void addSweep(CLI::App& app, Command& chosen);

} // namespace vernier::cli
