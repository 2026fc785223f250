#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// What becomes of text that a spreadsheet would take for a formula.
enum class CsvText {
    Guarded, ///< an apostrophe stands before it
    Raw ///< it is left as it is, for a program that is none
};

/// Text with an apostrophe before it where a spreadsheet would take it for a formula.
std::string withoutFormula(std::string_view text);

/// A field of text as RFC 4180 has it, in quotes where it needs them. A spreadsheet computes what
/// begins with = + - @, a tab or a line end, whoever has named a file or a class so; see OWASP, CSV
/// injection. Guarded, such text has one apostrophe more at its beginning, and so has text that is
/// such after apostrophes, so that taking one away gives it back. Numbers are no text: they are
/// written without this.
std::string csvField(std::string_view text, CsvText how = CsvText::Guarded);

/// The text of a field that was written guarded, or by somebody who guarded nothing.
std::string withoutGuard(std::string_view text);

/// The records of a table as RFC 4180 has it, also with lines that end in LF and a byte order mark
/// before it. Empty lines are passed over. Corrupt, with the line, for a quote that is not closed
/// or stands where none can.
struct CsvRecord {
    std::vector<std::string> fields;
    std::size_t line = 1;
};
Result<std::vector<CsvRecord>> readCsv(std::string_view text);

} // namespace vernier
