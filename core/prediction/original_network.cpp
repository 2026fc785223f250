#include "core/prediction/original_network.h"

#include "core/base/files.h"
#include "core/base/resource_dir.h"
#include "core/fetch/published_file.h"

#include <algorithm>

namespace vernier {

namespace {

constexpr std::string_view kEnding = "-imagenet";
constexpr std::uint64_t kMaxLabelBytes = 1 << 20;

/// ImageNet's, in the order of the outputs that networks have for them.
Result<std::vector<std::string>> classNames()
{
    const auto file = resourceDir() / "labels" / "imagenet.txt";
    const auto text = readTextFile(file, kMaxLabelBytes);
    if (!text)
        return tl::unexpected(text.error());
    std::vector<std::string> names;
    for (std::size_t at = 0; at < text->size();) {
        const auto end = std::min(text->find('\n', at), text->size());
        names.push_back(text->substr(at, end - at));
        at = end + 1;
    }
    return names;
}

Result<HeadSpec> headOf(const Architecture& architecture)
{
    HeadSpec head;
    head.dense.clear();
    head.dropout = 0;
    const auto& top = architecture.top;
    bool known = top.size() >= 2 && top.back().kind == LayerKind::Dense;
    for (std::size_t i = 0; known && i + 1 < top.size(); ++i) {
        const auto& layer = top[i];
        if (i == 0 && layer.kind == LayerKind::Flatten)
            head.pooling = Pooling::Flatten;
        else if (i == 0 && layer.kind == LayerKind::GlobalAveragePool)
            head.pooling = Pooling::Average;
        else if (i > 0 && layer.kind == LayerKind::Dense && layer.activation == Activation::Relu)
            head.dense.push_back(layer.outputs);
        else
            known = layer.kind == LayerKind::Dropout;
    }
    if (!known)
        return fail(ErrorCode::Unsupported,
            architecture.title + " has no classifier of its own that Vernier can run");
    return head;
}

} // namespace

std::string originalNetworkName(const Architecture& architecture)
{
    return architecture.name + std::string(kEnding);
}

const Architecture* originalNetworkOf(std::string_view name)
{
    if (!name.ends_with(kEnding))
        return nullptr;
    const auto found = findArchitecture(name.substr(0, name.size() - kEnding.size()));
    return found ? *found : nullptr;
}

Result<std::filesystem::path> originalWeights(const Architecture& architecture)
{
    return fetchedWeights(architecture.name, true);
}

Result<ModelDescription> describeOriginal(
    const Architecture& architecture, const std::string& normalization)
{
    auto head = headOf(architecture);
    if (!head)
        return tl::unexpected(head.error());
    auto classes = classNames();
    if (!classes)
        return tl::unexpected(classes.error());
    if (static_cast<int>(classes->size()) != architecture.top.back().outputs)
        return fail(ErrorCode::Mismatch,
            "names " + std::to_string(classes->size()) + " classes, " + architecture.title + " has "
                + std::to_string(architecture.top.back().outputs),
            resourceDir() / "labels" / "imagenet.txt", "install Vernier again");
    const auto known = findNormalization(normalization);
    if (!known)
        return tl::unexpected(known.error());
    ModelDescription model;
    model.backbone = architecture.name;
    model.transferLayer = architecture.layers.back().name;
    model.head = std::move(*head);
    model.classes = std::move(*classes);
    model.geometry = Geometry::Crop;
    model.normalization = *known;
    model.inputSize = architecture.inputSize;
    return model;
}

} // namespace vernier
