#pragma once

#include "core/model/devices.h"
#include "core/recipe/recipe.h"

#include <QString>

namespace vernier::ui {

/// What the recipe will run on; null while the devices are unknown, and where there is no such one.
const Device* deviceFor(const Recipe& recipe, const std::vector<Device>& devices);
bool runsOnGpu(const Recipe& recipe, const std::vector<Device>& devices);

/// "CPU bf16", "NVIDIA H100 bf16": what the recipe will run on; empty while the devices are
/// unknown.
QString deviceLabel(const Recipe& recipe, const std::vector<Device>& devices);

} // namespace vernier::ui
