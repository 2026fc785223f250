#pragma once

#include <cstdint>
#include <initializer_list>
#include <utility>

namespace vernier {

/// SplitMix64 (Steele, Lea, Flood 2014) seeded by what the number is *for*: seed, purpose, epoch,
/// image, view. So a draw depends on no other draw and no thread order, and a resumed run draws
/// what an undisturbed one does.
class Random {
public:
    explicit Random(std::initializer_list<std::uint64_t> key);

    std::uint64_t next();
    double uniform(); ///< [0, 1)
    double uniform(double low, double high) ///< [low, high)
    {
        return low + (high - low) * uniform();
    }
    std::uint64_t below(std::uint64_t bound); ///< [0, bound), bound > 0, without bias

    /// Fisher-Yates; the same on every platform, which std::shuffle is not.
    template <class Range> void shuffle(Range& range)
    {
        for (auto i = range.size(); i > 1; --i)
            std::swap(range[i - 1], range[static_cast<decltype(i)>(below(i))]);
    }

private:
    std::uint64_t m_state;
};

} // namespace vernier
