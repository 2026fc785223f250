#include "core/image/jpeg_scan.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

namespace vernier {

namespace {

constexpr int kMostCodeBits = 16;
/// They may go on as codes by chance, and cost few pixels where they do not.
constexpr int kMostStrayBytes = 8;
constexpr int kCoefficients = 64;

/// Where the coefficients of a block come from, in their order (T.81, figure A.6).
constexpr std::array<std::uint8_t, kCoefficients> kZigzag { 0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32,
    25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56,
    57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63 };

/// Bits up to the next marker, without the zeros that are stuffed in behind FF.
class Bits {
public:
    Bits(std::span<const std::byte> file, std::size_t at) : m_file(file), m_next(at) { }

    /// Ones where there are no more.
    unsigned peek(int count)
    {
        while (m_have < count && fill()) { }
        if (m_have >= count)
            return static_cast<unsigned>(m_bits >> (m_have - count)) & ((1u << count) - 1);
        const int missing = count - m_have;
        const auto bits = (m_bits << missing) | ((1u << missing) - 1);
        return static_cast<unsigned>(bits) & ((1u << count) - 1);
    }

    /// False where there are not so many.
    bool skip(int count)
    {
        peek(count);
        m_have -= count;
        return m_have >= 0;
    }

    /// The byte that was begun is filled up with ones.
    bool isPadded() const { return areOnes(m_have % 8); }

    /// Nothing is left but what fills up a byte.
    bool isAtEnd()
    {
        peek(8);
        return m_have < 8 && areOnes(m_have);
    }

    /// Whole bytes, behind the one that was begun.
    bool hasMoreThan(int bytes) const
    {
        auto rest = *this;
        rest.m_have = 0;
        int have = m_have / 8;
        while (have <= bytes && rest.fill())
            ++have;
        return have > bytes;
    }

    /// Behind the next marker, where it is one of a restart.
    bool restart()
    {
        while (fill())
            m_have = 0;
        m_have = 0;
        if (m_marker < JPEG_RST0 || m_marker > JPEG_RST0 + 7)
            return false;
        m_next += 2;
        m_marker = 0;
        return true;
    }

private:
    /// The next ones, of those that are there.
    bool areOnes(int count) const
    {
        return (~(m_bits >> (m_have - count)) & ((std::uint64_t { 1 } << count) - 1)) == 0;
    }

    bool fill()
    {
        if (m_marker != 0)
            return false;
        constexpr int kEscape = 0xFF;
        // Any number of them may stand in front of a marker.
        while (byteAt(m_next) == kEscape && byteAt(m_next + 1) == kEscape)
            ++m_next;
        const auto byte = byteAt(m_next);
        if (byte == kEscape && byteAt(m_next + 1) != 0) {
            m_marker = byteAt(m_next + 1).value_or(kEscape);
            return false;
        }
        if (!byte)
            return false;
        m_next += byte == kEscape ? 2 : 1;
        m_bits = m_bits << 8 | static_cast<unsigned>(*byte);
        m_have += 8;
        return true;
    }

    std::optional<int> byteAt(std::size_t at) const
    {
        return at < m_file.size() ? std::optional(std::to_integer<int>(m_file[at])) : std::nullopt;
    }

    std::span<const std::byte> m_file;
    std::size_t m_next;
    std::uint64_t m_bits = 0; ///< the lowest m_have of them are still to come
    int m_have = 0;
    int m_marker = 0; ///< that stands at m_next, once it was seen
};

/// What each 16 bits begin with.
class Codes {
public:
    explicit Codes(const JHUFF_TBL* table)
    {
        if (table == nullptr)
            return;
        m_codes.resize(std::size_t { 1 } << kMostCodeBits);
        auto at = m_codes.begin();
        std::size_t next = 0;
        for (int length = 1; length <= kMostCodeBits; ++length) {
            const auto places = std::ptrdiff_t { 1 } << (kMostCodeBits - length);
            for (int i = 0; i < table->bits[length]; ++i) {
                if (next >= std::size(table->huffval) || m_codes.end() - at < places)
                    return;
                std::fill_n(
                    at, places, Code { static_cast<std::uint8_t>(length), table->huffval[next++] });
                at += places;
            }
        }
    }

    std::optional<int> read(Bits& bits) const
    {
        if (m_codes.empty())
            return std::nullopt;
        const auto& code = m_codes[bits.peek(kMostCodeBits)];
        if (code.length == 0 || !bits.skip(code.length))
            return std::nullopt;
        return code.symbol;
    }

private:
    struct Code {
        std::uint8_t length = 0; ///< 0: no code begins so
        std::uint8_t symbol = 0;
    };
    std::vector<Code> m_codes;
};

/// Walks along the codes of a scan.
class ScanWalk {
public:
    explicit ScanWalk(const jpeg_decompress_struct& info)
        : m_info(info)
        , m_first(codesOf(info.dc_huff_tbl_ptrs))
        , m_others(codesOf(info.ac_huff_tbl_ptrs))
    {
    }

    /// All units of the scan; false where one cannot be.
    bool readAll(Bits& bits)
    {
        auto left = std::uint64_t { m_info.MCUs_per_row } * m_info.MCU_rows_in_scan;
        const auto interval = m_info.restart_interval > 0 ? m_info.restart_interval : left;
        while (true) {
            m_sums = {};
            for (auto units = std::min<std::uint64_t>(interval, left); units > 0; --units, --left) {
                if (!readUnit(bits))
                    return false;
            }
            if (left == 0)
                return true;
            if (!bits.restart())
                return false;
        }
    }

    /// Whether what follows are units too, one at least, to exactly its end; with sums that may be
    /// wrong, if the way to here was.
    bool goesOn(Bits bits)
    {
        m_sumsCount = false;
        do {
            if (!readUnit(bits))
                return false;
        } while (!bits.isAtEnd());
        return true;
    }

private:
    using Tables = std::vector<Codes>;

    static Tables codesOf(const std::span<JHUFF_TBL* const, NUM_HUFF_TBLS> tables)
    {
        return { tables.begin(), tables.end() };
    }

    bool readUnit(Bits& bits)
    {
        for (int block = 0; block < m_info.blocks_in_MCU; ++block) {
            const auto member = static_cast<std::size_t>(m_info.MCU_membership[block]);
            if (!readBlock(bits, *m_info.cur_comp_info[member], m_sums.at(member)))
                return false;
        }
        return true;
    }

    bool readBlock(Bits& bits, const jpeg_component_info& component, std::int64_t& sum)
    {
        constexpr int kMostFirstBits = 11;
        constexpr int kMostBits = 10;
        constexpr int kRunOnly = 15;
        const auto size = m_first.at(static_cast<std::size_t>(component.dc_tbl_no)).read(bits);
        if (!size || *size > kMostFirstBits)
            return false;
        const auto difference = number(bits, *size);
        if (!difference)
            return false;
        sum += *difference;
        if (m_sumsCount && !canBe(component, 0, sum))
            return false;
        const auto& codes = m_others.at(static_cast<std::size_t>(component.ac_tbl_no));
        for (int k = 1; k < kCoefficients; ++k) {
            const auto symbol = codes.read(bits);
            if (!symbol)
                return false;
            const int run = *symbol >> 4;
            const int length = *symbol & 15;
            if (*symbol == 0)
                break;
            k += run;
            if (k >= kCoefficients || length > kMostBits)
                return false;
            if (length == 0) {
                if (run != kRunOnly)
                    return false;
                continue;
            }
            const auto value = number(bits, length);
            if (!value || !canBe(component, k, *value))
                return false;
        }
        return true;
    }

    static std::optional<int> number(Bits& bits, int length)
    {
        if (length == 0)
            return 0;
        const auto value = static_cast<int>(bits.peek(length));
        if (!bits.skip(length))
            return std::nullopt;
        return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
    }

    /// The transform of 64 numbers of 8 bits is below 1024; and a step more, for what rounds oddly.
    static bool canBe(const jpeg_component_info& component, int k, std::int64_t value)
    {
        constexpr int kMost = 1024;
        if (component.quant_table == nullptr)
            return false;
        const std::int64_t step
            = component.quant_table->quantval[kZigzag.at(static_cast<std::size_t>(k))];
        return std::abs(value) * step <= kMost + step;
    }

    const jpeg_decompress_struct& m_info;
    const Tables m_first; ///< of each block's first coefficient
    const Tables m_others;
    std::array<std::int64_t, MAX_COMPS_IN_SCAN> m_sums {}; ///< of the first ones' differences
    bool m_sumsCount = true;
};

} // namespace

bool hasLostItsWay(
    const jpeg_decompress_struct& info, std::span<const std::byte> file, std::size_t data)
{
    Bits bits(file, data);
    ScanWalk walk(info);
    if (!walk.readAll(bits))
        return true;
    // Some encoders fill up with zeros; so little more is no data either way.
    if (bits.hasMoreThan(0) && !bits.hasMoreThan(kMostStrayBytes))
        return false;
    if (!bits.isPadded())
        return true;
    if (bits.hasMoreThan(0))
        return walk.goesOn(bits);
    // More intervals than the picture's size needs.
    return info.restart_interval > 0 && bits.restart() && bits.hasMoreThan(0);
}

} // namespace vernier
