#pragma once

#include "tests/fuzz/fuzz.h"

namespace vernier::fuzz {

/// Reads the header and decodes, whole and reduced: what the header says is what comes, and a
/// picture is either refused or whole.
void checkPicture(std::span<const std::byte> file);

} // namespace vernier::fuzz
