#include "core/model/model_description.h"

#include "core/base/json_reader.h"
#include "core/base/version.h"
#include "core/model/model_json.h"

namespace vernier {

namespace {

constexpr std::size_t kMostClasses = 10'000;
constexpr std::size_t kMostHiddenLayers = 8;
constexpr int kLargestHiddenLayer = 65536;

/// Sizes, or objects of size, activation and dropout.
Status readDense(const nlohmann::json& list, const std::string& path,
    const std::filesystem::path& file, std::vector<DenseSpec>& dense)
{
    std::vector<std::string> words;
    for (const auto activation : hiddenActivations())
        words.emplace_back(name(activation));
    dense.clear();
    if (list.size() > kMostHiddenLayers)
        return fail(ErrorCode::Invalid,
            path + ": must have at most " + std::to_string(kMostHiddenLayers) + " layers", file);
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto number = std::to_string(i);
        const nlohmann::json plain { { number, list[i] } };
        const bool isPlain = !list[i].is_object();
        JsonReader reader(isPlain ? plain : list[i], isPlain ? path : path + "." + number, file);
        DenseSpec hidden(0);
        int activation = 0;
        double dropout = -1;
        reader.read(isPlain ? number.c_str() : "size", hidden.size, 1, kLargestHiddenLayer);
        if (!isPlain) {
            reader.choose("activation", activation, words);
            reader.read("dropout", dropout, 0, 0.99);
            reader.require({ "size" });
        }
        if (auto ok = reader.finish(); !ok)
            return ok;
        hidden.activation = hiddenActivations()[static_cast<std::size_t>(activation)];
        if (dropout >= 0)
            hidden.dropout = dropout;
        dense.push_back(hidden);
    }
    return {};
}

} // namespace

Result<std::vector<Layer>> allLayers(const ModelDescription& model)
{
    const auto architecture = findArchitecture(model.backbone);
    if (!architecture)
        return tl::unexpected(architecture.error());
    const auto transfer = (*architecture)->indexOf(model.transferLayer);
    if (!transfer)
        return tl::unexpected(transfer.error());
    const auto& trunk = (*architecture)->layers;
    std::vector<Layer> layers(
        trunk.begin(), trunk.begin() + static_cast<std::ptrdiff_t>(*transfer) + 1);
    for (auto& layer : headLayers(model.head, static_cast<int>(model.classes.size())))
        layers.push_back(std::move(layer));
    return layers;
}

nlohmann::ordered_json headToJson(const HeadSpec& head)
{
    nlohmann::ordered_json json;
    json["pooling"] = name(head.pooling);
    json["dense"] = nlohmann::ordered_json::array();
    for (const auto& hidden : head.dense) {
        if (hidden == DenseSpec(hidden.size)) {
            json["dense"].push_back(hidden.size);
            continue;
        }
        nlohmann::ordered_json layer;
        layer["size"] = hidden.size;
        layer["activation"] = name(hidden.activation);
        if (hidden.dropout)
            layer["dropout"] = *hidden.dropout;
        json["dense"].push_back(layer);
    }
    json["dropout"] = head.dropout;
    return json;
}

Result<HeadSpec> headFromJson(
    const nlohmann::json& json, const std::string& path, const std::filesystem::path& file)
{
    HeadSpec head;
    JsonReader reader(json, path, file);
    reader.choose("pooling", head.pooling, { "flatten", "average" });
    if (const auto* dense = reader.array("dense"))
        reader.adopt(readDense(*dense, reader.pathOf("dense"), file, head.dense));
    reader.read("dropout", head.dropout, 0, 0.99);
    if (auto ok = reader.finish(); !ok)
        return tl::unexpected(ok.error());
    return head;
}

std::string toJson(const ModelDescription& model)
{
    nlohmann::ordered_json json;
    json["vernier"] = vernierVersion();
    json["backbone"] = model.backbone;
    json["transfer_layer"] = model.transferLayer;
    json["head"] = headToJson(model.head);
    json["classes"] = model.classes;
    json["geometry"] = name(model.geometry);
    json["normalization"] = model.normalization.name;
    json["input_size"] = model.inputSize;
    return json.dump();
}

Result<ModelDescription> modelDescriptionFromJson(
    std::string_view text, const std::filesystem::path& file)
{
    const auto json = parseJson(text, file);
    if (!json)
        return tl::unexpected(json.error());
    ModelDescription model;
    JsonReader reader(*json, {}, file);
    reader.require({ "backbone", "transfer_layer", "head", "classes", "geometry", "normalization",
        "input_size" });
    std::string writer;
    reader.read("vernier", writer);
    reader.read("backbone", model.backbone);
    reader.read("transfer_layer", model.transferLayer);
    if (const auto* head = reader.object("head")) {
        if (auto parsed = headFromJson(*head, "head", file))
            model.head = *parsed;
        else
            reader.adopt(tl::unexpected(parsed.error()));
    }
    reader.read("classes", model.classes, kMostClasses);
    reader.choose("geometry", model.geometry, { "stretch", "crop" });
    std::string normalization;
    reader.read("normalization", normalization);
    reader.read("input_size", model.inputSize, kInputStep, kLargestInput);
    if (!isInputSize(model.inputSize))
        reader.complain("input_size", "must be a multiple of " + std::to_string(kInputStep));
    if (model.classes.empty())
        reader.complain("classes", "must name at least one class");
    if (auto ok = reader.finish(); !ok)
        return tl::unexpected(ok.error());

    const auto inFile = [&](Error error) {
        error.path = file;
        return tl::unexpected(std::move(error));
    };
    auto found = findNormalization(normalization);
    if (!found)
        return inFile(found.error());
    model.normalization = *found;
    if (auto layers = allLayers(model); !layers)
        return inFile(layers.error());
    return model;
}

} // namespace vernier
