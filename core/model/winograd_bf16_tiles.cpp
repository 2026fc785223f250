#include "core/model/winograd_bf16_tiles.h"

#include <vector>

#ifdef VERNIER_BF16_TILES

// GCC's own intrinsics set it off (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

// Behind all includes, so that nothing that other files share is compiled for these registers.
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")
// The values have to lie in registers, not in arrays.
#define VERNIER_UNROLL _Pragma("GCC unroll 16")
#define VERNIER_BODY inline __attribute__((always_inline))

namespace vernier::winograd::bf16 {

namespace {

using Lanes = __m512;

VERNIER_BODY Lanes load(const Bf16* from)
{
    const auto bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}

VERNIER_BODY __m256i rounded(Lanes values)
{
    return reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values));
}

VERNIER_BODY void store(Bf16* to, Lanes values)
{
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), rounded(values));
}

/// Pairs: the first's values in the lower halves.
VERNIER_BODY __m512i paired(__m256i first, __m256i second)
{
    return _mm512_or_si512(
        _mm512_cvtepu16_epi32(first), _mm512_slli_epi32(_mm512_cvtepu16_epi32(second), 16));
}

/// A matrix of 16 x 16 values of 32 bits: within quarters of registers first, then between them.
VERNIER_BODY void transpose(__m512i* r)
{
    __m512i t[16];
    VERNIER_UNROLL
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    VERNIER_UNROLL
    for (int i = 0; i < 16; i += 4) {
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    VERNIER_UNROLL
    for (int i = 0; i < 4; ++i) {
        const auto even = _mm512_shuffle_i32x4(r[i], r[4 + i], 0x88);
        const auto odd = _mm512_shuffle_i32x4(r[i], r[4 + i], 0xdd);
        const auto evenBelow = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0x88);
        const auto oddBelow = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0xdd);
        t[i] = _mm512_shuffle_i32x4(even, evenBelow, 0x88);
        t[4 + i] = _mm512_shuffle_i32x4(odd, oddBelow, 0x88);
        t[8 + i] = _mm512_shuffle_i32x4(even, evenBelow, 0xdd);
        t[12 + i] = _mm512_shuffle_i32x4(odd, oddBelow, 0xdd);
    }
    VERNIER_UNROLL
    for (int i = 0; i < 16; ++i)
        r[i] = t[i];
}

/// B^T of four values that lie `step` apart.
VERNIER_BODY void inputTransform(Lanes* d, int step)
{
    const Lanes a = d[0], b = d[step], c = d[2 * step], e = d[3 * step];
    d[0] = a - c;
    d[step] = b + c;
    d[2 * step] = c - b;
    d[3 * step] = b - e;
}

/// A^T of four values that lie `step` apart: two, at the places of the first two.
VERNIER_BODY void outputTransform(Lanes* m, int step)
{
    const Lanes a = m[0], b = m[step], c = m[2 * step], d = m[3 * step];
    m[0] = a + b + c;
    m[step] = b - c - d;
}

/// A of two values that lie `step` apart, into four.
VERNIER_BODY void gradientTransform(Lanes* e, int step)
{
    const Lanes a = e[0], b = e[step];
    e[step] = a + b;
    e[2 * step] = a - b;
    e[3 * step] = -b;
}

/// G of three values that lie `step` apart, into four.
VERNIER_BODY void filterTransform(Lanes* g, int step)
{
    const Lanes a = g[0], b = g[step], c = g[2 * step];
    const Lanes even = (a + c) * 0.5f, odd = b * 0.5f;
    g[step] = even + odd;
    g[2 * step] = even - odd;
    g[3 * step] = c;
}

/// G^T of four values that lie `step` apart: three, at the places of the first three.
VERNIER_BODY void sumTransform(Lanes* s, int step)
{
    const Lanes sum = (s[step] + s[2 * step]) * 0.5f, difference = (s[step] - s[2 * step]) * 0.5f;
    s[0] += sum;
    s[step] = difference;
    s[2 * step] = sum + s[3 * step];
}

/// G g G^T of the filter at `from`, whose nine places lie `step` values apart, for 16 inputs.
VERNIER_BODY void transformedFilter(const float* from, std::int64_t step, bool turned, Lanes* g)
{
    VERNIER_UNROLL
    for (int i = 0; i < 3; ++i) {
        VERNIER_UNROLL
        for (int j = 0; j < 3; ++j) {
            const int place = turned ? 8 - (i * 3 + j) : i * 3 + j;
            g[i * 4 + j] = _mm512_loadu_ps(from + place * step);
        }
    }
    VERNIER_UNROLL
    for (int j = 0; j < 3; ++j)
        filterTransform(g + j, 4);
    VERNIER_UNROLL
    for (int i = 0; i < 4; ++i)
        filterTransform(g + i * 4, 1);
}

} // namespace

void inputToTiles(const Bf16* pictures, const Tiling& tiling, std::int64_t first,
    std::int64_t count, Bf16* matrices, std::int64_t stride)
{
    const auto channels = tiling.channels;
    std::vector<Bf16> spare(static_cast<std::size_t>(kPositions * channels));
    for (std::int64_t t = 0; t < count; ++t) {
        const auto in = inputsOf(pictures, tiling, tiling.placeOf(first + t), kEdge, spare.data());
        Bf16* out = matrices + t * channels;
        for (std::int64_t channel = 0; channel < channels; channel += kLanes) {
            Lanes d[kPositions];
            VERNIER_UNROLL
            for (int j = 0; j < kEdge; ++j) {
                VERNIER_UNROLL
                for (int i = 0; i < kEdge; ++i)
                    d[i * kEdge + j]
                        = load(in.corner + i * in.rowStep + j * in.columnStep + channel);
                inputTransform(d + j, kEdge);
            }
            VERNIER_UNROLL
            for (int i = 0; i < kEdge; ++i) {
                inputTransform(d + i * kEdge, 1);
                VERNIER_UNROLL
                for (int j = 0; j < kEdge; ++j)
                    store(out + (i * kEdge + j) * stride + channel, d[i * kEdge + j]);
            }
        }
    }
}

void outputGradientToTiles(const Bf16* gradients, const Tiling& tiling, std::int64_t first,
    std::int64_t count, Bf16* matrices, std::int64_t stride)
{
    const auto channels = tiling.channels;
    for (std::int64_t t = 0; t < count; ++t) {
        const auto place = tiling.placeOf(first + t);
        const bool rows = place.row + 1 < tiling.height, columns = place.column + 1 < tiling.width;
        const Bf16* in = gradients + tiling.offsetOf(place);
        const auto below = tiling.width * channels;
        Bf16* out = matrices + t * channels;
        for (std::int64_t channel = 0; channel < channels; channel += kLanes) {
            Lanes e[kPositions];
            e[0] = load(in + channel);
            e[1] = columns ? load(in + channels + channel) : Lanes {};
            e[kEdge] = rows ? load(in + below + channel) : Lanes {};
            e[kEdge + 1] = rows && columns ? load(in + below + channels + channel) : Lanes {};
            gradientTransform(e, kEdge);
            gradientTransform(e + 1, kEdge);
            VERNIER_UNROLL
            for (int i = 0; i < kEdge; ++i)
                gradientTransform(e + i * kEdge, 1);
            VERNIER_UNROLL
            for (int position = 0; position < kPositions; ++position)
                store(out + position * stride + channel, e[position]);
        }
    }
}

void tilesToOutput(
    const Products& products, const Tiling& tiling, const float* bias, bool relu, Bf16* pictures)
{
    const auto channels = tiling.channels;
    for (std::int64_t t = 0; t < products.count; ++t) {
        const auto place = tiling.placeOf(products.first + t);
        const auto rows = std::min(kTile, tiling.height - place.row);
        const auto columns = std::min(kTile, tiling.width - place.column);
        const float* in = products.matrices + t * products.channels;
        Bf16* out = pictures + products.channel + tiling.offsetOf(place);
        for (std::int64_t channel = 0; channel < products.channels; channel += kLanes) {
            Lanes m[kPositions];
            VERNIER_UNROLL
            for (int position = 0; position < kPositions; ++position)
                m[position] = _mm512_loadu_ps(in + position * products.stride + channel);
            VERNIER_UNROLL
            for (int j = 0; j < kEdge; ++j)
                outputTransform(m + j, kEdge);
            outputTransform(m, 1);
            outputTransform(m + kEdge, 1);
            const Lanes own = bias ? _mm512_loadu_ps(bias + products.channel + channel) : Lanes {};
            for (std::int64_t i = 0; i < rows; ++i) {
                for (std::int64_t j = 0; j < columns; ++j) {
                    Lanes value = m[i * kEdge + j] + own;
                    // The second where either is NaN: a NaN stays one.
                    if (relu)
                        value = _mm512_max_ps(Lanes {}, value);
                    store(out + (i * tiling.width + j) * channels + channel, value);
                }
            }
        }
    }
}

void filterToPanel(
    const float* filter, std::int64_t in, std::int64_t panel, std::int64_t width, Bf16* to)
{
    for (std::int64_t column = 0; column < width; column += kLanes) {
        for (std::int64_t input = 0; input < in; input += 2 * kLanes) {
            // Of each position, rows of 16 pairs of inputs, one an output.
            __m512i rows[kPositions][kLanes];
            for (int lane = 0; lane < kLanes; ++lane) {
                const float* from = filter + (panel * width + column + lane) * 9 * in + input;
                Lanes low[kPositions], high[kPositions];
                transformedFilter(from, in, false, low);
                transformedFilter(from + kLanes, in, false, high);
                VERNIER_UNROLL
                for (int position = 0; position < kPositions; ++position)
                    rows[position][lane] = reinterpret_cast<__m512i>(
                        _mm512_cvtne2ps_pbh(high[position], low[position]));
            }
            for (int position = 0; position < kPositions; ++position) {
                transpose(rows[position]);
                Bf16* pair = to + ((position * in + input) / 2 * width + column) * 2;
                for (int i = 0; i < kLanes; ++i)
                    _mm512_storeu_si512(pair + i * 2 * width, rows[position][i]);
            }
        }
    }
}

void turnedFilterToPanel(const float* filter, std::int64_t out, std::int64_t in, std::int64_t panel,
    std::int64_t width, Bf16* to)
{
    for (std::int64_t output = 0; output < out; output += 2) {
        for (std::int64_t column = 0; column < width; column += kLanes) {
            const float* from = filter + output * 9 * in + panel * width + column;
            Lanes first[kPositions], second[kPositions];
            transformedFilter(from, in, true, first);
            transformedFilter(from + 9 * in, in, true, second);
            VERNIER_UNROLL
            for (int position = 0; position < kPositions; ++position)
                _mm512_storeu_si512(to + ((position * out + output) / 2 * width + column) * 2,
                    paired(rounded(first[position]), rounded(second[position])));
        }
    }
}

void pairs(
    const Bf16* matrix, std::int64_t channels, std::int64_t width, Bf16* to, std::int64_t panelStep)
{
    for (std::int64_t row = 0; row < kGroup; row += 2) {
        const Bf16* from = matrix + row * channels;
        for (std::int64_t channel = 0; channel < channels; channel += kLanes) {
            const auto* first = reinterpret_cast<const __m256i*>(from + channel);
            const auto* second = reinterpret_cast<const __m256i*>(from + channels + channel);
            _mm512_storeu_si512(
                to + channel / width * panelStep + row * width + channel % width * 2,
                paired(_mm256_loadu_si256(first), _mm256_loadu_si256(second)));
        }
    }
}

void columns(const Bf16* matrix, std::int64_t channels, Bf16* to, std::int64_t rowStep)
{
    for (std::int64_t channel = 0; channel < channels; channel += kLanes) {
        __m512i r[kLanes];
        VERNIER_UNROLL
        for (int i = 0; i < kLanes; ++i) {
            const auto* from = matrix + 2 * i * channels + channel;
            r[i] = paired(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)),
                _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + channels)));
        }
        transpose(r);
        VERNIER_UNROLL
        for (int i = 0; i < kLanes; ++i)
            _mm512_storeu_si512(to + (channel + i) * rowStep, r[i]);
    }
}

void sumsToFilter(
    const float* sums, std::int64_t in, std::int64_t panel, std::int64_t width, float* filter)
{
    for (std::int64_t column = 0; column < width; column += kLanes) {
        float* to = filter + (panel * width + column) * 9 * in;
        for (std::int64_t input = 0; input < in; input += kLanes) {
            // Of each of a filter's nine places, rows of 16 outputs, one an input.
            __m512i rows[9][kLanes];
            for (int lane = 0; lane < kLanes; ++lane) {
                Lanes s[kPositions];
                VERNIER_UNROLL
                for (int position = 0; position < kPositions; ++position)
                    s[position]
                        = _mm512_loadu_ps(sums + (position * in + input + lane) * width + column);
                VERNIER_UNROLL
                for (int j = 0; j < kEdge; ++j)
                    sumTransform(s + j, kEdge);
                VERNIER_UNROLL
                for (int i = 0; i < 3; ++i) {
                    sumTransform(s + i * kEdge, 1);
                    VERNIER_UNROLL
                    for (int j = 0; j < 3; ++j)
                        rows[i * 3 + j][lane] = _mm512_castps_si512(s[i * kEdge + j]);
                }
            }
            for (int place = 0; place < 9; ++place) {
                transpose(rows[place]);
                for (int i = 0; i < kLanes; ++i)
                    _mm512_storeu_si512(to + (i * 9 + place) * in + input, rows[place][i]);
            }
        }
    }
}

} // namespace vernier::winograd::bf16

#pragma GCC pop_options

#endif
