#include "tests/support/temporary_folder.h"

#include "tests/support/give_up.h"

#include <cstdlib>
#include <fstream>
#include <string>

namespace vernier::test {

TemporaryFolder::TemporaryFolder()
{
    std::string name = (std::filesystem::temp_directory_path() / "vernier-test-XXXXXX").native();
    if (!::mkdtemp(name.data()))
        giveUp("no temporary folder could be made");
    m_path = name;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::filesystem::path TemporaryFolder::write(
    const std::filesystem::path& relative, std::span<const std::byte> data) const
{
    const auto file = m_path / relative;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out.write(
        reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
    if (!out.flush())
        giveUp(file.string() + " could not be written");
    return file;
}

std::filesystem::path TemporaryFolder::replace(
    const std::filesystem::path& relative, std::span<const std::byte> data) const
{
    std::filesystem::remove(m_path / relative);
    return write(relative, data);
}

std::filesystem::path TemporaryFolder::write(
    const std::filesystem::path& relative, std::string_view text) const
{
    return write(relative, std::as_bytes(std::span(text)));
}

} // namespace vernier::test
