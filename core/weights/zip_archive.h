#pragma once

#include "core/base/files.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace vernier {

/// A zip archive open for reading. Only records that lie in it as they are can be read, as PyTorch
/// and Keras write all that counts; LibTorch compresses code. Names are exact, letter case and all.
/// One that two programs could read differently is no archive here: names that come twice or differ
/// by letter case alone, records that overlap or reach beyond their place, directory and records at
/// odds (PKWARE's APPNOTE, 4.3 and 4.5.3). One thread at a time.
class ZipArchive {
public:
    struct Record {
        std::uint64_t at = 0; ///< of its content in the file
        std::uint64_t size = 0; ///< within the file, unless it is compressed
        std::uint32_t checksum = 0; ///< CRC-32; 0 where the writer gave none
        bool compressed = false;
    };
    using Records = std::map<std::string, Record, std::less<>>;

    /// Corrupt, or Unsupported for what is well-formed but encrypted or in pieces.
    static Result<ZipArchive> open(std::filesystem::path path);

    const Records& records() const { return m_records; }
    /// The one folder that all records lie in, with its slash: PyTorch names it as it likes. Empty
    /// where they do not lie in one.
    const std::string& folder() const { return m_folder; }
    /// Null for none. `name` is relative to folder().
    const Record* find(std::string_view name) const;

    /// All of a record; `into` is as long as it. Unsupported when it is compressed; Corrupt when
    /// the file was shortened, or the content is not what was written.
    Status read(const Record& record, std::span<std::byte> into) const;
    /// TooLarge when there are more than `most` bytes, NotFound when there is no such record.
    Result<std::string> text(std::string_view name, std::uint64_t most) const;

private:
    ZipArchive(std::filesystem::path path, InputFile file);
    std::filesystem::path m_path;
    InputFile m_file;
    Records m_records;
    std::string m_folder;
};

} // namespace vernier
