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
    std::string format; ///< "JPEG", "PNG", "HEIC" ..., by content, never by extension
    int width = 0; ///< pixels, after orientation
    int height = 0;
    int orientation = 1; ///< EXIF 1..8
    std::uint64_t bytes = 0; ///< file size
    /// What is odd about a picture that can be used ("no end marker, but all of the pixels are
    /// there"), the same words for the same thing; empty: nothing.
    std::string note {};
};

/// Bounds on what is decoded at all: a header that says more is answered with TooLarge before
/// anything is allocated.
inline constexpr std::int64_t kMaxPicturePixels = 200'000'000;
inline constexpr std::uint64_t kMaxPictureBytes = 512ull << 20;

/// What probe() says of a file that begins like no picture, nor like one of a kind that is known by
/// sight and cannot be used.
inline constexpr std::string_view kIsNoPicture = "the content is not that of a picture";

/// Goes up when probe() comes to answer otherwise of the same file: what was remembered of files
/// counts no more.
inline constexpr int kProbeGeneration = 5;

/// By name: that a person would call the file a picture, be it of a kind that cannot be used. Case,
/// and what browsers and shops add behind an extension, are ignored ("a.JPG (1)", "a.jpg_640").
/// Whether it is one only its content tells.
bool looksLikePicture(const std::filesystem::path& path);

/// A camera's raw file, by name. Many of them begin like a TIFF, whose first picture is then a
/// thumbnail: probe() and decode() of such a path answer Unsupported.
bool isRawPhotograph(const std::filesystem::path& path);

/// By name: a picture, or nothing that says what it is (no extension).
bool mayBePicture(const std::filesystem::path& path);

/// By content, whatever the name: the file begins like a picture, be it of a kind that cannot be
/// used. False too where it cannot be opened.
bool beginsLikePicture(const std::filesystem::path& path);

/// Header of the file, with a check that it is not cut off where the format lets one see it
/// cheaply.
Result<PictureInfo> probe(const std::filesystem::path& path);

/// The one decoder; damage is an error, not grey pixels, as far as the format lets one see it. JPEG
/// through libjpeg-turbo (every warning is held against the pixels, and so is what is left of the
/// data), PNG through libpng, TIFF through libtiff (its first page; what of it is not understood is
/// refused by name), HEIC and AVIF through libheif, JPEG 2000 through OpenJPEG, WebP through
/// libwebp, GIF through giflib, BMP through OpenCV; of an animation, the first frame. Grey becomes
/// RGB, other numbers of bits become 8, CMYK is converted, alpha is laid over white, EXIF
/// orientation is applied. `atLeast` > 0: the shorter edge may come out smaller than the file's,
/// but not under `atLeast` (JPEG is then decoded at a reduced scale, which is several times
/// faster); 0: full size. Thread-safe, no shared state. Throws nothing, as probe() does not: a
/// picture that does not fit into memory is OutOfMemory.
Result<Picture> decode(const std::filesystem::path& path, int atLeast = 0);
Result<Picture> decode(
    std::span<const std::byte> file, const std::filesystem::path& nameForErrors, int atLeast = 0);

/// JPEG (quality 1..100) or PNG bytes of a picture.
Result<std::vector<std::byte>> encodeJpeg(const Picture& picture, int quality);
Result<std::vector<std::byte>> encodePng(const Picture& picture);

} // namespace vernier
