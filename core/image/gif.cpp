#include "core/image/gif.h"

#include "core/image/opencv.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include <gif_lib.h>

namespace vernier {

namespace {

using Path = std::filesystem::path;

/// LZW's longest word, 4096 pixels, from its shortest code then, 12 bits.
constexpr std::uint64_t kMostPixelsFromOneByte = 2731;

class GifReader {
public:
    explicit GifReader(ByteSource& source) : m_source(source)
    {
        m_gif = DGifOpen(this, &onRead, &m_error);
    }
    GifReader(const GifReader&) = delete;
    GifReader& operator=(const GifReader&) = delete;
    ~GifReader()
    {
        if (m_gif)
            DGifCloseFile(m_gif, nullptr);
    }

    /// To the pixels of the first frame.
    bool toFirstFrame()
    {
        GifRecordType type = UNDEFINED_RECORD_TYPE;
        while (m_gif && DGifGetRecordType(m_gif, &type) == GIF_OK) {
            if (type == IMAGE_DESC_RECORD_TYPE)
                return DGifGetImageDesc(m_gif) == GIF_OK;
            if (type == TERMINATE_RECORD_TYPE || !readExtension())
                return false;
        }
        return false;
    }

    /// As large as the screen that the file asks for, and never smaller than the frame.
    std::int64_t width() const
    {
        return std::max<std::int64_t>(m_gif->SWidth, std::int64_t { frame().Left } + frame().Width);
    }
    std::int64_t height() const
    {
        return std::max<std::int64_t>(
            m_gif->SHeight, std::int64_t { frame().Top } + frame().Height);
    }
    const GifImageDesc& frame() const { return m_gif->Image; }
    int transparent() const { return m_transparent; } ///< -1: none
    std::uint64_t offset() const { return m_offset; }

    const ColorMapObject* colours() const
    {
        return frame().ColorMap ? frame().ColorMap : m_gif->SColorMap;
    }

    bool readRow(std::span<GifPixelType> row)
    {
        return DGifGetLine(m_gif, row.data(), static_cast<int>(row.size())) == GIF_OK;
    }

    tl::unexpected<Error> error(const Path& name) const
    {
        if (m_outOfMemory)
            return fail(ErrorCode::OutOfMemory, "there is not enough memory for it", name);
        if (m_isCutOff)
            return cutOff(name);
        const int code = m_gif ? m_gif->Error : m_error;
        const char* text = GifErrorString(code);
        if (code == 0 || !text)
            return damaged(name, "it holds no picture");
        return damaged(name, std::string("the GIF decoder says \"") + text + "\"");
    }

private:
    bool readExtension()
    {
        int code = 0;
        GifByteType* block = nullptr;
        if (DGifGetExtension(m_gif, &code, &block) != GIF_OK)
            return false;
        while (block) {
            GraphicsControlBlock control;
            if (code == GRAPHICS_EXT_FUNC_CODE
                && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
                m_transparent = control.TransparentColor;
            if (DGifGetExtensionNext(m_gif, &block) != GIF_OK)
                return false;
        }
        return true;
    }

    static int onRead(GifFileType* gif, GifByteType* to, int count)
    {
        auto* self = static_cast<GifReader*>(gif->UserData);
        try {
            const auto bytes = self->m_source.at(self->m_offset, static_cast<std::size_t>(count));
            if (!bytes.empty())
                std::memcpy(to, bytes.data(), bytes.size());
            self->m_offset += bytes.size();
            self->m_isCutOff |= bytes.size() < static_cast<std::size_t>(count);
            return static_cast<int>(bytes.size());
        } catch (const std::bad_alloc&) {
            self->m_outOfMemory = true;
            return 0;
        }
    }

    ByteSource& m_source;
    std::uint64_t m_offset = 0;
    int m_error = 0;
    bool m_isCutOff = false;
    bool m_outOfMemory = false;
    int m_transparent = NO_TRANSPARENT_COLOR;
    GifFileType* m_gif = nullptr;
};

/// A file that ends as it should is not walked through. What comes behind the first frame may be
/// cut off.
bool hasFirstFrame(ByteSource& source, std::uint64_t offset)
{
    if (source.startsWith(source.size() - 1, ";"))
        return true;
    while (const auto length = source.u8(offset)) {
        if (*length == 0)
            return true;
        offset += 1 + std::uint64_t { *length };
    }
    return false;
}

} // namespace

Result<Header> readGifHeader(ByteSource& source, const Path& name)
{
    GifReader reader(source);
    if (!reader.toFirstFrame())
        return reader.error(name);
    auto header
        = checkedSize({ .format = PictureFormat::Gif }, reader.width(), reader.height(), name);
    if (!header)
        return header;
    if (!reader.colours())
        return damaged(name, "it has no colours");
    if (!hasFirstFrame(source, reader.offset()))
        return cutOff(name);
    return header;
}

Result<Picture> decodeGif(std::span<const std::byte> file, const Header& header, const Path& name)
{
    MemorySource source(file);
    GifReader reader(source);
    if (!reader.toFirstFrame())
        return reader.error(name);
    const auto& frame = reader.frame();
    const auto width = static_cast<std::size_t>(frame.Width);
    const auto height = static_cast<std::size_t>(frame.Height);
    if (width * height / kMostPixelsFromOneByte > file.size())
        return cutOff(name);

    const std::span<const GifColorType> colours(
        reader.colours()->Colors, static_cast<std::size_t>(reader.colours()->ColorCount));
    Picture picture = emptyPicture(header.width, header.height);
    std::ranges::fill(picture.rgb, std::uint8_t { 255 });
    const auto stride = static_cast<std::size_t>(header.width) * 3;
    auto* const corner = picture.rgb.data() + static_cast<std::size_t>(frame.Top) * stride
        + static_cast<std::size_t>(frame.Left) * 3;

    struct Pass {
        std::size_t first;
        std::size_t step;
    };
    constexpr std::array kInterlaced { Pass { 0, 8 }, Pass { 4, 8 }, Pass { 2, 4 }, Pass { 1, 2 } };
    constexpr std::array kPlain { Pass { 0, 1 } };
    std::vector<GifPixelType> row(width);
    for (const auto& pass : frame.Interlace ? std::span<const Pass>(kInterlaced) : kPlain) {
        for (auto y = pass.first; y < height; y += pass.step) {
            if (!reader.readRow(row))
                return reader.error(name);
            auto* out = corner + y * stride;
            for (const auto index : row) {
                if (index == reader.transparent()) {
                    out += 3;
                    continue;
                }
                if (index >= colours.size())
                    return damaged(name, "a pixel has a colour that there is not");
                *out++ = colours[index].Red;
                *out++ = colours[index].Green;
                *out++ = colours[index].Blue;
            }
        }
    }
    return picture;
}

} // namespace vernier
