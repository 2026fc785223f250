#include "core/image/jpeg2000.h"

#include "core/image/opencv.h"
#include "core/image/over_white.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include <openjpeg.h>

namespace vernier {

namespace {

using Path = std::filesystem::path;

template <auto release> struct Releaser {
    template <class T> void operator()(T* what) const { release(what); }
};
using Stream = std::unique_ptr<opj_stream_t, Releaser<opj_stream_destroy>>;
using Codec = std::unique_ptr<opj_codec_t, Releaser<opj_destroy_codec>>;
using Image = std::unique_ptr<opj_image_t, Releaser<opj_image_destroy>>;

constexpr std::string_view kCodestream = "\xFF\x4F\xFF\x51";

tl::unexpected<Error> notOfThisKind(const std::string& what, const Path& name)
{
    return fail(ErrorCode::Unsupported, "JPEG 2000 pictures " + what + " cannot be used", name,
        "save it as JPEG or PNG");
}

/// Where the codestream begins: OpenJPEG takes the first one, too.
std::optional<std::uint64_t> codestreamAt(ByteSource& source)
{
    constexpr int kMostBoxes = 1000;
    if (source.startsWith(0, kCodestream))
        return 0;
    std::uint64_t offset = 0;
    for (int box = 0; box < kMostBoxes; ++box) {
        std::uint64_t length = source.u32(offset, true).value_or(0);
        std::uint64_t head = 8;
        if (source.startsWith(offset + 4, "jp2c"))
            return offset + (length == 1 ? 16 : head);
        if (length == 1) {
            if (source.u32(offset + 8, true) != 0U)
                return std::nullopt;
            length = source.u32(offset + 12, true).value_or(0);
            head = 16;
        }
        if (length < head || length > source.size() - offset)
            return std::nullopt;
        offset += length;
    }
    return std::nullopt;
}

struct Input {
    std::span<const std::byte> file;
    std::size_t position = 0;

    static OPJ_SIZE_T read(void* to, OPJ_SIZE_T count, void* self)
    {
        auto& input = *static_cast<Input*>(self);
        const auto rest = input.file.subspan(input.position);
        if (rest.empty())
            return static_cast<OPJ_SIZE_T>(-1);
        const auto taken = std::min<std::size_t>(count, rest.size());
        std::memcpy(to, rest.data(), taken);
        input.position += taken;
        return taken;
    }
    static OPJ_OFF_T skip(OPJ_OFF_T count, void* self)
    {
        auto& input = *static_cast<Input*>(self);
        if (count < 0)
            return -1;
        const auto taken = std::min<std::uint64_t>(
            static_cast<std::uint64_t>(count), input.file.size() - input.position);
        input.position += taken;
        return static_cast<OPJ_OFF_T>(taken);
    }
    static OPJ_BOOL seek(OPJ_OFF_T position, void* self)
    {
        auto& input = *static_cast<Input*>(self);
        if (position < 0 || static_cast<std::uint64_t>(position) > input.file.size())
            return OPJ_FALSE;
        input.position = static_cast<std::size_t>(position);
        return OPJ_TRUE;
    }
};

void keepFirst(const char* message, void* text)
{
    auto& kept = *static_cast<std::array<char, 160>*>(text);
    if (kept[0] == 0)
        std::strncpy(kept.data(), message,
            std::strcspn(message, "\n") < kept.size() ? std::strcspn(message, "\n")
                                                      : kept.size() - 1);
}

/// One channel at the picture's size, in 8 bits.
class Channel {
public:
    explicit Channel(const opj_image_comp_t& component) : m_component(component)
    {
        const auto bits = component.prec;
        m_most = (std::int64_t { 1 } << bits) - 1;
        m_zero = component.sgnd ? std::int64_t { 1 } << (bits - 1) : 0;
    }

    int at(std::uint32_t x, std::uint32_t y) const
    {
        const auto column = std::min(x / m_component.dx, m_component.w - 1);
        const auto row = std::min(y / m_component.dy, m_component.h - 1);
        const auto stored = m_component.data[std::size_t { row } * m_component.w + column] + m_zero;
        const auto value = std::clamp<std::int64_t>(stored, 0, m_most);
        return static_cast<int>((value * 510 + m_most) / (2 * m_most));
    }

private:
    const opj_image_comp_t& m_component;
    std::int64_t m_most = 255;
    std::int64_t m_zero = 0;
};

std::uint8_t clamped(double value)
{
    return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
}

enum class Colours : std::uint8_t { Grey, Rgb, Ycc, Cmyk };

struct Bands {
    Colours colours = Colours::Rgb;
    int opacity = -1; ///< which one; -1: none
    bool multiplied = false;
};

Result<Bands> bandsOf(const opj_image_t& image, const Path& name)
{
    const std::span components(image.comps, image.numcomps);
    Bands bands;
    int colours = 0;
    for (std::size_t i = 0; i < components.size(); ++i) {
        const auto& component = components[i];
        if (!component.data || component.w == 0 || component.h == 0)
            return damaged(name, "a part of its pixels is missing");
        if (component.alpha == 0) {
            ++colours;
        } else {
            if (bands.opacity >= 0 || i + 1 != components.size())
                return notOfThisKind("with such bands", name);
            bands.opacity = static_cast<int>(i);
            bands.multiplied = component.alpha == 2;
        }
    }
    // What a further band means is not known: it may be infrared.
    if (colours == 1)
        bands.colours = Colours::Grey;
    else if (colours == 4 && image.color_space == OPJ_CLRSPC_CMYK)
        bands.colours = Colours::Cmyk;
    else if (colours != 3)
        return notOfThisKind("of " + std::to_string(colours) + " bands", name);
    else if (image.color_space == OPJ_CLRSPC_SYCC || image.color_space == OPJ_CLRSPC_EYCC
        || (components[0].dx == 1 && components[1].dx > 1))
        bands.colours = Colours::Ycc;
    return bands;
}

Picture coloured(const opj_image_t& image, const Bands& bands, const Header& header)
{
    std::vector<Channel> channels;
    for (std::uint32_t i = 0; i < image.numcomps; ++i)
        channels.emplace_back(image.comps[i]);
    Picture picture = emptyPicture(header.width, header.height);
    auto* out = picture.rgb.data();
    std::array<std::uint8_t, 4> rgba {};
    for (std::uint32_t y = 0; y < static_cast<std::uint32_t>(header.height); ++y) {
        for (std::uint32_t x = 0; x < static_cast<std::uint32_t>(header.width); ++x, out += 3) {
            const int first = channels[0].at(x, y);
            if (bands.colours == Colours::Grey) {
                std::fill_n(rgba.begin(), 3, static_cast<std::uint8_t>(first));
            } else {
                const int second = channels[1].at(x, y);
                const int third = channels[2].at(x, y);
                if (bands.colours == Colours::Ycc) {
                    rgba[0] = clamped(first + 1.402 * (third - 128));
                    rgba[1] = clamped(first - 0.344136 * (second - 128) - 0.714136 * (third - 128));
                    rgba[2] = clamped(first + 1.772 * (second - 128));
                } else {
                    const int light
                        = bands.colours == Colours::Cmyk ? 255 - channels[3].at(x, y) : 255;
                    const bool inks = bands.colours == Colours::Cmyk;
                    std::size_t c = 0;
                    for (const int value : { first, second, third })
                        rgba[c++] = static_cast<std::uint8_t>(
                            inks ? ((255 - value) * light + 127) / 255 : value);
                }
            }
            if (bands.opacity < 0) {
                std::copy_n(rgba.begin(), 3, out);
                continue;
            }
            rgba[3] = static_cast<std::uint8_t>(
                channels[static_cast<std::size_t>(bands.opacity)].at(x, y));
            bands.multiplied ? layMultipliedOverWhite(rgba, out) : layOverWhite(rgba, out);
        }
    }
    return picture;
}

} // namespace

bool isJpeg2000(ByteSource& source)
{
    return source.startsWith(0, std::string_view("\0\0\0\x0CjP  ", 8))
        || source.startsWith(0, kCodestream);
}

Result<Header> readJpeg2000Header(ByteSource& source, const Path& name)
{
    // OpenJPEG asks for memory by what the header says, so it is looked at first.
    constexpr std::int64_t kMostTiles = 4096;
    constexpr std::uint32_t kMostBands = 5;
    constexpr std::uint8_t kMostStep = 4;
    const auto start = codestreamAt(source);
    if (!start)
        return cutOff(name);
    if (!source.startsWith(*start, kCodestream))
        return damaged(name, "its pixels do not begin with a header");
    const auto field = [&](std::uint64_t at) {
        return std::int64_t { source.u32(*start + at, true).value_or(0) };
    };
    const auto bands = source.u16(*start + 40, true);
    if (!bands || source.size() < *start + 42 + std::uint64_t { *bands } * 3)
        return cutOff(name);
    const auto width = field(8) - field(16);
    const auto height = field(12) - field(20);
    auto header = checkedSize({ .format = PictureFormat::Jpeg2000 }, width, height, name);
    if (!header)
        return header;
    const auto tileWidth = field(24);
    const auto tileHeight = field(28);
    if (tileWidth == 0 || tileHeight == 0)
        return damaged(name, "its tiles have no size");
    const auto across = (field(8) - field(32) + tileWidth - 1) / tileWidth;
    const auto down = (field(12) - field(36) + tileHeight - 1) / tileHeight;
    if (across * down > kMostTiles)
        return notOfThisKind("of more than " + std::to_string(kMostTiles) + " tiles", name);
    if (*bands == 0 || *bands > kMostBands)
        return notOfThisKind("of " + std::to_string(*bands) + " bands", name);
    for (std::uint64_t band = 0; band < *bands; ++band) {
        const auto at = *start + 42 + band * 3;
        const auto bits = (source.u8(at).value_or(0) & 0x7F) + 1;
        const auto dx = source.u8(at + 1).value_or(0);
        const auto dy = source.u8(at + 2).value_or(0);
        if (bits > 16)
            return notOfThisKind("of " + std::to_string(bits) + " bits a channel", name);
        if (dx == 0 || dy == 0 || dx > kMostStep || dy > kMostStep)
            return notOfThisKind("with such bands", name);
    }
    return header;
}

Result<Picture> decodeJpeg2000(
    std::span<const std::byte> file, const Header& header, const Path& name)
{
    Input input { file };
    std::array<char, 160> message {};
    const Stream stream(opj_stream_default_create(OPJ_TRUE));
    MemorySource source(file);
    const Codec codec(
        opj_create_decompress(source.startsWith(0, kCodestream) ? OPJ_CODEC_J2K : OPJ_CODEC_JP2));
    if (!stream || !codec)
        return fail(ErrorCode::OutOfMemory, "there is not enough memory for it", name);
    opj_stream_set_user_data(stream.get(), &input, nullptr);
    opj_stream_set_user_data_length(stream.get(), file.size());
    opj_stream_set_read_function(stream.get(), &Input::read);
    opj_stream_set_skip_function(stream.get(), &Input::skip);
    opj_stream_set_seek_function(stream.get(), &Input::seek);
    opj_set_error_handler(codec.get(), &keepFirst, &message);
    const auto failed = [&] {
        return damaged(name, "the JPEG 2000 decoder says \"" + std::string(message.data()) + "\"");
    };

    opj_dparameters_t parameters {};
    opj_set_default_decoder_parameters(&parameters);
    if (!opj_setup_decoder(codec.get(), &parameters)
        || !opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE))
        return failed();
    opj_image_t* raw = nullptr;
    const bool read = opj_read_header(stream.get(), codec.get(), &raw) != OPJ_FALSE;
    const Image image(raw);
    if (!read || !image)
        return failed();
    if (image->x1 - image->x0 != static_cast<std::uint32_t>(header.width)
        || image->y1 - image->y0 != static_cast<std::uint32_t>(header.height))
        return damaged(name, "it is not as large as its header says");
    if (!opj_decode(codec.get(), stream.get(), image.get())
        || !opj_end_decompress(codec.get(), stream.get()))
        return failed();
    const auto bands = bandsOf(*image, name);
    if (!bands)
        return tl::unexpected(bands.error());
    return coloured(*image, *bands, header);
}

} // namespace vernier
