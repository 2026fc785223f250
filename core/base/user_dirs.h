#pragma once

#include <filesystem>

namespace vernier {

/// What is fetched once and kept for good: VERNIER_DATA in the environment, else "vernier" below
/// XDG_DATA_HOME or ~/.local/share. Empty where there is no home.
std::filesystem::path userDataDir();

/// What can be computed again: "vernier" below XDG_CACHE_HOME or ~/.cache. Empty where there is no
/// home.
std::filesystem::path userCacheDir();

} // namespace vernier
