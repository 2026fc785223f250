#include "core/exporting/run_metrics.h"

#include "core/base/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace vernier {

namespace {

std::string number(double value)
{
    // Not printf, which writes a comma where the window's language does.
    constexpr int kDigits = 9;
    std::array<char, 32> text {};
    const auto end = std::to_chars(
        text.data(), text.data() + text.size(), value, std::chars_format::general, kDigits)
                         .ptr;
    return { text.data(), end };
}

std::string orNothing(const std::optional<double>& value)
{
    return value ? number(*value) : std::string();
}

} // namespace

std::string metricsToCsv(
    std::span<const PhaseStarted> phases, std::span<const EpochDone> epochs, int best)
{
    std::string csv = "epoch,phase,plan,train_loss,train_accuracy,train_count,validation_loss,"
                      "validation_accuracy,validation_count,seconds,pictures_per_second,best\r\n";
    for (const auto& epoch : epochs) {
        const auto phase = std::find_if(phases.begin(), phases.end(),
            [&](const PhaseStarted& each) { return each.phase == epoch.phase; });
        const auto plan = phase == phases.end() ? std::string() : describe(phase->plan);
        csv += std::to_string(epoch.epoch) + ',' + std::to_string(epoch.phase) + ','
            + csvField(plan) + ',' + number(epoch.trainLoss) + ',' + number(epoch.trainAccuracy)
            + ',' + std::to_string(epoch.trainCount) + ',' + orNothing(epoch.validationLoss) + ','
            + orNothing(epoch.validationAccuracy) + ',' + std::to_string(epoch.validationCount)
            + ',' + number(epoch.seconds) + ',' + number(epoch.picturesPerSecond) + ','
            + (epoch.epoch == best ? '1' : '0') + "\r\n";
    }
    return csv;
}

} // namespace vernier
