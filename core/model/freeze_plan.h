#pragma once

#include "core/model/architecture.h"

#include <map>
#include <string>
#include <vector>

namespace vernier {

/// Which blocks train, and each one's learning rate. The head always trains.
struct FreezePlan {
    double headRate = 1e-3;
    std::map<std::string, double>
        blockRates; ///< block name -> rate; a block that is not named is frozen
    bool operator==(const FreezePlan&) const = default;

    bool trains(const std::string& block) const { return blockRates.contains(block); }
    double rate(const std::string& block) const; ///< of a block or "head"; 0 when frozen
};

/// Number of backbone layers below the deepest point under which nothing trains: layers[0, cut) are
/// the prefix, layers[cut, end) the suffix. `end` is the transfer layer's index + 1; nothing trains
/// -> end.
std::size_t cutOf(const Architecture& backbone, std::size_t end, const FreezePlan& plan);

/// NotFound for a block the backbone lacks or that lies above the transfer layer; Invalid for a
/// rate outside (0, 10].
Status check(const FreezePlan& plan, const Architecture& backbone, std::size_t end);

/// "head only", "block 5 at 1e-5", "blocks 4, 5 at 1e-5", "blocks 4, 5 at different rates": for
/// charts and logs.
std::string describe(const FreezePlan& plan);

} // namespace vernier
