#pragma once

#include <string>

namespace vernier {

/// Vernier's own version, "major.minor.patch".
[[nodiscard]] std::string vernierVersion();

/// The version of the LibTorch whose headers this program was built with.
[[nodiscard]] std::string torchVersion();

} // namespace vernier
