#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

/// libFuzzer calls it with one input after the other; each program defines it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace vernier::fuzz {

inline std::span<const std::byte> bytesOf(const std::uint8_t* data, std::size_t size)
{
    return std::as_bytes(std::span(data, size));
}

inline std::string_view textOf(const std::uint8_t* data, std::size_t size)
{
    return { reinterpret_cast<const char*>(data), size };
}

/// Ends the program, as a crash of the reader's would, where what must hold of its answer does not.
void require(bool holds, const char* what);

/// A folder for readers that take a path: in memory where the system has such a place. Whoever
/// starts the program removes what a crash leaves.
class ScratchFolder {
public:
    explicit ScratchFolder(const std::string& name = "scratch");
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    /// Replaces a file of that name.
    std::filesystem::path write(const std::string& name, std::span<const std::byte> content) const;

private:
    std::filesystem::path m_path;
};

} // namespace vernier::fuzz
