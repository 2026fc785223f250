#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <optional>
#include <span>

namespace vernier::fuzz {

namespace {

constexpr std::string_view kExif { "Exif\0\0", 6 };

struct Segment {
    Bytes stray; ///< bytes in front of it that belong to nothing
    std::uint8_t marker = 0;
    std::optional<std::uint16_t> length; ///< that it says it has; none: the right one
    Bytes body;
};

struct Jpeg {
    std::vector<Segment> segments; ///< through the start of the first scan
    Bytes rest; ///< what follows: the scan, its end, and what is appended
};

Jpeg parse(const Bytes& file)
{
    constexpr std::uint8_t kStartOfScan = 0xDA;
    Jpeg jpeg;
    std::size_t at = 2;
    while (at + 4 <= file.size() && file[at] == 0xFF) {
        const auto marker = file[at + 1];
        const auto length = std::size_t { file[at + 2] } << 8 | file[at + 3];
        if (length < 2 || at + 2 + length > file.size())
            break;
        const auto body = file.begin() + static_cast<std::ptrdiff_t>(at + 4);
        jpeg.segments.push_back(
            { {}, marker, {}, { body, body + static_cast<std::ptrdiff_t>(length - 2) } });
        at += 2 + length;
        if (marker == kStartOfScan)
            break;
    }
    at = std::min(at, file.size());
    jpeg.rest.assign(file.begin() + static_cast<std::ptrdiff_t>(at), file.end());
    return jpeg;
}

Bytes write(const Jpeg& jpeg)
{
    Bytes file { 0xFF, 0xD8 };
    for (const auto& segment : jpeg.segments) {
        file.insert(file.end(), segment.stray.begin(), segment.stray.end());
        const auto length
            = segment.length.value_or(static_cast<std::uint16_t>(segment.body.size() + 2));
        file.insert(file.end(),
            { 0xFF, segment.marker, static_cast<std::uint8_t>(length >> 8),
                static_cast<std::uint8_t>(length) });
        file.insert(file.end(), segment.body.begin(), segment.body.end());
    }
    file.insert(file.end(), jpeg.rest.begin(), jpeg.rest.end());
    return file;
}

Segment fresh(Dice& dice)
{
    using namespace std::string_view_literals;
    struct Kind {
        std::uint8_t marker;
        std::string_view body;
    };
    const auto kind = dice.pick<Kind>({
        { 0xE1,
            "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"sv }, // turned
        { 0xE1, "Exif\0\0MM\0*\0\0\0\x08"sv },
        { 0xE1, "http://ns.adobe.com/xap/1.0/\0<x/>"sv },
        { 0xE0, "JFIF\0\x01\x01\0\0\x01\0\x01\0\0"sv },
        { 0xE2, "ICC_PROFILE\0\x01\x01"sv },
        { 0xE2, "MPF\0II*\0\x08\0\0\0\0\0"sv },
        { 0xEE, "Adobe\0d\0\0\0\0\0"sv },
        { 0xEE, "Adobe\0d\0\0\0\0\x02"sv },
        { 0xDD, "\0\x01"sv }, // restart interval
        { 0xDC, "\0\x10"sv }, // number of lines, behind the first scan
        { 0xCC, "\0\x11"sv }, // arithmetic coding
        { 0xFE, "a comment"sv },
    });
    return { {}, kind.marker, {}, bytesOf(kind.body) };
}

bool isFrame(const Segment& segment)
{
    return segment.marker >= 0xC0 && segment.marker <= 0xCF && segment.marker != 0xC4
        && segment.marker != 0xC8 && segment.marker != 0xCC;
}

void changeFrame(std::vector<Segment>& segments, Dice& dice)
{
    const auto frame = std::ranges::find_if(segments, isFrame);
    if (frame == segments.end() || frame->body.size() < 9)
        return;
    auto& body = frame->body;
    switch (dice.below(5)) {
    case 0:
        frame->marker = static_cast<std::uint8_t>(0xC0 + dice.below(16));
        break;
    case 1: // an edge
        body[1 + 2 * dice.below(2)] = static_cast<std::uint8_t>(dice.below(3) * dice.below(256));
        break;
    case 2:
        body[2 + 2 * dice.below(2)] = static_cast<std::uint8_t>(dice.below(256));
        break;
    case 3: // how many channels, or bits
        body[dice.pick<std::size_t>({ 0, 5 })] = static_cast<std::uint8_t>(dice.below(13));
        break;
    default: // one channel's name, sampling or table
        body[6 + dice.below(body.size() - 6)]
            = dice.pick<std::uint8_t>({ 0, 1, 2, 3, 0x11, 0x12, 0x21, 0x22, 0x41, 0x44, 0xFF });
    }
}

void changeRest(Bytes& rest, const Bytes& file, Dice& dice)
{
    const auto at = static_cast<std::ptrdiff_t>(dice.below(rest.size()));
    switch (dice.below(6)) {
    case 0: { // a marker within the scan
        const auto marker = dice.pick<std::uint8_t>(
            { 0x00, 0xC4, 0xD0, 0xD3, 0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xE1, 0xFE, 0xFF });
        rest.insert(rest.begin() + at, { 0xFF, marker });
        break;
    }
    case 1: // as on a card whose files were written over: something else from here on
        rest.resize(static_cast<std::size_t>(at));
        rest.insert(rest.end(), file.begin(), file.end());
        break;
    case 2:
        rest.resize(static_cast<std::size_t>(at));
        break;
    case 3:
        std::fill(rest.begin() + at,
            rest.begin() + std::min(at + 64, static_cast<std::ptrdiff_t>(rest.size())), 0);
        break;
    case 4: // a second scan
        rest.insert(rest.begin() + at, file.begin(), file.end());
        break;
    default:
        scramble(rest);
    }
}

} // namespace

void mutateJpeg(Bytes& file, Dice& dice)
{
    if (file.size() < 4 || file[0] != 0xFF || file[1] != 0xD8 || dice.oneIn(8))
        return scramble(file);
    auto jpeg = parse(file);
    auto& segments = jpeg.segments;
    if (segments.empty())
        return scramble(file);
    const auto anywhere = [&] {
        return segments.begin() + static_cast<std::ptrdiff_t>(dice.below(segments.size()));
    };
    for (auto times = 1 + dice.below(3); times > 0 && !segments.empty(); --times) {
        auto& segment = *anywhere();
        switch (dice.below(11)) {
        case 0:
            segment.length = static_cast<std::uint16_t>(oddNumber(dice, segment.body.size()));
            break;
        case 1:
            scramble(segment.body);
            break;
        case 2:
            segment.body.resize(std::min(segment.body.size(), dice.below(16)));
            break;
        case 3:
            segments.erase(anywhere());
            break;
        case 4: {
            const auto copy = segment;
            segments.insert(anywhere(), copy);
            break;
        }
        case 5:
            std::swap(segment, *anywhere());
            break;
        case 6:
            segments.insert(anywhere(), fresh(dice));
            break;
        case 7:
            changeFrame(segments, dice);
            break;
        case 8: {
            const auto exif = std::ranges::find_if(segments, [](const Segment& each) {
                return std::ranges::equal(
                    std::span(each.body).first(std::min(each.body.size(), kExif.size())), kExif,
                    [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
            });
            if (exif == segments.end()) {
                segments.insert(segments.begin(), fresh(dice));
                break;
            }
            Bytes tiff(exif->body.begin() + kExif.size(), exif->body.end());
            mutateTiff(tiff, dice);
            exif->body.resize(kExif.size());
            exif->body.insert(exif->body.end(), tiff.begin(), tiff.end());
            break;
        }
        case 9:
            segment.stray.resize(dice.below(4), static_cast<std::uint8_t>(dice.below(256)));
            break;
        default:
            changeRest(jpeg.rest, file, dice);
        }
    }
    file = write(jpeg);
}

} // namespace vernier::fuzz
