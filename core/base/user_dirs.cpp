#include "core/base/user_dirs.h"

#include <cstdlib>

namespace vernier {

namespace {

std::filesystem::path absoluteFromEnvironment(const char* name)
{
    const char* value = std::getenv(name);
    std::filesystem::path path = value ? value : "";
    return path.is_absolute() ? path : std::filesystem::path();
}

std::filesystem::path below(const char* variable, const char* inHome)
{
    if (const auto folder = absoluteFromEnvironment(variable); !folder.empty())
        return folder / "vernier";
    if (const auto home = absoluteFromEnvironment("HOME"); !home.empty())
        return home / inHome / "vernier";
    return {};
}

} // namespace

std::filesystem::path userDataDir()
{
    std::error_code error;
    if (const char* own = std::getenv("VERNIER_DATA"); own && *own)
        return std::filesystem::absolute(own, error);
    return below("XDG_DATA_HOME", ".local/share");
}

std::filesystem::path userCacheDir() { return below("XDG_CACHE_HOME", ".cache"); }

} // namespace vernier
