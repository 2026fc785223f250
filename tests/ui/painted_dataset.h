#pragma once

#include "core/training/recipe.h"
#include "tests/support/painted_picture.h"
#include "tests/support/temporary_folder.h"
#include "ui/base/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QStandardPaths>

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
