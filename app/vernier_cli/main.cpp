#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"

#include "core/base/text.h"
#include "core/base/version.h"

#include <iostream>

#include <CLI/CLI.hpp>

int main(int argc, char** argv)
{
    using namespace vernier::cli;
    const PlainStream plainOut(std::cout);
    const PlainStream plainErr(std::cerr);
    CLI::App app(
        "Fine-tunes an image classifier on your own photographs, without a window.", "vernier-cli");
    // Not one at least: a misspelt command is told as one that is not known, not as one that is
    // missing.
    app.require_subcommand(0, 1);
    app.set_version_flag("--version", vernier::vernierVersion());
    Command chosen;
    addInfo(app, chosen);
    addScan(app, chosen);
    addSummary(app, chosen);
    addTrain(app, chosen);
    addFindRate(app, chosen);
    addEvaluate(app, chosen);
    addPredict(app, chosen);
    addMend(app, chosen);
    addSuspects(app, chosen);
    addExport(app, chosen);
    addWeights(app, chosen);
    addData(app, chosen);
    addCache(app, chosen);
    addRuns(app, chosen);
    addSweep(app, chosen);
    try {
        app.parse(argc, argv);
        if (!chosen)
            throw CLI::RequiredError("A command");
        const int code = chosen();
        if (!std::cout.flush()) {
            std::cerr << "vernier-cli: the output could not be written; is the disk full?\n";
            return kFailed;
        }
        return code;
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0)
            return app.exit(e);
        std::cerr << "vernier-cli: " << vernier::printable(e.what())
                  << "; see vernier-cli --help\n";
        return kWrongUsage;
    } catch (const std::exception& e) {
        std::cerr << "vernier-cli: " << vernier::printable(e.what()) << '\n';
        return kFailed;
    }
}
