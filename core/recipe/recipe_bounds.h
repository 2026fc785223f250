#pragma once

namespace vernier {

/// What a recipe may ask for at most, and so what the files of a run may tell of.
inline constexpr int kMostPhases = 100;
inline constexpr int kMostEpochsOfPhase = 10'000;
inline constexpr int kMostEpochs = kMostPhases * kMostEpochsOfPhase;
/// A learning rate that is not 0, of whatever trains.
inline constexpr double kSmallestRate = 1e-12;
inline constexpr double kLargestRate = 10;

} // namespace vernier
