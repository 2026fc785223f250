#pragma once

#include "core/base/result.h"
#include "core/image/picture.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// What a header says; no pixel is decoded.
struct PictureInfo {
    std::string format; ///< "JPEG", "PNG", "WebP", "BMP", "TIFF", by content, never by extension
    int width = 0; ///< pixels, after orientation
    int height = 0;
    int orientation = 1; ///< EXIF 1..8
    std::uint64_t bytes = 0; ///< file size
};

/// Bounds on what is decoded at all: a header that says more is answered with TooLarge before
/// anything is allocated.
inline constexpr std::int64_t kMaxPicturePixels = 200'000'000;
inline constexpr std::uint64_t kMaxPictureBytes = 512ull << 20;

/// True for the extensions that a scan looks at (case is ignored), among them ones that turn out
/// unusable (.gif).
bool looksLikePicture(const std::filesystem::path& path);

/// A camera's raw file. Many of them begin like a TIFF, whose first picture is then a thumbnail:
/// probe() and decode() of such a path answer Unsupported.
bool isRawPhotograph(const std::filesystem::path& path);
/// What is opened when a folder is looked through, to be used or listed with the reason why not: by
/// extension, or without one.
bool mayBePicture(const std::filesystem::path& path);

/// Header of the file, with a check that it is not cut off where the format lets one see it
/// cheaply.
Result<PictureInfo> probe(const std::filesystem::path& path);

/// The one decoder. JPEG through libjpeg-turbo (damage is an error, not grey pixels), PNG through
/// libpng, WebP, BMP, TIFF through OpenCV. Grey becomes RGB, 16 bits become 8, CMYK is converted,
/// alpha is laid over white, EXIF orientation is applied. `atLeast` > 0: the shorter edge may come
/// out smaller than the file's, but not under `atLeast` (JPEG is then decoded at a reduced scale,
/// which is several times faster); 0: full size. Thread-safe, no shared state.
Result<Picture> decode(const std::filesystem::path& path, int atLeast = 0);
Result<Picture> decode(
    std::span<const std::byte> file, const std::filesystem::path& nameForErrors, int atLeast = 0);

/// JPEG (quality 1..100) or PNG bytes of a picture.
Result<std::vector<std::byte>> encodeJpeg(const Picture& picture, int quality);
Result<std::vector<std::byte>> encodePng(const Picture& picture);

} // namespace vernier
