#pragma once

#include <string>
#include <string_view>

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

} // namespace vernier
