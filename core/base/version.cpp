#include "core/base/version.h"

namespace vernier {

std::string vernierVersion() { return VERNIER_VERSION; }

} // namespace vernier
