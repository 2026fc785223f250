#pragma once

#include "core/base/descriptor.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// A regular file open for reading at any offset. What is no regular file (a folder, a pipe) is
/// Unsupported, and opening one never blocks.
class InputFile {
public:
    static Result<InputFile> open(std::filesystem::path path);

    std::uint64_t size() const { return m_size; } ///< when it was opened
    /// Fills `buffer` from `offset` on; gives how much the file had of that.
    Result<std::size_t> readAt(std::uint64_t offset, std::span<std::byte> buffer) const;

private:
    InputFile(std::filesystem::path path, Descriptor descriptor, std::uint64_t size);
    std::filesystem::path m_path;
    Descriptor m_descriptor;
    std::uint64_t m_size = 0;
};

/// The whole file, or TooLarge when it is over `maxBytes` (nothing is allocated then).
Result<std::vector<std::byte>> readFile(const std::filesystem::path& path, std::uint64_t maxBytes);
Result<std::string> readTextFile(const std::filesystem::path& path, std::uint64_t maxBytes);

/// Writes a temporary file beside `path`, fsyncs it, renames it over `path` and fsyncs the folder:
/// a reader sees the old content or the new, never a part. On failure the temporary file is
/// removed.
Status writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> data);
Status writeFileAtomically(const std::filesystem::path& path, std::string_view text);

/// Removes what atomic writes into `folder` have left there when their program was killed: of the
/// files called `of`, or of all where none is named. Only for whoever has the folder for himself;
/// where it is a link nothing is removed.
void removeTemporaryFiles(
    const std::filesystem::path& folder, std::span<const char* const> of = {});

/// An atomic file written piece by piece (weights of hundreds of MB need no second copy in memory).
/// Not committed: the destructor removes the temporary file.
class AtomicFile {
public:
    static Result<AtomicFile> create(std::filesystem::path path);
    AtomicFile(AtomicFile&&) noexcept = default;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    Status write(std::span<const std::byte> data);
    Status commit();

private:
    AtomicFile(std::filesystem::path path, std::filesystem::path temporary, Descriptor descriptor);
    std::filesystem::path m_path;
    std::filesystem::path m_temporary;
    Descriptor m_descriptor;
};

/// A file that grows at its end, with one writer at a time: locked until this object is gone.
/// Readers need no lock; what they have seen stays where it is.
class AppendFile {
public:
    /// A new file; Exists when there is one of that name.
    static Result<AppendFile> create(std::filesystem::path path);
    /// A file that is there; Unreadable while another writer, of this process or of another, has
    /// it.
    static Result<AppendFile> open(std::filesystem::path path);

    std::uint64_t size() const { return m_size; }
    /// All or nothing: after a failure the file is as long as before.
    Status append(std::span<const std::byte> data);
    /// Another program has removed it: what is appended will be found by nobody.
    bool removed() const;
    /// Gives it another name once all of it is on the disk; a file of that name is replaced.
    Status moveTo(const std::filesystem::path& path);

private:
    static Result<AppendFile> open(std::filesystem::path path, int flags, bool needsLock);
    AppendFile(std::filesystem::path path, Descriptor descriptor);
    std::filesystem::path m_path;
    Descriptor m_descriptor;
    std::uint64_t m_size = 0;
};

} // namespace vernier
