#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <optional>

#include <zlib.h>

namespace vernier::fuzz {

namespace {

// PKWARE's APPNOTE, 4.3.
constexpr std::uint32_t kLocal = 0x04034b50;
constexpr std::uint32_t kCentral = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kEndBytes = 22;

struct Record {
    Bytes name;
    Bytes content;
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    Bytes extra;
    // Where it lies about itself, in the directory alone or in both places.
    std::optional<std::uint32_t> size;
    std::optional<std::uint32_t> at;
    std::optional<std::uint32_t> checksum;
    bool localTellsTheTruth = false;
    bool isListed = true;
};

std::uint32_t read(const Bytes& file, std::size_t at, int width)
{
    std::uint32_t value = 0;
    for (int i = width; i > 0; --i) {
        const auto from = at + static_cast<std::size_t>(i - 1);
        value = value << 8 | (from < file.size() ? file[from] : 0U);
    }
    return value;
}

void append(Bytes& file, std::uint32_t value, int width)
{
    for (int i = 0; i < width; ++i)
        file.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Bytes part(const Bytes& file, std::size_t at, std::size_t size)
{
    if (at > file.size())
        return {};
    const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at);
    return { begin, begin + static_cast<std::ptrdiff_t>(std::min(size, file.size() - at)) };
}

std::vector<Record> parse(const Bytes& file)
{
    constexpr std::size_t kMostRecords = 100;
    std::vector<Record> records;
    if (file.size() < kEndBytes)
        return records;
    std::size_t end = file.size() - kEndBytes;
    while (end > 0 && read(file, end, 4) != kEnd)
        --end;
    auto at = std::size_t { read(file, end + 16, 4) };
    while (records.size() < kMostRecords && at + kCentralBytes <= file.size()
        && read(file, at, 4) == kCentral) {
        const auto nameBytes = read(file, at + 28, 2);
        const auto local = std::size_t { read(file, at + 42, 4) };
        const auto content
            = local + kLocalBytes + read(file, local + 26, 2) + read(file, local + 28, 2);
        Record record;
        record.name = part(file, at + kCentralBytes, nameBytes);
        record.content = part(file, content, read(file, at + 20, 4));
        records.push_back(std::move(record));
        at += kCentralBytes + nameBytes + read(file, at + 30, 2) + read(file, at + 32, 2);
    }
    return records;
}

/// What a local header and the directory have in common.
void appendCommon(Bytes& file, const Record& record, std::uint32_t size, std::uint32_t checksum)
{
    append(file, 20, 2); // version
    append(file, record.flags, 2);
    append(file, record.method, 2);
    append(file, 0, 4); // time
    append(file, checksum, 4);
    append(file, size, 4);
    append(file, size, 4);
    append(file, static_cast<std::uint32_t>(record.name.size()), 2);
    append(file, static_cast<std::uint32_t>(record.extra.size()), 2);
}

Bytes write(const std::vector<Record>& records, Dice& dice)
{
    Bytes file;
    Bytes directory;
    std::uint32_t listed = 0;
    for (const auto& record : records) {
        const auto rightSize = static_cast<std::uint32_t>(record.content.size());
        const auto rightChecksum = static_cast<std::uint32_t>(
            crc32(0, record.content.data(), static_cast<uInt>(record.content.size())));
        const auto size = record.size.value_or(rightSize);
        const auto checksum = record.checksum.value_or(rightChecksum);
        const auto at = record.at.value_or(static_cast<std::uint32_t>(file.size()));
        append(file, kLocal, 4);
        appendCommon(file, record, record.localTellsTheTruth ? rightSize : size,
            record.localTellsTheTruth ? rightChecksum : checksum);
        file.insert(file.end(), record.name.begin(), record.name.end());
        file.insert(file.end(), record.extra.begin(), record.extra.end());
        file.insert(file.end(), record.content.begin(), record.content.end());
        if (!record.isListed)
            continue;
        ++listed;
        append(directory, kCentral, 4);
        append(directory, 20, 2);
        appendCommon(directory, record, size, checksum);
        append(directory, 0, 2); // comment
        append(directory, 0, 2); // disk
        append(directory, 0, 2); // attributes
        append(directory, 0, 4);
        append(directory, at, 4);
        directory.insert(directory.end(), record.name.begin(), record.name.end());
        directory.insert(directory.end(), record.extra.begin(), record.extra.end());
    }
    const auto at = static_cast<std::uint32_t>(file.size());
    const bool lies = dice.oneIn(20);
    file.insert(file.end(), directory.begin(), directory.end());
    append(file, kEnd, 4);
    append(file, 0, 4); // disks
    append(file, lies ? oddNumber(dice, listed) : listed, 2);
    append(file, listed, 2);
    append(file, static_cast<std::uint32_t>(directory.size()), 4);
    append(file, lies ? oddNumber(dice, at) : at, 4);
    append(file, 0, 2); // comment
    return file;
}

} // namespace

void mutateZip(Bytes& file, Dice& dice)
{
    auto records = parse(file);
    if (records.empty() || dice.oneIn(10))
        return scramble(file);
    const auto anywhere
        = [&] { return records.begin() + static_cast<std::ptrdiff_t>(dice.below(records.size())); };
    for (auto times = 1 + dice.below(3); times > 0 && !records.empty(); --times) {
        auto& record = *anywhere();
        switch (dice.below(14)) {
        case 0:
        case 1:
        case 2:
        case 3: { // what the others are found by
            const auto pickle = std::ranges::find_if(records, [](const Record& each) {
                return each.name.size() > 4 && each.name[each.name.size() - 3] == 'p';
            });
            scramble((pickle == records.end() ? record : *pickle).content);
            break;
        }
        case 4:
            scramble(record.content);
            break;
        case 5:
            record.content.resize(dice.below(record.content.size() + 8));
            break;
        case 6:
            scramble(record.name);
            break;
        case 7: {
            const auto copy = record;
            records.insert(anywhere(), copy);
            break;
        }
        case 8:
            std::swap(record.content, anywhere()->content);
            break;
        case 9:
            records.erase(anywhere());
            break;
        case 10:
            record.size = oddNumber(dice, record.content.size());
            record.localTellsTheTruth = dice.oneIn(2);
            break;
        case 11:
            record.at = oddNumber(dice, file.size());
            break;
        case 12:
            record.extra = part(file, dice.below(file.size()), dice.below(40));
            if (dice.oneIn(2)) { // of 64-bit sizes
                record.extra = { 1, 0, 16, 0 };
                record.extra.resize(20, static_cast<std::uint8_t>(dice.below(256)));
                record.size = 0xFFFFFFFF;
            }
            break;
        default:
            record.flags = static_cast<std::uint16_t>(1U << dice.below(16));
            record.method = dice.pick<std::uint16_t>({ 0, 0, 8, 12, 99 });
            record.isListed = !dice.oneIn(3);
            if (dice.oneIn(3))
                record.checksum = oddNumber(dice, 0);
        }
    }
    file = write(records, dice);
}

} // namespace vernier::fuzz
