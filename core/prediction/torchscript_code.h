#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string_view>

namespace vernier {

/// TorchScript is a program: it could loop for ever, fill the memory or write files. So one that a
/// person drops on the window is read before any of it runs. Unsupported when it is more than one
/// straight pass through the operators that Vernier's exports are made of, or nested so deep that
/// reading it would take the stack.
Status checkTorchScriptCode(std::string_view code, const std::filesystem::path& file);

} // namespace vernier
