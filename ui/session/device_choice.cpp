#include "ui/session/device_choice.h"

namespace vernier::ui {

namespace {

/// None where there is no such one.
const Device* deviceFor(const Recipe& recipe, const std::vector<Device>& devices)
{
    const auto usable = [](const Device& device) { return device.problem.empty(); };
    const Device* chosen = nullptr;
    for (const Device& device : devices) {
        const bool isCuda = device.id.starts_with("cuda");
        const bool wanted = recipe.device == "auto" ? !chosen || (isCuda && chosen->id == "cpu")
            : recipe.device == "cuda"               ? isCuda && !chosen
                                                    : device.id == recipe.device;
        if (usable(device) && wanted)
            chosen = &device;
    }
    return chosen;
}

} // namespace

bool runsOnGpu(const Recipe& recipe, const std::vector<Device>& devices)
{
    const Device* chosen = deviceFor(recipe, devices);
    return chosen && chosen->id != "cpu";
}

QString deviceLabel(const Recipe& recipe, const std::vector<Device>& devices)
{
    const Device* chosen = deviceFor(recipe, devices);
    if (!chosen)
        return {};
    const bool bf16 = recipe.precision == Precision::Bf16
        || (recipe.precision == Precision::Auto && chosen->fastBf16);
    const QString name
        = chosen->id == "cpu" ? QStringLiteral("CPU") : QString::fromStdString(chosen->name);
    return name + (bf16 ? QStringLiteral(" bf16") : QStringLiteral(" fp32"));
}

} // namespace vernier::ui
