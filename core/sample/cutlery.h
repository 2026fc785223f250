#pragma once

#include "core/base/random.h"
#include "core/image/picture.h"

namespace vernier {

enum class Cutlery : std::uint8_t { Fork, Knife, Spoon };

/// Paints one piece of cutlery on a table, size x size: pose, shape, material, light, ground, wear
/// and clutter are drawn from `random`. The same draws give the same picture.
Picture paintCutlery(Cutlery kind, int size, Random& random);

} // namespace vernier
