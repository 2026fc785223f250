#pragma once

#include "core/image/picture.h"
#include "tests/support/temporary_folder.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vernier::test {

/// A smooth picture with a bright disc in its upper left quarter, so that turning or mirroring it
/// shows; `seed` changes its colours. Survives JPEG with little loss.
Picture paintedPicture(int width, int height, std::uint64_t seed = 1);

std::vector<std::byte> paintedJpeg(int width, int height, std::uint64_t seed = 1, int quality = 90);
std::vector<std::byte> paintedPng(int width, int height, std::uint64_t seed = 1);

/// Writes `count` painted pictures into folder/below, "1.jpg" and so on, each of another colour;
/// the colours of different `hue`s are told apart easily, so that a small network can learn them.
void writePaintedClass(const TemporaryFolder& folder, const std::filesystem::path& below, int count,
    int hue, int width = 48, int height = 40);

/// Largest difference of any channel of any pixel; 256 where the sizes differ.
int largestDifference(const Picture& a, const Picture& b);
double meanDifference(const Picture& a, const Picture& b);

} // namespace vernier::test
