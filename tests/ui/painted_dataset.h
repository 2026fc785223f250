#pragma once

#include "core/recipe/recipe.h"
#include "tests/support/painted_picture.h"
#include "tests/support/temporary_folder.h"
#include "ui/base/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QStandardPaths>

#include <array>
#include <fstream>

namespace vernier::test {

/// Two classes, "amber" and "blue", that a small network learns in seconds, with train and val.
inline QString paintedDataset(
    const TemporaryFolder& folder, const std::filesystem::path& below, int perClass = 12)
{
    writePaintedClass(folder, below / "train" / "amber", perClass, 0);
    writePaintedClass(folder, below / "train" / "blue", perClass, 2);
    writePaintedClass(folder, below / "val" / "amber", perClass / 2, 0);
    writePaintedClass(folder, below / "val" / "blue", perClass / 2, 2);
    return ui::format::path(folder / below);
}

/// Two classes, `pictures` pictures and files that take seconds to be found unusable: their headers
/// are long ways through nothing.
inline QString slowDataset(
    const TemporaryFolder& folder, const std::filesystem::path& below, int pictures = 8)
{
    const auto first = folder.write(below / "amber" / "0.jpg", paintedJpeg(48, 40));
    for (int i = 1; i < pictures; ++i) {
        const auto name = std::to_string(i) + ".jpg";
        std::filesystem::create_directories(folder / below / "blue");
        std::filesystem::create_hard_link(
            first, folder / below / (i % 2 ? "blue" : "amber") / name);
    }
    const auto png = paintedPng(8, 8);
    constexpr std::uint32_t kChunks = 4000;
    constexpr std::uint32_t kChunkBytes = 20000;
    // Its signature and its first part, and then parts whose content is a hole in the file.
    const auto slow = folder.write(below / "blue" / "slow0.png", std::span(png).first(33));
    std::fstream file(slow, std::ios::binary | std::ios::in | std::ios::out);
    for (std::uint32_t i = 0; i < kChunks; ++i) {
        constexpr std::array<char, 8> head { 0, 0, kChunkBytes >> 8, kChunkBytes & 0xFF, 't', 'E',
            'X', 't' };
        file.seekp(33 + std::streamoff { i } * (kChunkBytes + 12));
        file.write(head.data(), head.size());
    }
    file.close();
    for (int i = 1; i < 200; ++i) {
        std::filesystem::create_hard_link(
            slow, folder / below / "blue" / ("slow" + std::to_string(i) + ".png"));
    }
    return ui::format::path(folder / below);
}

/// The tiny backbone with random weights.
inline Recipe tinyRecipe(int epochs = 2)
{
    Recipe recipe;
    recipe.backbone = "tinyvgg";
    recipe.weights = "random";
    recipe.transferLayer = "block2_pool";
    recipe.normalization = "unit";
    recipe.head.dense = { 16 };
    recipe.head.dropout = 0;
    recipe.batchSize = 8;
    recipe.device = "cpu";
    recipe.precision = Precision::Fp32;
    recipe.phases.front().epochs = epochs;
    return recipe;
}

/// Settings, runs and edits of one test program are its own, and gone before the next begins.
inline void startWithNothingRemembered()
{
    QCoreApplication::setOrganizationName(QStringLiteral("vernier"));
    QCoreApplication::setApplicationName(QStringLiteral("vernier"));
    QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)).removeRecursively();
    QDir(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + QStringLiteral("/vernier"))
        .removeRecursively();
}

} // namespace vernier::test
