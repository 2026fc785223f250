#include "tests/support/source_dir.h"

namespace vernier::test {

std::filesystem::path sourceDir() { return VERNIER_SOURCE_DIR; }

std::filesystem::path dataDir() { return sourceDir() / "tests" / "data"; }

} // namespace vernier::test
