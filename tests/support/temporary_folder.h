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

private:
    std::filesystem::path m_path;
};

} // namespace vernier::test
