#include "core/image/tiff.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>

namespace vernier {

namespace {

using Path = std::filesystem::path;
using Colours = TiffLayout::Colours;
using Alpha = TiffLayout::Alpha;

/// What may be taken beside the picture itself, with ten times the file.
constexpr std::uint64_t kAlways = 256 << 20;

constexpr const char* kSaveAnew = "save it with 8 or 16 bits a channel, as RGB or grey";

tl::unexpected<Error> unusable(const Path& name, const std::string& what)
{
    return fail(
        ErrorCode::Unsupported, "TIFF pictures " + what + " cannot be used", name, kSaveAnew);
}

tl::unexpected<Error> unreadable(const TiffFile& tiff, const Path& name)
{
    if (tiff.hasEnded())
        return cutOff(name);
    return damaged(name, "the TIFF reader says \"" + tiff.complaint() + "\"");
}

/// Those that are read with no more memory than the file and the picture take, and that say when
/// they are damaged.
bool isKnownCompression(std::uint16_t compression)
{
    constexpr std::array<std::uint16_t, 10> kKnown { COMPRESSION_NONE, COMPRESSION_CCITTRLE,
        COMPRESSION_CCITTFAX3, COMPRESSION_CCITTFAX4, COMPRESSION_LZW, COMPRESSION_JPEG,
        COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE, COMPRESSION_PACKBITS, COMPRESSION_ZSTD };
    return std::find(kKnown.begin(), kKnown.end(), compression) != kKnown.end()
        && TIFFIsCODECConfigured(compression) != 0;
}

/// How many bytes one can become, at the very most; 0: any number.
std::uint64_t mostFromAByte(std::uint16_t compression)
{
    switch (compression) {
    case COMPRESSION_NONE:
        return 1;
    case COMPRESSION_PACKBITS:
        return 128;
    case COMPRESSION_DEFLATE:
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_JPEG:
        return 1100;
    case COMPRESSION_LZW:
        return 4096;
    default:
        return 0;
    }
}

std::string compressionName(std::uint16_t compression)
{
    const auto* codec = TIFFFindCODEC(compression);
    return codec ? codec->name : "method " + std::to_string(compression);
}

std::string photometricName(std::uint16_t photometric)
{
    switch (photometric) {
    case PHOTOMETRIC_MASK:
        return "that are masks";
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB:
        return "in ICC's or ITU's Lab colours";
    case PHOTOMETRIC_CFA:
    case 34892:
        return "from a camera's bare sensor";
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
        return "of logarithms";
    default:
        return "whose colours are of kind " + std::to_string(photometric);
    }
}

/// Colours, samples and their form.
Status readColours(TiffFile& tiff, TiffLayout& layout, const Path& name)
{
    const auto photometric = tiff.tag<std::uint16_t>(TIFFTAG_PHOTOMETRIC);
    if (!photometric)
        return unusable(name, "that do not say what their samples mean");
    const auto compression
        = tiff.tag<std::uint16_t>(TIFFTAG_COMPRESSION).value_or(COMPRESSION_NONE);
    if (!isKnownCompression(compression))
        return unusable(name, "compressed by " + compressionName(compression));
    const auto format = tiff.tag<std::uint16_t>(TIFFTAG_SAMPLEFORMAT).value_or(SAMPLEFORMAT_UINT);
    if (format == SAMPLEFORMAT_IEEEFP)
        return unusable(name, "of floating-point numbers");
    if (format == SAMPLEFORMAT_INT)
        return unusable(name, "of numbers with a sign");
    if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID)
        return unusable(name, "of complex numbers");
    layout.bits = tiff.tag<std::uint16_t>(TIFFTAG_BITSPERSAMPLE).value_or(1);
    layout.samples = tiff.tag<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL).value_or(1);
    constexpr int kMostBits = 16;
    constexpr int kMostSamples = 16;
    const auto bits = std::to_string(layout.bits);
    if (layout.bits < 1 || layout.bits > kMostBits)
        return unusable(name, "with " + bits + " bits a channel");
    if (layout.samples < 1 || layout.samples > kMostSamples)
        return unusable(name, "of " + std::to_string(layout.samples) + " bands");
    layout.planes = layout.samples > 1
        && tiff.tag<std::uint16_t>(TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;

    switch (*photometric) {
    case PHOTOMETRIC_MINISBLACK:
        layout.colours = Colours::Grey;
        break;
    case PHOTOMETRIC_MINISWHITE:
        layout.colours = Colours::WhiteIsZero;
        break;
    case PHOTOMETRIC_RGB:
        layout.colours = Colours::Rgb;
        break;
    case PHOTOMETRIC_PALETTE:
        if (layout.bits > 8)
            return unusable(name, "with a palette of " + bits + " bits");
        layout.colours = Colours::Palette;
        break;
    case PHOTOMETRIC_SEPARATED:
        if (tiff.tag<std::uint16_t>(TIFFTAG_INKSET).value_or(INKSET_CMYK) != INKSET_CMYK)
            return unusable(name, "of other inks than CMYK");
        layout.colours = Colours::Cmyk;
        break;
    case PHOTOMETRIC_YCBCR:
    case PHOTOMETRIC_CIELAB:
        if (*photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG
            && !layout.planes) {
            TIFFSetField(tiff.handle(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
            layout.colours = Colours::Rgb;
            break;
        }
        if (layout.bits != 8 || layout.samples != 3 || layout.planes)
            return unusable(name,
                std::string("in ") + (*photometric == PHOTOMETRIC_YCBCR ? "YCbCr" : "Lab")
                    + " colours of this layout");
        layout.colours = Colours::Converted;
        break;
    default:
        return unusable(name, photometricName(*photometric));
    }
    if (compression == COMPRESSION_JPEG && layout.bits != 8)
        return unusable(name, "of JPEG with " + bits + " bits a channel");
    return {};
}

/// What stands beside the colours.
Status readExtraSamples(TiffFile& tiff, TiffLayout& layout, const Path& name)
{
    const int extra = layout.samples - layout.colourSamples();
    if (extra < 0)
        return unusable(name,
            "of " + counted(layout.samples, "band") + ", where their colours need "
                + std::to_string(layout.colourSamples()));
    if (extra == 0)
        return {};
    std::uint16_t count = 0;
    std::uint16_t* kinds = nullptr;
    if (TIFFGetField(tiff.handle(), TIFFTAG_EXTRASAMPLES, &count, &kinds) != 1 || !kinds)
        count = 0;
    int unused = extra;
    for (int i = 0; i < std::min<int>(count, extra) && layout.alpha == Alpha::None; ++i) {
        if (kinds[i] != EXTRASAMPLE_ASSOCALPHA && kinds[i] != EXTRASAMPLE_UNASSALPHA)
            continue;
        layout.alpha = kinds[i] == EXTRASAMPLE_ASSOCALPHA ? Alpha::Premultiplied : Alpha::Straight;
        layout.alphaAt = layout.colourSamples() + i;
        --unused;
    }
    if (layout.colours == Colours::Palette)
        return unusable(name, "with a palette and more");
    if (unused == 0)
        return {};
    // Red, green and blue are a picture, whatever else was measured; of any other bands nobody says
    // that the first is one.
    if (layout.colours != Colours::Rgb)
        return unusable(name, "of " + std::to_string(layout.samples) + " bands");
    layout.header.note = unused == 1
        ? "one band beside red, green and blue, which is not used"
        : std::to_string(unused) + " bands beside red, green and blue, which are not used";
    return {};
}

/// That all strips or tiles are there, and, where that can be seen, with all of their pixels.
Status checkPieces(TiffFile& tiff, TiffLayout& layout, std::uint64_t fileSize, const Path& name)
{
    auto* handle = tiff.handle();
    constexpr std::uint32_t kMostPieces = 1 << 22;
    layout.tiled = TIFFIsTiled(handle) != 0;
    const auto width = static_cast<std::uint32_t>(layout.header.width);
    const auto height = static_cast<std::uint32_t>(layout.header.height);
    const auto pieceWidth
        = layout.tiled ? tiff.tag<std::uint32_t>(TIFFTAG_TILEWIDTH).value_or(0) : width;
    const auto pieceHeight = layout.tiled
        ? tiff.tag<std::uint32_t>(TIFFTAG_TILELENGTH).value_or(0)
        : std::min(height, tiff.tag<std::uint32_t>(TIFFTAG_ROWSPERSTRIP).value_or(height));
    if (pieceWidth == 0 || pieceHeight == 0)
        return damaged(name, "its parts have no size");
    const auto across = (width + std::uint64_t { pieceWidth } - 1) / pieceWidth;
    const auto down = (height + std::uint64_t { pieceHeight } - 1) / pieceHeight;
    // All of a tile is decoded, with what stands over the picture's edges.
    constexpr auto kMostPixels = 2 * static_cast<std::uint64_t>(kMaxPicturePixels);
    if (across * pieceWidth > kMostPixels || down * pieceHeight > kMostPixels
        || across * pieceWidth * down * pieceHeight > kMostPixels)
        return damaged(name, "its tiles are larger than any picture");
    layout.pieceWidth = static_cast<int>(pieceWidth);
    layout.pieceHeight = static_cast<int>(pieceHeight);

    const auto planes = layout.planes ? static_cast<std::uint64_t>(layout.samples) : 1;
    const auto count = across * down * planes;
    if (count > kMostPieces
        || count != (layout.tiled ? TIFFNumberOfTiles(handle) : TIFFNumberOfStrips(handle)))
        return damaged(name, "it has too many parts");
    const auto compression
        = tiff.tag<std::uint16_t>(TIFFTAG_COMPRESSION).value_or(COMPRESSION_NONE);
    const auto most = mostFromAByte(compression);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto at = TIFFGetStrileOffset(handle, i);
        const auto bytes = TIFFGetStrileByteCount(handle, i);
        const auto row = i % (across * down) / across;
        const auto rows = std::min<std::uint64_t>(pieceHeight, height - row * pieceHeight);
        const auto wanted = layout.tiled
            ? TIFFTileSize64(handle)
            : TIFFVStripSize64(handle, static_cast<std::uint32_t>(rows));
        // The last strip's may be those of a whole one.
        const auto used = compression == COMPRESSION_NONE ? std::min(bytes, wanted) : bytes;
        if (at > fileSize || used > fileSize - at)
            return cutOff(name);
        if (bytes == 0 || (most > 0 && bytes < (wanted + most - 1) / most))
            return damaged(name, "some of its pixels are missing");
    }
    return {};
}

/// That a piece fits into memory.
Status checkMemory(TiffFile& tiff, TiffLayout& layout, std::uint64_t fileSize, const Path& name)
{
    auto* handle = tiff.handle();
    const auto rowBytes = layout.tiled ? TIFFTileRowSize64(handle) : TIFFScanlineSize64(handle);
    const auto bits = static_cast<std::uint64_t>(layout.pieceWidth)
        * static_cast<std::uint64_t>(layout.samplesInRow() * layout.bits);
    const bool converted = layout.colours == Colours::Converted;
    if (!converted && rowBytes < (bits + 7) / 8)
        return damaged(name, "its rows are too short");
    layout.rowBytes = rowBytes;
    const auto height = static_cast<std::uint64_t>(layout.pieceHeight);
    const auto rowOfPieces = converted
        ? std::uint64_t { sizeof(std::uint32_t) } * static_cast<std::uint64_t>(layout.header.width)
        : rowBytes * static_cast<std::uint64_t>(layout.planeCount());
    const bool fits = rowOfPieces <= (kAlways / 2 + 5 * fileSize) / height;
    layout.byRows = !fits && !layout.tiled && !layout.planes && !converted;
    if (!fits && !layout.byRows)
        return fail(ErrorCode::TooLarge, "its strips or tiles are too large", name,
            "save it with smaller ones");
    return {};
}

Status readPages(TiffFile& tiff, TiffLayout& layout, const Path& name)
{
    auto* handle = tiff.handle();
    constexpr std::uint32_t kDngVersion = 50706;
    const void* ignored = nullptr;
    if (TIFFGetField(handle, kDngVersion, &ignored) == 1)
        return fail(
            ErrorCode::Unsupported, "raw photographs cannot be used", name, "export it as JPEG");
    std::uint16_t below = 0;
    const bool hasMore = TIFFLastDirectory(handle) == 0;
    const bool hasBelow = TIFFGetField(handle, TIFFTAG_SUBIFD, &below, &ignored) == 1 && below > 0;
    const auto kind = tiff.tag<std::uint32_t>(TIFFTAG_SUBFILETYPE).value_or(0);
    if ((kind & FILETYPE_MASK) != 0)
        return unusable(name, "that are masks");
    if ((kind & FILETYPE_REDUCEDIMAGE) != 0 && (hasMore || hasBelow))
        return unusable(name, "that begin with a preview");
    if (hasMore) {
        auto& note = layout.header.note;
        note += note.empty() ? "" : "; ";
        note += "more pages than the first, which is used";
    }
    return {};
}

} // namespace

int TiffLayout::colourSamples() const
{
    switch (colours) {
    case Colours::Rgb:
    case Colours::Converted:
        return 3;
    case Colours::Cmyk:
        return 4;
    default:
        return 1;
    }
}

Result<TiffLayout> tiffLayout(TiffFile& tiff, std::uint64_t fileSize, const Path& name)
{
    if (!tiff.handle())
        return unreadable(tiff, name);
    const auto width = tiff.tag<std::uint32_t>(TIFFTAG_IMAGEWIDTH);
    const auto height = tiff.tag<std::uint32_t>(TIFFTAG_IMAGELENGTH);
    if (!width || !height || *width == 0 || *height == 0)
        return damaged(name, "its header gives no size");
    TiffLayout layout;
    layout.header.format = PictureFormat::Tiff;
    constexpr std::uint32_t kMaxStated = 1u << 30;
    layout.header.width = static_cast<int>(std::min(*width, kMaxStated));
    layout.header.height = static_cast<int>(std::min(*height, kMaxStated));
    const auto orientation = tiff.tag<std::uint16_t>(TIFFTAG_ORIENTATION).value_or(1);
    layout.header.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
    if (std::int64_t { layout.header.width } * layout.header.height > kMaxPicturePixels)
        return layout;
    if (auto ok = readColours(tiff, layout, name); !ok)
        return tl::unexpected(std::move(ok.error()));
    if (auto ok = readExtraSamples(tiff, layout, name); !ok)
        return tl::unexpected(std::move(ok.error()));
    if (auto ok = checkPieces(tiff, layout, fileSize, name); !ok)
        return tl::unexpected(std::move(ok.error()));
    if (auto ok = checkMemory(tiff, layout, fileSize, name); !ok)
        return tl::unexpected(std::move(ok.error()));
    if (auto ok = readPages(tiff, layout, name); !ok)
        return tl::unexpected(std::move(ok.error()));
    tiff.rethrow();
    return layout;
}

Result<Header> readTiffHeader(ByteSource& source, const Path& name)
{
    TiffFile tiff(source);
    return tiffLayout(tiff, source.size(), name).map([](const TiffLayout& layout) {
        return layout.header;
    });
}

} // namespace vernier
