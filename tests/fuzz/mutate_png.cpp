#include "tests/fuzz/mutation.h"

#include <algorithm>

#include <zlib.h>

namespace vernier::fuzz {

namespace {

constexpr std::size_t kSignature = 8;

struct Chunk {
    Bytes type; ///< four letters
    Bytes body;
};

std::uint32_t read32(const Bytes& bytes, std::size_t at)
{
    return std::uint32_t { bytes[at] } << 24 | std::uint32_t { bytes[at + 1] } << 16
        | std::uint32_t { bytes[at + 2] } << 8 | bytes[at + 3];
}

void append32(Bytes& bytes, std::uint32_t value)
{
    for (const int shift : { 24, 16, 8, 0 })
        bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::vector<Chunk> parse(const Bytes& file)
{
    std::vector<Chunk> chunks;
    for (std::size_t at = kSignature; at + 12 <= file.size();) {
        const auto length = std::size_t { read32(file, at) };
        if (length > file.size() - at - 12)
            break;
        const auto from = file.begin() + static_cast<std::ptrdiff_t>(at + 4);
        const auto body = static_cast<std::ptrdiff_t>(length);
        chunks.push_back({ { from, from + 4 }, { from + 4, from + 4 + body } });
        at += 12 + length;
    }
    return chunks;
}

bool isCalled(const Chunk& chunk, std::string_view type) { return chunk.type == bytesOf(type); }

Chunk fresh(Dice& dice)
{
    using namespace std::string_view_literals;
    struct Kind {
        std::string_view type;
        std::string_view body;
    };
    const auto kind = dice.pick<Kind>({
        { "tRNS"sv, "\0\x01"sv },
        { "tRNS"sv, "\0\x01\0\x02\0\x03"sv },
        { "PLTE"sv, "\0\x01\x02\x03\x04\x05"sv },
        { "eXIf"sv, "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"sv },
        { "gAMA"sv, "\0\x01\x86\xA0"sv },
        { "sRGB"sv, "\0"sv },
        { "iCCP"sv, "a\0\0x\x9c"sv },
        { "tEXt"sv, "Comment\0a"sv },
        { "acTL"sv, "\0\0\0\x02\0\0\0\0"sv },
        { "sBIT"sv, "\x05\x06\x05"sv },
        { "bKGD"sv, "\0\x01"sv },
        { "IEND"sv, ""sv },
    });
    return { bytesOf(kind.type), bytesOf(kind.body) };
}

void changeHeader(std::vector<Chunk>& chunks, Dice& dice)
{
    auto& body = chunks.front().body;
    if (body.size() < 13)
        return;
    switch (dice.below(5)) {
    case 0:
        body[dice.below(8)] = static_cast<std::uint8_t>(dice.below(256));
        break;
    case 1:
        body[8] = dice.pick<std::uint8_t>({ 0, 1, 2, 4, 8, 16, 32 });
        break;
    case 2:
        body[9] = dice.pick<std::uint8_t>({ 0, 1, 2, 3, 4, 5, 6, 7 });
        break;
    case 3:
        body[12] ^= 1; // interlaced
        break;
    default:
        scramble(body);
    }
}

/// Changes what the compressed pixels hold, and compresses them again.
void changePixels(std::vector<Chunk>& chunks, Dice& dice)
{
    constexpr uLongf kMostBytes = 1 << 18;
    Bytes packed;
    for (const auto& chunk : chunks) {
        if (isCalled(chunk, "IDAT"))
            packed.insert(packed.end(), chunk.body.begin(), chunk.body.end());
    }
    Bytes pixels(kMostBytes);
    uLongf size = kMostBytes;
    if (uncompress(pixels.data(), &size, packed.data(), packed.size()) != Z_OK || size == 0)
        return;
    pixels.resize(size);
    if (dice.oneIn(3))
        pixels.resize(dice.below(pixels.size()) + 1);
    else
        scramble(pixels);
    uLongf packedSize = compressBound(pixels.size());
    Chunk chunk { bytesOf("IDAT"), Bytes(packedSize) };
    compress(chunk.body.data(), &packedSize, pixels.data(), pixels.size());
    chunk.body.resize(packedSize);
    const auto first
        = std::ranges::find_if(chunks, [](const Chunk& each) { return isCalled(each, "IDAT"); });
    if (first == chunks.end())
        return;
    *first = std::move(chunk);
    chunks.erase(std::remove_if(std::next(first), chunks.end(),
                     [](const Chunk& each) { return isCalled(each, "IDAT"); }),
        chunks.end());
}

} // namespace

void mutatePng(Bytes& file, Dice& dice)
{
    if (file.size() < kSignature || file[0] != 0x89 || dice.oneIn(10))
        return scramble(file);
    auto chunks = parse(file);
    if (chunks.empty())
        return scramble(file);
    const auto anywhere
        = [&] { return chunks.begin() + static_cast<std::ptrdiff_t>(dice.below(chunks.size())); };
    for (auto times = 1 + dice.below(3); times > 0 && !chunks.empty(); --times) {
        auto& chunk = *anywhere();
        switch (dice.below(9)) {
        case 0:
            scramble(chunk.body);
            break;
        case 1:
            chunk.body.resize(std::min(chunk.body.size(), dice.below(16)));
            break;
        case 2:
            chunks.erase(anywhere());
            break;
        case 3: {
            const auto copy = chunk;
            chunks.insert(anywhere(), copy);
            break;
        }
        case 4:
            std::swap(chunk, *anywhere());
            break;
        case 5:
            chunks.insert(anywhere(), fresh(dice));
            break;
        case 6:
            changeHeader(chunks, dice);
            break;
        case 7:
            changePixels(chunks, dice);
            break;
        default:
            if (isCalled(chunk, "eXIf"))
                mutateTiff(chunk.body, dice);
            else
                scramble(chunk.type);
            chunk.type.resize(4, ' ');
        }
    }
    file.resize(kSignature);
    for (const auto& chunk : chunks) {
        const bool lies = dice.oneIn(100);
        append32(file,
            lies ? oddNumber(dice, chunk.body.size())
                 : static_cast<std::uint32_t>(chunk.body.size()));
        const auto from = file.size();
        file.insert(file.end(), chunk.type.begin(), chunk.type.end());
        file.insert(file.end(), chunk.body.begin(), chunk.body.end());
        append32(file,
            static_cast<std::uint32_t>(
                crc32(0, file.data() + from, static_cast<uInt>(file.size() - from))));
    }
}

} // namespace vernier::fuzz
