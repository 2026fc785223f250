#include "core/evaluation/confident_learning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace vernier {

namespace {

/// What cleanlab takes for rounding.
constexpr double kTolerance = 1e-6;

constexpr double kTiny = 1e-100;

std::size_t indexOf(ClassIndex label) { return static_cast<std::size_t>(label); }

std::size_t mostProbable(std::span<const double> row)
{
    return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
}

std::vector<std::int64_t> countsOf(std::span<const ClassIndex> labels, std::size_t classes)
{
    std::vector<std::int64_t> counts(classes);
    for (const auto label : labels)
        ++counts[indexOf(label)];
    return counts;
}

double sumOf(std::span<const double> values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

/// As NumPy sums. Counts are often scaled to halves exactly, and which of them are rounded up hangs
/// on the last digit of this.
double pairwiseSum(std::span<const double> values)
{
    constexpr std::size_t kLanes = 8;
    constexpr std::size_t kBlock = 128;
    if (values.size() < kLanes)
        return sumOf(values);
    if (values.size() > kBlock) {
        auto half = values.size() / 2;
        half -= half % kLanes;
        return pairwiseSum(values.first(half)) + pairwiseSum(values.subspan(half));
    }
    std::array<double, kLanes> lanes {};
    const auto whole = values.size() - values.size() % kLanes;
    for (std::size_t i = 0; i < whole; ++i)
        lanes[i % kLanes] += values[i];
    const double sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
        + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(whole), values.end(), sum);
}

/// Whole numbers with the sum that these have, rounded. Where rounding each by itself misses it,
/// those that it moved furthest the other way are moved by one.
std::vector<std::int64_t> roundedToSum(std::span<const double> values)
{
    std::vector<std::int64_t> whole(values.size());
    std::ranges::transform(values, whole.begin(), [](double v) { return std::llrint(v); });
    std::vector<std::size_t> order(values.size());
    for (;;) {
        const auto missing = std::llrint(sumOf(values))
            - std::accumulate(whole.begin(), whole.end(), std::int64_t { 0 });
        if (missing == 0)
            return whole;
        std::iota(order.begin(), order.end(), std::size_t { 0 });
        std::ranges::stable_sort(
            order, {}, [&](std::size_t i) { return values[i] - static_cast<double>(whole[i]); });
        if (missing > 0)
            std::ranges::reverse(order);
        const auto most = std::min(order.size(), static_cast<std::size_t>(std::abs(missing)));
        for (std::size_t i = 0; i < most; ++i)
            whole[order[i]] += missing > 0 ? 1 : -1;
    }
}

/// So that a picture of each class is left: what is missing on the diagonal is taken from the row's
/// other counts, the same from each.
void keepOneOfEach(ClassCounts& joint)
{
    for (std::size_t label = 0; label < joint.size(); ++label) {
        auto& row = joint[label];
        const auto kept = std::max<std::int64_t>(row[label], 1);
        const auto others = std::max<std::ptrdiff_t>(
            std::ranges::count_if(row, [](std::int64_t n) { return n != 0; }) - 1, 1);
        const double less = static_cast<double>(kept - row[label]) / static_cast<double>(others);
        for (auto& count : row)
            count = static_cast<std::int64_t>(std::max(0.0, static_cast<double>(count) - less));
        row[label] = kept;
    }
}

bool isMostProbable(std::span<const double> row, std::size_t label)
{
    for (std::size_t c = 0; c < row.size(); ++c) {
        // argmax takes the first of equal ones.
        const double own = row[label] + kTolerance;
        if (c < label ? row[c] >= own : row[c] > own)
            return false;
    }
    return true;
}

} // namespace

std::vector<double> confidentThresholds(const JudgedLabels& judged)
{
    constexpr double kNeverReached = 2;
    constexpr double kLowest = 2 * kTolerance;
    std::vector<double> thresholds(judged.classes);
    for (std::size_t i = 0; i < judged.labels.size(); ++i)
        thresholds[indexOf(judged.labels[i])] += judged.row(i)[indexOf(judged.labels[i])];
    const auto counts = countsOf(judged.labels, judged.classes);
    for (std::size_t c = 0; c < judged.classes; ++c)
        thresholds[c] = counts[c] == 0
            ? kNeverReached
            : std::max(kLowest, thresholds[c] / static_cast<double>(counts[c]));
    return thresholds;
}

ClassCounts confidentJoint(const JudgedLabels& judged, std::span<const double> thresholds)
{
    ClassCounts joint(judged.classes, std::vector<std::int64_t>(judged.classes));
    for (std::size_t i = 0; i < judged.labels.size(); ++i) {
        const auto row = judged.row(i);
        std::size_t confident = 0;
        std::size_t guess = 0;
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (row[c] >= thresholds[c] - kTolerance) {
                ++confident;
                guess = c;
            }
        }
        if (confident > 1)
            guess = mostProbable(row);
        if (confident > 0)
            ++joint[indexOf(judged.labels[i])][guess];
    }
    for (std::size_t c = 0; c < judged.classes; ++c)
        joint[c][c] = std::max<std::int64_t>(joint[c][c], 1);
    return joint;
}

ClassCounts calibratedJoint(const ClassCounts& joint, std::span<const ClassIndex> labels)
{
    const auto classes = joint.size();
    const auto counts = countsOf(labels, classes);
    std::vector<double> scaled(classes * classes); // by guess, then label: as cleanlab sums them
    for (std::size_t label = 0; label < classes; ++label) {
        const auto sum = static_cast<double>(
            std::accumulate(joint[label].begin(), joint[label].end(), std::int64_t { 0 }));
        for (std::size_t guess = 0; guess < classes; ++guess)
            scaled[guess * classes + label] = static_cast<double>(joint[label][guess]) / sum
                * static_cast<double>(counts[label]);
    }
    const double total = std::max(pairwiseSum(scaled), kTiny);
    ClassCounts calibrated;
    for (std::size_t label = 0; label < classes; ++label) {
        std::vector<double> row;
        for (std::size_t guess = 0; guess < classes; ++guess)
            row.push_back(
                scaled[guess * classes + label] / total * static_cast<double>(labels.size()));
        calibrated.push_back(roundedToSum(row));
    }
    return calibrated;
}

std::vector<bool> likelyWrong(const JudgedLabels& judged)
{
    auto joint
        = calibratedJoint(confidentJoint(judged, confidentThresholds(judged)), judged.labels);
    keepOneOfEach(joint);
    std::vector<std::vector<std::size_t>> ofClass(judged.classes);
    for (std::size_t i = 0; i < judged.labels.size(); ++i)
        ofClass[indexOf(judged.labels[i])].push_back(i);

    std::vector<bool> wrong(judged.labels.size());
    for (std::size_t label = 0; label < judged.classes; ++label) {
        auto& pictures = ofClass[label];
        if (pictures.size() < 2)
            continue;
        for (std::size_t guess = 0; guess < judged.classes; ++guess) {
            const auto most
                = std::min(pictures.size(), static_cast<std::size_t>(joint[label][guess]));
            if (guess == label || most == 0)
                continue;
            std::ranges::sort(pictures);
            std::ranges::stable_sort(pictures, std::greater(),
                [&](std::size_t i) { return judged.row(i)[guess] - judged.row(i)[label]; });
            for (std::size_t k = 0; k < most; ++k)
                wrong[pictures[k]] = !isMostProbable(judged.row(pictures[k]), label);
        }
    }
    return wrong;
}

std::vector<std::size_t> worstFirst(const JudgedLabels& judged)
{
    std::vector<std::size_t> order(judged.labels.size());
    std::iota(order.begin(), order.end(), std::size_t { 0 });
    std::ranges::stable_sort(
        order, {}, [&](std::size_t i) { return judged.row(i)[indexOf(judged.labels[i])]; });
    return order;
}

} // namespace vernier
