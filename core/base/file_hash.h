#pragma once

#include "core/base/hash.h"

#include <stop_token>

namespace vernier {

/// contentHash() of a file's content, a part at a time. TooLarge beyond `most` bytes; Cancelled
/// once `stop` is requested, within a file too.
Result<ContentHash> contentHashOfFile(
    const std::filesystem::path& path, std::uint64_t most, const std::stop_token& stop = {});

} // namespace vernier
