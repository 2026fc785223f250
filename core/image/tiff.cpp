#include "core/image/tiff.h"

#include "core/image/opencv.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace vernier {

namespace {

using Path = std::filesystem::path;
using Colours = TiffLayout::Colours;
using Alpha = TiffLayout::Alpha;
using Levels = std::vector<std::uint8_t>;

/// Of 8 bits, for each value of a sample.
Levels levelsOf(int bits, bool inverted)
{
    const auto most = (1u << bits) - 1;
    Levels levels(std::size_t { most } + 1);
    for (unsigned value = 0; value <= most; ++value)
        levels[value] = static_cast<std::uint8_t>(
            ((inverted ? most - value : value) * 255 + most / 2) / most);
    return levels;
}

/// Samples of a row, of any number of bits; 16 of them in the machine's order, others from the
/// highest bit on.
void unpack(std::span<const std::byte> row, int bits, std::span<std::uint16_t> samples)
{
    if (bits == 16) {
        std::memcpy(samples.data(), row.data(), samples.size_bytes());
        return;
    }
    if (bits == 8) {
        std::transform(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(samples.size()),
            samples.begin(), [](std::byte byte) { return std::to_integer<std::uint16_t>(byte); });
        return;
    }
    std::uint32_t buffer = 0;
    int there = 0;
    std::size_t next = 0;
    for (auto& sample : samples) {
        for (; there < bits; there += 8)
            buffer = buffer << 8 | std::to_integer<std::uint32_t>(row[next++]);
        there -= bits;
        sample = static_cast<std::uint16_t>(buffer >> there & ((1u << bits) - 1));
    }
}

std::uint8_t overWhite(int value, int alpha, Alpha kind)
{
    return static_cast<std::uint8_t>(kind == Alpha::Premultiplied
            ? std::min(255, value + 255 - alpha)
            : (value * alpha + 255 * (255 - alpha) + 127) / 255);
}

/// Turns samples into colours.
class Colouring {
public:
    static Result<Colouring> of(TiffFile& tiff, const TiffLayout& layout, const Path& name)
    {
        Colouring colouring(layout);
        if (layout.colours == Colours::Palette && !colouring.readPalette(tiff))
            return damaged(name, "its palette is missing");
        return colouring;
    }

    /// `pixel`: its samples, `stride` apart.
    void operator()(const std::uint16_t* pixel, std::size_t stride, std::uint8_t* rgb) const
    {
        switch (m_layout.colours) {
        case Colours::Palette:
            for (std::size_t c = 0; c < 3; ++c)
                rgb[c] = m_palette[c][pixel[0]];
            return;
        case Colours::Cmyk: {
            const int light = 255 - m_levels[pixel[3 * stride]];
            for (std::size_t c = 0; c < 3; ++c)
                rgb[c]
                    = static_cast<std::uint8_t>(light * (255 - m_levels[pixel[c * stride]]) / 255);
            break;
        }
        case Colours::Rgb:
            for (std::size_t c = 0; c < 3; ++c)
                rgb[c] = m_levels[pixel[c * stride]];
            break;
        default:
            std::fill(rgb, rgb + 3, m_levels[pixel[0]]);
            break;
        }
        if (m_layout.alpha == Alpha::None)
            return;
        const int alpha = m_alphas[pixel[static_cast<std::size_t>(m_layout.alphaAt) * stride]];
        for (std::size_t c = 0; c < 3; ++c)
            rgb[c] = overWhite(rgb[c], alpha, m_layout.alpha);
    }

private:
    explicit Colouring(const TiffLayout& layout)
        : m_layout(layout)
        , m_levels(levelsOf(layout.bits, layout.colours == Colours::WhiteIsZero))
        , m_alphas(levelsOf(layout.bits, false))
    {
    }

    bool readPalette(TiffFile& tiff)
    {
        std::array<std::uint16_t*, 3> maps {};
        if (TIFFGetField(tiff.handle(), TIFFTAG_COLORMAP, &maps[0], &maps[1], &maps[2]) != 1)
            return false;
        const auto count = std::size_t { 1 } << m_layout.bits;
        // Some programs write 8 bits where 16 belong.
        const bool narrow = std::all_of(maps.begin(), maps.end(), [&](const std::uint16_t* map) {
            return std::all_of(map, map + count, [](auto value) { return value < 256; });
        });
        for (std::size_t c = 0; c < 3; ++c) {
            m_palette[c].resize(count);
            std::transform(maps[c], maps[c] + count, m_palette[c].begin(),
                [&](auto value) { return static_cast<std::uint8_t>(narrow ? value : value >> 8); });
        }
        return true;
    }

    const TiffLayout& m_layout;
    Levels m_levels;
    Levels m_alphas;
    std::array<Levels, 3> m_palette;
};

class TiffPicture {
public:
    TiffPicture(TiffFile& tiff, const TiffLayout& layout, const Path& name)
        : m_tiff(tiff)
        , m_layout(layout)
        , m_name(name)
        , m_picture(emptyPicture(layout.header.width, layout.header.height))
    {
    }

    Result<Picture> decode()
    {
        m_tiff.forget();
        auto read = m_layout.colours == Colours::Converted ? readConverted()
            : m_layout.byRows                              ? readRows()
                                                           : readPieces();
        m_tiff.rethrow();
        if (!read)
            return tl::unexpected(std::move(read.error()));
        return std::move(m_picture);
    }

private:
    int width() const { return m_layout.header.width; }
    int height() const { return m_layout.header.height; }
    std::size_t samplesInRow() const { return static_cast<std::size_t>(m_layout.samplesInRow()); }

    tl::unexpected<Error> broken() const
    {
        return damaged(m_name, "the TIFF reader says \"" + m_tiff.complaint() + "\"");
    }

    /// libtiff goes on where some of its codecs are in doubt, and says so.
    Status checked(bool read) const
    {
        if (!read || !m_tiff.complaint().empty())
            return broken();
        return {};
    }

    /// Large strips, a row at a time.
    Status readRows()
    {
        auto colouring = Colouring::of(m_tiff, m_layout, m_name);
        if (!colouring)
            return tl::unexpected(std::move(colouring.error()));
        const auto count = static_cast<std::size_t>(width()) * samplesInRow();
        std::vector<std::byte> row(m_layout.rowBytes);
        std::vector<std::uint16_t> samples(count);
        for (int y = 0; y < height(); ++y) {
            const auto read
                = TIFFReadScanline(m_tiff.handle(), row.data(), static_cast<std::uint32_t>(y), 0);
            if (auto ok = checked(read == 1); !ok)
                return ok;
            unpack(row, m_layout.bits, samples);
            paint(*colouring, samples, samplesInRow(), 1, { 0, y, width() });
        }
        return {};
    }

    /// Tiles and strips, each as a whole.
    Status readPieces()
    {
        auto colouring = Colouring::of(m_tiff, m_layout, m_name);
        if (!colouring)
            return tl::unexpected(std::move(colouring.error()));
        const auto planes = static_cast<std::size_t>(m_layout.planeCount());
        const auto rowBytes = m_layout.rowBytes;
        const auto rowSamples = static_cast<std::size_t>(m_layout.pieceWidth) * samplesInRow();
        const auto planeBytes = rowBytes * static_cast<std::size_t>(m_layout.pieceHeight);
        std::vector<std::byte> piece(planeBytes * planes);
        std::vector<std::uint16_t> samples(rowSamples * planes);
        std::uint32_t index = 0;
        for (int top = 0; top < height(); top += m_layout.pieceHeight) {
            const int rows = std::min(m_layout.pieceHeight, height() - top);
            for (int left = 0; left < width(); left += m_layout.pieceWidth, ++index) {
                for (std::size_t plane = 0; plane < planes; ++plane) {
                    if (auto ok = readPiece(index, plane,
                            std::span(piece).subspan(plane * planeBytes, planeBytes), rows);
                        !ok)
                        return ok;
                }
                const int columns = std::min(m_layout.pieceWidth, width() - left);
                for (int y = 0; y < rows; ++y) {
                    for (std::size_t plane = 0; plane < planes; ++plane)
                        unpack(std::span(piece).subspan(
                                   plane * planeBytes + static_cast<std::size_t>(y) * rowBytes,
                                   rowBytes),
                            m_layout.bits,
                            std::span(samples).subspan(plane * rowSamples, rowSamples));
                    paint(*colouring, samples, samplesInRow(), m_layout.planes ? rowSamples : 1,
                        { left, top + y, columns });
                }
            }
        }
        return {};
    }

    Status readPiece(std::uint32_t index, std::size_t plane, std::span<std::byte> bytes, int rows)
    {
        auto* handle = m_tiff.handle();
        const auto size = static_cast<tmsize_t>(bytes.size());
        if (m_layout.tiled) {
            const auto perPlane
                = TIFFNumberOfTiles(handle) / static_cast<std::uint32_t>(m_layout.planeCount());
            const auto tile = index + static_cast<std::uint32_t>(plane) * perPlane;
            return checked(TIFFReadEncodedTile(handle, tile, bytes.data(), size) == size);
        }
        const auto strip
            = TIFFComputeStrip(handle, index * static_cast<std::uint32_t>(m_layout.pieceHeight),
                static_cast<std::uint16_t>(plane));
        const auto wanted
            = static_cast<tmsize_t>(TIFFVStripSize64(handle, static_cast<std::uint32_t>(rows)));
        return checked(TIFFReadEncodedStrip(handle, strip, bytes.data(), size) == wanted);
    }

    struct RowPart {
        int left = 0;
        int y = 0;
        int columns = 0;
    };

    /// `step`: from pixel to pixel, `stride`: from sample to sample of one.
    void paint(const Colouring& colouring, const std::vector<std::uint16_t>& samples,
        std::size_t step, std::size_t stride, const RowPart& place)
    {
        auto* out
            = &m_picture.rgb[(static_cast<std::size_t>(place.y) * static_cast<std::size_t>(width())
                                 + static_cast<std::size_t>(place.left))
                * 3];
        const auto* pixel = samples.data();
        for (int x = 0; x < place.columns; ++x, pixel += step, out += 3)
            colouring(pixel, stride, out);
    }

    /// Through libtiff's own colours, some rows at a time.
    Status readConverted()
    {
        TIFFRGBAImage image {};
        std::array<char, 1024> words {};
        if (TIFFRGBAImageBegin(&image, m_tiff.handle(), 1, words.data()) != 1)
            return damaged(m_name, std::string("the TIFF reader says \"") + words.data() + "\"");
        const std::unique_ptr<TIFFRGBAImage, decltype(&TIFFRGBAImageEnd)> end(
            &image, &TIFFRGBAImageEnd);
        // As stored: not turned, and rows from the top.
        image.orientation = ORIENTATION_TOPLEFT;
        image.req_orientation = ORIENTATION_TOPLEFT;
        const auto pieceHeight = static_cast<std::size_t>(m_layout.pieceHeight);
        std::vector<std::uint32_t> pixels(static_cast<std::size_t>(width()) * pieceHeight);
        auto* out = m_picture.rgb.data();
        for (int top = 0; top < height(); top += m_layout.pieceHeight) {
            const int rows = std::min(m_layout.pieceHeight, height() - top);
            image.row_offset = top;
            const auto read = TIFFRGBAImageGet(&image, pixels.data(),
                static_cast<std::uint32_t>(width()), static_cast<std::uint32_t>(rows));
            if (auto ok = checked(read == 1); !ok)
                return ok;
            const auto count = static_cast<std::size_t>(rows) * static_cast<std::size_t>(width());
            for (const auto pixel : std::span(pixels).first(count)) {
                *out++ = static_cast<std::uint8_t>(TIFFGetR(pixel));
                *out++ = static_cast<std::uint8_t>(TIFFGetG(pixel));
                *out++ = static_cast<std::uint8_t>(TIFFGetB(pixel));
            }
        }
        return {};
    }

    TiffFile& m_tiff;
    const TiffLayout& m_layout;
    const Path& m_name;
    Picture m_picture;
};

} // namespace

Result<Picture> decodeTiff(std::span<const std::byte> file, const Path& name)
{
    MemorySource source(file);
    TiffFile tiff(source);
    const auto layout = tiffLayout(tiff, file.size(), name);
    if (!layout)
        return tl::unexpected(layout.error());
    return TiffPicture(tiff, *layout, name).decode();
}

} // namespace vernier
