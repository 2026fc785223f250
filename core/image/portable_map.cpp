#include "core/image/portable_map.h"

#include "core/image/opencv.h"

#include <optional>

namespace vernier {

namespace {

using Path = std::filesystem::path;

struct Layout {
    char kind = 0; ///< '4' bits, '5' grey, '6' colour
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t most = 1; ///< the value that is white
    std::uint64_t pixels = 0; ///< where they begin

    std::int64_t samples() const { return kind == '6' ? 3 : 1; }
    std::int64_t bytesEach() const { return most > 255 ? 2 : 1; }
    std::int64_t rowBytes() const
    {
        return kind == '4' ? (width + 7) / 8 : width * samples() * bytesEach();
    }
};

bool isBlank(std::uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// A number behind blanks and comments; the position then is behind it.
std::optional<std::int64_t> readNumber(ByteSource& source, std::uint64_t& at)
{
    constexpr std::uint64_t kMostHeader = 16 << 10;
    constexpr std::int64_t kMostNumber = 1'000'000'000;
    bool isComment = false;
    std::optional<std::int64_t> number;
    for (; at < kMostHeader; ++at) {
        const auto c = source.u8(at);
        if (!c)
            break;
        if (isComment)
            isComment = *c != '\n' && *c != '\r';
        else if (*c >= '0' && *c <= '9')
            number = std::min(number.value_or(0) * 10 + (*c - '0'), kMostNumber);
        else if (number)
            break;
        else if (*c == '#')
            isComment = true;
        else if (!isBlank(*c))
            return std::nullopt;
    }
    return number;
}

Result<Layout> readLayout(ByteSource& source, const Path& name)
{
    Layout layout { static_cast<char>(source.u8(1).value_or(0)) };
    if (layout.kind < '4' || layout.kind > '6')
        return fail(ErrorCode::Unsupported,
            layout.kind == '7' ? "PAM pictures cannot be used"
                               : "PNM pictures that are written as text cannot be used",
            name, "save it as JPEG or PNG");
    std::uint64_t at = 2;
    const auto width = readNumber(source, at);
    const auto height = width ? readNumber(source, at) : std::nullopt;
    const auto most = layout.kind == '4' ? std::optional<std::int64_t>(1)
        : height                         ? readNumber(source, at)
                                         : std::nullopt;
    if (!width || !height || !most || *most < 1 || *most > 65535)
        return damaged(name, "its header gives no size");
    layout.width = *width;
    layout.height = *height;
    layout.most = *most;
    layout.pixels = at + 1;
    return layout;
}

} // namespace

/// Two letters alone may begin any text, so the numbers behind them are looked at.
bool isPortableMap(ByteSource& source)
{
    const auto kind = source.u8(1).value_or(0);
    if (!source.startsWith(0, "P") || kind < '1' || kind > '7'
        || !isBlank(source.u8(2).value_or(0)))
        return false;
    if (kind == '7')
        return source.startsWith(3, "WIDTH") || source.startsWith(3, "#");
    std::uint64_t at = 2;
    return readNumber(source, at) && readNumber(source, at);
}

Result<Header> readPortableMapHeader(ByteSource& source, const Path& name)
{
    const auto layout = readLayout(source, name);
    if (!layout)
        return tl::unexpected(layout.error());
    auto header = checkedSize(
        { .format = PictureFormat::PortableMap }, layout->width, layout->height, name);
    if (header
        && layout->pixels + static_cast<std::uint64_t>(layout->rowBytes() * layout->height)
            > source.size())
        return cutOff(name);
    return header;
}

Result<Picture> decodePortableMap(
    std::span<const std::byte> file, const Header& header, const Path& name)
{
    MemorySource source(file);
    const auto layout = readLayout(source, name);
    if (!layout)
        return tl::unexpected(layout.error());
    Picture picture = emptyPicture(header.width, header.height);
    const auto most = static_cast<std::uint32_t>(layout->most);
    const auto bytesEach = static_cast<std::size_t>(layout->bytesEach());
    const auto rowBytes = static_cast<std::size_t>(layout->rowBytes());
    const auto samples = static_cast<std::size_t>(layout->samples());
    const auto width = static_cast<std::size_t>(header.width);
    auto* out = picture.rgb.data();
    for (std::size_t y = 0; y < static_cast<std::size_t>(header.height); ++y) {
        const auto row = file.subspan(layout->pixels + y * rowBytes, rowBytes);
        const auto byteAt = [&](std::size_t i) { return std::to_integer<std::uint32_t>(row[i]); };
        const auto valueAt = [&](std::size_t i) -> std::uint8_t {
            // Of bits, 1 is black.
            if (layout->kind == '4')
                return byteAt(i / 8) >> (7 - i % 8) & 1 ? 0 : 255;
            const auto value = bytesEach == 2 ? byteAt(2 * i) << 8 | byteAt(2 * i + 1) : byteAt(i);
            return static_cast<std::uint8_t>((std::min(value, most) * 510 + most) / (2 * most));
        };
        for (std::size_t x = 0; x < width; ++x) {
            for (std::size_t c = 0; c < 3; ++c)
                *out++ = valueAt(samples == 3 ? x * 3 + c : x);
        }
    }
    return picture;
}

} // namespace vernier
