#pragma once

#include <cstdint>
#include <string>

namespace vernier {

/// The shortest decimal that reads back as the same number, as people write it: "1e-5", "0.001",
/// "93.5".
std::string shortNumber(double value);

/// "138,357,544".
std::string grouped(std::int64_t value);

/// "93.5 %" from 0.935.
std::string percent(double share);

} // namespace vernier
