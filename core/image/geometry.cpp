#include "core/image/geometry.h"

#include "core/image/decode.h"
#include "core/image/guard.h"
#include "core/image/opencv.h"

#include <opencv2/imgproc.hpp>

namespace vernier {

namespace {

/// ImageNet's evaluation scales to 256 what is then cut to 224.
constexpr double kCropMargin = 256.0 / 224.0;

/// An area filter needs this many pixels of source for one of the result before a JPEG decoded at a
/// reduced scale and a full one give the same.
constexpr int kOversampling = 2;

cv::Mat resized(const cv::Mat& source, int width, int height)
{
    // OpenCV's area filter is one only where both edges shrink, so growing is a step of its own.
    cv::Mat shrunk = source;
    const cv::Size small(std::min(width, source.cols), std::min(height, source.rows));
    if (small != source.size())
        cv::resize(source, shrunk, small, 0, 0, cv::INTER_AREA);
    cv::Mat grown = shrunk;
    if (small != cv::Size(width, height))
        cv::resize(shrunk, grown, cv::Size(width, height), 0, 0, cv::INTER_LINEAR);
    return grown;
}

cv::Mat centreSquare(const cv::Mat& source, int edge)
{
    return source(cv::Rect((source.cols - edge) / 2, (source.rows - edge) / 2, edge, edge));
}

/// The middle square of the picture, at scaled x scaled, of which the middle edge x edge is kept.
Picture croppedTo(const Picture& picture, int edge, int scaled)
{
    const cv::Mat source = matOf(picture);
    const cv::Mat square = centreSquare(source, std::min(source.cols, source.rows));
    Picture result = emptyPicture(edge, edge);
    cv::Mat target = matOf(result);
    centreSquare(resized(square, scaled, scaled), edge).copyTo(target);
    return result;
}

int scaledEdge(int size) { return static_cast<int>(std::lround(size * kCropMargin)); }

} // namespace

Picture fitted(const Picture& picture, int size, Geometry geometry)
{
    if (geometry == Geometry::Crop)
        return croppedTo(picture, size, scaledEdge(size));
    Picture result = emptyPicture(size, size);
    cv::Mat target = matOf(result);
    resized(matOf(picture), size, size).copyTo(target);
    return result;
}

Result<Picture> decodeFitted(const std::filesystem::path& path, int size, Geometry geometry)
{
    const int edge = geometry == Geometry::Crop ? scaledEdge(size) : size;
    return guarded(path, [&] {
        return decode(path, edge * kOversampling).map([&](const Picture& picture) {
            return fitted(picture, size, geometry);
        });
    });
}

Result<Picture> decodeThumbnail(const std::filesystem::path& path, int edge)
{
    return guarded(path, [&] {
        return decode(path, edge).map([&](const Picture& picture) {
            return croppedTo(picture, edge, edge);
        });
    });
}

} // namespace vernier
