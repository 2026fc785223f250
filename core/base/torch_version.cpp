#include "core/base/version.h"

#include <torch/version.h>

namespace vernier {

std::string torchVersion() { return TORCH_VERSION; }

} // namespace vernier
