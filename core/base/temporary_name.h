#pragma once

#include <string_view>

namespace vernier {

/// Whether a file is called as atomic writes call theirs until they are whole; `of` not empty:
/// theirs for a file of that name.
bool isTemporaryName(std::string_view name, std::string_view of = {});

} // namespace vernier
