#include "core/base/result.h"

#include "core/base/text.h"

namespace vernier {

namespace {

/// U+FFFD.
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the valid UTF-8 sequence at `s[i]`, or 0. RFC 3629: no overlong forms, no surrogates.
std::size_t sequenceLength(const std::string& s, std::size_t i)
{
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(s[k]); };
    const auto lead = byte(i);
    if (lead < 0x80)
        return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > s.size())
        return 0;
    for (std::size_t k = 1; k < length; ++k) {
        if ((byte(i + k) & 0xC0) != 0x80)
            return 0;
    }
    const auto second = byte(i + 1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)
        || (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
        return 0;
    return length;
}

} // namespace

std::string utf8(const std::filesystem::path& path)
{
    const std::string& raw = path.native();
    std::string text;
    text.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size();) {
        const auto length = sequenceLength(raw, i);
        if (length == 0) {
            text += kReplacement;
            ++i;
        } else {
            text.append(raw, i, length);
            i += length;
        }
    }
    return text;
}

std::string inOneLine(const std::filesystem::path& path) { return printable(path.native()); }

std::string Error::text() const
{
    std::string result;
    if (!path.empty())
        result = inOneLine(path) + ": ";
    result += printable(detail);
    if (!advice.empty())
        result += "; " + printable(advice);
    return result;
}

} // namespace vernier
