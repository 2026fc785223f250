#pragma once

#include "core/base/result.h"
#include "core/image/picture.h"

#include <string_view>

namespace vernier {

/// How a picture of any shape becomes the network's square. It travels with every saved and
/// exported model.
enum class Geometry : std::uint8_t {
    Stretch, ///< both edges to the size, proportions change (what Keras's flow_from_directory does)
    Crop ///< shorter edge to size * 256 / 224, then the centre square (what ImageNet evaluation
         ///< does)
};
std::string_view name(Geometry geometry); ///< "stretch", "crop"
Result<Geometry> geometryFromName(std::string_view name);

/// The picture at size x size, resampled with an area filter when shrinking and bilinear when
/// growing.
Picture fitted(const Picture& picture, int size, Geometry geometry);

/// Decode and fit in one step, at a reduced JPEG scale where that loses nothing.
Result<Picture> decodeFitted(const std::filesystem::path& path, int size, Geometry geometry);

/// Square thumbnail: centre crop, edge x edge.
Result<Picture> decodeThumbnail(const std::filesystem::path& path, int edge);

} // namespace vernier
