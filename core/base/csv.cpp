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

std::string withoutGuard(std::string_view text)
{
    const bool guarded = text.starts_with('\'') && mayBeFormula(text);
    return std::string(guarded ? text.substr(1) : text);
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

Result<std::vector<CsvRecord>> readCsv(std::string_view text)
{
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    if (text.starts_with(kMark))
        text.remove_prefix(kMark.size());
    const auto corrupt = [](std::size_t line, const std::string& what) {
        return fail(ErrorCode::Corrupt, "line " + std::to_string(line) + " " + what);
    };
    std::vector<CsvRecord> records;
    std::size_t line = 1;
    std::size_t at = 0;
    const auto next = [&] { return at < text.size() ? text[at] : '\n'; };
    while (at < text.size()) {
        CsvRecord record { {}, line };
        for (;;) {
            auto& field = record.fields.emplace_back();
            if (next() == '"') {
                for (++at;; ++at) {
                    if (at >= text.size())
                        return corrupt(record.line, "has a quote that is not closed");
                    line += text[at] == '\n' ? 1 : 0;
                    if (text[at] == '"') {
                        ++at;
                        if (next() != '"')
                            break;
                    }
                    field += text[at];
                }
            } else {
                for (; next() != ',' && next() != '\n' && next() != '\r'; ++at)
                    field += text[at];
                if (field.find('"') != std::string::npos)
                    return corrupt(record.line, "has a quote within a field that has none around");
            }
            if (next() != ',')
                break;
            ++at;
        }
        if (next() == '\r')
            ++at;
        if (next() != '\n')
            return corrupt(record.line, "goes on behind a quote");
        ++at;
        ++line;
        if (record.fields.size() > 1 || !record.fields.front().empty())
            records.push_back(std::move(record));
    }
    return records;
}

} // namespace vernier
