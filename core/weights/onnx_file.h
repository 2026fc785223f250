#pragma once

// What the two readers of ONNX files share: of models that Vernier exported, and of weights.

#include "core/base/files.h"
#include "core/weights/protobuf_reader.h"
#include "core/weights/weight_file.h"

#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace vernier {

inline constexpr std::uint64_t kMostOnnxBytes = 2ull << 30; // what the format can hold

inline tl::unexpected<Error> noOnnxFile(const std::filesystem::path& path)
{
    return fail(ErrorCode::Corrupt, "is no ONNX file, or is cut off", path,
        "copy or download the file again");
}

/// Opens a File, which is given all bytes of its own. Told by content: `path` may be any file.
template <class File>
Result<std::unique_ptr<WeightFile>> openOnnxFile(const std::filesystem::path& path)
{
    try {
        auto bytes = readFile(path, kMostOnnxBytes);
        if (!bytes)
            return tl::unexpected(bytes.error());
        auto file = std::make_unique<File>(path, std::move(*bytes));
        if (auto ok = file->open(); !ok)
            return tl::unexpected(ok.error());
        return file;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "the model does not fit into memory", path,
            "close other programs and try again");
    }
}

/// What an entry of a model's metadata says; none for what is no entry.
inline std::optional<std::pair<std::string, std::string>> readOnnxEntry(
    std::span<const std::byte> message)
{
    std::pair<std::string, std::string> entry;
    ProtobufReader fields(message);
    while (fields.next()) {
        if (fields.is(1, ProtobufReader::Kind::Bytes))
            entry.first = fields.text();
        else if (fields.is(2, ProtobufReader::Kind::Bytes))
            entry.second = fields.text();
    }
    return fields.ok() ? std::optional(std::move(entry)) : std::nullopt;
}

} // namespace vernier
