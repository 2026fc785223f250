// Vernier's own figures for the table that `packaging/dev bench` prints; one line of JSON each.

#include "core/base/files.h"
#include "core/prediction/predictor.h"
#include "core/sample/sample.h"
#include "core/training/trainer.h"
#include "tests/bench/bench_pictures.h"
#include "tests/bench/figures.h"
#include "tests/bench/step_clock.h"
#include "tests/support/give_up.h"
#include "tests/support/temporary_folder.h"

#include <CLI/CLI.hpp>

namespace vernier::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBatch = 20;

struct Options {
    std::string folder;
    std::string paint;
    std::string list;
    std::vector<std::string> works;
    std::size_t train = 244;
    std::size_t validation = 153;
    int steps = 12;
    int repeats = 3;
    bool quick = false;
    std::string device = "auto";
    std::string precision = "auto";
};

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

template <class T> T orGiveUp(Result<T> result)
{
    if (!result)
        test::giveUp("bench_training: " + result.error().text());
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

/// The tutorial's network and head. No augmentation: the peers' ways of augmenting differ far more
/// than their training does.
Recipe recipeFor(const Options& options, std::map<std::string, double> blockRates, int epochs)
{
    Recipe recipe;
    recipe.head = { Pooling::Flatten, { 1024 }, 0.5 };
    recipe.batchSize = kBatch;
    recipe.device = options.device;
    recipe = orGiveUp(withValues(recipe, { { "precision", options.precision } }));
    recipe.phases = { { { 1e-4, std::move(blockRates) }, epochs, 0 } };
    return recipe;
}

std::map<std::string, double> ratesOf(std::initializer_list<const char*> blocks)
{
    std::map<std::string, double> rates;
    for (const auto* block : blocks)
        rates[block] = 1e-5;
    return rates;
}

std::vector<StepClock::Epoch> timedRun(const SnapshotPtr& pictures, const Recipe& recipe,
    const std::filesystem::path& run, const std::shared_ptr<FeatureCache>& cache)
{
    LiveKnobs knobs;
    StepClock clock(Clock::now());
    const TrainingJob job { pictures, recipe, run, RunMode::Fresh, cache };
    orGiveUp(train(job, knobs, [&](const TrainingEvent& event) { clock.see(event); }, {}));
    return clock.epochs();
}

void printRates(const std::string& work, const std::vector<double>& stepSeconds)
{
    printFigure(work, "pictures/s", picturesPerSecond(stepSeconds, kBatch));
}

/// On disk too, as every program's is.
std::shared_ptr<FeatureCache> cacheIn(const std::filesystem::path& folder)
{
    return std::make_shared<FeatureCache>(FeatureCache::Options { .folder = folder / "cache" });
}

class Works {
public:
    Works(const Options& options, SnapshotPtr pictures)
        : m_options(options), m_pictures(std::move(pictures))
    {
    }

    void frozen() const
    {
        const test::TemporaryFolder folder;
        auto cache = cacheIn(folder.path());
        const auto cold = timedRun(
            m_pictures, recipeFor(m_options, {}, 1 + m_options.repeats), folder / "cold", cache);
        printFigure("press_cold", "s", { cold.front().doneAfter });
        printRates("frozen", cold.front().train);
        printRates("forward", cold.front().validation);

        std::vector<double> train, validation, besides, press;
        for (std::size_t i = 1; i < cold.size(); ++i) {
            train.insert(train.end(), cold[i].train.begin(), cold[i].train.end());
            validation.insert(
                validation.end(), cold[i].validation.begin(), cold[i].validation.end());
            besides.push_back(cold[i].besides());
        }
        printRates("frozen_cached", train);
        printRates("forward_cached", validation);
        printFigure("epoch_besides", "s", besides);

        // Another head, rate and seed: what a person changes between two presses of the button.
        for (int i = 0; i < m_options.repeats; ++i) {
            auto recipe = recipeFor(m_options, {}, 1);
            recipe.seed += static_cast<std::uint64_t>(i) + 1;
            recipe.phases[0].plan.headRate = 2e-4;
            // Opened anew, as by a program that has just been started.
            cache = cacheIn(folder.path());
            const auto warm
                = timedRun(m_pictures, recipe, folder / ("warm" + std::to_string(i)), cache);
            press.push_back(warm.front().doneAfter);
        }
        printFigure("press_warm", "s", press);
    }

    void blocks45() const
    {
        const test::TemporaryFolder folder;
        const auto epochs
            = timedRun(someSteps(), recipeFor(m_options, ratesOf({ "block4", "block5" }), 2),
                folder / "run", cacheIn(folder.path()));
        printRates("blocks45", epochs[0].train);
        printRates("blocks45_cached", epochs[1].train);
        printRates("blocks45_forward", epochs[0].validation);
        printRates("blocks45_forward_cached", epochs[1].validation);
    }

    void all() const
    {
        const test::TemporaryFolder folder;
        const auto epochs = timedRun(someSteps(),
            recipeFor(m_options, ratesOf({ "block1", "block2", "block3", "block4", "block5" }), 1),
            folder / "run", cacheIn(folder.path()));
        printRates("all", epochs[0].train);
    }

    void predict() const
    {
        const test::TemporaryFolder folder;
        auto recipe = recipeFor(m_options, {}, 1);
        timedRun(fewer(m_pictures, kBatch, 0), recipe, folder / "run", nullptr);
        const auto model = orGiveUp(Predictor::open(folder / "run", m_options.device));
        std::vector<std::filesystem::path> paths;
        const auto pictures = someSteps();
        for (const auto& image : pictures->images)
            paths.push_back(pictures->absolute(image));
        // Once for nothing: the first call makes the kernels.
        const std::vector<std::filesystem::path> firstFew(paths.begin(), paths.begin() + kBatch);
        orGiveUp(model.predict(firstFew, [](const Prediction&) {}));
        std::vector<double> rates;
        for (int i = 0; i < (m_options.quick ? 1 : m_options.repeats); ++i) {
            const auto start = Clock::now();
            orGiveUp(model.predict(paths, [](const Prediction&) {}));
            rates.push_back(static_cast<double>(paths.size()) / secondsSince(start));
        }
        printFigure("predict", "pictures/s", rates);
    }

private:
    /// Two steps more than asked for, for the first and the last are not timed; and four validation
    /// steps.
    SnapshotPtr someSteps() const
    {
        return fewer(
            m_pictures, static_cast<std::size_t>(kBatch * (m_options.steps + 2)), kBatch * 4);
    }

    const Options& m_options;
    const SnapshotPtr m_pictures;
};

int run(const Options& options)
{
    const test::TemporaryFolder scratch;
    std::filesystem::path folder = options.folder;
    if (folder.empty()) {
        folder = options.paint.empty() ? scratch / "sample" : std::filesystem::path(options.paint);
        SampleOptions sample;
        sample.trainPerClass = static_cast<int>(options.train + 2) / 3;
        sample.testPerClass = static_cast<int>(options.validation + 2) / 3;
        orGiveUp(paintSample(folder, sample));
    }
    const auto pictures = orGiveUp(chosenPictures(folder, options.train, options.validation));
    if (!options.list.empty())
        orGiveUp(writeFileAtomically(options.list, listOf(*pictures)));

    const Works works(options, pictures);
    const std::map<std::string, std::function<void()>> known {
        { "frozen", [&] { works.frozen(); } },
        { "blocks45", [&] { works.blocks45(); } },
        { "all", [&] { works.all(); } },
        { "predict", [&] { works.predict(); } },
    };
    for (const auto& work : options.works) {
        if (work != "none")
            known.at(work)();
    }
    return 0;
}

} // namespace

} // namespace vernier::bench

int main(int argc, char* argv[])
{
    vernier::bench::Options options;
    CLI::App app { "Measures training and prediction; prints one line of JSON a figure." };
    app.add_option("folder", options.folder, "A folder of pictures; without one, some are painted");
    app.add_option("--paint", options.paint, "Paint them here and keep them");
    app.add_option("--list", options.list, "Write which pictures are measured on into this file");
    app.add_option("--work", options.works, "frozen, blocks45, all, predict; or none")
        ->check(CLI::IsMember({ "frozen", "blocks45", "all", "predict", "none" }))
        ->default_val(std::vector<std::string> { "frozen", "blocks45", "all", "predict" });
    app.add_option("--train", options.train, "Training pictures")->check(CLI::Range(40, 100000));
    app.add_option("--validation", options.validation, "Validation pictures")
        ->check(CLI::Range(40, 100000));
    const auto* steps = app.add_option("--steps", options.steps,
                               "Timed steps of a work that is not a whole epoch")
                            ->check(CLI::Range(1, 1000));
    app.add_option("--repeats", options.repeats, "Times that a whole is timed")
        ->check(CLI::Range(1, 100));
    app.add_option("--device", options.device, "auto, cpu, cuda, cuda:N");
    app.add_option("--precision", options.precision, "auto, fp32, bf16");
    app.add_flag("--quick", options.quick, "Few steps");
    CLI11_PARSE(app, argc, argv);
    if (options.quick && steps->count() == 0)
        options.steps = 3;
    return vernier::bench::run(options);
}
