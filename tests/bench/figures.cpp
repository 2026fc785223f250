#include "tests/bench/figures.h"

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

namespace vernier::bench {

double median(std::vector<double> values)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void printFigure(
    const std::string& work, const std::string& unit, const std::vector<double>& samples)
{
    if (samples.empty())
        return;
    std::cout << nlohmann::json { { "who", "vernier" }, { "work", work }, { "unit", unit },
        { "value", median(samples) }, { "samples", samples } }
              << std::endl;
}

std::vector<double> picturesPerSecond(const std::vector<double>& stepSeconds, int batch)
{
    std::vector<double> rates;
    for (const double seconds : stepSeconds)
        rates.push_back(batch / seconds);
    return rates;
}

} // namespace vernier::bench
