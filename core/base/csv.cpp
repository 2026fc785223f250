#include "core/base/csv.h"

namespace vernier {

namespace {

bool mayBeFormula(std::string_view text)
{
    const auto first = text.find_first_not_of('\'');
    return first != std::string_view::npos
        && std::string_view("=+-@\t\r\n").find(text[first]) != std::string_view::npos;
}

} // namespace

std::string withoutFormula(std::string_view text)
{
    return (mayBeFormula(text) ? "'" : "") + std::string(text);
}

std::string csvField(std::string_view text, CsvText how)
{
    const auto field = how == CsvText::Guarded ? withoutFormula(text) : std::string(text);
    if (field.find_first_of(",\"\r\n") == std::string::npos)
        return field;
    std::string quoted = "\"";
    for (const char c : field) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

} // namespace vernier
