#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace vernier {

enum class DType : std::uint8_t { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };
std::string_view name(DType dtype); ///< as safetensors spells it: "F32"
std::size_t size(DType dtype); ///< bytes an element

/// A tensor whose bytes lie elsewhere: little-endian, row-major, no padding.
struct TensorView {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape; ///< convolution (out, in, h, w), dense (out, in)
    std::span<const std::byte> data;
    std::int64_t count() const;
};

/// Bounds on what is read at all; a header that says more is refused before anything is allocated.
inline constexpr std::uint64_t kMaxSafetensorsHeaderBytes = 100'000'000;
inline constexpr std::uint64_t kMaxSafetensorsBytes = 4ull << 30;

/// A safetensors file, read into memory: a mapped file that another program shortens, or that lies
/// on a stick that is pulled out, would end the process with SIGBUS, and hash and content could be
/// of two different states. Everything is checked before it is believed: header length, JSON,
/// dtype, shape, offsets (inside the file, no overlap, no hole, size = shape * dtype). Views stay
/// valid as long as this object or a copy of it.
class SafetensorsFile {
public:
    static Result<SafetensorsFile> open(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return m_path; }
    /// In the order in which they lie in the file.
    const std::vector<TensorView>& tensors() const { return m_tensors; }
    const TensorView* find(std::string_view name) const;
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }
    std::span<const std::byte> bytes() const { return { m_bytes.get(), m_size }; } ///< whole file

private:
    SafetensorsFile() = default;
    std::filesystem::path m_path;
    std::shared_ptr<const std::byte[]> m_bytes;
    std::size_t m_size = 0;
    std::vector<TensorView> m_tensors;
    std::map<std::string, std::string> m_metadata;
};

/// Atomically; tensors in the given order, header padded to 8 bytes as the format asks. Invalid for
/// two tensors of one name and for data that is not as long as the shape says.
Status writeSafetensors(const std::filesystem::path& path, const std::vector<TensorView>& tensors,
    const std::map<std::string, std::string>& metadata);

} // namespace vernier
