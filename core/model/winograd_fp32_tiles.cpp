#include "core/model/winograd_fp32_tiles.h"

#include <algorithm>
#include <vector>

// One body, compiled for the widest registers that are common and for any processor; which runs is
// decided at run time.
#if defined(__x86_64__) && defined(__GNUC__)
#define VERNIER_WIDE __attribute__((target("avx2,fma")))
#else
#define VERNIER_WIDE
#endif
// The values have to lie in registers, not in arrays.
#define VERNIER_UNROLL _Pragma("GCC unroll 36")
#define VERNIER_BODY inline __attribute__((always_inline))

namespace vernier::winograd::fp32 {

namespace {

using Lanes = float __attribute__((vector_size(kLanes * sizeof(float)), aligned(4), may_alias));

bool wide()
{
#if defined(__x86_64__) && defined(__GNUC__)
    static const bool is = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return is;
#else
    return false;
#endif
}

VERNIER_BODY Lanes& at(float* values) { return *reinterpret_cast<Lanes*>(values); }
VERNIER_BODY const Lanes& at(const float* values)
{
    return *reinterpret_cast<const Lanes*>(values);
}

/// B^T of six values that lie `step` apart.
VERNIER_BODY void inputTransform(Lanes* d, int step)
{
    const Lanes a = d[0], b = d[step], c = d[2 * step], e = d[3 * step], f = d[4 * step],
                g = d[5 * step];
    const Lanes even = f - 4 * c, odd = e - 4 * b;
    const Lanes evenTwo = f - c, oddTwo = 2 * (e - b);
    d[0] = 4 * a - 5 * c + f;
    d[step] = even + odd;
    d[2 * step] = even - odd;
    d[3 * step] = evenTwo + oddTwo;
    d[4 * step] = evenTwo - oddTwo;
    d[5 * step] = 4 * b - 5 * e + g;
}

/// All channels of a tile.
VERNIER_BODY void inputTile(
    const Inputs<float>& in, std::int64_t channels, float* out, std::int64_t stride)
{
    for (std::int64_t channel = 0; channel < channels; channel += kLanes) {
        Lanes d[36];
        VERNIER_UNROLL
        for (int j = 0; j < 6; ++j) {
            VERNIER_UNROLL
            for (int i = 0; i < 6; ++i)
                d[i * 6 + j] = at(in.corner + i * in.rowStep + j * in.columnStep + channel);
            inputTransform(d + j, 6);
        }
        VERNIER_UNROLL
        for (int i = 0; i < 6; ++i) {
            inputTransform(d + i * 6, 1);
            VERNIER_UNROLL
            for (int j = 0; j < 6; ++j)
                at(out + (i * 6 + j) * stride + channel) = d[i * 6 + j];
        }
    }
}

VERNIER_BODY void inputToTilesBody(
    const float* pictures, const Tiling& tiling, const TileRange& tiles, float* spare)
{
    for (std::int64_t t = 0; t < tiles.count; ++t) {
        const auto place = tiling.placeOf(tiles.first + t);
        inputTile(inputsOf(pictures, tiling, place, kTile + 2, spare), tiling.channels,
            tiles.matrices + t * tiling.channels, tiles.stride);
    }
}

/// A^T of six values that lie `step` apart: four, at the places of the first four.
VERNIER_BODY void outputTransform(Lanes* m, int step)
{
    const Lanes a = m[0], f = m[5 * step];
    const Lanes sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
    const Lanes sumTwo = m[3 * step] + m[4 * step], differenceTwo = m[3 * step] - m[4 * step];
    m[0] = a + sum + sumTwo;
    m[step] = difference + 2 * differenceTwo;
    m[2 * step] = sum + 4 * sumTwo;
    m[3 * step] = difference + 8 * differenceTwo + f;
}

VERNIER_BODY void tilesToOutputBody(
    const TileRange& tiles, const Tiling& tiling, const float* bias, bool relu, float* pictures)
{
    const auto channels = tiling.channels;
    for (std::int64_t t = 0; t < tiles.count; ++t) {
        const auto place = tiling.placeOf(tiles.first + t);
        const auto rows = std::min(kTile, tiling.height - place.row);
        const auto columns = std::min(kTile, tiling.width - place.column);
        const float* in = tiles.matrices + t * channels;
        float* out = pictures + tiling.offsetOf(place);
        for (std::int64_t channel = 0; channel < channels; channel += kLanes) {
            Lanes m[36];
            VERNIER_UNROLL
            for (int position = 0; position < kPositions; ++position)
                m[position] = at(in + position * tiles.stride + channel);
            VERNIER_UNROLL
            for (int j = 0; j < 6; ++j)
                outputTransform(m + j, 6);
            VERNIER_UNROLL
            for (int i = 0; i < 4; ++i)
                outputTransform(m + i * 6, 1);
            const Lanes own = bias ? at(bias + channel) : Lanes {};
            for (std::int64_t i = 0; i < rows; ++i) {
                for (std::int64_t j = 0; j < columns; ++j) {
                    Lanes value = m[i * 6 + j] + own;
                    if (relu)
                        value = value < 0 ? Lanes {} : value; // a NaN stays one
                    at(out + (i * tiling.width + j) * channels + channel) = value;
                }
            }
        }
    }
}

/// A of four values that lie `step` apart, into six.
VERNIER_BODY void gradientTransform(Lanes* e, int step)
{
    const Lanes a = e[0], b = e[step], c = e[2 * step], d = e[3 * step];
    const Lanes even = a + c, odd = b + d;
    const Lanes evenTwo = a + 4 * c, oddTwo = 2 * b + 8 * d;
    e[step] = even + odd;
    e[2 * step] = even - odd;
    e[3 * step] = evenTwo + oddTwo;
    e[4 * step] = evenTwo - oddTwo;
    e[5 * step] = d;
}

VERNIER_BODY void outputGradientToTilesBody(
    const float* gradients, const Tiling& tiling, const TileRange& tiles)
{
    const auto channels = tiling.channels;
    for (std::int64_t t = 0; t < tiles.count; ++t) {
        const auto place = tiling.placeOf(tiles.first + t);
        const auto rows = std::min(kTile, tiling.height - place.row);
        const auto columns = std::min(kTile, tiling.width - place.column);
        const float* in = gradients + tiling.offsetOf(place);
        float* out = tiles.matrices + t * channels;
        for (std::int64_t channel = 0; channel < channels; channel += kLanes) {
            Lanes e[36];
            VERNIER_UNROLL
            for (std::int64_t i = 0; i < kTile; ++i) {
                VERNIER_UNROLL
                for (std::int64_t j = 0; j < kTile; ++j)
                    e[i * 6 + j] = i < rows && j < columns
                        ? at(in + (i * tiling.width + j) * channels + channel)
                        : Lanes {};
            }
            VERNIER_UNROLL
            for (int j = 0; j < 4; ++j)
                gradientTransform(e + j, 6);
            VERNIER_UNROLL
            for (int i = 0; i < 6; ++i)
                gradientTransform(e + i * 6, 1);
            VERNIER_UNROLL
            for (int position = 0; position < kPositions; ++position)
                at(out + position * tiles.stride + channel) = e[position];
        }
    }
}

VERNIER_WIDE void inputToTilesWide(
    const float* pictures, const Tiling& tiling, const TileRange& tiles, float* spare)
{
    inputToTilesBody(pictures, tiling, tiles, spare);
}

VERNIER_WIDE void tilesToOutputWide(
    const TileRange& tiles, const Tiling& tiling, const float* bias, bool relu, float* pictures)
{
    tilesToOutputBody(tiles, tiling, bias, relu, pictures);
}

VERNIER_WIDE void outputGradientToTilesWide(
    const float* gradients, const Tiling& tiling, const TileRange& tiles)
{
    outputGradientToTilesBody(gradients, tiling, tiles);
}

} // namespace

void inputToTiles(const float* pictures, const Tiling& tiling, const TileRange& tiles)
{
    std::vector<float> spare(static_cast<std::size_t>(kPositions * tiling.channels));
    wide() ? inputToTilesWide(pictures, tiling, tiles, spare.data())
           : inputToTilesBody(pictures, tiling, tiles, spare.data());
}

void tilesToOutput(
    const TileRange& tiles, const Tiling& tiling, const float* bias, bool relu, float* pictures)
{
    wide() ? tilesToOutputWide(tiles, tiling, bias, relu, pictures)
           : tilesToOutputBody(tiles, tiling, bias, relu, pictures);
}

void outputGradientToTiles(const float* gradients, const Tiling& tiling, const TileRange& tiles)
{
    wide() ? outputGradientToTilesWide(gradients, tiling, tiles)
           : outputGradientToTilesBody(gradients, tiling, tiles);
}

} // namespace vernier::winograd::fp32
