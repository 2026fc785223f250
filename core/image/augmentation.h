#pragma once

#include "core/base/random.h"
#include "core/image/picture.h"

#include <array>

namespace vernier {

/// What fills the part of a warped picture that its source does not cover.
enum class FillMode : std::uint8_t { Nearest, Reflect, Constant };

/// Ranges of random change, each in the meaning of Keras's ImageDataGenerator. All zero and false:
/// no change.
struct Augmentation {
    double rotation = 0; ///< degrees, each way
    double widthShift = 0; ///< share of the width, each way
    double heightShift = 0; ///< share of the height, each way
    double shear = 0; ///< degrees, each way
    double zoomLow = 1; ///< zoom is drawn from [zoomLow, zoomHigh] for each axis; below 1 enlarges
                        ///< (as in Keras)
    double zoomHigh = 1;
    bool horizontalFlip = false;
    bool verticalFlip = false;
    double brightness = 0; ///< factor in [1 - b, 1 + b]
    double contrast = 0; ///< factor in [1 - c, 1 + c], about the picture's mean
    double saturation = 0; ///< factor in [1 - s, 1 + s], about each pixel's grey
    FillMode fill = FillMode::Nearest;

    bool none() const;
    bool operator==(const Augmentation&) const = default;
};

/// One draw. Angles in degrees, shifts in pixels. As Keras applies them (its matrix takes x before
/// y), tx and zx act along the width, ty and zy along the height.
struct AugmentationDraw {
    double theta = 0;
    double tx = 0;
    double ty = 0;
    double shear = 0;
    double zx = 1;
    double zy = 1;
    bool flipHorizontally = false;
    bool flipVertically = false;
    double brightness = 1;
    double contrast = 1;
    double saturation = 1;
};

/// Takes the same number of draws from `random` whatever the ranges are, so that changing one range
/// leaves the draws of the others as they were.
AugmentationDraw draw(const Augmentation& ranges, int height, int width, Random& random);

/// 3 x 3, row by row: maps an output (column, row, 1) to the input position it is read from, about
/// the centre (width / 2 - 0.5, height / 2 - 0.5). Product rotation * shift * shear * zoom, as in
/// Keras's apply_affine_transform. Flips are no part of it.
std::array<double, 9> outputToInput(const AugmentationDraw& draw, int height, int width);

/// The warped, flipped and recoloured picture, same size, bilinear.
Picture augmented(const Picture& picture, const AugmentationDraw& draw, FillMode fill);

} // namespace vernier
