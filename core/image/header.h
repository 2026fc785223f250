#pragma once

#include "core/image/byte_source.h"
#include "core/image/decode.h"

namespace vernier {

enum class PictureFormat : std::uint8_t {
    Jpeg,
    Png,
    WebP,
    Bmp,
    Tiff,
    Gif,
    Heic,
    Avif,
    Jpeg2000,
    PortableMap
};

/// OpenCV's own limit on an edge; what is beyond it would fail there with a riddle.
inline constexpr std::int64_t kMaxEdge = 1 << 20;

/// What the decoder must know before it starts. Sizes are as stored, before orientation. Private to
/// core/image.
struct Header {
    PictureFormat format = PictureFormat::Jpeg;
    int width = 0;
    int height = 0;
    int orientation = 1; ///< EXIF 1..8
    std::string note {}; ///< as PictureInfo's
};

/// Reads the header only, in bounded steps, and refuses what is cut off, too large or not
/// supported.
Result<Header> readHeader(ByteSource& source, const std::filesystem::path& name);

/// Begins like one of the formats that readHeader() knows, be it one that cannot be used.
bool isKnownFormat(ByteSource& source);

/// Why a picture, by its first bytes, of a kind that cannot be used cannot be; nothing where it is
/// no such picture.
std::optional<Error> foreignFormat(ByteSource& source, const std::filesystem::path& name);
Error rawPhotograph(const std::filesystem::path& name);

/// Per format; the source is known to begin with the format's signature.
Result<Header> readJpegHeader(ByteSource& source, const std::filesystem::path& name);
Result<Header> readGifHeader(ByteSource& source, const std::filesystem::path& name);
Result<Header> readHeifHeader(ByteSource& source, const std::filesystem::path& name);
Result<Header> readJpeg2000Header(ByteSource& source, const std::filesystem::path& name);
Result<Header> readPortableMapHeader(ByteSource& source, const std::filesystem::path& name);
Result<Header> readPngHeader(ByteSource& source, const std::filesystem::path& name);
Result<Header> readTiffHeader(ByteSource& source, const std::filesystem::path& name);

/// HEIC and AVIF, by their brands.
bool isHeif(ByteSource& source);
bool isJpeg2000(ByteSource& source);
bool isPortableMap(ByteSource& source);

/// The header with this size, or why there is none of it.
Result<Header> checkedSize(
    Header header, std::int64_t width, std::int64_t height, const std::filesystem::path& name);

/// The orientation in a block of EXIF (TIFF structure, behind "Exif\0\0" or not); 1 where there is
/// none.
int exifOrientation(std::span<const std::byte> exif);
/// Without that, nothing where it says none. So much of the block's front has it nearly always, and
/// is read several times faster than all of it, with makers' notes and thumbnails.
std::optional<int> statedOrientation(std::span<const std::byte> exif);
inline constexpr std::size_t kExifFront = 256;

/// A header that asks for much more than its file can hold, where the format itself sets no such
/// bound: nobody's photograph has over 4096 pixels a byte. What is small is no harm.
Result<Header> withRoomFor(
    const Header& header, std::uint64_t fileBytes, const std::filesystem::path& name);

tl::unexpected<Error> cutOff(const std::filesystem::path& name);
tl::unexpected<Error> damaged(const std::filesystem::path& name, std::string how);

} // namespace vernier
