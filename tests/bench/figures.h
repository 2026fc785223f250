#pragma once

#include <string>
#include <vector>

namespace vernier::bench {

/// The middle one; the mean of the two in the middle where there are two. 0 of none.
double median(std::vector<double> values);

/// Prints a figure as one line of JSON on stdout: {"who": "vernier", "work": .., "unit": ..,
/// "value": the samples' median, "samples": [..]}. Nothing is printed where there is no sample.
void printFigure(
    const std::string& work, const std::string& unit, const std::vector<double>& samples);

/// Pictures a second of steps of `batch` pictures.
std::vector<double> picturesPerSecond(const std::vector<double>& stepSeconds, int batch);

} // namespace vernier::bench
