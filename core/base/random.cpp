#include "core/base/random.h"

namespace vernier {

namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ull;

std::uint64_t mix(std::uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

} // namespace

Random::Random(std::initializer_list<std::uint64_t> key) : m_state(0)
{
    for (const auto part : key)
        m_state = mix(m_state + kGolden + part);
}

std::uint64_t Random::next() { return mix(m_state += kGolden); }

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::uint64_t Random::below(std::uint64_t bound)
{
    const std::uint64_t threshold = (0 - bound) % bound;
    for (;;) {
        const auto value = next();
        if (value >= threshold)
            return value % bound;
    }
}

} // namespace vernier
