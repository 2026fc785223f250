#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace vernier {

struct UnpackLimits {
    std::uint64_t mostBytes = 4ull << 30; ///< of all files together, unpacked
    std::size_t mostEntries = 500'000;
};

/// An entry that was left out, by the name it has in the archive.
struct RefusedEntry {
    std::string name;
    std::string reason;
};

struct Unpacked {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<RefusedEntry> refused; ///< links, devices, names that lead out of the folder ...
};

/// Unpacks a tar (plain, gzip, bzip2, xz, zstd) or zip archive into the folder `to`, which must not
/// exist yet or be empty, and appears at once when all is there. Nothing is ever written outside of
/// it, no links are made, and no file's permissions or owner are taken over. Corrupt when the
/// archive is damaged, TooLarge beyond the bounds, Exists when there is something at `to`,
/// Cancelled: then nothing is left.
Result<Unpacked> unpack(const std::filesystem::path& archive, const std::filesystem::path& to,
    const UnpackLimits& limits = {}, std::stop_token stop = {}, const ProgressSink& progress = {});

} // namespace vernier
