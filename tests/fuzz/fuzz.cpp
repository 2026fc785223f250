#include "tests/fuzz/fuzz.h"

#include <cstdio>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

/// The leak detector asks for what it may pass over: dav1d 1.0 keeps 40 bytes of each AV1 picture
/// that is empty, and libheif 1.15 takes no other decoder for tiles and alpha.
extern "C" const char* __lsan_default_suppressions() { return "leak:libdav1d"; }

namespace vernier::fuzz {

void require(bool holds, const char* what)
{
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

ScratchFolder::ScratchFolder(const std::string& name)
    : m_path(std::filesystem::temp_directory_path() / (name + "-" + std::to_string(::getpid())))
{
    std::filesystem::create_directories(m_path);
}

ScratchFolder::~ScratchFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::filesystem::path ScratchFolder::write(
    const std::string& name, std::span<const std::byte> content) const
{
    auto path = m_path / name;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(file >= 0, "a file can be made in the scratch folder");
    const auto written = ::write(file, content.data(), content.size());
    require(written == static_cast<ssize_t>(content.size()), "it can be written");
    ::close(file);
    return path;
}

} // namespace vernier::fuzz
