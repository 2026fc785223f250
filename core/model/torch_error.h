#pragma once

// Private to core.

#include "core/base/result.h"

#include <exception>
#include <string_view>

namespace vernier {

/// An exception that LibTorch threw, as an error: OutOfMemory where host or device memory ran out,
/// else Internal with the first line of what it says (the rest is its own source lines). `doing` is
/// what was tried: "the model could not be run".
Error torchError(
    const std::exception& thrown, std::string_view doing, const std::filesystem::path& file);

} // namespace vernier
