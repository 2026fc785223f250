#include "core/image/webp.h"

#include "core/image/opencv.h"
#include "core/image/over_white.h"

#include <algorithm>

#include <webp/decode.h>
#include <webp/demux.h>

namespace vernier {

namespace {

using Path = std::filesystem::path;

struct Frame {
    std::span<const std::uint8_t> file; ///< a WebP file of its own, or a part of one
    int left = 0;
    int top = 0;
};

/// Onto a picture that is white where it is larger.
Status draw(const Frame& frame, Picture& picture, const Path& name)
{
    WebPBitstreamFeatures features {};
    const auto status = WebPGetFeatures(frame.file.data(), frame.file.size(), &features);
    if (status == VP8_STATUS_NOT_ENOUGH_DATA)
        return cutOff(name);
    if (status != VP8_STATUS_OK)
        return damaged(name, "its pixels have no header");
    if (features.width > picture.width - frame.left || features.height > picture.height - frame.top)
        return damaged(name, "it is not as large as its header says");
    const auto width = static_cast<std::size_t>(features.width);
    const auto height = static_cast<std::size_t>(features.height);
    const auto stride = static_cast<std::size_t>(picture.width) * 3;
    auto* corner = picture.rgb.data() + static_cast<std::size_t>(frame.top) * stride
        + static_cast<std::size_t>(frame.left) * 3;
    if (!features.has_alpha) {
        const auto room
            = picture.rgb.size() - static_cast<std::size_t>(corner - picture.rgb.data());
        if (!WebPDecodeRGBInto(
                frame.file.data(), frame.file.size(), corner, room, static_cast<int>(stride)))
            return damaged(name, "its pixels cannot be read");
        return {};
    }
    std::vector<std::uint8_t> rgba(width * height * 4);
    if (!WebPDecodeRGBAInto(frame.file.data(), frame.file.size(), rgba.data(), rgba.size(),
            static_cast<int>(width * 4)))
        return damaged(name, "its pixels cannot be read");
    for (std::size_t y = 0; y < height; ++y)
        layOverWhite(std::span(rgba).subspan(y * width * 4, width * 4), corner + y * stride);
    return {};
}

/// The file's iterator, which is released with it.
class FirstFrame {
public:
    explicit FirstFrame(std::span<const std::uint8_t> file)
    {
        const WebPData data { file.data(), file.size() };
        m_demuxer = WebPDemux(&data);
        m_found = m_demuxer && WebPDemuxGetFrame(m_demuxer, 1, &m_frame) && m_frame.complete;
    }
    FirstFrame(const FirstFrame&) = delete;
    FirstFrame& operator=(const FirstFrame&) = delete;
    ~FirstFrame()
    {
        WebPDemuxReleaseIterator(&m_frame);
        WebPDemuxDelete(m_demuxer);
    }

    std::optional<Frame> get() const
    {
        if (!m_found)
            return std::nullopt;
        return Frame { { m_frame.fragment.bytes, m_frame.fragment.size }, m_frame.x_offset,
            m_frame.y_offset };
    }

private:
    WebPDemuxer* m_demuxer = nullptr;
    WebPIterator m_frame {};
    bool m_found = false;
};

} // namespace

Result<Picture> decodeWebP(std::span<const std::byte> file, const Header& header, const Path& name)
{
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(file.data()), file.size());
    WebPBitstreamFeatures features {};
    const bool animated = WebPGetFeatures(bytes.data(), bytes.size(), &features) == VP8_STATUS_OK
        && features.has_animation;
    Picture picture = emptyPicture(header.width, header.height);
    if (!animated)
        return draw({ bytes }, picture, name).map([&] { return std::move(picture); });

    const FirstFrame first(bytes);
    const auto frame = first.get();
    if (!frame)
        return damaged(name, "its first frame cannot be read");
    std::ranges::fill(picture.rgb, std::uint8_t { 255 });
    return draw(*frame, picture, name).map([&] { return std::move(picture); });
}

} // namespace vernier
