#include "core/image/png.h"

#include "core/image/opencv.h"
#include "core/image/over_white.h"

#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <new>

#include <png.h>

namespace vernier {

namespace {

using Path = std::filesystem::path;

/// A chunk that is kept is EXIF at most, which JPEG limits to 64 KB.
constexpr png_alloc_size_t kMostChunkBytes = 1 << 20;
/// Rows of the widest picture are 8 MB. libpng asks for what a chunk says it has whatever limit was
/// set: that one is no error in its eyes.
constexpr png_alloc_size_t kMostAtOnce = 64 << 20;
/// How libpng is told to keep one part that it is not to read itself; the next ones are dropped.
constexpr png_uint_32 kOnePart = 3;
constexpr std::uint64_t kSignature = 8;
constexpr std::uint64_t kChunkHead = 8; ///< length and type
constexpr std::uint64_t kChunkFrame = 12; ///< and checksum
constexpr std::uint32_t kMostExifBytes = 64 << 10;
/// Deflate never makes more of one byte.
constexpr std::uint64_t kMostFromOneByte = 1032;

png_voidp allocate(png_structp, png_alloc_size_t bytes)
{
    return bytes > kMostAtOnce ? nullptr : std::malloc(bytes);
}
void release(png_structp, png_voidp memory) { std::free(memory); }

/// libpng reports an error by jumping back to where setjmp was called, past every destructor on
/// the way. So the functions that call libpng own nothing; what is owned lies in this class and
/// with whoever calls it.
class PngReader {
public:
    explicit PngReader(ByteSource& source) : m_source(source)
    {
        m_png = png_create_read_struct_2(
            PNG_LIBPNG_VER_STRING, this, &onError, &onWarning, nullptr, &allocate, &release);
        if (m_png)
            m_info = png_create_info_struct(m_png);
    }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;
    ~PngReader() { png_destroy_read_struct(&m_png, &m_info, nullptr); }

    /// Everything before the pixels.
    bool readHeader()
    {
        if (!m_info) {
            m_outOfMemory = true;
            return false;
        }
        if (setjmp(png_jmpbuf(m_png)) != 0)
            return false;
        png_set_read_fn(m_png, this, &onRead);
        png_set_user_limits(m_png, kMaxEdge, kMaxEdge);
        png_set_chunk_malloc_max(m_png, kMostChunkBytes);
        png_set_chunk_cache_max(m_png, kOnePart);
        // Profiles and texts can be made to swell, and no pixel needs them.
        png_set_keep_unknown_chunks(m_png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
        // libpng itself drops EXIF that begins as it does in a JPEG.
        constexpr png_byte kExif[] = { 'e', 'X', 'I', 'f', 0 };
        png_set_keep_unknown_chunks(m_png, PNG_HANDLE_CHUNK_ALWAYS, kExif, 1);
        png_read_info(m_png, m_info);
        return isUndamaged();
    }

    /// Asks for RGB, for RGBA where something is transparent, or for a palette's numbers: libpng
    /// has a colour for those too that are beyond it.
    bool prepare()
    {
        if (setjmp(png_jmpbuf(m_png)) != 0)
            return false;
        if (hasPalette()) {
            png_set_packing(m_png);
        } else {
            png_set_expand(m_png);
            png_set_scale_16(m_png);
            png_set_gray_to_rgb(m_png);
        }
        png_set_interlace_handling(m_png);
        png_read_update_info(m_png, m_info);
        return true;
    }

    /// All pixels into `rows`, and what comes behind them to the end.
    bool readRows(png_bytepp rows)
    {
        if (setjmp(png_jmpbuf(m_png)) != 0)
            return false;
        png_read_image(m_png, rows);
        png_read_end(m_png, nullptr);
        return isUndamaged();
    }

    std::size_t rowBytes() const { return png_get_rowbytes(m_png, m_info); }
    bool hasPalette() const { return png_get_color_type(m_png, m_info) == PNG_COLOR_TYPE_PALETTE; }
    /// RGBA of numbers in the palette; none where one is beyond it.
    std::optional<std::vector<std::uint8_t>> coloursOf(std::span<const std::uint8_t> numbers) const
    {
        png_colorp colours = nullptr;
        int count = 0;
        png_get_PLTE(m_png, m_info, &colours, &count);
        png_bytep alphas = nullptr;
        int transparent = 0;
        png_get_tRNS(m_png, m_info, &alphas, &transparent, nullptr);
        std::vector<std::uint8_t> rgba;
        rgba.reserve(4 * numbers.size());
        for (const int number : numbers) {
            if (number >= count)
                return std::nullopt;
            const auto& colour = colours[number];
            const int alpha = number < transparent ? alphas[number] : 255;
            rgba.insert(rgba.end(),
                { colour.red, colour.green, colour.blue, static_cast<std::uint8_t>(alpha) });
        }
        return rgba;
    }
    int channels() const { return png_get_channels(m_png, m_info); }

    /// None: nothing in front of the pixels says.
    std::optional<int> orientation() const
    {
        png_unknown_chunkp kept = nullptr;
        if (png_get_unknown_chunks(m_png, m_info, &kept) <= 0)
            return std::nullopt;
        return exifOrientation(std::as_bytes(std::span(kept->data, kept->size)));
    }

    /// Where the first part with pixels begins, once the header was read.
    std::uint64_t pixels() const { return m_offset - kChunkHead; }

    tl::unexpected<Error> error(const Path& name) const
    {
        if (m_outOfMemory)
            return fail(ErrorCode::OutOfMemory, "there is not enough memory for it", name);
        if (m_isCutOff)
            return cutOff(name);
        if (m_checksumIsWrong)
            return damaged(name, "a checksum does not match");
        if (m_transparencyIsWrong)
            return damaged(name, "what it says of transparency does not fit its pixels");
        return damaged(name, "the PNG decoder says \"" + std::string(m_message.data()) + "\"");
    }

private:
    static void onRead(png_structp png, png_bytep to, std::size_t count)
    {
        auto* self = static_cast<PngReader*>(png_get_io_ptr(png));
        if (!self->read(to, count))
            png_error(png, "it ends early");
    }

    bool read(png_bytep to, std::size_t count)
    {
        try {
            const auto bytes = m_source.at(m_offset, count);
            m_isCutOff = bytes.size() < count;
            if (m_isCutOff)
                return false;
            std::memcpy(to, bytes.data(), count);
            m_offset += count;
            return true;
        } catch (const std::bad_alloc&) {
            m_outOfMemory = true;
            return false;
        }
    }

    [[noreturn]] static void onError(png_structp png, png_const_charp message)
    {
        auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
        std::strncpy(self->m_message.data(), message, self->m_message.size() - 1);
        self->m_checksumIsWrong |= std::strstr(message, "CRC error") != nullptr;
        self->m_outOfMemory |= std::strcmp(message, "Out of memory") == 0;
        png_longjmp(png, 1);
    }

    /// libpng drops these two when they are damaged, and goes on: with other pixels.
    static void onWarning(png_structp png, png_const_charp message)
    {
        auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
        self->m_checksumIsWrong |= std::strcmp(message, "tRNS: CRC error") == 0
            || std::strcmp(message, "eXIf: CRC error") == 0;
        if (std::strcmp(message, "tRNS: invalid") == 0
            || std::strcmp(message, "tRNS: out of place") == 0)
            self->m_transparencyIsWrong |= !self->wasEmpty();
    }

    /// The part that was read last says nothing.
    bool wasEmpty()
    {
        try {
            return m_offset >= kChunkFrame && m_source.u32(m_offset - kChunkFrame, true) == 0U
                && m_source.startsWith(m_offset - kChunkFrame + 4, "tRNS");
        } catch (const std::bad_alloc&) {
            m_outOfMemory = true;
            return false;
        }
    }

    bool isUndamaged() const { return !m_checksumIsWrong && !m_transparencyIsWrong; }

    ByteSource& m_source;
    std::uint64_t m_offset = 0;
    png_structp m_png = nullptr;
    png_infop m_info = nullptr;
    bool m_isCutOff = false;
    bool m_checksumIsWrong = false;
    bool m_transparencyIsWrong = false;
    bool m_outOfMemory = false;
    std::array<char, 128> m_message {};
};

/// The part of this name from `offset` on, of which its body; none: there is none, or the file ends
/// before it does.
std::optional<std::pair<std::uint64_t, std::uint32_t>> find(
    ByteSource& source, std::string_view name, std::uint64_t offset)
{
    while (true) {
        const auto length = source.u32(offset, true);
        if (!length || offset + kChunkFrame + *length > source.size())
            return std::nullopt;
        if (source.startsWith(offset + 4, name))
            return std::pair(offset + kChunkHead, *length);
        offset += kChunkFrame + *length;
    }
}

/// A file that ends as it should is not walked through; others have something behind the picture.
bool hasEnd(ByteSource& source)
{
    return source.startsWith(source.size() - 8, "IEND")
        || find(source, "IEND", kSignature).has_value();
}

/// ImageMagick writes it there.
int orientationBehind(ByteSource& source, std::uint64_t pixels)
{
    const auto exif = find(source, "eXIf", pixels);
    return exif && exif->second <= kMostExifBytes
        ? exifOrientation(source.at(exif->first, exif->second))
        : 1;
}

} // namespace

Result<Header> readPngHeader(ByteSource& source, const Path& name)
{
    // Looked at before libpng is asked, which would not say what is wrong with them.
    const auto width = source.u32(16, true);
    const auto height = source.u32(20, true);
    if (!width || !height)
        return cutOff(name);
    if (source.startsWith(12, "CgBI"))
        return fail(ErrorCode::Unsupported, "PNG files from inside iPhone apps cannot be used",
            name, "save it as an ordinary PNG");
    if (!source.startsWith(12, "IHDR"))
        return damaged(name, "a PNG file must begin with its header");
    auto header = checkedSize({ .format = PictureFormat::Png }, *width, *height, name);
    if (!header)
        return header;

    PngReader reader(source);
    if (!reader.readHeader())
        return reader.error(name);
    if (!hasEnd(source))
        return cutOff(name);
    const auto orientation = reader.orientation();
    header->orientation = orientation ? *orientation : orientationBehind(source, reader.pixels());
    return header;
}

Result<Picture> decodePng(std::span<const std::byte> file, const Header& header, const Path& name)
{
    MemorySource source(file);
    PngReader reader(source);
    if (!reader.readHeader())
        return reader.error(name);
    const auto height = static_cast<std::size_t>(header.height);
    if (reader.rowBytes() * height / kMostFromOneByte > file.size())
        return cutOff(name);
    if (!reader.prepare())
        return reader.error(name);

    Picture picture = emptyPicture(header.width, header.height);
    const bool palette = reader.hasPalette();
    const bool transparent = reader.channels() == 4;
    const auto rowBytes = reader.rowBytes();
    std::vector<std::uint8_t> other(palette || transparent ? rowBytes * height : 0);
    auto* pixels = other.empty() ? picture.rgb.data() : other.data();
    std::vector<png_bytep> rows(height);
    for (std::size_t y = 0; y < height; ++y)
        rows[y] = pixels + y * rowBytes;
    if (!reader.readRows(rows.data()))
        return reader.error(name);
    if (palette) {
        const auto rgba = reader.coloursOf(other);
        if (!rgba)
            return damaged(name, "it has colours that are not in its palette");
        layOverWhite(*rgba, picture.rgb.data());
    } else if (transparent) {
        layOverWhite(other, picture.rgb.data());
    }
    return picture;
}

} // namespace vernier
