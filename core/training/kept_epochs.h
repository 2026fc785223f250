#pragma once

// Private to core: includes LibTorch.

#include "core/model/network.h"
#include "core/runs/run_store.h"

namespace vernier {

/// Keeps what had trained by the end of an epoch: the tensors of the blocks of the recipe's phases
/// up to number `phase` (from 0), and of the head. All else of the network is as it started.
Status keepEpoch(const std::filesystem::path& run, const Network& network, const Recipe& recipe,
    std::size_t phase, int epoch);

/// The network of a kept epoch, on the CPU: the recipe's starting weights, with what was kept over
/// them. NotFound where the epoch was not kept, Mismatch where it is not of this recipe's network.
Result<Network> keptNetwork(const std::filesystem::path& run, const Recipe& recipe,
    const ModelDescription& description, std::size_t phase, int epoch);

} // namespace vernier
