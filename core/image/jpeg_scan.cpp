#include "core/image/jpeg_scan.h"

#include "core/image/jpeg_decoder.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

namespace vernier {

namespace {

constexpr int kMostCodeBits = 16;
constexpr int kCoefficients = 64;
/// The transform of 64 numbers of 8 bits is below it.
constexpr std::int64_t kMostOfPixels = 1024;
/// MozJPEG goes beyond white and black by 31 beside sharp edges.
constexpr std::int64_t kMostOfEncoders = kMostOfPixels * (128 + 31) / 128 + 8;

/// Where the coefficients of a block come from, in their order (T.81, figure A.6).
constexpr std::array<std::uint8_t, kCoefficients> kZigzag { 0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32,
    25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56,
    57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63 };

/// Bits up to the next marker, without the zeros that are stuffed in behind FF.
class Bits {
public:
    Bits(std::span<const std::byte> file, std::size_t at) : m_file(file), m_next(at) { }

    /// From 1 to 32. Ones where there are no more.
    unsigned peek(int count)
    {
        if (m_have < count)
            fillUp();
        return static_cast<unsigned>(m_bits >> (kRoom - count));
    }

    /// False where there are not so many.
    bool skip(int count)
    {
        if (m_have < count)
            fillUp();
        m_bits <<= count;
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
        rest.drop();
        int have = m_have / 8;
        for (; have <= bytes && rest.fill(); ++have)
            rest.drop();
        return have > bytes;
    }

    /// Behind the next marker, where it is one of a restart.
    bool restart()
    {
        do
            drop();
        while (fill());
        if (!isRestart(m_marker))
            return false;
        m_next += 2;
        m_marker = 0;
        return true;
    }

private:
    static constexpr int kRoom = 64;
    static constexpr std::uint64_t kOnes = ~std::uint64_t { 0 };

    /// The next ones, of those that are there.
    bool areOnes(int count) const { return count == 0 || (~m_bits >> (kRoom - count)) == 0; }

    void drop()
    {
        m_bits = 0;
        m_have = 0;
    }

    void fillUp()
    {
        while (m_have <= kRoom - 8) {
            if (fillMany())
                return;
            if (!fill()) {
                m_bits |= kOnes >> m_have;
                return;
            }
        }
    }

    /// At once, where what comes is nothing but data.
    bool fillMany()
    {
        if (m_marker != 0 || m_next + sizeof(std::uint64_t) > m_file.size())
            return false;
        std::uint64_t bytes = 0;
        for (std::size_t i = 0; i < sizeof bytes; ++i)
            bytes = bytes << 8 | std::to_integer<std::uint64_t>(m_file[m_next + i]);
        // Whether a byte of the complement is zero.
        if (const auto rest = ~bytes;
            ((rest - 0x0101010101010101u) & ~rest & 0x8080808080808080u) != 0)
            return false;
        const int taken = (kRoom - m_have) / 8;
        m_bits |= (bytes & ~(taken < 8 ? kOnes >> (taken * 8) : 0)) >> m_have;
        m_have += taken * 8;
        m_next += static_cast<std::size_t>(taken);
        return true;
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
        m_bits |= static_cast<std::uint64_t>(*byte) << (kRoom - 8 - m_have);
        m_have += 8;
        return true;
    }

    std::optional<int> byteAt(std::size_t at) const
    {
        return at < m_file.size() ? std::optional(std::to_integer<int>(m_file[at])) : std::nullopt;
    }

    std::span<const std::byte> m_file;
    std::size_t m_next;
    std::uint64_t m_bits = 0; ///< the highest m_have of them are still to come
    int m_have = 0;
    int m_marker = 0; ///< that stands at m_next, once it was seen
};

/// What bits begin with: looked up for the short codes, which nearly all are.
class Codes {
public:
    explicit Codes(const JHUFF_TBL* table)
    {
        if (table == nullptr)
            return;
        unsigned code = 0;
        std::size_t next = 0;
        for (int length = 1; length <= kMostCodeBits; ++length, code <<= 1) {
            auto& row = m_rows.at(static_cast<std::size_t>(length));
            row = { code, table->bits[length], next };
            for (unsigned i = 0; i < row.count; ++i, ++code, ++next) {
                if (next >= m_symbols.size() || code >= 1u << length) {
                    row.count = i;
                    return;
                }
                m_symbols[next] = table->huffval[next];
                if (length <= kShort)
                    std::fill_n(m_short.begin() + (code << (kShort - length)),
                        1 << (kShort - length),
                        Code { static_cast<std::uint8_t>(length), m_symbols[next] });
            }
        }
    }

    struct Number {
        int symbol = -1; ///< below 0: no code begins so, or the bits end within
        int value = 0;
    };
    /// A code, and the number behind it of as many bits as the symbol's lower half says (T.81,
    /// F.2.2.1). Not an optional: to put one together takes longer than all the rest.
    Number read(Bits& bits) const
    {
        const unsigned window = bits.peek(kWindow);
        auto code = m_short[window >> (kWindow - kShort)];
        if (code.length == 0)
            code = longer(window >> (kWindow - kMostCodeBits));
        const unsigned length = code.symbol & 15u;
        if (code.length == 0 || !bits.skip(code.length + static_cast<int>(length)))
            return {};
        const unsigned most = (1u << length) - 1;
        const unsigned value = window >> (kWindow - code.length - length) & most;
        // Those that begin with 0 are below 0.
        return { code.symbol, static_cast<int>(value - (value <= most >> 1 ? most : 0)) };
    }

private:
    static constexpr int kShort = 9;
    /// A code and its number, at most.
    static constexpr int kWindow = 32;
    struct Code {
        std::uint8_t length = 0; ///< 0: no code begins so
        std::uint8_t symbol = 0;
    };
    /// The codes of a length follow each other.
    struct Row {
        unsigned first = 0;
        unsigned count = 0;
        std::size_t symbols = 0;
    };

    Code longer(unsigned window) const
    {
        for (int length = kShort + 1; length <= kMostCodeBits; ++length) {
            const auto& row = m_rows[static_cast<std::size_t>(length)];
            const unsigned code = window >> (kMostCodeBits - length);
            if (code >= row.first && code - row.first < row.count)
                return { static_cast<std::uint8_t>(length),
                    m_symbols[row.symbols + code - row.first] };
        }
        return {};
    }

    std::array<Code, 1 << kShort> m_short {};
    std::array<Row, kMostCodeBits + 1> m_rows {};
    std::array<std::uint8_t, 256> m_symbols {};
};

/// Walks along the codes of a scan.
class ScanWalk {
public:
    /// `most`: that a coefficient can come to, but for a step of its table.
    ScanWalk(const jpeg_decompress_struct& info, std::int64_t most)
        : m_info(info)
        , m_first(codesOf(info.dc_huff_tbl_ptrs))
        , m_others(codesOf(info.ac_huff_tbl_ptrs))
    {
        for (std::size_t member = 0; member < m_limits.size(); ++member) {
            if (static_cast<int>(member) < info.comps_in_scan)
                m_limits[member] = limitsOf(info.cur_comp_info[member]->quant_table, most);
        }
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
    using Limits = std::array<int, kCoefficients>;

    static Tables codesOf(const std::span<JHUFF_TBL* const, NUM_HUFF_TBLS> tables)
    {
        return { tables.begin(), tables.end() };
    }

    bool readUnit(Bits& bits)
    {
        for (int block = 0; block < m_info.blocks_in_MCU; ++block) {
            const auto member = static_cast<std::size_t>(m_info.MCU_membership[block]);
            if (!readBlock(
                    bits, *m_info.cur_comp_info[member], m_limits.at(member), m_sums.at(member)))
                return false;
        }
        return true;
    }

    bool readBlock(
        Bits& bits, const jpeg_component_info& component, const Limits& limits, std::int64_t& sum)
    {
        constexpr int kMostFirstBits = 11;
        constexpr int kMostBits = 10;
        constexpr int kRunOnly = 15;
        const auto first = m_first.at(static_cast<std::size_t>(component.dc_tbl_no)).read(bits);
        if (first.symbol < 0 || first.symbol > kMostFirstBits)
            return false;
        sum += first.value;
        if (m_sumsCount && std::abs(sum) > limits[0])
            return false;
        const auto& codes = m_others.at(static_cast<std::size_t>(component.ac_tbl_no));
        for (int k = 1; k < kCoefficients; ++k) {
            const auto number = codes.read(bits);
            if (number.symbol < 0)
                return false;
            if (number.symbol == 0)
                break;
            const int run = number.symbol >> 4;
            const int length = number.symbol & 15;
            k += run;
            if (k >= kCoefficients || length > kMostBits || (length == 0 && run != kRunOnly))
                return false;
            if (length > 0 && std::abs(number.value) > limits[static_cast<std::size_t>(k)])
                return false;
        }
        return true;
    }

    /// What each coefficient can come to at most; and a step more, for what rounds oddly.
    static Limits limitsOf(const JQUANT_TBL* table, std::int64_t most)
    {
        Limits limits;
        limits.fill(-1);
        for (std::size_t k = 0; table != nullptr && k < limits.size(); ++k) {
            const auto step = std::max<std::int64_t>(table->quantval[kZigzag[k]], 1);
            limits[k] = static_cast<int>(most / step) + 1;
        }
        return limits;
    }

    const jpeg_decompress_struct& m_info;
    const Tables m_first; ///< of each block's first coefficient
    const Tables m_others;
    std::array<Limits, MAX_COMPS_IN_SCAN> m_limits {};
    std::array<std::int64_t, MAX_COMPS_IN_SCAN> m_sums {}; ///< of the first ones' differences
    bool m_sumsCount = true;
};

} // namespace

bool hasLostItsWay(
    const jpeg_decompress_struct& info, std::span<const std::byte> file, std::size_t data)
{
    Bits bits(file, data);
    ScanWalk walk(info, kMostOfPixels);
    if (!walk.readAll(bits))
        return true;
    // So little more may go on as codes by chance, and costs few pixels where it is some. Some
    // encoders fill up with zeros.
    constexpr auto few = static_cast<int>(JpegDecoder::kMostStrayBytes);
    if (bits.hasMoreThan(0) && !bits.hasMoreThan(few))
        return false;
    if (!bits.isPadded())
        return true;
    if (bits.hasMoreThan(0))
        return walk.goesOn(bits);
    // More intervals than the picture's size needs.
    return info.restart_interval > 0 && bits.restart() && bits.hasMoreThan(0);
}

bool isImpossible(
    const jpeg_decompress_struct& info, std::span<const std::byte> file, std::size_t data)
{
    Bits bits(file, data);
    return !ScanWalk(info, kMostOfEncoders).readAll(bits);
}

} // namespace vernier
