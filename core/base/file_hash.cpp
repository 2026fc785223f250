#include "core/base/file_hash.h"

#include "core/base/files.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include <xxhash.h>

namespace vernier {

namespace {

constexpr std::uint64_t kPartBytes = 1 << 20;

} // namespace

Result<ContentHash> contentHashOfFile(
    const std::filesystem::path& path, std::uint64_t most, const std::stop_token& stop)
{
    const auto file = InputFile::open(path);
    if (!file)
        return tl::unexpected(file.error());
    if (file->size() > most)
        return fail(ErrorCode::TooLarge,
            "has " + std::to_string(file->size()) + " bytes, more than the " + std::to_string(most)
                + " allowed",
            path);
    // Most pictures are smaller than a part.
    std::vector<std::byte> part(std::min<std::uint64_t>(file->size(), kPartBytes));
    const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(
        XXH3_createState(), &XXH3_freeState);
    if (!state)
        return fail(ErrorCode::OutOfMemory, "there is no memory left", path);
    XXH3_128bits_reset(state.get());
    for (std::uint64_t at = 0; at < file->size();) {
        if (stop.stop_requested())
            return cancelled();
        const auto left = std::min<std::uint64_t>(part.size(), file->size() - at);
        const auto read = file->readAt(at, std::span(part).first(left));
        if (!read)
            return tl::unexpected(read.error());
        if (*read == 0)
            break;
        XXH3_128bits_update(state.get(), part.data(), *read);
        at += *read;
    }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state.get()));
    ContentHash hash;
    std::memcpy(hash.bytes.data(), canonical.digest, hash.bytes.size());
    return hash;
}

} // namespace vernier
