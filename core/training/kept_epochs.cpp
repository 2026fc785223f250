#include "core/training/kept_epochs.h"

#include "core/base/folders.h"
#include "core/recipe/pretrained.h"
#include "core/weights/model_file.h"

#include <set>

namespace vernier {

namespace {

std::string fileNotOf(int epoch)
{
    return "is not what was kept of epoch " + std::to_string(epoch);
}

/// The tensors of whatever trains in the phases up to `phase`, and of the head.
NamedTensors trainedBy(const Network& network, const Recipe& recipe, std::size_t phase)
{
    const auto end = network.backboneLayers().size();
    std::set<std::string> trained;
    for (std::size_t i = 0; i <= phase && i < recipe.phases.size(); ++i) {
        const auto groups = trainingGroups(recipe.phases[i].plan, network.architecture(), end);
        for (const auto& group : groups) {
            for (const auto& [name, tensor] : network.state(group))
                trained.insert(name);
        }
    }
    NamedTensors tensors;
    for (const auto& [name, tensor] : network.state()) {
        if (trained.contains(name))
            tensors.emplace_back(name, tensor);
    }
    return tensors;
}

} // namespace

Status keepEpoch(const std::filesystem::path& run, const Network& network, const Recipe& recipe,
    std::size_t phase, int epoch)
{
    const auto file = keptEpochFile(run, epoch);
    if (auto made = makeOwnFolder(file.parent_path()); !made)
        return made;
    return writeTensors(file, trainedBy(network, recipe, phase),
        { { "epoch", std::to_string(epoch) }, { "backbone", recipe.backbone } });
}

Result<Network> keptNetwork(const std::filesystem::path& run, const Recipe& recipe,
    const ModelDescription& description, std::size_t phase, int epoch)
{
    const auto path = keptEpochFile(run, epoch);
    const auto file = SafetensorsFile::open(path);
    if (!file)
        return tl::unexpected(file.error());
    const auto of = file->metadata().find("epoch");
    if (of == file->metadata().end() || of->second != std::to_string(epoch))
        return fail(ErrorCode::Mismatch, fileNotOf(epoch), path, "fork at another epoch");
    auto network = startingNetwork(recipe, description);
    if (!network)
        return network;
    auto kept = toTensors(*file);
    for (const auto& [name, tensor] : trainedBy(*network, recipe, phase)) {
        if (!kept.contains(name))
            return fail(ErrorCode::Mismatch, "lacks " + name, path, "fork at another epoch");
    }
    for (const auto& [name, tensor] : network->state())
        kept.try_emplace(name, tensor);
    if (auto loaded = network->load(kept, false, path); !loaded)
        return tl::unexpected(loaded.error());
    return network;
}

} // namespace vernier
