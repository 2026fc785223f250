#include "core/image/jpeg.h"

#include "core/image/jpeg_decoder.h"
#include "core/image/jpeg_scan.h"
#include "core/image/opencv.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <tuple>

#include <turbojpeg.h>

namespace vernier {

namespace {

/// Multiplies ink out of light. Adobe stores CMYK inverted: 255 is no ink.
void cmykToRgb(const std::vector<std::uint8_t>& cmyk, bool inverted, std::vector<std::uint8_t>& rgb)
{
    const int flip = inverted ? 0 : 255;
    for (std::size_t i = 0, j = 0; i < cmyk.size(); i += 4, j += 3) {
        const int black = cmyk[i + 3] ^ flip;
        for (std::size_t c = 0; c < 3; ++c)
            rgb[j + c] = static_cast<std::uint8_t>(((cmyk[i + c] ^ flip) * black + 127) / 255);
    }
}

/// libjpeg's scales are eighths.
constexpr unsigned kWhole = 8;

unsigned scaleFor(unsigned shorterEdge, int atLeast)
{
    if (atLeast <= 0)
        return kWhole;
    unsigned eighths = 1;
    while (eighths < kWhole
        && (shorterEdge * eighths + kWhole - 1) / kWhole < static_cast<unsigned>(atLeast))
        ++eighths;
    return eighths;
}

/// The least that a progressive picture takes beside its own pixels are its coefficients, which no
/// small file needs.
long memoryFor(std::size_t fileBytes, const jpeg_decompress_struct& info)
{
    constexpr std::uint64_t kAlways = 256 << 20;
    const auto pixels = std::uint64_t { info.image_width } * info.image_height;
    return static_cast<long>(kAlways + 10 * std::uint64_t { fileBytes } + 3 * pixels);
}

/// What can stand behind a scan, and in no scan's data.
bool endsScan(std::byte marker)
{
    constexpr std::array kMarkers { 0xC4, 0xD9, 0xDA, 0xDB, 0xDD, 0xFE };
    return std::find(kMarkers.begin(), kMarkers.end(), std::to_integer<int>(marker))
        != kMarkers.end();
}

/// What lies behind a scan's last pixel, up to the next marker.
struct Rest {
    std::span<const std::byte> bytes;
    bool stuffed = false; ///< holds what stands in a scan's data alone
    std::optional<std::byte> marker;
};

Rest restAt(std::span<const std::byte> file, std::size_t at)
{
    constexpr std::byte kFF { 0xFF };
    Rest rest;
    auto end = at;
    for (; end < file.size() && !rest.marker; ++end) {
        if (file[end] != kFF)
            continue;
        const auto next = end + 1 < file.size() ? file[end + 1] : kFF;
        if (next == std::byte { 0 } || isRestart(std::to_integer<int>(next)))
            rest.stuffed = true;
        else if (next != kFF)
            rest.marker = next;
    }
    rest.bytes = file.subspan(at, end - at - (rest.marker ? 1 : 0));
    return rest;
}

/// Of a progressive scan, whose codes cannot be followed without its pixels: whether the rest is
/// more of its data. What a camera appends to a picture without an end marker is none.
bool isMoreOfTheScan(const Rest& rest)
{
    return rest.bytes.size() > JpegDecoder::kMostStrayBytes
        && (rest.stuffed || JpegDecoder::repeats(rest.bytes)
            || (rest.marker && endsScan(*rest.marker)));
}

auto frameOf(const jpeg_decompress_struct& info)
{
    return std::tuple(info.image_width, info.image_height, info.num_components, info.data_precision,
        info.progressive_mode, info.arith_code);
}

/// One picture on its way through libjpeg.
class JpegPicture {
public:
    JpegPicture(std::span<const std::byte> file, const std::filesystem::path& name)
        : m_file(file)
        , m_name(name)
        , m_source(file)
        , m_decoder(m_source, file.size(), name)
        , m_info(m_decoder.info())
    {
    }

    Result<Picture> decode(int atLeast)
    {
        if (!start(atLeast))
            return m_decoder.error();
        if (m_info.buffered_image != 0) {
            if (auto read = readScans(); !read)
                return tl::unexpected(std::move(read.error()));
        }
        auto picture = emptyPicture(
            static_cast<int>(m_info.output_width), static_cast<int>(m_info.output_height));
        const bool cmyk = m_info.out_color_space == JCS_CMYK;
        std::vector<std::uint8_t> inks(cmyk ? picture.rgb.size() / 3 * 4 : 0);
        if (!readRows(cmyk ? inks : picture.rgb) || m_decoder.isDamaged())
            return m_decoder.error();
        if (m_info.buffered_image == 0 && moreFollows())
            return damaged(m_name, "its data do not end where its pixels do");
        if (m_info.buffered_image == 0 && m_info.progressive_mode == 0
            && isImpossible(m_info, m_file, static_cast<std::size_t>(m_scanData)))
            return damaged(m_name, "its data are no picture's");
        if (cmyk)
            cmykToRgb(inks, m_info.saw_Adobe_marker != 0, picture.rgb);
        return picture;
    }

private:
    bool start(int atLeast)
    {
        return m_decoder.run([this, atLeast] {
            jpeg_read_header(&m_info, TRUE);
            m_scanData = m_decoder.position();
            m_info.mem->max_memory_to_use = memoryFor(m_file.size(), m_info);
            m_info.out_color_space = m_info.num_components == 4 ? JCS_CMYK : JCS_RGB;
            m_info.scale_num = scaleFor(std::min(m_info.image_width, m_info.image_height), atLeast);
            m_info.scale_denom = kWhole;
            m_info.buffered_image = jpeg_has_multiple_scans(&m_info);
            jpeg_start_decompress(&m_info);
        });
    }

    /// Of a picture whose pixels come in several scans; all of them must have come.
    Status readScans()
    {
        constexpr int kMostScans = 100;
        int step = JPEG_REACHED_SOS;
        while (step != JPEG_REACHED_EOI) {
            noteComponents();
            if (m_info.input_scan_number > kMostScans)
                return damaged(m_name, "it comes in too many scans");
            // Behind the last scan no pixel depends on anything; but libjpeg writes a second
            // frame's header over the first before it refuses it, and its memory is of the first's
            // sizes.
            const auto frame = frameOf(m_info);
            if (!m_decoder.run([&] { step = jpeg_consume_input(&m_info); })) {
                if (frameOf(m_info) != frame || !isComplete())
                    return m_decoder.error();
                break;
            }
            if (step == JPEG_REACHED_SOS)
                m_scanData = m_decoder.position();
            if (step == JPEG_SCAN_COMPLETED && moreFollows())
                return damaged(m_name, "its data do not end where its pixels do");
        }
        if (m_decoder.isDamaged())
            return m_decoder.error();
        if (!isComplete())
            return m_decoder.hasEnded() ? Status(cutOff(m_name))
                                        : damaged(m_name, "parts of its pixels are missing");
        if (!m_decoder.run([this] { jpeg_start_output(&m_info, m_info.input_scan_number); }))
            return m_decoder.error();
        return {};
    }

    void noteComponents()
    {
        for (int i = 0; i < m_info.comps_in_scan; ++i)
            m_seen.at(static_cast<std::size_t>(m_info.cur_comp_info[i]->component_index)) = true;
    }

    bool isComplete() const
    {
        for (int c = 0; c < m_info.num_components; ++c) {
            if (!m_seen.at(static_cast<std::size_t>(c)))
                return false;
            if (m_info.coef_bits == nullptr)
                continue;
            // How many bits of each coefficient are still to come; -1: all.
            const std::span bits(m_info.coef_bits[c]);
            if (std::any_of(bits.begin(), bits.end(), [](int missing) { return missing != 0; }))
                return false;
        }
        return true;
    }

    bool readRows(std::vector<std::uint8_t>& samples)
    {
        const auto height = m_info.output_height;
        const auto stride = std::size_t { m_info.output_width }
            * static_cast<std::size_t>(m_info.output_components);
        std::vector<JSAMPROW> rows(height);
        for (std::size_t y = 0; y < height; ++y)
            rows[y] = samples.data() + y * stride;
        return m_decoder.run([&] {
            while (m_info.output_scanline < height)
                jpeg_read_scanlines(
                    &m_info, &rows[m_info.output_scanline], height - m_info.output_scanline);
        });
    }

    /// Whether there is more of a scan's data where libjpeg had all that it wanted: it lost its way
    /// then. Padding is none.
    bool moreFollows() const
    {
        // A restart marker that was read, but not asked for, is data's.
        const bool restart = isRestart(m_info.unread_marker);
        if (m_info.unread_marker != 0 && !restart)
            return false;
        const auto at = static_cast<std::size_t>(m_decoder.position());
        const auto rest = restAt(m_file, at);
        const auto count = rest.bytes.size();
        if (count == 0
            || (count > JpegDecoder::kMostStrayBytes && JpegDecoder::isPadding(m_file, at, count)))
            return false;
        return m_info.progressive_mode != 0
            ? isMoreOfTheScan(rest)
            : hasLostItsWay(m_info, m_file, static_cast<std::size_t>(m_scanData));
    }

    const std::span<const std::byte> m_file;
    const std::filesystem::path& m_name;
    MemorySource m_source;
    JpegDecoder m_decoder;
    jpeg_decompress_struct& m_info;
    std::uint64_t m_scanData = 0; ///< where in the file the current scan's begin
    std::array<bool, MAX_COMPONENTS> m_seen {}; ///< in a scan
};

} // namespace

Result<Picture> decodeJpeg(
    std::span<const std::byte> file, const std::filesystem::path& name, int atLeast)
{
    return JpegPicture(file, name).decode(atLeast);
}

Result<std::vector<std::byte>> encodeJpeg(const Picture& picture, int quality)
{
    const std::unique_ptr<void, decltype(&tjDestroy)> handle(tjInitCompress(), &tjDestroy);
    if (!handle)
        return fail(ErrorCode::OutOfMemory, "the JPEG encoder could not start");
    unsigned char* data = nullptr;
    unsigned long size = 0;
    const int status = tjCompress2(handle.get(), picture.rgb.data(), picture.width, 0,
        picture.height, TJPF_RGB, &data, &size, TJSAMP_420, quality, 0);
    const std::unique_ptr<unsigned char, decltype(&tjFree)> owner(data, &tjFree);
    if (status != 0)
        return fail(ErrorCode::Internal,
            std::string("the JPEG encoder says \"") + tjGetErrorStr2(handle.get()) + "\"");
    const auto bytes = std::as_bytes(std::span(data, size));
    return std::vector<std::byte>(bytes.begin(), bytes.end());
}

} // namespace vernier
