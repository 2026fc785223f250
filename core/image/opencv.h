#pragma once

#include "core/image/picture.h"

#include <opencv2/core.hpp>

namespace vernier {

/// The pixels as OpenCV sees them; no copy, valid as long as the picture. Channels stay RGB.
/// Private to core/image.
cv::Mat matOf(Picture& picture);
const cv::Mat matOf(const Picture& picture);

Picture emptyPicture(int width, int height);

/// To be called before OpenCV does any work. The threads of this program are the loader's and
/// torch's, so OpenCV gets one; and it writes nothing to stderr, since errors are returned.
void prepareOpenCv();

} // namespace vernier
