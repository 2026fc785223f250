#include "ui/base/tick_step.h"

#include <algorithm>
#include <cmath>

namespace vernier::ui {

double tickStep(double span, int most, double least)
{
    const double raw = std::max(span / std::max(most, 1), 1e-12);
    const double decade = std::pow(10.0, std::floor(std::log10(raw)));
    double step = 10 * decade;
    for (const double mantissa : { 1.0, 2.0, 5.0 }) {
        if (mantissa * decade >= raw * (1 - 1e-9)) {
            step = mantissa * decade;
            break;
        }
    }
    return std::max(step, least);
}

QString tickFormat(double step)
{
    const int decimals = std::max(0, int(std::ceil(-std::log10(step) - 1e-9)));
    return QStringLiteral("%.%1f").arg(decimals);
}

} // namespace vernier::ui
