#pragma once

#include "core/model/architecture.h"

#include <map>
#include <string>
#include <vector>

namespace vernier {

/// Which blocks train, and each one's learning rate; single layers may differ from their block. The
/// head always trains.
struct FreezePlan {
    double headRate = 1e-3;
    std::map<std::string, double>
        blockRates; ///< block name -> rate; a block that is not named is frozen
    std::map<std::string, double>
        layerRates {}; ///< layer name -> rate in place of its block's; 0: frozen
    bool operator==(const FreezePlan&) const = default;

    bool trains(const std::string& block) const { return blockRates.contains(block); }
    /// Of a block, "head" or a layer that differs from its block; 0 when frozen.
    double rate(const std::string& name) const;
    double rateOf(const Layer& layer) const; ///< 0 when frozen
};

/// Layers that train with one rate.
struct TrainingGroup {
    std::string name; ///< of a block (less its layers with a rate of their own), of such a layer,
                      ///< or "head"
    double rate = 0;
    std::vector<std::string> layers; ///< of the backbone; empty for the head
    bool operator==(const TrainingGroup&) const = default;
};

/// What trains of layers[0, end) and the head: blocks by name, then layers in their order, then the
/// head.
std::vector<TrainingGroup> trainingGroups(
    const FreezePlan& plan, const Architecture& backbone, std::size_t end);

/// Number of backbone layers below the deepest point under which nothing trains: layers[0, cut) are
/// the prefix, layers[cut, end) the suffix. `end` is the transfer layer's index + 1; nothing trains
/// -> end.
std::size_t cutOf(const Architecture& backbone, std::size_t end, const FreezePlan& plan);

/// NotFound for a block or layer that the backbone lacks, that lies above the transfer layer or has
/// no weights; Invalid for a rate outside (0, 10], or of a layer outside [0, 10].
Status check(const FreezePlan& plan, const Architecture& backbone, std::size_t end);

/// The same plan in fewer words: a block of which no layer follows is not named, nor is a layer
/// that has what its block has.
void simplify(FreezePlan& plan, const Architecture& backbone);

/// Gives each training block `fraction` of the rate of the training block above it; the topmost
/// keeps its own (discriminative rates: Howard and Ruder 2018, section 3.2, there with 1/2.6 a
/// layer).
void lowerRatesBelow(FreezePlan& plan, const Architecture& backbone, double fraction);

/// "head only", "block 5 at 1e-5", "blocks 4, 5 at 1e-5", "blocks 4, 5 at different rates, 2 layers
/// apart": for charts and logs.
std::string describe(const FreezePlan& plan);

} // namespace vernier
