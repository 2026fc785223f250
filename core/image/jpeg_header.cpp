#include "core/image/header.h"
#include "core/image/jpeg.h"
#include "core/image/jpeg_decoder.h"

#include <cstring>

namespace vernier {

namespace {

constexpr std::size_t kChunk = 16 << 10;
constexpr int kExif = JPEG_APP0 + 1;

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

constexpr std::string_view kExifSignature("Exif\0\0", 6);

/// The first part of EXIF: some programs leave an older one behind it.
const jpeg_marker_struct* exifOf(const jpeg_decompress_struct& info)
{
    for (const auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
        if (marker->data_length >= kExifSignature.size()
            && std::memcmp(marker->data, kExifSignature.data(), kExifSignature.size()) == 0)
            return marker;
    }
    return nullptr;
}

std::optional<int> orientationIn(const jpeg_marker_struct& exif)
{
    return statedOrientation(
        std::as_bytes(std::span(exif.data, exif.data_length).subspan(kExifSignature.size())));
}

/// With so much of each part that may be EXIF.
bool readParts(JpegDecoder& decoder, unsigned bytes)
{
    auto& info = decoder.info();
    return decoder.run([&info, bytes] {
        jpeg_save_markers(&info, kExif, bytes);
        jpeg_read_header(&info, TRUE);
    });
}

/// From all of its part, which is asked where the front does not say.
int orientationOfAll(ByteSource& source, const std::filesystem::path& name)
{
    constexpr unsigned kAll = 0xFFFF;
    JpegDecoder decoder(source, kChunk, name);
    const auto* exif = readParts(decoder, kAll) ? exifOf(decoder.info()) : nullptr;
    return exif ? orientationIn(*exif).value_or(1) : 1;
}

/// Every block of pixels takes a bit at least, so that a small file cannot claim a huge picture.
bool canHold(const jpeg_decompress_struct& info, std::uint64_t bytes)
{
    std::uint64_t blocks = 0;
    for (const auto& component :
        std::span(info.comp_info, static_cast<std::size_t>(info.num_components)))
        blocks += std::uint64_t { component.width_in_blocks } * component.height_in_blocks;
    // One for the first coefficient, and where all come in one scan, one for the end of the others.
    const std::uint64_t bits = blocks * (info.progressive_mode != 0 ? 1 : 2);
    return bits / 8 <= bytes;
}

bool hasItsTables(const jpeg_decompress_struct& info)
{
    for (const auto& component :
        std::span(info.comp_info, static_cast<std::size_t>(info.num_components))) {
        if (component.quant_tbl_no < 0 || component.quant_tbl_no >= NUM_QUANT_TBLS
            || info.quant_tbl_ptrs[component.quant_tbl_no] == nullptr)
            return false;
    }
    return true;
}

} // namespace

Result<Header> readJpegHeader(ByteSource& source, const std::filesystem::path& name)
{
    JpegDecoder decoder(source, kChunk, name);
    auto& info = decoder.info();
    if (!readParts(decoder, kExifFront))
        return decoder.error();
    if (info.arith_code != 0)
        return fail(ErrorCode::Unsupported, "arithmetically coded JPEG cannot be used", name,
            "save it as PNG or as an ordinary JPEG");
    if (info.num_components != 1 && info.num_components != 3 && info.num_components != 4)
        return fail(ErrorCode::Unsupported,
            "JPEG with " + std::to_string(info.num_components) + " channels cannot be used", name,
            "save it as PNG or as an ordinary JPEG");
    Header header { .format = PictureFormat::Jpeg };
    header.width = static_cast<int>(info.image_width);
    header.height = static_cast<int>(info.image_height);
    const auto* exif = exifOf(info);
    const auto stated = exif ? orientationIn(*exif) : std::nullopt;
    // What is too large is refused by who asked.
    if (std::int64_t { header.width } * header.height > kMaxPicturePixels)
        return header;
    if (!jpeg_has_multiple_scans(&info) && !hasItsTables(info))
        return damaged(name, "a table that its pixels need is missing");
    const auto scan = decoder.position();
    if (!canHold(info, source.size() - scan))
        return cutOff(name);
    if (decoder.strayBytes() > 0)
        header.note = "stray bytes in the header, which cost no pixel";
    if (stated)
        header.orientation = *stated;
    else if (exif && exif->data_length < exif->original_length)
        header.orientation = orientationOfAll(source, name);
    if (hasEndMarker(source, scan))
        return header;
    // Cameras that lost power, and programs that mend cards, leave whole pictures without it; which
    // they are only their pixels show.
    if (auto whole = decodeJpeg(source.at(0, source.size()), name, 1); !whole)
        return tl::unexpected(whole.error());
    header.note = "no end marker, but all of the pixels are there";
    return header;
}

} // namespace vernier
