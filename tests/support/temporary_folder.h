#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace vernier::test {

/// A folder of its own that vanishes with the object.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path operator/(const std::filesystem::path& relative) const
    {
        return m_path / relative;
    }
    /// Writes a file below it, with the folders above the file.
    std::filesystem::path write(
        const std::filesystem::path& relative, std::span<const std::byte> data) const;
    std::filesystem::path write(const std::filesystem::path& relative, std::string_view text) const;
    /// The same as a file of its own where there is one already: to cut an old one short and fill
    /// it anew waits for the disk on some file systems (ext4), which a test of thousands cannot
    /// afford.
    std::filesystem::path replace(
        const std::filesystem::path& relative, std::span<const std::byte> data) const;

private:
    std::filesystem::path m_path;
};

} // namespace vernier::test
