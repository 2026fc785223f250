#include "core/base/text.h"

#include "core/base/result.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace vernier {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD"; // U+FFFD
constexpr std::string_view kFile = "file:";
constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::string_view kSmallHex = "0123456789abcdef";

/// Of UTF-8 that is known to be valid.
std::size_t sequenceLength(char lead)
{
    const auto byte = static_cast<unsigned char>(lead);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

char32_t codePoint(std::string_view sequence)
{
    const auto lead = static_cast<unsigned char>(sequence.front());
    if (sequence.size() == 1)
        return lead;
    char32_t code = lead & (0x7F >> sequence.size());
    for (const char c : sequence.substr(1))
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3F);
    return code;
}

/// At the end: the beginning of a sequence whose rest is still to come.
std::size_t unfinishedBytes(std::string_view text)
{
    for (std::size_t back = 1; back < 4 && back <= text.size(); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xC0) != 0x80)
            return byte >= 0xC0 && sequenceLength(text[text.size() - back]) > back ? back : 0;
    }
    return 0;
}

/// No code above U+FFFF is another.
bool isHarmless(char32_t code)
{
    const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    const bool lineEnd = code == 0x2028 || code == 0x2029;
    const bool direction = code == 0x061C || code == 0x200E || code == 0x200F
        || (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    return !control && !lineEnd && !direction;
}

/// Of the two digits at `text`; below 0 where they are none.
int hexByte(std::string_view text)
{
    int byte = -1;
    const auto* end = text.data() + 2;
    const auto read = std::from_chars(text.data(), end, byte, 16);
    return read.ec == std::errc() && read.ptr == end ? byte : -1;
}

} // namespace

std::string shortNumber(double value)
{
    std::array<char, 32> buffer {};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    std::string text(buffer.data(), end);
    // to_chars writes at least two exponent digits, people write "1e-5".
    const auto e = text.find('e');
    if (e != std::string::npos && text.size() == e + 4 && text[e + 2] == '0')
        text.erase(e + 2, 1);
    return text;
}

std::string grouped(std::int64_t value)
{
    auto text = std::to_string(value);
    const std::size_t sign = value < 0 ? 1 : 0;
    for (auto i = text.size(); i > sign + 3; i -= 3)
        text.insert(i - 3, ",");
    return text;
}

std::string counted(std::int64_t count, std::string_view noun)
{
    return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::string byteCount(std::uint64_t bytes)
{
    constexpr std::array units { "bytes", "KB", "MB", "GB", "TB", "PB", "EB" };
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < units.size(); ++unit)
        value /= 1000;
    std::array<char, 32> buffer {};
    std::snprintf(buffer.data(), buffer.size(), unit > 0 && value < 9.95 ? "%.1f %s" : "%.0f %s",
        value, units[unit]);
    return buffer.data();
}

std::string lowered(std::string text)
{
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

std::string percent(double share)
{
    // Halves go up: printf alone would round 81.25 to even, and to another figure than the window.
    const double rounded = std::round(share * 100 * 10) / 10;
    std::array<char, 32> buffer {};
    std::snprintf(buffer.data(), buffer.size(), "%.1f %%", rounded);
    return buffer.data();
}

std::string printable(std::string_view text)
{
    std::string plain;
    const auto valid = utf8(std::string(text));
    for (std::size_t i = 0; i < valid.size();) {
        const auto length = sequenceLength(valid[i]);
        const auto sequence = std::string_view(valid).substr(i, length);
        plain += isHarmless(codePoint(sequence)) ? sequence : kReplacement;
        i += length;
    }
    return plain;
}

std::string printableText(std::string& text)
{
    const auto whole = text.size() - unfinishedBytes(text);
    const auto valid = utf8(text.substr(0, whole));
    text.erase(0, whole);
    std::string plain;
    for (std::size_t i = 0; i < valid.size();) {
        const auto length = sequenceLength(valid[i]);
        const auto sequence = std::string_view(valid).substr(i, length);
        const auto code = codePoint(sequence);
        if (code == '\n' || code == '\t' || isHarmless(code)) {
            plain += sequence;
        } else {
            plain += "\\u";
            for (int shift = 12; shift >= 0; shift -= 4)
                plain += kSmallHex[code >> shift & 15];
        }
        i += length;
    }
    return plain;
}

std::string textOf(const std::filesystem::path& path)
{
    const std::string& raw = path.native();
    if (utf8(path) == raw)
        return raw;
    std::string text(1, '\0');
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        text += kSmallHex[byte >> 4];
        text += kSmallHex[byte & 15];
    }
    return text;
}

std::filesystem::path pathOfText(const std::string& text)
{
    if (!text.starts_with('\0'))
        return text;
    std::string raw;
    for (std::size_t i = 1; i + 1 < text.size(); i += 2) {
        int byte = 0;
        if (std::from_chars(text.data() + i, text.data() + i + 2, byte, 16).ec == std::errc())
            raw += static_cast<char>(byte);
    }
    return raw;
}

std::string writtenPath(const std::filesystem::path& path)
{
    const std::string& raw = path.native();
    if (utf8(path) == raw && !raw.starts_with(kFile))
        return raw;
    std::string text(kFile);
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9')
            || std::string_view("-._~/").find(c) != std::string_view::npos;
        if (plain)
            text += c;
        else
            text.append({ '%', kHex[byte >> 4], kHex[byte & 15] });
    }
    return text;
}

std::filesystem::path pathOfWritten(const std::string& text)
{
    if (!text.starts_with(kFile))
        return text;
    std::string raw;
    for (std::size_t i = kFile.size(); i < text.size(); ++i) {
        const int byte = text[i] == '%' && i + 2 < text.size()
            ? hexByte(std::string_view(text).substr(i + 1))
            : -1;
        raw += byte < 0 ? text[i] : static_cast<char>(byte);
        i += byte < 0 ? 0 : 2;
    }
    return raw;
}

} // namespace vernier
