#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string_view>

namespace vernier {

/// A pickle builds objects by name and nests them as deep as it likes. This reads one without
/// building anything: Unsupported when it names a type that Vernier's exports do not hold, Corrupt
/// when it is cut off or nested deeper than any of them could be.
Status checkTorchScriptPickle(std::string_view pickle, const std::filesystem::path& file);

} // namespace vernier
