#pragma once

// Includes LibTorch: for tests that are built with it.

#include "core/base/files.h"
#include "core/weights/fitted_weights.h"
#include "core/weights/weight_formats.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <array>
#include <cmath>

namespace vernier::test {

inline std::filesystem::path sample(const std::string& name)
{
    return dataDir() / "weights" / "formats" / name;
}

inline std::vector<Layer> wholeNetwork()
{
    auto layers = tinyVgg().layers;
    layers.insert(layers.end(), tinyVgg().top.begin(), tinyVgg().top.end());
    return layers;
}

inline Result<FittedWeights> fit(const std::filesystem::path& path)
{
    const auto file = openWeights(path);
    if (!file)
        return tl::unexpected(file.error());
    return fitWeights(**file, tinyVgg(), wholeNetwork());
}

/// What make.py, which wrote the samples, says of a tensor.
inline torch::Tensor expectedNumbers(const torch::Tensor& like, std::size_t number)
{
    auto values = torch::empty({ like.numel() }, torch::kFloat);
    for (std::int64_t i = 0; i < like.numel(); ++i)
        values[i] = static_cast<float>(
            std::sin(static_cast<double>(i) + 7 * static_cast<double>(number)) / 8);
    return values.reshape(like.sizes());
}

inline constexpr std::array kWhole { "ours.safetensors", "torchvision.safetensors",
    "timm.safetensors", "torch_zip.pth", "torch_legacy.pth", "torch_very_old.pth",
    "torch_checkpoint.pth", "torch_strided.pth", "lightning.ckpt", "keras_applications.h5",
    "keras_model.h5", "keras_3.weights.h5", "keras_3.keras", "torchvision.onnx",
    "values_one_by_one.onnx" };

inline void wholeRows()
{
    QTest::addColumn<QString>("file");
    for (const auto* name : kWhole)
        QTest::newRow(name) << name;
}

inline std::filesystem::path currentSample() { return sample(QTest::currentDataTag()); }

using Renamed = std::vector<std::pair<std::string, std::string>>; ///< new name, name in a sample

/// Tensors of a sample under other names.
inline std::filesystem::path renamed(
    const TemporaryFolder& folder, const char* from, const Renamed& names)
{
    const auto file = SafetensorsFile::open(sample(from));
    std::vector<TensorView> tensors;
    for (const auto& [name, old] : names) {
        tensors.push_back(*file->find(old));
        tensors.back().name = name;
    }
    const auto path = folder / "renamed.safetensors";
    return writeSafetensors(path, tensors, {}) ? path : std::filesystem::path();
}

inline Renamed allBehind(const std::string& prefix, const char* from = "torchvision.safetensors")
{
    Renamed names;
    const auto file = SafetensorsFile::open(sample(from));
    for (const auto& tensor : file->tensors())
        names.emplace_back(prefix + tensor.name, tensor.name);
    return names;
}

} // namespace vernier::test
