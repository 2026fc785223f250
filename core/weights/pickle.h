#pragma once

#include "core/base/result.h"
#include "core/weights/safetensors.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// The largest list of objects that is read at all; VGG16's has 3 KB.
inline constexpr std::uint64_t kMaxPickleBytes = 16ull << 20;

/// A value of a pickle. Values name each other by their position, so that a pickle whose lists hold
/// themselves is neither walked for ever nor kept for ever.
struct PickleValue {
    enum class Kind : std::uint8_t {
        None,
        Number, ///< whole, in `number`; larger ones are texts of their bytes
        Other, ///< a truth value or a fraction: nothing that weights are described by
        Text,
        Tuple,
        List,
        Dict, ///< `items` are key, value, key, value ...
        Global, ///< `text` is "module.name"
        Storage, ///< `text` is its key, `number` its count of `dtype`
        Tensor, ///< `items` is its storage; offset is `number`
        Object, ///< of the class `text`; `items` is the dictionary of its attributes, if it has one
        Opaque ///< an object that is not known, or made of one; never built. `text` begins the name
    };
    Kind kind = Kind::None;
    std::int64_t number = 0;
    DType dtype = DType::F32;
    std::string text {};
    std::vector<std::uint32_t> items {};
    std::vector<std::int64_t> shape {};
    std::vector<std::int64_t> strides {}; ///< in elements; the tensor lies within its storage
};

/// What one pickle holds.
struct Pickle {
    std::vector<PickleValue> values;
    std::uint32_t root = 0;
    std::size_t bytes = 0; ///< that it takes of the text
};

/// Whose pickles are read: a TorchScript file's hold objects beside what others hold, of classes
/// whose code lies in the file. Here they are their class's name and their attributes, no more.
enum class PickleDialect : std::uint8_t { StateDict, TorchScript };

/// Reads the pickle at the start of `text`. A pickle is a program that may call anything; here it
/// builds numbers, texts, lists, dictionaries and the tensors of a PyTorch file, and nothing is
/// ever called. Whatever other objects it names or makes, such as the settings that a trainer keeps
/// beside the weights, stay opaque. What is built counts against the length of the text. Corrupt
/// when it is cut off or makes no sense, TooLarge when it builds too much.
Result<Pickle> readPickle(std::string_view text, const std::filesystem::path& file,
    PickleDialect dialect = PickleDialect::StateDict);

} // namespace vernier
