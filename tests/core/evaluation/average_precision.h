#pragma once

#include <cstddef>
#include <set>
#include <vector>

namespace vernier::test {

/// Mean over the wanted ones of the share of wanted ones up to there; 1 where they all come first.
inline double averagePrecision(
    const std::vector<std::size_t>& ranked, const std::set<std::size_t>& wanted)
{
    double sum = 0;
    double found = 0;
    for (std::size_t i = 0; i < ranked.size(); ++i) {
        if (wanted.contains(ranked[i]))
            sum += ++found / static_cast<double>(i + 1);
    }
    return sum / static_cast<double>(wanted.size());
}

} // namespace vernier::test
