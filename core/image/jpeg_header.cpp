#include "core/image/header.h"

#include <cstring>

namespace vernier {

namespace {

constexpr int kMaxSegments = 1000;
constexpr std::size_t kChunk = 16 << 10;

bool endMarkerIn(std::span<const std::byte> bytes)
{
    for (std::size_t i = 1; i < bytes.size(); ++i) {
        if (bytes[i] == std::byte { 0xD9 } && bytes[i - 1] == std::byte { 0xFF })
            return true;
    }
    return false;
}

/// Cameras and phones append things (previews, videos), so the end of the picture may lie anywhere
/// behind `scan`; but nearly always it is at the very end, and one small read finds it.
bool hasEndMarker(ByteSource& source, std::uint64_t scan)
{
    const auto tail = std::max(scan, source.size() - std::min<std::uint64_t>(source.size(), 512));
    if (endMarkerIn(source.at(tail, 512)))
        return true;
    for (auto offset = scan; offset < source.size(); offset += kChunk) {
        // One byte more, so that a marker across two chunks is seen.
        if (endMarkerIn(source.at(offset, kChunk + 1)))
            return true;
    }
    return false;
}

bool isFrame(std::uint8_t marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

} // namespace

Result<Header> readJpegHeader(ByteSource& source, const std::filesystem::path& name)
{
    Header header { .format = PictureFormat::Jpeg };
    bool frameSeen = false;
    std::uint64_t offset = 2;
    for (int segment = 0; segment < kMaxSegments; ++segment) {
        if (source.u8(offset).value_or(0xFF) != 0xFF)
            return damaged(name, "its parts do not follow one another");
        while (source.u8(offset) == 0xFF)
            ++offset;
        const auto marker = source.u8(offset);
        const auto length = source.u16(offset + 1, true);
        if (!marker || *marker == 0xD9 || !length)
            return cutOff(name);
        if (*length < 2)
            return damaged(name, "a part of it has no length");
        const auto body = offset + 3;
        const auto bodyLength = static_cast<std::size_t>(*length - 2);

        if (*marker == 0xDA) {
            if (!frameSeen)
                return damaged(name, "its header gives no size");
            if (!hasEndMarker(source, body + bodyLength))
                return cutOff(name);
            return header;
        }
        if (isFrame(*marker)) {
            const auto bits = source.u8(body);
            const auto height = source.u16(body + 1, true);
            const auto width = source.u16(body + 3, true);
            if (!bits || !height || !width)
                return cutOff(name);
            if (*bits != 8)
                return fail(ErrorCode::Unsupported,
                    "JPEG with " + std::to_string(*bits) + " bits a channel cannot be used", name,
                    "save it as PNG or as an ordinary JPEG");
            header.width = *width;
            header.height = *height;
            frameSeen = true;
        } else if (*marker == 0xE1 && source.startsWith(body, std::string_view("Exif\0\0", 6))) {
            header.orientation = exifOrientation(source.at(body, bodyLength).subspan(6));
        } else if (*marker == 0xEE && source.startsWith(body, "Adobe")) {
            header.adobe = true;
        }
        offset = body + bodyLength;
    }
    return damaged(name, "it has too many parts");
}

} // namespace vernier
