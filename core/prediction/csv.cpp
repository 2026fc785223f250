#include "core/base/text.h"
#include "core/prediction/predictor.h"

#include <array>
#include <charconv>

namespace vernier {

namespace {

/// With a point whatever the language of the system is.
std::string decimal(float value)
{
    std::array<char, 32> text {};
    const auto end
        = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 6)
              .ptr;
    return { text.data(), end };
}

} // namespace

std::string csvHeader(int top)
{
    std::string header = "path";
    for (int i = 1; i <= top; ++i)
        header += ",class_" + std::to_string(i) + ",probability_" + std::to_string(i);
    return header + ",error\r\n";
}

std::string csvRow(
    const Prediction& prediction, const std::vector<std::string>& classes, int top, CsvText how)
{
    std::string row = csvField(writtenPath(prediction.path), how);
    const auto best = prediction.top(top);
    for (std::size_t i = 0; i < static_cast<std::size_t>(top); ++i) {
        if (i < best.size()) {
            const auto index = static_cast<std::size_t>(best[i]);
            row += "," + csvField(classes[index], how) + ","
                + decimal(prediction.probabilities[index]);
        } else {
            row += ",,";
        }
    }
    row += ",";
    if (prediction.error) {
        const auto& error = *prediction.error;
        row += csvField(
            error.advice.empty() ? error.detail : error.detail + "; " + error.advice, how);
    }
    return row + "\r\n";
}

} // namespace vernier
