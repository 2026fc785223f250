// Whether a GPU gives what the CPU gives: forward, gradients, augmentation, whole trainings, and
// what happens when its memory runs out. Needs LibTorch alone; prints a line a check, with its
// figures.
//
// Ends with 0: all agree; 1: something does not; 77: there is no GPU (and --device cpu was not
// given).

#include "core/features/tensor_augmentation.h"
#include "core/image/augmentation.h"
#include "core/model/compute.h"
#include "core/model/devices.h"
#include "core/recipe/pretrained.h"
#include "core/training/trainer.h"
#include "tests/support/give_up.h"
#include "tests/support/synthetic_pictures.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tight_memory.h"

#include <CLI/CLI.hpp>
#include <c10/core/CachingDeviceAllocator.h>

#include <cmath>
#include <cstdio>

namespace vernier::test {

namespace {

constexpr int kNoGpu = 77;
constexpr double kMiB = 1024.0 * 1024.0;

class Report {
public:
    void atMost(const std::string& what, double figure, double limit)
    {
        print(what, figure, "at most", limit, std::isfinite(figure) && figure <= limit);
    }
    void atLeast(const std::string& what, double figure, double limit)
    {
        print(what, figure, "at least", limit, std::isfinite(figure) && figure >= limit);
    }
    void holds(const std::string& what, bool so)
    {
        std::printf("%s  %s\n", so ? "ok  " : "FAIL", what.c_str());
        count(so);
    }
    /// A figure that nothing is expected of.
    static void tell(const std::string& what, double figure)
    {
        std::printf("      %s: %.6g\n", what.c_str(), figure);
        std::fflush(stdout);
    }
    int failed() const { return m_failed; }
    int checks() const { return m_checks; }

private:
    void print(const std::string& what, double figure, const char* bound, double limit, bool so)
    {
        std::printf(
            "%s  %s: %.3g (%s %.3g)\n", so ? "ok  " : "FAIL", what.c_str(), figure, bound, limit);
        count(so);
    }
    void count(bool so)
    {
        std::fflush(stdout);
        ++m_checks;
        m_failed += so ? 0 : 1;
    }
    int m_checks = 0;
    int m_failed = 0;
};

template <class T> T orGiveUp(Result<T> result)
{
    if (!result)
        giveUp("gpu_check: " + result.error().text());
    return *std::move(result);
}

double largestDifference(const torch::Tensor& a, const torch::Tensor& b)
{
    const auto x = a.to(torch::kCPU).to(torch::kDouble);
    const auto y = b.to(torch::kCPU).to(torch::kDouble);
    return ((x - y).abs().max() / x.abs().max().clamp_min(1e-12)).item<double>();
}

double normOfDifference(const torch::Tensor& a, const torch::Tensor& b)
{
    const auto x = a.to(torch::kCPU).to(torch::kDouble);
    const auto y = b.to(torch::kCPU).to(torch::kDouble);
    return ((x - y).norm() / x.norm().clamp_min(1e-12)).item<double>();
}

double cosine(const torch::Tensor& a, const torch::Tensor& b)
{
    const auto x = a.to(torch::kCPU).to(torch::kDouble).flatten();
    const auto y = b.to(torch::kCPU).to(torch::kDouble).flatten();
    return (x.dot(y) / (x.norm() * y.norm()).clamp_min(1e-12)).item<double>();
}

Recipe baseRecipe(const std::string& backbone)
{
    Recipe recipe;
    recipe.backbone = backbone;
    recipe.weights = "random";
    recipe.transferLayer = backbone == "vgg16" ? "block5_pool" : "block2_pool";
    recipe.normalization = "unit";
    recipe.head = { Pooling::Flatten, { 32 }, 0 };
    recipe.precision = Precision::Fp32;
    return recipe;
}

class Checks {
public:
    Checks(torch::Device device, std::string id, bool quick)
        : m_device(device), m_id(std::move(id)), m_quick(quick)
    {
        // What is compared is fp32 with fp32, not with the 10 bits of TF32.
        at::globalContext().setAllowTF32CuDNN(false);
        at::globalContext().setAllowTF32CuBLAS(false);
    }

    void forward(const std::string& backbone)
    {
        const auto [network, rgb] = networkAndPictures(backbone);
        const torch::NoGradGuard noGrad;
        const auto end = network.backboneLayers().size();
        const auto trunk = [&](const Network& on, torch::Device device, torch::ScalarType dtype) {
            return on.backbone(on.normalized(rgb.to(device), dtype), 0, end);
        };
        auto there = network;
        there.to(m_device);
        const auto expected = trunk(network, torch::kCPU, torch::kFloat);
        m_report.atMost(backbone + ", forward, fp32, largest difference",
            largestDifference(expected, trunk(there, m_device, torch::kFloat)), 1e-3);
        m_report.atLeast(backbone + ", forward, bf16 against fp32, cosine",
            cosine(expected, trunk(there, m_device, torch::kBFloat16)), 0.999);
    }

    void gradients(const std::string& backbone)
    {
        const auto [network, rgb] = networkAndPictures(backbone);
        auto there = network;
        there.to(m_device);
        const auto expected = gradientsOf(network, rgb, torch::kCPU, torch::kFloat);
        const auto fp32 = gradientsOf(there, rgb, m_device, torch::kFloat);
        const auto bf16 = gradientsOf(there, rgb, m_device, torch::kBFloat16);
        double worst = 0, least = 1;
        bool allFp32 = true;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            worst = std::max(worst, normOfDifference(expected[i], fp32[i]));
            least = std::min(least, cosine(expected[i], bf16[i]));
            allFp32 = allFp32 && bf16[i].scalar_type() == torch::kFloat;
        }
        m_report.atMost(
            backbone + ", gradients, fp32, difference over norm, worst tensor", worst, 1e-2);
        m_report.atLeast(
            backbone + ", gradients, bf16 against fp32, cosine, worst tensor", least, 0.9);
        m_report.holds(backbone + ", gradients of a bf16 step are fp32", allFp32);
    }

    void augmentation()
    {
        const int size = m_quick ? 40 : 224;
        Augmentation ranges;
        ranges.rotation = 180;
        ranges.widthShift = ranges.heightShift = 0.2;
        ranges.shear = 15;
        ranges.zoomLow = 0.7;
        ranges.zoomHigh = 1.5;
        ranges.horizontalFlip = ranges.verticalFlip = true;
        ranges.brightness = ranges.contrast = ranges.saturation = 0.4;
        const auto dataset = syntheticDataset(2, 8, 0);
        SyntheticPictures source(*dataset, { size, Geometry::Stretch, FillMode::Nearest });
        for (const auto& [fill, name] :
            { std::pair(FillMode::Nearest, "nearest"), std::pair(FillMode::Reflect, "reflect"),
                std::pair(FillMode::Constant, "constant") }) {
            Random random { 3 };
            std::vector<AugmentationDraw> draws;
            std::vector<torch::Tensor> pictures, expected;
            const auto tensorOf = [&](const Picture& picture) {
                return torch::tensor(picture.rgb, torch::kByte).view({ size, size, 3 });
            };
            for (std::size_t i = 0; i < 8; ++i) {
                draws.push_back(draw(ranges, size, size, random));
                const auto picture = orGiveUp(source.read({ i, std::nullopt }));
                pictures.push_back(tensorOf(picture));
                expected.push_back(tensorOf(augmented(picture, draws.back(), fill)));
            }
            const auto result
                = augmented(torch::stack(pictures).to(m_device), draws, fill).to(torch::kCPU);
            const auto apart
                = (result.to(torch::kInt) - torch::stack(expected).to(torch::kInt)).abs();
            m_report.atMost(std::string("augmentation, ") + name + ", grey levels, worst",
                apart.max().item<double>(), 1);
            Report::tell("share of values that differ at all",
                apart.ne(0).to(torch::kDouble).mean().item<double>());
        }
    }

    void training()
    {
        auto recipe = smallTraining();
        const auto expected = train(recipe, "cpu");
        const auto result = train(recipe, m_id);
        compare("a small training, fresh views, fp32", expected, result, 2e-2);
        const auto again = train(recipe, m_id);
        Report::tell("its loss, less that of the same again",
            result.epochs.back().trainLoss - again.epochs.back().trainLoss);

        recipe.views = 2;
        recipe.phases[0].plan.blockRates = { { "block2", 1e-2 } };
        compare("a small training, two kept views, block 1 frozen", train(recipe, "cpu"),
            train(recipe, m_id), 2e-2);

        recipe = smallTraining();
        recipe.precision = Precision::Bf16;
        recipe.phases[0].epochs = 8;
        const auto bf16 = train(recipe, m_id);
        m_report.atLeast("a small training, bf16, validation accuracy",
            bf16.epochs.back().validationAccuracy.value_or(0), 0.9);
    }

    void outOfMemory()
    {
        auto recipe = m_device.is_cpu() ? smallTraining() : baseRecipe("vgg16");
        recipe.views = kFreshViews;
        if (!m_device.is_cpu()) {
            recipe.head = { Pooling::Average, {}, 0 };
            recipe.batchSize = 32;
            recipe.optimizer = { OptimizerKind::Sgd, 0.9, 0, 1e-7 };
            recipe.phases = { { { 1e-3, {} }, 2, 0 } };
            for (const auto* block : { "block1", "block2", "block3", "block4", "block5" })
                recipe.phases[0].plan.blockRates[block] = 1e-3;
        }
        const auto whole = train(recipe, m_id);
        Trained parts;
        if (m_device.is_cpu()) {
            const TightMemory tight(200'000);
            parts = train(recipe, m_id);
        } else {
            // Leaves what a few pictures need, and less than half of what 32 do.
            const auto left = static_cast<std::uint64_t>(2500 * kMiB);
            auto* allocator = c10::getDeviceAllocator(m_device.type());
            allocator->emptyCache();
            const auto free = allocator->getMemoryInfo(m_device.index()).first;
            if (free <= left)
                giveUp("gpu_check: another program holds most of the GPU's memory");
            const auto ballast = torch::empty({ static_cast<std::int64_t>(free - left) },
                torch::TensorOptions(torch::kByte).device(m_device));
            parts = train(recipe, m_id);
        }
        m_report.holds(
            "memory that runs out: nobody is told where it does not", whole.notes.empty());
        m_report.holds("memory that runs out: the training goes on, and says so",
            !parts.notes.empty() && parts.notes[0].find("in parts of") != std::string::npos);
        for (const auto& note : parts.notes)
            std::printf("      %s\n", note.c_str());
        compare("memory that runs out: the parts and the whole", whole, parts, 1e-3);
    }

    int finish() const
    {
        std::printf("%d of %d checks failed\n", m_report.failed(), m_report.checks());
        return m_report.failed() == 0 ? 0 : 1;
    }

private:
    struct Trained {
        std::vector<EpochDone> epochs;
        std::vector<std::string> notes;
    };

    Recipe smallTraining() const
    {
        auto recipe = baseRecipe("tinyvgg");
        recipe.augmentation.rotation = 20;
        recipe.augmentation.widthShift = 0.1;
        recipe.augmentation.horizontalFlip = true;
        recipe.views = kFreshViews;
        recipe.batchSize = 8;
        recipe.optimizer = { OptimizerKind::Sgd, 0.9, 0, 1e-7 };
        recipe.phases = { { { 1e-2, { { "block1", 1e-2 }, { "block2", 1e-2 } } }, 3, 0 } };
        return recipe;
    }

    std::pair<Network, torch::Tensor> networkAndPictures(const std::string& backbone) const
    {
        const auto description
            = orGiveUp(describeModel(baseRecipe(backbone), { "one", "two", "three" }));
        torch::manual_seed(1);
        const auto size = description.inputSize;
        return { orGiveUp(Network::create(description, 1)),
            torch::randint(256, { 4, 3, size, size }, torch::kByte)
                .contiguous(at::MemoryFormat::ChannelsLast) };
    }

    static std::vector<torch::Tensor> gradientsOf(const Network& network, const torch::Tensor& rgb,
        torch::Device device, torch::ScalarType dtype)
    {
        std::vector<torch::Tensor> tensors;
        for (const auto& [name, tensor] : network.state()) {
            tensor.requires_grad_(true);
            tensor.mutable_grad().reset();
            tensors.push_back(tensor);
        }
        const auto labels = torch::tensor({ 0, 1, 2, 0 }, torch::kLong).to(device);
        const auto x = network.backbone(
            network.normalized(rgb.to(device), dtype), 0, network.backboneLayers().size(), true);
        at::cross_entropy_loss(network.head(x.to(torch::kFloat), true), labels).backward();
        std::vector<torch::Tensor> gradients;
        for (const auto& tensor : tensors)
            gradients.push_back(tensor.grad().detach().clone());
        return gradients;
    }

    Trained train(Recipe recipe, const std::string& device) const
    {
        const TemporaryFolder folder;
        recipe.device = device;
        const bool large = recipe.backbone == "vgg16";
        const auto dataset = syntheticDataset(2, large ? 64 : 48, large ? 32 : 24);
        const TrainingJob job { dataset, recipe, folder / "run", RunMode::Fresh, nullptr };
        LiveKnobs knobs;
        Trained trained;
        const auto see = [&](const TrainingEvent& event) {
            if (const auto* epoch = std::get_if<EpochDone>(&event))
                trained.epochs.push_back(*epoch);
            else if (const auto* note = std::get_if<Note>(&event))
                trained.notes.push_back(note->text);
        };
        orGiveUp(vernier::train(job, &SyntheticPictures::make, knobs, see, {}));
        return trained;
    }

    void compare(const std::string& what, const Trained& a, const Trained& b, double limit)
    {
        double worst = a.epochs.size() == b.epochs.size() && !a.epochs.empty() ? 0 : 1;
        for (std::size_t i = 0; worst < 1 && i < a.epochs.size(); ++i) {
            const auto apart
                = [](double x, double y) { return std::abs(x - y) / std::max(x, 0.1); };
            worst = std::max({ worst, apart(a.epochs[i].trainLoss, b.epochs[i].trainLoss),
                apart(a.epochs[i].validationLoss.value_or(0),
                    b.epochs[i].validationLoss.value_or(0)) });
        }
        m_report.atMost(what + ", loss, largest relative difference of an epoch", worst, limit);
    }

    const torch::Device m_device;
    const std::string m_id;
    const bool m_quick;
    Report m_report;
};

int run(const std::string& id, bool quick)
{
    for (const auto& device : devices())
        std::printf("%s: %s, %.0f of %.0f MiB free%s%s\n", device.id.c_str(), device.name.c_str(),
            static_cast<double>(device.freeBytes) / kMiB,
            static_cast<double>(device.totalBytes) / kMiB, device.fastBf16 ? ", bf16" : "",
            device.problem.empty() ? "" : (", unusable: " + device.problem).c_str());
    if (id != "cpu" && cudaDeviceCount() == 0) {
        std::printf("no GPU\n");
        return kNoGpu;
    }
    const auto device = orGiveUp(findDevice(id));
    Checks checks(device, id, quick);
    checks.forward("tinyvgg");
    checks.gradients("tinyvgg");
    if (!quick) {
        checks.forward("vgg16");
        checks.gradients("vgg16");
    }
    checks.augmentation();
    checks.training();
    checks.outOfMemory();
    return checks.finish();
}

} // namespace

} // namespace vernier::test

int main(int argc, char* argv[])
{
    std::string device = "cuda:0";
    bool quick = false;
    CLI::App app { "Checks that a GPU gives what the CPU gives." };
    app.add_option("--device", device, "cuda, cuda:N; cpu: the CPU against itself")
        ->capture_default_str();
    app.add_flag("--quick", quick, "The tiny network alone");
    CLI11_PARSE(app, argc, argv);
    try {
        return vernier::test::run(device, quick);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "gpu_check: %s\n", e.what());
        return 1;
    }
}
