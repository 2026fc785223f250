#include "tests/fuzz/picture_check.h"

#include "core/image/decode.h"
#include "core/image/header.h"

namespace vernier::fuzz {

void checkPicture(std::span<const std::byte> file)
{
    // A few bytes may well stand for 200 megapixels, of one colour; what is larger than that is
    // refused, which other tests see to. Here it would only cost the time of thousands of inputs.
    constexpr std::int64_t kMostPixels = 1 << 20;
    constexpr int kReduced = 8;

    MemorySource source(file);
    const auto header = readHeader(source, "input");
    if (!header) {
        require(!decode(file, "input"), "what the header's reader refuses is not decoded");
        return;
    }
    require(header->width > 0 && header->height > 0, "a picture has a size");
    require(header->orientation >= 1 && header->orientation <= 8, "an orientation is one of eight");
    if (std::int64_t { header->width } * header->height > kMostPixels)
        return;
    for (const int atLeast : { 0, kReduced }) {
        const auto picture = decode(file, "input", atLeast);
        if (!picture)
            continue;
        const bool turned = header->orientation >= 5;
        const int width = turned ? header->height : header->width;
        const int height = turned ? header->width : header->height;
        require(picture->width > 0 && picture->height > 0, "a decoded picture has a size");
        require(picture->rgb.size()
                == static_cast<std::size_t>(picture->width)
                    * static_cast<std::size_t>(picture->height) * 3,
            "its pixels are as many as its size says");
        if (atLeast == 0)
            require(picture->width == width && picture->height == height,
                "it has the size that its header says");
    }
}

} // namespace vernier::fuzz
