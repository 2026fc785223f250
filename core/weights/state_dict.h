#pragma once

#include "core/weights/pickle.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vernier {

/// A tensor of a state dict. `strides` and `offset` count elements of the storage, and stay inside
/// of it.
struct PickledTensor {
    std::string name;
    std::string storage; ///< its key
    std::uint64_t storageCount = 0;
    DType dtype = DType::F32;
    std::int64_t offset = 0;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;
};

/// Of a value that is a Tensor.
PickledTensor tensorOf(const Pickle& pickle, std::string name, const PickleValue& value);

/// The tensors of a dictionary by name, or of the one within it under a key by which trainers keep
/// their weights ("state_dict", "model" ...). Unsupported where there are none, naming the object
/// that stands in their place.
Result<std::vector<PickledTensor>> stateDictOf(
    const Pickle& pickle, const std::filesystem::path& file);

} // namespace vernier
