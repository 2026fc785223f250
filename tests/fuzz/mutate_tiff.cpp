#include "tests/fuzz/mutation.h"

#include <algorithm>

namespace vernier::fuzz {

namespace {

/// Numbers of 2, 4 or 8 bytes in the file's byte order; nothing is read or written outside of it.
class Numbers {
public:
    Numbers(Bytes& bytes, bool bigEndian) : m_bytes(bytes), m_big(bigEndian) { }

    std::uint64_t read(std::uint64_t at, unsigned width) const
    {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < width; ++i) {
            const auto from = at + (m_big ? i : width - 1 - i);
            value = value << 8 | (from < m_bytes.size() ? m_bytes[from] : 0);
        }
        return value;
    }
    void write(std::uint64_t at, unsigned width, std::uint64_t value)
    {
        for (unsigned i = 0; i < width; ++i) {
            const auto to = at + (m_big ? width - 1 - i : i);
            if (to < m_bytes.size())
                m_bytes[to] = static_cast<std::uint8_t>(value >> (8 * i));
        }
    }

private:
    Bytes& m_bytes;
    bool m_big;
};

struct Entry {
    std::uint64_t tag = 0;
    std::uint64_t type = 0;
    std::uint64_t count = 0;
    std::uint64_t value = 0; ///< as it stands in the entry
};

/// A known tag with a value that means something, so that more than the refusals is reached.
Entry meaningful(Dice& dice)
{
    struct Choice {
        std::uint64_t tag;
        std::vector<std::uint64_t> values;
    };
    static const std::vector<Choice> choices {
        { 254, { 0, 1, 2, 4 } }, // kind of picture
        { 256, { 0, 1, 2, 7, 16, 100, 65535 } }, // width
        { 257, { 0, 1, 2, 7, 16, 100, 65535 } }, // height
        { 258, { 1, 2, 4, 6, 8, 10, 12, 16, 24, 32, 64 } }, // bits a sample
        { 259,
            { 1, 2, 3, 4, 5, 6, 7, 8, 32766, 32773, 32809, 32946, 34676, 34677, 34712, 34887, 34925,
                50000, 50001 } }, // compression
        { 262, { 0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 32803, 32844, 32845 } }, // photometric
        { 266, { 1, 2 } }, // fill order
        { 274, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 } }, // orientation
        { 277, { 0, 1, 2, 3, 4, 5, 6, 9, 65535 } }, // samples a pixel
        { 278, { 0, 1, 2, 7, 16, 65535 } }, // rows a strip
        { 284, { 1, 2 } }, // planes
        { 292, { 0, 1, 2, 4 } }, // fax
        { 317, { 1, 2, 3 } }, // predictor
        { 322, { 0, 1, 15, 16, 32, 64, 65535 } }, // tile width
        { 323, { 0, 1, 15, 16, 32, 64, 65535 } }, // tile height
        { 330, { 0, 8, 100 } }, // further directories
        { 332, { 1, 2 } }, // inks
        { 338, { 0, 1, 2, 3 } }, // extra samples
        { 339, { 1, 2, 3, 4, 5, 6 } }, // sample format
        { 530, { 1, 2, 4 } }, // subsampling
        { 34665, { 0, 8, 26 } }, // EXIF
    };
    const auto& choice = choices[dice.below(choices.size())];
    constexpr std::uint64_t kShort = 3;
    return { choice.tag, kShort, 1, choice.values[dice.below(choice.values.size())] };
}

} // namespace

void mutateTiff(Bytes& tiff, Dice& dice)
{
    constexpr std::size_t kMostEntries = 64;
    if (tiff.size() < 8 || (tiff[0] != 'I' && tiff[0] != 'M') || dice.oneIn(6))
        return scramble(tiff);
    const bool bigEndian = tiff[0] == 'M';
    Numbers numbers(tiff, bigEndian);
    const bool wide = numbers.read(2, 2) == 43; // BigTIFF
    const unsigned word = wide ? 8 : 4;
    const unsigned countWidth = wide ? 8 : 2;
    const std::uint64_t pointer = wide ? 8 : 4;
    const std::uint64_t entryBytes = wide ? 20 : 12;
    const auto directory = numbers.read(pointer, word);
    if (directory + countWidth > tiff.size())
        return scramble(tiff);

    std::vector<Entry> entries(
        std::min<std::uint64_t>(numbers.read(directory, countWidth), kMostEntries));
    auto at = directory + countWidth;
    for (auto& entry : entries) {
        entry = { numbers.read(at, 2), numbers.read(at + 2, 2), numbers.read(at + 4, word),
            numbers.read(at + 4 + word, word) };
        // A short value stands in the first bytes, whatever the byte order.
        if (entry.type == 3 && entry.count == 1)
            entry.value = numbers.read(at + 4 + word, 2);
        at += entryBytes;
    }
    auto next = numbers.read(at, word);
    const auto before = entries.size();
    Entry none;
    for (auto times = 1 + dice.below(3); times > 0; --times) {
        Entry& entry = entries.empty() ? none : entries[dice.below(entries.size())];
        switch (dice.below(11)) {
        case 0:
            entry.tag = meaningful(dice).tag;
            break;
        case 1:
            entry.type = dice.below(20);
            break;
        case 2:
            entry.count = oddNumber(dice, tiff.size());
            break;
        case 3:
            entry.value = dice.oneIn(4) ? directory : oddNumber(dice, tiff.size());
            break;
        case 4:
        case 5: {
            const auto wanted = meaningful(dice);
            const auto found = std::ranges::find(entries, wanted.tag, &Entry::tag);
            if (found != entries.end())
                *found = wanted;
            else
                entries.push_back(wanted);
            break;
        }
        case 6:
            entries.push_back(entry);
            break;
        case 7:
            if (!entries.empty())
                entries.erase(
                    entries.begin() + static_cast<std::ptrdiff_t>(dice.below(entries.size())));
            break;
        case 8:
            if (!entries.empty())
                std::swap(entry, entries[dice.below(entries.size())]);
            break;
        case 9:
            next = dice.oneIn(2) ? directory : oddNumber(dice, tiff.size());
            break;
        default:
            // A list of several numbers somewhere in the file, such as its strips.
            numbers.write(dice.below(tiff.size()), dice.pick<unsigned>({ 2, 4 }),
                oddNumber(dice, tiff.size()));
        }
    }

    // A directory that has grown goes to the end, so that what the others point to stays.
    auto to = directory;
    if (entries.size() > before) {
        to = tiff.size();
        tiff.resize(tiff.size() + countWidth + entries.size() * entryBytes + word);
        numbers.write(pointer, word, to);
    }
    numbers.write(to, countWidth, entries.size());
    to += countWidth;
    for (const auto& entry : entries) {
        numbers.write(to, 2, entry.tag);
        numbers.write(to + 2, 2, entry.type);
        numbers.write(to + 4, word, entry.count);
        if (entry.type == 3 && entry.count == 1) {
            numbers.write(to + 4 + word, word, 0);
            numbers.write(to + 4 + word, 2, entry.value);
        } else {
            numbers.write(to + 4 + word, word, entry.value);
        }
        to += entryBytes;
    }
    numbers.write(to, word, next);
    if (dice.oneIn(50))
        tiff[0] = tiff[1] = tiff[0] == 'I' ? 'M' : 'I';
}

} // namespace vernier::fuzz
