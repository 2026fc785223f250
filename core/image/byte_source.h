#pragma once

#include "core/base/files.h"

#include <algorithm>
#include <optional>

namespace vernier {

/// Bytes at any offset of a file or of memory, for header readers: what lies beyond the end is not
/// there, so that no reader needs a bound of its own. Private to core/image.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    virtual std::uint64_t size() const = 0;
    /// Up to `count` bytes at `offset`, fewer where the source ends; valid until the next call.
    virtual std::span<const std::byte> at(std::uint64_t offset, std::size_t count) = 0;

    std::optional<std::uint8_t> u8(std::uint64_t offset);
    std::optional<std::uint16_t> u16(std::uint64_t offset, bool bigEndian);
    std::optional<std::uint32_t> u32(std::uint64_t offset, bool bigEndian);
    bool startsWith(std::uint64_t offset, std::string_view text);
};

class MemorySource : public ByteSource {
public:
    explicit MemorySource(std::span<const std::byte> data) : m_data(data) { }
    std::uint64_t size() const override { return m_data.size(); }
    std::span<const std::byte> at(std::uint64_t offset, std::size_t count) override;

private:
    std::span<const std::byte> m_data;
};

/// Keeps one window of the file, so that a usual header costs one read and the end another. An
/// error while reading counts as the end of the file and is kept.
class FileSource : public ByteSource {
public:
    explicit FileSource(const InputFile& file) : m_file(file) { }
    std::uint64_t size() const override { return m_file.size(); }
    std::span<const std::byte> at(std::uint64_t offset, std::size_t count) override;
    const std::optional<Error>& error() const { return m_error; }

private:
    const InputFile& m_file;
    std::vector<std::byte> m_window;
    std::uint64_t m_start = 0;
    std::optional<Error> m_error;
};

} // namespace vernier
