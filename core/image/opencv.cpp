#include "core/image/opencv.h"

#include <opencv2/core/utils/logger.hpp>

namespace vernier {

void prepareOpenCv()
{
    static const bool done = [] {
        cv::setNumThreads(1);
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        cv::redirectError([](int, const char*, const char*, const char*, int, void*) { return 0; });
        return true;
    }();
    static_cast<void>(done);
}

cv::Mat matOf(Picture& picture)
{
    prepareOpenCv();
    return cv::Mat(picture.height, picture.width, CV_8UC3, picture.rgb.data());
}

const cv::Mat matOf(const Picture& picture)
{
    prepareOpenCv();
    return cv::Mat(
        picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data()));
}

Picture emptyPicture(int width, int height)
{
    return { width, height,
        std::vector<std::uint8_t>(
            static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) };
}

} // namespace vernier
