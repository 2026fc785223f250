#pragma once

#include "core/model/devices.h"
#include "core/recipe/recipe.h"

#include <QString>

namespace vernier::ui {

/// False while the devices are unknown, and where there is none that the recipe asks for.
bool runsOnGpu(const Recipe& recipe, const std::vector<Device>& devices);

/// "CPU bf16", "NVIDIA H100 bf16": what the recipe will run on; empty while the devices are
/// unknown.
QString deviceLabel(const Recipe& recipe, const std::vector<Device>& devices);

} // namespace vernier::ui
