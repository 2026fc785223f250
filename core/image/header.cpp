#include "core/image/header.h"

#include <cstdlib>

namespace vernier {

namespace {

constexpr std::size_t kMaxExifBytes = 1 << 16;
constexpr int kMaxChunks = 4096;

using Path = std::filesystem::path;

Result<Header> readWebPHeader(ByteSource& source, const Path& name)
{
    const auto riffSize = source.u32(4, false);
    if (!riffSize || std::uint64_t { *riffSize } + 8 > source.size())
        return cutOff(name);
    const auto u24 = [&](std::uint64_t at) {
        return std::int64_t { source.u16(at, false).value_or(0) }
        | std::int64_t { source.u8(at + 2).value_or(0) } << 16;
    };
    if (source.startsWith(12, "VP8X")) {
        const auto flags = source.u8(20).value_or(0);
        auto header
            = checkedSize({ .format = PictureFormat::WebP }, u24(24) + 1, u24(27) + 1, name);
        if (!header || !(flags & 0x08))
            return header;
        std::uint64_t offset = 12;
        for (int chunk = 0; chunk < kMaxChunks; ++chunk) {
            const auto length = source.u32(offset + 4, false);
            if (!length)
                break;
            if (source.startsWith(offset, "EXIF")) {
                header->orientation = exifOrientation(
                    source.at(offset + 8, std::min<std::size_t>(*length, kMaxExifBytes)));
                break;
            }
            offset += 8 + std::uint64_t { *length } + (*length & 1);
        }
        return header;
    }
    if (source.startsWith(12, "VP8L")) {
        const auto bits = source.u32(21, false);
        if (!bits)
            return cutOff(name);
        return checkedSize({ .format = PictureFormat::WebP }, (*bits & 0x3FFF) + 1,
            (*bits >> 14 & 0x3FFF) + 1, name);
    }
    if (source.startsWith(12, "VP8 ")) {
        const auto width = source.u16(26, false);
        const auto height = source.u16(28, false);
        if (!width || !height)
            return cutOff(name);
        return checkedSize(
            { .format = PictureFormat::WebP }, *width & 0x3FFF, *height & 0x3FFF, name);
    }
    return damaged(name, "a WebP file must begin with its header");
}

/// What OpenCV reads rightly: of other arrangements of a pixel's bits it mixes up the colours.
bool isUsualBmp(ByteSource& source, std::int64_t bits, std::uint32_t compression)
{
    constexpr std::uint64_t kMasks = 54;
    const auto masksAre = [&](std::uint32_t red, std::uint32_t green, std::uint32_t blue) {
        return source.u32(kMasks, false) == red && source.u32(kMasks + 4, false) == green
            && source.u32(kMasks + 8, false) == blue;
    };
    switch (compression) {
    case 0:
        return bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
    case 1: // run lengths
        return bits == 8;
    case 2:
        return bits == 4;
    case 3: // masks
        return (bits == 32 && masksAre(0xFF0000, 0xFF00, 0xFF))
            || (bits == 16
                && (masksAre(0xF800, 0x07E0, 0x001F) || masksAre(0x7C00, 0x03E0, 0x001F)));
    default:
        return false;
    }
}

Result<Header> readBmpHeader(ByteSource& source, const Path& name)
{
    constexpr std::uint32_t kOldHeader = 12;
    const auto dataOffset = source.u32(10, false);
    const auto headerSize = source.u32(14, false);
    if (!dataOffset || !headerSize)
        return cutOff(name);
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t bits = 0;
    std::uint32_t compression = 0;
    if (*headerSize == kOldHeader) {
        width = source.u16(18, false).value_or(0);
        height = source.u16(20, false).value_or(0);
        bits = source.u16(24, false).value_or(0);
    } else {
        width = static_cast<std::int32_t>(source.u32(18, false).value_or(0));
        // A negative height means that the rows stand from the top.
        height = std::abs(
            std::int64_t { static_cast<std::int32_t>(source.u32(22, false).value_or(0)) });
        bits = source.u16(28, false).value_or(0);
        compression = source.u32(30, false).value_or(0);
    }
    auto header = checkedSize({ .format = PictureFormat::Bmp }, width, height, name);
    if (!header)
        return header;
    if (!isUsualBmp(source, bits, compression))
        return fail(ErrorCode::Unsupported, "BMP pictures of this kind cannot be used", name,
            "save it as PNG");
    constexpr std::uint32_t kPlain = 0;
    constexpr std::uint32_t kBitFields = 3;
    const auto stride = (width * bits + 31) / 32 * 4;
    if ((compression == kPlain || compression == kBitFields)
        && *dataOffset + static_cast<std::uint64_t>(stride * height) > source.size())
        return cutOff(name);
    return header;
}

/// Two letters are too few to tell a picture from a text.
bool isBmp(ByteSource& source)
{
    if (!source.startsWith(0, "BM"))
        return false;
    const auto headerSize = source.u32(14, false).value_or(0);
    return source.u32(6, false) == 0U || headerSize == 12 || headerSize == 40 || headerSize == 124;
}

std::optional<PictureFormat> formatOf(ByteSource& source)
{
    if (source.startsWith(0, "\xFF\xD8"))
        return PictureFormat::Jpeg;
    if (source.startsWith(0, "\x89PNG\r\n\x1A\n"))
        return PictureFormat::Png;
    if (source.startsWith(0, "RIFF") && source.startsWith(8, "WEBP"))
        return PictureFormat::WebP;
    if (isBmp(source))
        return PictureFormat::Bmp;
    // The second number is BigTIFF's.
    for (const std::string_view start :
        { std::string_view("II\x2A\0", 4), std::string_view("MM\0\x2A", 4),
            std::string_view("II\x2B\0", 4), std::string_view("MM\0\x2B", 4) }) {
        if (source.startsWith(0, start))
            return PictureFormat::Tiff;
    }
    if (source.startsWith(0, "GIF87a") || source.startsWith(0, "GIF89a"))
        return PictureFormat::Gif;
    if (isHeif(source))
        return PictureFormat::Heic;
    if (isJpeg2000(source))
        return PictureFormat::Jpeg2000;
    if (isPortableMap(source))
        return PictureFormat::PortableMap;
    return std::nullopt;
}

Result<Header> readHeaderOf(PictureFormat format, ByteSource& source, const Path& name)
{
    const auto hasRoom
        = [&](const Header& header) { return withRoomFor(header, source.size(), name); };
    switch (format) {
    case PictureFormat::Jpeg:
        return readJpegHeader(source, name);
    case PictureFormat::Png:
        return readPngHeader(source, name);
    case PictureFormat::WebP:
        return readWebPHeader(source, name).and_then(hasRoom);
    case PictureFormat::Bmp:
        return readBmpHeader(source, name);
    case PictureFormat::Tiff:
        return readTiffHeader(source, name);
    case PictureFormat::Gif:
        return readGifHeader(source, name);
    case PictureFormat::Heic:
    case PictureFormat::Avif:
        return readHeifHeader(source, name).and_then(hasRoom);
    case PictureFormat::Jpeg2000:
        return readJpeg2000Header(source, name).and_then(hasRoom);
    case PictureFormat::PortableMap:
        return readPortableMapHeader(source, name);
    }
    return fail(ErrorCode::Internal, "a format without a reader", name);
}

} // namespace

Result<Header> withRoomFor(const Header& header, std::uint64_t fileBytes, const Path& name)
{
    constexpr std::uint64_t kHarmless = 16'000'000;
    constexpr std::uint64_t kMostPixelsFromOneByte = 4096;
    const auto pixels
        = static_cast<std::uint64_t>(header.width) * static_cast<std::uint64_t>(header.height);
    if (pixels > kHarmless && pixels / kMostPixelsFromOneByte > fileBytes)
        return damaged(name,
            "its " + std::to_string(header.width) + " x " + std::to_string(header.height)
                + " pixels cannot be in a file of " + std::to_string(fileBytes) + " bytes");
    return header;
}

tl::unexpected<Error> cutOff(const Path& name)
{
    return fail(ErrorCode::Corrupt, "cut off: the picture ends early", name, "copy the file again");
}

tl::unexpected<Error> damaged(const Path& name, std::string how)
{
    return fail(ErrorCode::Corrupt, "damaged: " + std::move(how), name, "copy the file again");
}

Result<Header> checkedSize(Header header, std::int64_t width, std::int64_t height, const Path& name)
{
    if (width <= 0 || height <= 0)
        return damaged(name, "its header gives no size");
    if (width > kMaxEdge || height > kMaxEdge || width * height > kMaxPicturePixels)
        return fail(ErrorCode::TooLarge,
            "its header says " + std::to_string(width) + " x " + std::to_string(height)
                + " pixels, more than " + std::to_string(kMaxPicturePixels / 1'000'000)
                + " megapixels",
            name, "scale the picture down");
    header.width = static_cast<int>(width);
    header.height = static_cast<int>(height);
    return header;
}

Result<Header> readHeader(ByteSource& source, const Path& name)
{
    if (source.size() == 0)
        return fail(ErrorCode::Corrupt, "the file is empty", name, "copy the file again");
    if (source.size() > kMaxPictureBytes)
        return fail(ErrorCode::TooLarge,
            "the file is larger than " + std::to_string(kMaxPictureBytes >> 20) + " MB", name,
            "scale the picture down");

    const auto format = formatOf(source);
    // A raw photograph may begin like a TIFF.
    if (!format || *format == PictureFormat::Tiff) {
        if (auto foreign = foreignFormat(source, name))
            return tl::unexpected(*std::move(foreign));
    }
    if (!format)
        return fail(ErrorCode::Unsupported, std::string(kIsNoPicture), name);
    auto header = readHeaderOf(*format, source, name);
    return header ? checkedSize(*header, header->width, header->height, name) : header;
}

bool isKnownFormat(ByteSource& source) { return formatOf(source) || foreignFormat(source, {}); }

} // namespace vernier
