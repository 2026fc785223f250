#include "core/recipe/recipe.h"

#include "core/base/files.h"
#include "core/base/json_reader.h"
#include "core/base/resource_dir.h"
#include "core/base/text.h"
#include "core/model/model_json.h"
#include "core/recipe/recipe_bounds.h"
#include "core/recipe/recipe_json.h"
#include "core/weights/weight_names.h"

#include <algorithm>
#include <ranges>
#include <span>

namespace vernier {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

using Words = std::vector<std::pair<std::string, int>>;

constexpr std::uint64_t kMaxRecipeBytes = 1 << 20;
constexpr std::string_view kAuto = "auto";
const std::vector<std::string> kOptimizers { "adam", "adamw", "sgd", "rmsprop" };
const std::vector<std::string> kPrecisions { "auto", "fp32", "bf16" };
const Words kViewWords { { "auto", kAutoViews }, { "fresh", kFreshViews } };
const Words kSizeWords { { "auto", kBackbonesSize } };
const Words kPerClassWords { { "all", kAllOfClass }, { "balanced", kBalancedClasses } };
const std::vector<std::string> kSchedules = [] {
    std::vector<std::string> names;
    for (const auto kind : kScheduleKinds)
        names.emplace_back(name(kind));
    return names;
}();
const std::vector<std::string> kWatches { "loss", "accuracy" };
const std::vector<std::string> kFillModes { "nearest", "reflect", "constant" };
const std::vector<std::string> kGeometries { "stretch", "crop" };

ordered_json augmentationToJson(const Augmentation& a)
{
    ordered_json j;
    j["rotation"] = a.rotation;
    j["width_shift"] = a.widthShift;
    j["height_shift"] = a.heightShift;
    j["shear"] = a.shear;
    j["zoom_low"] = a.zoomLow;
    j["zoom_high"] = a.zoomHigh;
    j["horizontal_flip"] = a.horizontalFlip;
    j["vertical_flip"] = a.verticalFlip;
    j["brightness"] = a.brightness;
    j["contrast"] = a.contrast;
    j["saturation"] = a.saturation;
    j["fill"] = kFillModes[static_cast<std::size_t>(a.fill)];
    return j;
}

Status readAugmentation(const json& object, const JsonReader& parent, Augmentation& a)
{
    JsonReader reader(object, parent.pathOf("augmentation"), parent.file());
    reader.read("rotation", a.rotation, 0, 180);
    reader.read("width_shift", a.widthShift, 0, 1);
    reader.read("height_shift", a.heightShift, 0, 1);
    reader.read("shear", a.shear, 0, 80);
    reader.read("zoom_low", a.zoomLow, 0.1, 10);
    reader.read("zoom_high", a.zoomHigh, 0.1, 10);
    reader.read("horizontal_flip", a.horizontalFlip);
    reader.read("vertical_flip", a.verticalFlip);
    reader.read("brightness", a.brightness, 0, 1);
    reader.read("contrast", a.contrast, 0, 1);
    reader.read("saturation", a.saturation, 0, 1);
    reader.choose("fill", a.fill, kFillModes);
    if (a.zoomLow > a.zoomHigh)
        reader.complain("zoom_low", "must not be above zoom_high");
    return reader.finish();
}

ordered_json scheduleToJson(const Schedule& schedule)
{
    ordered_json j;
    j["kind"] = name(schedule.kind);
    j["warmup"] = schedule.warmup;
    j["drop_every"] = schedule.dropEvery;
    j["drop_to"] = schedule.dropTo;
    j["peak_at"] = schedule.peakAt;
    return j;
}

Status readSchedule(const json& object, const JsonReader& parent, Schedule& schedule)
{
    JsonReader reader(object, parent.pathOf("schedule"), parent.file());
    reader.choose("kind", schedule.kind, kSchedules);
    reader.read("warmup", schedule.warmup, 0, 0.9);
    reader.read("drop_every", schedule.dropEvery, 1, 10000);
    reader.read("drop_to", schedule.dropTo, 0.001, 1);
    reader.read("peak_at", schedule.peakAt, 0.05, 0.95);
    return reader.finish();
}

ordered_json phaseToJson(const Phase& phase)
{
    ordered_json j;
    j["head_rate"] = phase.plan.headRate;
    j["block_rates"] = ordered_json::object();
    for (const auto& [block, rate] : phase.plan.blockRates)
        j["block_rates"][block] = rate;
    j["layer_rates"] = ordered_json::object();
    for (const auto& [layer, rate] : phase.plan.layerRates)
        j["layer_rates"][layer] = rate;
    j["epochs"] = phase.epochs;
    j["steps_per_epoch"] = phase.stepsPerEpoch;
    j["schedule"] = scheduleToJson(phase.schedule);
    j["patience"] = phase.patience;
    j["watch"] = name(phase.watch);
    return j;
}

void readRates(
    JsonReader& reader, const char* key, double lowest, std::map<std::string, double>& rates)
{
    const auto* object = reader.object(key);
    if (!object)
        return;
    rates.clear();
    JsonReader named(*object, reader.pathOf(key), reader.file());
    for (const auto& [name, value] : object->items())
        named.read(name.c_str(), rates[name], lowest, kLargestRate);
    reader.adopt(named.finish());
}

Status readPhase(
    const json& object, const std::string& path, const std::filesystem::path& file, Phase& phase)
{
    JsonReader reader(object, path, file);
    reader.read("head_rate", phase.plan.headRate, kSmallestRate, kLargestRate);
    readRates(reader, "block_rates", kSmallestRate, phase.plan.blockRates);
    readRates(reader, "layer_rates", 0, phase.plan.layerRates);
    reader.read("epochs", phase.epochs, 1, kMostEpochsOfPhase);
    reader.read("steps_per_epoch", phase.stepsPerEpoch, 0, 1'000'000);
    if (const auto* schedule = reader.object("schedule"))
        reader.adopt(readSchedule(*schedule, reader, phase.schedule));
    reader.read("patience", phase.patience, 0, kMostEpochsOfPhase);
    reader.choose("watch", phase.watch, kWatches);
    return reader.finish();
}

/// The word that stands for a number, or else the number.
ordered_json worded(int value, const Words& words)
{
    for (const auto& [word, number] : words) {
        if (number == value)
            return word;
    }
    return value;
}

Result<Recipe> recipeFromParsed(const json& parsed, const std::filesystem::path& file)
{
    Recipe r;
    JsonReader reader(parsed, {}, file);
    reader.read("name", r.name);
    reader.read("about", r.about);
    reader.read("backbone", r.backbone);
    reader.read("weights", r.weights);
    const auto backbone = findArchitecture(r.backbone);
    if (backbone)
        r.transferLayer = (*backbone)->layers.back().name;
    reader.read("transfer_layer", r.transferLayer);
    reader.read("normalization", r.normalization);
    if (const auto* head = reader.object("head")) {
        if (auto read = headFromJson(*head, "head", file))
            r.head = *read;
        else
            reader.adopt(tl::unexpected(read.error()));
    }
    if (const auto* object = reader.object("pictures")) {
        JsonReader pictures(*object, "pictures", file);
        pictures.read("size", r.size, 1, 1'000'000, kSizeWords);
        if (r.size != kBackbonesSize && !isInputSize(r.size))
            pictures.complain("size",
                "must be auto or a multiple of " + std::to_string(kInputStep) + ", "
                    + std::to_string(kLargestInput) + " at most, is " + std::to_string(r.size));
        pictures.choose("geometry", r.geometry, kGeometries);
        if (const auto* augmentation = pictures.object("augmentation"))
            pictures.adopt(readAugmentation(*augmentation, pictures, r.augmentation));
        pictures.read("views", r.views, 0, 1000, kViewWords);
        pictures.read("class_weights", r.classWeights);
        pictures.read("per_class", r.perClass, 1, 1'000'000, kPerClassWords);
        pictures.read("validation_fraction", r.validationFraction, 0.01, 0.9);
        pictures.read("test_to_train", r.testToTrain, 0, 0.9);
        reader.adopt(pictures.finish());
    }
    reader.read("batch_size", r.batchSize, 1, 4096);
    if (const auto* object = reader.object("optimizer")) {
        JsonReader optimizer(*object, "optimizer", file);
        optimizer.choose("name", r.optimizer.kind, kOptimizers);
        optimizer.read("momentum", r.optimizer.momentum, 0, 0.9999);
        optimizer.read("weight_decay", r.optimizer.weightDecay, 0, 1);
        optimizer.read("epsilon", r.optimizer.epsilon, 1e-16, 1);
        optimizer.read("clip_norm", r.optimizer.clipNorm, 0, 1000);
        reader.adopt(optimizer.finish());
    }
    reader.read("label_smoothing", r.labelSmoothing, 0, 0.5);
    reader.read("mixup", r.mixUp, 0, 1);
    reader.read("average_decay", r.averageDecay, 0, 0.9999);
    if (const auto* phases = reader.array("phases")) {
        const auto most = std::size_t { kMostPhases };
        if (phases->empty() || phases->size() > most)
            reader.complain("phases", "must have 1 to " + std::to_string(kMostPhases) + " entries");
        r.phases.clear();
        for (std::size_t i = 0; i < phases->size() && i < most; ++i) {
            Phase phase;
            reader.adopt(readPhase((*phases)[i], "phases." + std::to_string(i), file, phase));
            r.phases.push_back(std::move(phase));
        }
    }
    reader.read("seed", r.seed);
    reader.read("device", r.device);
    if (!isDevice(r.device))
        reader.complain("device", "must be auto, cpu, cuda or cuda:N, is \"" + r.device + "\"");
    reader.choose("precision", r.precision, kPrecisions);
    if (auto ok = reader.finish(); !ok)
        return tl::unexpected(ok.error());

    const auto about = [&](const char* key, Error error) {
        error.detail = std::string(key) + ": " + error.detail;
        error.code = ErrorCode::Invalid;
        error.path = file;
        return tl::unexpected(std::move(error));
    };
    if (!backbone)
        return about("backbone", backbone.error());
    const auto transfer = (*backbone)->indexOf(r.transferLayer);
    if (!transfer)
        return about("transfer_layer", transfer.error());
    if (auto known = findNormalization(r.normalization); !known && r.normalization != kAuto)
        return about("normalization", known.error());
    for (std::size_t i = 0; i < r.phases.size(); ++i) {
        const auto& plan = r.phases[i].plan;
        const auto phase = "phases." + std::to_string(i);
        if (auto ok = check({ plan.headRate, plan.blockRates, {} }, **backbone, *transfer + 1); !ok)
            return about((phase + ".block_rates").c_str(), ok.error());
        if (auto ok = check(plan, **backbone, *transfer + 1); !ok)
            return about((phase + ".layer_rates").c_str(), ok.error());
    }
    return r;
}

Status set(json& whole, std::string_view key, std::string_view value)
{
    json* place = &whole;
    for (const auto part : std::views::split(key, '.')) {
        const std::string word(part.begin(), part.end());
        if (word.empty())
            continue;
        const bool isIndex = place->is_array()
            && word.find_first_not_of("0123456789") == std::string::npos && word.size() < 6
            && std::stoul(word) < place->size();
        // Rates are the objects whose keys the recipe does not list beforehand.
        const bool isRate = place->is_object()
            && (key.find(".block_rates.") != std::string_view::npos
                || key.find(".layer_rates.") != std::string_view::npos)
            && word.starts_with("block") && word != "block_rates";
        if (isIndex)
            place = &(*place)[std::stoul(word)];
        else if (place->is_object() && (place->contains(word) || isRate))
            place = &(*place)[word];
        else
            return fail(ErrorCode::Invalid, std::string(key) + ": is not a key of a recipe", {},
                "look at a recipe file for the names");
    }
    if (place == &whole)
        return fail(ErrorCode::Invalid, "a key is missing before the \"=\"", {},
            "write --set head.dropout=0.3");
    if (utf8(std::filesystem::path(value)) != value)
        return fail(ErrorCode::Invalid, std::string(key) + ": must be UTF-8, is " + excerpt(value));
    auto parsed = parseJson(value, {});
    const bool takeAsText = !parsed || (place->is_string() && !parsed->is_string());
    *place = takeAsText ? json(std::string(value)) : std::move(*parsed);
    return {};
}

} // namespace

ordered_json recipeToJson(const Recipe& r)
{
    ordered_json j;
    j["name"] = r.name;
    j["about"] = r.about;
    j["backbone"] = r.backbone;
    j["weights"] = r.weights;
    j["transfer_layer"] = r.transferLayer;
    j["normalization"] = r.normalization;
    j["head"] = headToJson(r.head);
    auto& pictures = j["pictures"];
    pictures["size"] = worded(r.size, kSizeWords);
    pictures["geometry"] = name(r.geometry);
    pictures["augmentation"] = augmentationToJson(r.augmentation);
    pictures["views"] = worded(r.views, kViewWords);
    pictures["class_weights"] = r.classWeights;
    pictures["per_class"] = worded(r.perClass, kPerClassWords);
    pictures["validation_fraction"] = r.validationFraction;
    pictures["test_to_train"] = r.testToTrain;
    j["batch_size"] = r.batchSize;
    auto& optimizer = j["optimizer"];
    optimizer["name"] = name(r.optimizer.kind);
    optimizer["momentum"] = r.optimizer.momentum;
    optimizer["weight_decay"] = r.optimizer.weightDecay;
    optimizer["epsilon"] = r.optimizer.epsilon;
    optimizer["clip_norm"] = r.optimizer.clipNorm;
    j["label_smoothing"] = r.labelSmoothing;
    j["mixup"] = r.mixUp;
    j["average_decay"] = r.averageDecay;
    j["phases"] = ordered_json::array();
    for (const auto& phase : r.phases)
        j["phases"].push_back(phaseToJson(phase));
    j["seed"] = r.seed;
    j["device"] = r.device;
    j["precision"] = name(r.precision);
    return j;
}

int inputSize(const Recipe& recipe, const Architecture& backbone)
{
    return recipe.size == kBackbonesSize ? backbone.inputSize : recipe.size;
}

bool isDevice(std::string_view text)
{
    if (text == "auto" || text == "cpu" || text == "cuda")
        return true;
    return text.starts_with("cuda:") && text.size() > 5 && text.size() < 9
        && text.find_first_not_of("0123456789", 5) == std::string_view::npos;
}

std::string_view name(OptimizerKind kind) { return kOptimizers[static_cast<std::size_t>(kind)]; }
std::string_view name(Watch watch) { return kWatches[static_cast<std::size_t>(watch)]; }
std::string_view name(Precision precision)
{
    return kPrecisions[static_cast<std::size_t>(precision)];
}

std::string describe(const Phase& phase)
{
    auto text = describe(phase.plan) + ", head at " + shortNumber(phase.plan.headRate) + ", "
        + counted(phase.epochs, "epoch");
    if (phase.stepsPerEpoch > 0)
        text += " of " + counted(phase.stepsPerEpoch, "step");
    if (phase.schedule.kind == ScheduleKind::OneCycle)
        text += ", one-cycle schedule";
    else if (phase.schedule.kind != ScheduleKind::Constant)
        text += ", " + std::string(name(phase.schedule.kind)) + " schedule";
    if (phase.patience > 0)
        text += ", patience " + std::to_string(phase.patience);
    return text;
}

int keptViews(const Recipe& recipe, bool onGpu)
{
    constexpr int kOnCpu = 4;
    if (recipe.augmentation.none())
        return 1;
    return recipe.views == kAutoViews ? (onGpu ? 0 : kOnCpu) : recipe.views;
}

std::string toJson(const Recipe& recipe) { return recipeToJson(recipe).dump(2) + "\n"; }

Result<Recipe> recipeFromJson(std::string_view text, const std::filesystem::path& file)
{
    const auto parsed = parseJson(text, file);
    if (!parsed)
        return tl::unexpected(parsed.error());
    return recipeFromParsed(*parsed, file);
}

Status check(const Recipe& recipe)
{
    // NaN and infinity have no JSON form: they come out as null, which the reader refuses by name.
    if (auto read = recipeFromJson(toJson(recipe), {}); !read)
        return tl::unexpected(read.error());
    return {};
}

SplitOptions splitOptions(const Recipe& recipe)
{
    return { recipe.validationFraction, recipe.seed, recipe.testToTrain };
}

void fitToBackbone(Recipe& recipe)
{
    const auto backbone = findArchitecture(recipe.backbone);
    if (!backbone)
        return;
    const auto& layers = (*backbone)->layers;
    auto transfer = (*backbone)->indexOf(recipe.transferLayer);
    if (!transfer) {
        transfer = layers.size() - 1;
        recipe.transferLayer = layers.back().name;
    }
    const std::span used(layers.data(), *transfer + 1);
    for (auto& phase : recipe.phases) {
        std::erase_if(phase.plan.blockRates, [&](const auto& rate) {
            return std::none_of(used.begin(), used.end(), [&](const Layer& layer) {
                return layer.block == rate.first && layer.hasParameters();
            });
        });
        std::erase_if(phase.plan.layerRates, [&](const auto& rate) {
            return std::none_of(used.begin(), used.end(),
                [&](const Layer& layer) { return layer.name == rate.first; });
        });
    }
}

Result<Recipe> withValues(
    const Recipe& recipe, const std::vector<std::pair<std::string, std::string>>& values)
{
    json whole = recipeToJson(recipe);
    // Another backbone has other layers; the head goes on top of its last unless it is told where.
    const auto isBackbone = [](const auto& each) { return each.first == "backbone"; };
    if (std::ranges::any_of(values, isBackbone))
        whole["transfer_layer"] = nullptr;
    for (const auto& [key, value] : values) {
        if (auto ok = set(whole, key, value); !ok)
            return tl::unexpected(ok.error());
    }
    if (whole["transfer_layer"].is_null())
        whole.erase("transfer_layer");
    return recipeFromParsed(whole, {});
}

std::vector<std::string> builtInRecipeNames() { return { "default", "tutorial" }; }

Result<Recipe> builtInRecipe(std::string_view name)
{
    for (const auto& known : builtInRecipeNames()) {
        if (known != name)
            continue;
        const auto file = resourceDir() / "recipes" / (known + ".json");
        const auto text = readTextFile(file, kMaxRecipeBytes);
        if (!text)
            return tl::unexpected(text.error());
        return recipeFromJson(*text, file);
    }
    return fail(ErrorCode::NotFound, "there is no recipe \"" + std::string(name) + "\"", {},
        "use default, tutorial or the path of a recipe file");
}

Result<ModelDescription> describeModel(
    const Recipe& recipe, const std::vector<std::string>& classes)
{
    const auto architecture = findArchitecture(recipe.backbone);
    if (!architecture)
        return tl::unexpected(architecture.error());
    const auto expected = recipe.normalization == kAuto
        ? normalizationOfWeights(recipe.weights, **architecture)
        : Result<std::string>(recipe.normalization);
    if (!expected)
        return tl::unexpected(expected.error());
    const auto normalization = findNormalization(*expected);
    if (!normalization)
        return tl::unexpected(normalization.error());
    ModelDescription model;
    model.backbone = recipe.backbone;
    model.transferLayer = recipe.transferLayer;
    model.head = recipe.head;
    model.classes = classes;
    model.geometry = recipe.geometry;
    model.normalization = *normalization;
    model.inputSize = inputSize(recipe, **architecture);
    if (auto layers = allLayers(model); !layers)
        return tl::unexpected(layers.error());
    return model;
}

} // namespace vernier
