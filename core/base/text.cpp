#include "core/base/text.h"

#include <array>
#include <charconv>
#include <cstdio>

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

std::string percent(double share)
{
    std::array<char, 32> buffer {};
    std::snprintf(buffer.data(), buffer.size(), "%.1f %%", share * 100);
    return buffer.data();
}

} // namespace vernier
