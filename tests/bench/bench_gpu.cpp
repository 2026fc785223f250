// What a GPU reaches, on pictures that are held in memory; one line of JSON a figure. Needs
// LibTorch alone. The weights are random: speed does not depend on them.

#include "core/model/devices.h"
#include "core/training/trainer.h"
#include "tests/bench/figures.h"
#include "tests/support/give_up.h"
#include "tests/support/synthetic_pictures.h"
#include "tests/support/temporary_folder.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>

namespace vernier::bench {

namespace {

struct Options {
    std::string device = "cuda:0";
    std::string precision = "auto";
    std::vector<int> batches { 20, 64 };
    std::size_t pictures = 2000;
    std::size_t validation = 530;
    int epochs = 4;
    bool quick = false;
    std::string backbone = "vgg16";
};

std::map<std::string, double> ratesOf(const std::vector<const char*>& blocks, double rate)
{
    std::map<std::string, double> rates;
    for (const auto* block : blocks)
        rates[block] = rate;
    return rates;
}

/// The tutorial's, see resources/recipes/tutorial.json, which is not there where this runs.
Recipe tutorialRecipe(const Options& options, int batch)
{
    Recipe recipe;
    recipe.weights = "random";
    recipe.normalization = "unit";
    recipe.head = { Pooling::Flatten, { 1024 }, 0.5 };
    recipe.augmentation.rotation = 180;
    recipe.augmentation.widthShift = recipe.augmentation.heightShift = 0.1;
    recipe.augmentation.shear = 0.1;
    recipe.augmentation.zoomLow = 0.9;
    recipe.augmentation.zoomHigh = 1.5;
    recipe.augmentation.horizontalFlip = recipe.augmentation.verticalFlip = true;
    recipe.views = kFreshViews;
    recipe.batchSize = batch;
    recipe.device = options.device;
    recipe.backbone = options.backbone;
    if (options.backbone != "vgg16")
        recipe.transferLayer = "block2_pool";
    const auto withPrecision = withValues(recipe, { { "precision", options.precision } });
    if (!withPrecision)
        test::giveUp("bench_gpu: " + withPrecision.error().text());
    return *withPrecision;
}

std::vector<EpochDone> epochsOf(const Recipe& recipe, std::size_t pictures, std::size_t validation)
{
    const test::TemporaryFolder folder;
    const auto dataset = test::syntheticDataset(3, pictures, validation);
    const TrainingJob job { dataset, recipe, folder / "run", RunMode::Fresh, nullptr };
    LiveKnobs knobs;
    std::vector<EpochDone> epochs;
    const auto see = [&](const TrainingEvent& event) {
        if (const auto* epoch = std::get_if<EpochDone>(&event))
            epochs.push_back(*epoch);
        else if (const auto* note = std::get_if<Note>(&event))
            std::cerr << note->text << std::endl;
    };
    if (const auto done = train(job, &test::SyntheticPictures::make, knobs, see, {}); !done)
        test::giveUp("bench_gpu: " + done.error().text());
    return epochs;
}

/// Of the epochs after the first, which decodes, or here paints, the pictures and tries kernels.
std::vector<double> laterRates(const std::vector<EpochDone>& epochs)
{
    std::vector<double> rates;
    for (std::size_t i = 1; i < epochs.size(); ++i)
        rates.push_back(epochs[i].picturesPerSecond);
    return rates;
}

void rates(const Options& options, int batch)
{
    const bool vgg16 = options.backbone == "vgg16";
    const std::vector<const char*> all { "block1", "block2", "block3", "block4", "block5" };
    const std::vector<const char*> last { "block4", "block5" };
    const std::vector<const char*> allOfTiny { "block1", "block2" };
    const std::vector<const char*> lastOfTiny { "block2" };
    for (const auto& [work, blocks] : { std::pair("frozen_fresh", ratesOf({}, 0)),
             std::pair("blocks45", ratesOf(vgg16 ? last : lastOfTiny, 1e-5)),
             std::pair("all", ratesOf(vgg16 ? all : allOfTiny, 1e-5)) }) {
        auto recipe = tutorialRecipe(options, batch);
        recipe.phases = { { { 1e-4, blocks }, options.epochs, 0 } };
        printFigure(std::string("gpu_") + work + "_batch" + std::to_string(batch), "pictures/s",
            laterRates(epochsOf(recipe, options.pictures, 0)));
    }
}

/// 20 epochs of the head and 20 of blocks 4 and 5, each of 100 steps of 20 pictures out of 4170,
/// and 530 validated: a few are run, the rest is like the last of them.
void tutorial(const Options& options)
{
    constexpr int kBatch = 20;
    constexpr int kEpochs = 20;
    const std::size_t pictures = options.quick ? options.pictures : 4170;
    const int steps = static_cast<int>(std::min<std::size_t>(100, options.pictures / kBatch));
    auto recipe = tutorialRecipe(options, kBatch);
    const auto last = options.backbone == "vgg16" ? ratesOf({ "block4", "block5" }, 1e-7)
                                                  : ratesOf({ "block2" }, 1e-7);
    recipe.phases
        = { { { 1e-5, {} }, options.epochs, steps }, { { 1e-7, last }, options.epochs, steps } };
    const auto start = std::chrono::steady_clock::now();
    const auto epochs = epochsOf(recipe, pictures, options.validation);
    const double wall
        = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    double total = wall; // checkpoints and the start included
    for (const int phase : { 1, 2 }) {
        double lastSeconds = 0;
        for (const auto& epoch : epochs) {
            if (epoch.phase == phase)
                lastSeconds = epoch.seconds;
        }
        total += (kEpochs - options.epochs) * lastSeconds;
    }
    printFigure("gpu_tutorial_measured_part", "s", { wall });
    printFigure("gpu_tutorial", "s", { total });
}

void run(const Options& options)
{
    for (const auto& device : devices()) {
        if (device.id == options.device)
            std::cerr << device.name << std::endl;
    }
    for (const int batch : options.batches)
        rates(options, batch);
    tutorial(options);
}

} // namespace

} // namespace vernier::bench

int main(int argc, char* argv[])
{
    vernier::bench::Options options;
    CLI::App app { "Measures training on a GPU; prints one line of JSON a figure." };
    app.add_option("--device", options.device, "cuda:N, or cpu to try the program itself")
        ->capture_default_str();
    app.add_option("--precision", options.precision, "auto, fp32, bf16");
    app.add_option("--batch", options.batches, "Batch sizes")->check(CLI::Range(1, 4096));
    app.add_option("--backbone", options.backbone, "vgg16, or tinyvgg to try the program itself");
    app.add_flag("--quick", options.quick, "Few pictures and epochs");
    CLI11_PARSE(app, argc, argv);
    if (options.quick) {
        options.pictures = 240;
        options.validation = 60;
        options.epochs = 2;
    }
    vernier::bench::run(options);
    return 0;
}
