#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// The whole file, or TooLarge when it is over `maxBytes` (nothing is allocated then).
Result<std::vector<std::byte>> readFile(const std::filesystem::path& path, std::uint64_t maxBytes);
Result<std::string> readTextFile(const std::filesystem::path& path, std::uint64_t maxBytes);

/// Writes a temporary file beside `path`, fsyncs it, renames it over `path` and fsyncs the folder:
/// a reader sees the old content or the new, never a part. On failure the temporary file is
/// removed.
Status writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> data);
Status writeFileAtomically(const std::filesystem::path& path, std::string_view text);

/// An atomic file written piece by piece (weights of hundreds of MB need no second copy in memory).
/// Not committed: the destructor removes the temporary file.
class AtomicFile {
public:
    static Result<AtomicFile> create(std::filesystem::path path);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    Status write(std::span<const std::byte> data);
    Status commit();

private:
    AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int descriptor);
    std::filesystem::path m_path;
    std::filesystem::path m_temporary;
    int m_descriptor = -1;
};

} // namespace vernier
