#pragma once

#include "core/base/result.h"
#include "core/weights/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// A name out of a file, fit for a message: in one line, and not too long.
std::string shownName(std::string_view name);

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

/// Whose names a file has for a network's layers, which also says what its weights expect.
enum class Naming : std::uint8_t {
    Keras, ///< "block1_conv1.weight": Keras's for VGG, and our own
    Torchvision, ///< "features.0.weight", "classifier.0.weight"; "layer1.0.conv1.weight",
                 ///< "fc.weight"
    Timm ///< "features.0.weight", "pre_logits.fc1.weight", "head.fc.weight"; ResNets as
         ///< torchvision's
};
std::string_view name(Naming naming); ///< "Keras", "torchvision", "timm"

/// What a file's graph does to a picture, alike in both directions.
struct GraphStep {
    enum class Kind : std::uint8_t { Convolution, Relu, MaxPool };
    Kind kind = Kind::Convolution;
    int window = 0; ///< edge in pixels; of a convolution 0 where its weights alone say it
    int stride = 1;
    int padding = 0; ///< pixels at each edge
};

/// The convolutions of a file whose names do not say what they belong to, in the order in which a
/// picture goes through them.
struct ConvolutionOrder {
    struct Convolution {
        std::string weight; ///< names of entries
        std::string bias;
    };
    std::vector<Convolution> convolutions {};
    /// All that the picture goes through from the first convolution on, until the graph does
    /// something that none of our trunks does; none where a file has weights alone.
    std::optional<std::vector<GraphStep>> steps {};
    Naming naming = Naming::Keras; ///< whose weights they are, which says what they expect
    std::string problem {}; ///< why there is no order after all: "it has branches"; mostly empty
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
    /// None where a file knows of no order, as most do.
    const std::optional<ConvolutionOrder>& order() const { return m_order; }
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
    std::optional<ConvolutionOrder> m_order;

private:
    std::vector<WeightEntry> m_entries;
    std::map<std::string, std::size_t, std::less<>> m_places; ///< of the entries, by name
    std::filesystem::path m_path;
    std::string_view m_format;
    AxisOrder m_axes;
};

/// No file of weights may be larger.
inline constexpr std::uint64_t kMaxWeightFileBytes = kMaxSafetensorsBytes;

/// safetensors, PyTorch's .pth (zip, and what it was before 1.6), Keras's .h5 and .keras, or
/// ONNX; told apart
/// by content, whatever the name. Unsupported, naming what can be read, for any other file.
Result<std::unique_ptr<WeightFile>> openWeights(const std::filesystem::path& path);

} // namespace vernier
