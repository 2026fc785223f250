#include "core/base/text.h"
#include "core/image/decode.h"

#include <algorithm>
#include <array>

namespace vernier {

namespace {

using Path = std::filesystem::path;

/// "jpg", in lower case, of "a.jpg", "a.JPG (1)", "a.jpg~", "a.jpg_640x640" and "a.jpg."; empty
/// where there is none.
std::string extensionOf(const Path& path)
{
    auto name = path.filename().native();
    name.resize(name.find_last_not_of(". ") + 1);
    const auto point = name.rfind('.');
    if (point == std::string::npos || point == 0)
        return {};
    const auto begin = name.begin() + static_cast<std::ptrdiff_t>(point) + 1;
    const auto isOfExtension = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    return lowered({ begin, std::find_if_not(begin, name.end(), isOfExtension) });
}

template <std::size_t N>
bool isOneOf(const Path& path, const std::array<std::string_view, N>& extensions)
{
    return std::ranges::find(extensions, extensionOf(path)) != extensions.end();
}

} // namespace

bool looksLikePicture(const Path& path)
{
    constexpr auto kExtensions = std::to_array<std::string_view>(
        { "jpg", "jpeg", "jpe", "jfif", "jif", "jfi", "pjpeg", "pjp", "mpo", "png", "apng", "webp",
            "bmp", "dib", "tif", "tiff", "lsm", "gif", "heic", "heics", "heif", "hif", "avif",
            "avifs", "jp2", "jpf", "jpx", "j2k", "j2c", "jpc", "jxl", "jxr", "pnm", "ppm", "pgm",
            "pbm", "pam", "psd", "psb", "tga", "ico", "svg", "exr", "dds", "pcx", "xcf", "qoi" });
    return isOneOf(path, kExtensions);
}

bool isRawPhotograph(const Path& path)
{
    constexpr auto kExtensions = std::to_array<std::string_view>(
        { "cr2", "cr3", "crw", "nef", "nrw", "arw", "sr2", "srf", "dng", "orf", "rw2", "rwl", "raf",
            "pef", "srw", "3fr", "iiq", "mrw", "erf", "kdc", "dcr", "mos", "mef", "x3f" });
    return isOneOf(path, kExtensions);
}

bool mayBePicture(const Path& path)
{
    return looksLikePicture(path) || extensionOf(path).empty() || isRawPhotograph(path);
}

} // namespace vernier
