#include "core/base/resource_dir.h"

#include <cstdlib>
#include <system_error>

namespace vernier {

std::filesystem::path resourceDir()
{
    namespace fs = std::filesystem;
    std::error_code error;

    if (const char* chosen = std::getenv("VERNIER_RESOURCE_DIR"); chosen && *chosen)
        return fs::is_directory(chosen, error) ? fs::path(chosen) : fs::path();

    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        const fs::path installed = program.parent_path().parent_path() / "share" / "vernier";
        if (fs::is_directory(installed, error))
            return installed;
    }
    if (fs::is_directory(VERNIER_SOURCE_RESOURCE_DIR, error))
        return VERNIER_SOURCE_RESOURCE_DIR;
    return {};
}

} // namespace vernier
