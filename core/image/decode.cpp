#include "core/image/decode.h"

#include "core/image/gif.h"
#include "core/image/guard.h"
#include "core/image/header.h"
#include "core/image/heif.h"
#include "core/image/jpeg.h"
#include "core/image/jpeg2000.h"
#include "core/image/opencv.h"
#include "core/image/png.h"
#include "core/image/portable_map.h"
#include "core/image/tiff.h"
#include "core/image/webp.h"

#include <array>
#include <new>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace vernier {

namespace {

using Path = std::filesystem::path;

std::string_view name(PictureFormat format)
{
    switch (format) {
    case PictureFormat::Jpeg:
        return "JPEG";
    case PictureFormat::Png:
        return "PNG";
    case PictureFormat::WebP:
        return "WebP";
    case PictureFormat::Bmp:
        return "BMP";
    case PictureFormat::Tiff:
        return "TIFF";
    case PictureFormat::Gif:
        return "GIF";
    case PictureFormat::Heic:
        return "HEIC";
    case PictureFormat::Avif:
        return "AVIF";
    case PictureFormat::Jpeg2000:
        return "JPEG 2000";
    case PictureFormat::PortableMap:
        return "PNM";
    }
    return {};
}

bool swapsEdges(int orientation) { return orientation >= 5; }

Picture oriented(Picture picture, int orientation)
{
    if (orientation == 1)
        return picture;
    const cv::Mat stored = matOf(picture);
    cv::Mat turned = stored;
    if (swapsEdges(orientation))
        cv::transpose(stored, turned);
    // Of the eight, 2, 6 mirror the columns, 4, 8 the rows, 3, 7 both, 5 is the transposition.
    constexpr std::array kFlip { 9, 9, 1, -1, 0, 9, 1, -1, 0 };
    const int flip = kFlip[static_cast<std::size_t>(orientation)];
    Picture result = emptyPicture(turned.cols, turned.rows);
    if (cv::Mat target = matOf(result); flip == 9)
        turned.copyTo(target);
    else
        cv::flip(turned, target, flip);
    return result;
}

enum class Alpha : std::uint8_t { Straight, Ignored };

/// Lays BGRA over white, into RGB.
void overWhite(const cv::Mat& bgra, Alpha alpha, Picture& picture)
{
    auto* out = picture.rgb.data();
    for (int y = 0; y < bgra.rows; ++y) {
        const auto* in = bgra.ptr<std::uint8_t>(y);
        for (int x = 0; x < bgra.cols; ++x, in += 4, out += 3) {
            const int a = alpha == Alpha::Ignored ? 255 : in[3];
            for (int c = 0; c < 3; ++c) {
                const int value = in[2 - c];
                out[c] = static_cast<std::uint8_t>((value * a + 255 * (255 - a) + 127) / 255);
            }
        }
    }
}

Alpha alphaOf(PictureFormat format, const cv::Mat& bgra)
{
    if (format == PictureFormat::Bmp) {
        // The fourth byte of most 32-bit BMP files means nothing and is 0.
        cv::Mat alpha;
        cv::extractChannel(bgra, alpha, 3);
        return cv::countNonZero(alpha) == 0 ? Alpha::Ignored : Alpha::Straight;
    }
    return Alpha::Straight;
}

Result<Picture> decodeWithOpenCv(
    std::span<const std::byte> file, const Header& header, const Path& name)
{
    prepareOpenCv();
    const cv::Mat bytes(
        1, static_cast<int>(file.size()), CV_8UC1, const_cast<std::byte*>(file.data()));
    cv::Mat stored = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
    // OpenCV takes BMP files with the old header for grey ones unless it is asked for colour.
    if (header.format == PictureFormat::Bmp && stored.channels() == 1)
        stored = cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (stored.empty())
        return damaged(name, "its pixels cannot be read");

    const int depth = stored.depth();
    if (depth == CV_16U)
        stored.convertTo(stored, CV_8U, 1.0 / 257);
    else if (depth != CV_8U)
        return fail(ErrorCode::Unsupported,
            "pictures whose channels are not 8 or 16 bits cannot be used", name,
            "save it with 8 or 16 bits a channel");

    Picture picture = emptyPicture(stored.cols, stored.rows);
    cv::Mat target = matOf(picture);
    switch (stored.channels()) {
    case 1:
        cv::cvtColor(stored, target, cv::COLOR_GRAY2RGB);
        break;
    case 3:
        cv::cvtColor(stored, target, cv::COLOR_BGR2RGB);
        break;
    case 4:
        overWhite(stored, alphaOf(header.format, stored), picture);
        break;
    default:
        return fail(ErrorCode::Unsupported,
            "pictures with " + std::to_string(stored.channels()) + " channels cannot be used",
            name);
    }
    return picture;
}

/// Without the orientation.
Result<Picture> decodeStored(
    std::span<const std::byte> file, const Header& header, const Path& name, int atLeast)
{
    switch (header.format) {
    case PictureFormat::Jpeg:
        return decodeJpeg(file, name, atLeast);
    case PictureFormat::Png:
        return decodePng(file, header, name);
    case PictureFormat::WebP:
        return decodeWebP(file, header, name);
    case PictureFormat::Gif:
        return decodeGif(file, header, name);
    case PictureFormat::Heic:
    case PictureFormat::Avif:
        return decodeHeif(file, header, name);
    case PictureFormat::Jpeg2000:
        return decodeJpeg2000(file, header, name);
    case PictureFormat::PortableMap:
        return decodePortableMap(file, header, name);
    case PictureFormat::Tiff:
        return decodeTiff(file, name);
    case PictureFormat::Bmp:
        break;
    }
    return decodeWithOpenCv(file, header, name);
}

} // namespace

bool beginsLikePicture(const Path& path)
{
    try {
        const auto file = InputFile::open(path);
        if (!file)
            return false;
        FileSource source(*file);
        return isKnownFormat(source);
    } catch (const std::bad_alloc&) {
        return false;
    }
}

namespace {

Status checkNotRaw(const Path& path)
{
    if (isRawPhotograph(path))
        return tl::unexpected(rawPhotograph(path));
    return {};
}

Result<PictureInfo> probed(const Path& path)
{
    if (auto ok = checkNotRaw(path); !ok)
        return tl::unexpected(ok.error());
    const auto file = InputFile::open(path);
    if (!file)
        return tl::unexpected(file.error());
    FileSource source(*file);
    const auto header = readHeader(source, path);
    if (source.error())
        return tl::unexpected(*source.error());
    if (!header)
        return tl::unexpected(header.error());
    PictureInfo info { std::string(name(header->format)), header->width, header->height,
        header->orientation, file->size(), header->note };
    if (swapsEdges(info.orientation))
        std::swap(info.width, info.height);
    return info;
}

Result<Picture> decoded(std::span<const std::byte> file, const Path& name, int atLeast)
{
    MemorySource source(file);
    const auto header = readHeader(source, name);
    if (!header)
        return tl::unexpected(header.error());
    auto picture = decodeStored(file, *header, name, atLeast);
    if (!picture)
        return picture;
    return oriented(*std::move(picture), header->orientation);
}

} // namespace

Result<PictureInfo> probe(const Path& path)
{
    return guarded(path, [&] { return probed(path); });
}

Result<Picture> decode(const Path& path, int atLeast)
{
    return guarded(path, [&]() -> Result<Picture> {
        if (auto ok = checkNotRaw(path); !ok)
            return tl::unexpected(ok.error());
        const auto file = readFile(path, kMaxPictureBytes);
        if (!file)
            return tl::unexpected(file.error());
        return decoded(*file, path, atLeast);
    });
}

Result<Picture> decode(std::span<const std::byte> file, const Path& nameForErrors, int atLeast)
{
    return guarded(nameForErrors, [&] { return decoded(file, nameForErrors, atLeast); });
}

Result<std::vector<std::byte>> encodePng(const Picture& picture)
{
    try {
        cv::Mat bgr;
        cv::cvtColor(matOf(picture), bgr, cv::COLOR_RGB2BGR);
        std::vector<std::uint8_t> data;
        if (!cv::imencode(".png", bgr, data))
            return fail(ErrorCode::Internal, "the PNG encoder failed");
        const auto bytes = std::as_bytes(std::span(data));
        return std::vector<std::byte>(bytes.begin(), bytes.end());
    } catch (const cv::Exception& exception) {
        return fail(ErrorCode::Internal, "the PNG encoder says \"" + exception.err + "\"");
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "there is not enough memory for a PNG picture");
    }
}

} // namespace vernier
