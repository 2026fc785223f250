#include "core/base/text.h"

#include "core/base/result.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace vernier {

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

std::string textOf(const std::filesystem::path& path)
{
    const std::string& raw = path.native();
    if (utf8(path) == raw)
        return raw;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(1, '\0');
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
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

} // namespace vernier
