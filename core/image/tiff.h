#pragma once

#include "core/image/header.h"
#include "core/image/tiff_file.h"

namespace vernier {

/// How the samples of a page become colours; what is not here is refused by name.
struct TiffLayout {
    enum class Colours : std::uint8_t {
        Grey, ///< one sample, black is 0
        WhiteIsZero,
        Palette,
        Rgb,
        Cmyk,
        Converted ///< by libtiff itself: YCbCr that is not JPEG's, and Lab
    };
    enum class Alpha : std::uint8_t { None, Straight, Premultiplied };

    Header header;
    Colours colours = Colours::Grey;
    Alpha alpha = Alpha::None;
    int alphaAt = 0; ///< which sample
    int bits = 8; ///< a sample, 1..16
    int samples = 1; ///< a pixel, with those that are not used
    bool planes = false; ///< each sample in a plane of its own
    bool tiled = false;
    int pieceWidth = 0; ///< of tiles, or of strips
    int pieceHeight = 0;
    std::size_t rowBytes = 0; ///< of a piece in one plane
    bool byRows = false; ///< strips that are too large to be held as a whole

    int colourSamples() const;
    /// Of those that lie side by side.
    int samplesInRow() const { return planes ? 1 : samples; }
    int planeCount() const { return planes ? samples : 1; }
};

/// What both the header's reader and the decoder go by, so that what the one calls usable the other
/// can use. A header that states too many pixels comes back without the rest.
Result<TiffLayout> tiffLayout(
    TiffFile& tiff, std::uint64_t fileSize, const std::filesystem::path& name);

/// The first page's pixels as stored (orientation is not applied). Private to core/image.
Result<Picture> decodeTiff(std::span<const std::byte> file, const std::filesystem::path& name);

} // namespace vernier
