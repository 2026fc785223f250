#pragma once

#include <filesystem>

namespace vernier {

/// The folder that holds weights/, labels/ and recipes/: beside an installed program, else in the
/// sources it was built from. VERNIER_RESOURCE_DIR in the environment goes before both. Empty where
/// none of them is there.
[[nodiscard]] std::filesystem::path resourceDir();

} // namespace vernier
