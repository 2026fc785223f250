#pragma once

#include <filesystem>

namespace vernier::test {

/// The root of the sources under test.
[[nodiscard]] std::filesystem::path sourceDir();

/// The checked-in files that tests read: tests/data.
[[nodiscard]] std::filesystem::path dataDir();

} // namespace vernier::test
