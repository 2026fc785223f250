#pragma once

#include "core/base/result.h"
#include "core/weights/safetensors.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// What a header says of one tensor; its place is [begin, end) in the bytes behind the header.
struct SafetensorsEntry {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

struct SafetensorsHeader {
    std::vector<SafetensorsEntry> entries; ///< sorted by place
    std::map<std::string, std::string> metadata;
};

/// Parses a header and checks it against the `dataBytes` that lie behind it. `file` is named in
/// errors.
Result<SafetensorsHeader> parseSafetensorsHeader(
    std::string_view json, std::uint64_t dataBytes, const std::filesystem::path& file);

} // namespace vernier
