#include "core/evaluation/metrics.h"

#include <algorithm>
#include <cmath>

namespace vernier {

Interval wilson(std::int64_t right, std::int64_t total)
{
    if (total <= 0)
        return { 0, 1 };
    constexpr double z = 1.959964;
    const auto n = static_cast<double>(total);
    const double share = static_cast<double>(right) / n;
    const double scale = 1 + z * z / n;
    const double centre = (share + z * z / (2 * n)) / scale;
    const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale;
    // At 0 and at `total` the bound is exact, which rounding would spoil.
    return { right == 0 ? 0 : std::max(0.0, centre - half),
        right == total ? 1 : std::min(1.0, centre + half) };
}

Interval wilsonOfShare(double share, std::int64_t total)
{
    return wilson(std::llround(share * static_cast<double>(total)), total);
}

double ScoredImage::confidence() const
{
    return logProbabilities.empty()
        ? 0
        : std::exp(static_cast<double>(logProbabilities[static_cast<std::size_t>(predicted)]));
}

std::vector<float> ScoredImage::probabilities() const
{
    std::vector<float> result;
    result.reserve(logProbabilities.size());
    for (const float logarithm : logProbabilities)
        result.push_back(std::exp(logarithm));
    return result;
}

void ScoredImage::judgeAs(ClassIndex truth)
{
    label = truth;
    loss = -static_cast<double>(logProbabilities[static_cast<std::size_t>(truth)]);
}

Evaluation evaluate(Split split, const DatasetSnapshot& dataset,
    std::map<std::size_t, std::vector<float>> logProbabilities)
{
    std::vector<ScoredImage> images;
    images.reserve(logProbabilities.size());
    for (auto& [index, row] : logProbabilities) {
        auto& image = images.emplace_back();
        image.image = index;
        image.predicted = static_cast<ClassIndex>(std::ranges::max_element(row) - row.begin());
        image.logProbabilities = std::move(row);
        image.judgeAs(dataset.images[index].label);
    }
    return evaluate(split, dataset.classes, std::move(images));
}

Evaluation evaluate(Split split, std::vector<std::string> classes, std::vector<ScoredImage> images)
{
    Evaluation result;
    result.split = split;
    const auto count = classes.size();
    result.confusion.assign(count, std::vector<std::int64_t>(count, 0));
    double loss = 0;
    for (const auto& image : images) {
        const auto truth = static_cast<std::size_t>(image.label);
        const auto said = static_cast<std::size_t>(image.predicted);
        ++result.confusion[truth][said];
        result.right += truth == said;
        loss += image.loss;
    }
    const auto total = static_cast<std::int64_t>(images.size());
    if (total > 0) {
        result.accuracy = static_cast<double>(result.right) / static_cast<double>(total);
        result.loss = loss / static_cast<double>(total);
    }
    result.interval = wilson(result.right, total);

    result.perClass.resize(count);
    for (std::size_t c = 0; c < count; ++c) {
        auto& metrics = result.perClass[c];
        const auto hits = static_cast<double>(result.confusion[c][c]);
        std::int64_t predicted = 0;
        for (std::size_t other = 0; other < count; ++other) {
            metrics.count += result.confusion[c][other];
            predicted += result.confusion[other][c];
        }
        if (predicted > 0)
            metrics.precision = hits / static_cast<double>(predicted);
        if (metrics.count > 0)
            metrics.recall = hits / static_cast<double>(metrics.count);
        // The harmonic mean of both, in the form that is defined when both are 0.
        if (metrics.precision && metrics.recall)
            metrics.f1 = 2 * hits / static_cast<double>(predicted + metrics.count);
    }
    result.classes = std::move(classes);
    result.images = std::move(images);
    return result;
}

} // namespace vernier
