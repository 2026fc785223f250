#include "core/image/header.h"

#include <array>

namespace vernier {

namespace {

struct Signature {
    std::uint64_t offset;
    std::string_view bytes;
    const char* format;
};

using namespace std::string_view_literals;

/// Formats that people have folders of and that are known by sight, so that the reason can name
/// them.
constexpr auto kSignatures = std::to_array<Signature>({
    { 0, "\xFF\x0A"sv, "JPEG XL" },
    { 0, "\0\0\0\x0CJXL "sv, "JPEG XL" },
    { 0, "II\xBC"sv, "JPEG XR" },
    { 0, "8BPS"sv, "Photoshop" },
    { 0, "gimp xcf"sv, "GIMP" },
    { 0, "\x76\x2F\x31\x01"sv, "OpenEXR" },
    { 0, "#?RADIANCE"sv, "Radiance" },
    { 0, "DDS "sv, "DDS" },
    { 0, "qoif"sv, "QOI" },
    { 0, "\0\0\1\0"sv, "icon" },
    { 0, "icns"sv, "icon" },
    { 0, "SIMPLE  ="sv, "FITS" },
    { 128, "DICM"sv, "DICOM" },
    { 0, "ZISRAWFILE"sv, "CZI" },
    { 0, "\xDA\xCE\xBE\x0A"sv, "ND2" },
    { 0, "AT&TFORM"sv, "DjVu" },
    { 0, "<svg"sv, "SVG" },
});

/// Those of cameras that can be told; others are TIFF files but for their extension.
constexpr auto kRawSignatures = std::to_array<std::pair<std::uint64_t, std::string_view>>({
    { 8, "CR\2"sv }, // Canon, behind the start of a TIFF
    { 4, "ftypcrx "sv }, { 6, "HEAPCCDR"sv }, { 0, "FUJIFILMCCD-RAW"sv },
    { 0, "IIU\0"sv }, // Panasonic
    { 0, "IIRO"sv }, // Olympus
    { 0, "IIRS"sv }, { 0, "MMOR"sv }, { 0, "\0MRM"sv }, // Minolta
    { 0, "FOVb"sv }, // Sigma
});

bool isSvgWithProlog(ByteSource& source)
{
    if (!source.startsWith(0, "<?xml"))
        return false;
    const auto start = source.at(0, 1024);
    return std::string_view(reinterpret_cast<const char*>(start.data()), start.size()).find("<svg")
        != std::string_view::npos;
}

const char* nameOf(ByteSource& source)
{
    for (const auto& signature : kSignatures) {
        if (source.startsWith(signature.offset, signature.bytes))
            return signature.format;
    }
    return isSvgWithProlog(source) ? "SVG" : nullptr;
}

} // namespace

std::optional<Error> foreignFormat(ByteSource& source, const std::filesystem::path& name)
{
    for (const auto& [offset, bytes] : kRawSignatures) {
        if (source.startsWith(offset, bytes))
            return rawPhotograph(name);
    }
    if (const char* format = nameOf(source))
        return Error { ErrorCode::Unsupported, std::string(format) + " pictures cannot be used",
            name, "save it as JPEG or PNG" };
    return std::nullopt;
}

Error rawPhotograph(const std::filesystem::path& name)
{
    return { ErrorCode::Unsupported, "raw photographs cannot be used", name, "export it as JPEG" };
}

} // namespace vernier
