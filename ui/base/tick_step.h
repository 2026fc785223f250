#pragma once

#include <QString>

namespace vernier::ui {

/// How far apart the lines of an axis stand: 1, 2 or 5 times a power of ten, so that `span` has at
/// most `most` steps; at least `least`.
double tickStep(double span, int most, double least = 0);

/// How lines that far apart are labelled, for printf(): with the digits that tell them apart.
QString tickFormat(double step);

} // namespace vernier::ui
