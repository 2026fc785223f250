#pragma once

#include "core/base/result.h"
#include "core/weights/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// A tensor of a weight file, under the file's own name for it and before its numbers are read.
struct WeightEntry {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;

    std::uint64_t bytes() const; ///< never more than the file has
};

/// In which order a file has a layer's axes.
enum class AxisOrder : std::uint8_t {
    OutputsFirst, ///< convolution (out, in, h, w), dense (out, in)
    OutputsLast ///< Keras's: convolution (h, w, in, out), dense (in, out)
};

/// A file of weights that somebody else may have written, open for reading. What it says of itself
/// has been checked against its size when it was opened; nothing in it is ever run. One thread at a
/// time.
class WeightFile {
public:
    virtual ~WeightFile() = default;

    /// Fills `into`, which is as long as the entry, with the numbers of entries()[index]:
    /// little-endian, row-major. Corrupt when they cannot be had after all.
    virtual Status read(std::size_t index, std::span<std::byte> into) const = 0;

    const std::filesystem::path& path() const { return m_path; }
    std::string_view format() const { return m_format; } ///< "safetensors", "PyTorch" ...
    AxisOrder axes() const { return m_axes; }
    const std::vector<WeightEntry>& entries() const { return m_entries; }
    const WeightEntry* find(std::string_view name) const;
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }

protected:
    WeightFile(std::filesystem::path path, std::string_view format,
        AxisOrder axes = AxisOrder::OutputsFirst)
        : m_path(std::move(path)), m_format(format), m_axes(axes)
    {
    }
    /// False, and nothing is added, where there is one of that name.
    [[nodiscard]] bool add(WeightEntry entry);
    std::map<std::string, std::string> m_metadata;

private:
    std::vector<WeightEntry> m_entries;
    std::map<std::string, std::size_t, std::less<>> m_places; ///< of the entries, by name
    std::filesystem::path m_path;
    std::string_view m_format;
    AxisOrder m_axes;
};

/// No file of weights may be larger.
inline constexpr std::uint64_t kMaxWeightFileBytes = kMaxSafetensorsBytes;

/// safetensors, PyTorch's .pth (zip, and what it was before 1.6), Keras's .h5, or ONNX; told apart
/// by content, whatever the name. Unsupported, naming what can be read, for any other file.
Result<std::unique_ptr<WeightFile>> openWeights(const std::filesystem::path& path);

} // namespace vernier
