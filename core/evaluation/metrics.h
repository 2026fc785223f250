#pragma once

#include "core/dataset/snapshot.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vernier {

struct Interval {
    double low = 0;
    double high = 0;
};
/// Wilson score interval at 95 % (z = 1.959964); Wilson 1927. total 0 gives [0, 1].
Interval wilson(std::int64_t right, std::int64_t total);
/// The same where the right ones are known as a share of the total.
Interval wilsonOfShare(double share, std::int64_t total);

/// One picture with what the model said of it.
struct ScoredImage {
    std::size_t image = 0; ///< index into the snapshot's images
    ClassIndex label = 0;
    ClassIndex predicted = 0;
    /// Natural logarithms of the probabilities, one a class: what a loss is told from, since a
    /// small probability is rounded to 0 long before its logarithm loses a digit.
    std::vector<float> logProbabilities;
    double loss = 0; ///< cross entropy: the label's logarithm, negated
    double confidence() const; ///< probability of the predicted class, 0..1
    std::vector<float> probabilities() const; ///< one a class, sums to 1

    /// Makes `truth` the label, and the loss that of it.
    void judgeAs(ClassIndex truth);
};

struct ClassMetrics {
    std::int64_t count = 0; ///< pictures whose true class it is
    std::optional<double> precision; ///< none where nothing was predicted as it
    std::optional<double> recall; ///< none where count is 0
    std::optional<double> f1;
};

struct Evaluation {
    Split split = Split::Validation;
    std::vector<std::string> classes;
    std::vector<ScoredImage> images;
    std::vector<std::vector<std::int64_t>> confusion; ///< [true][predicted]
    std::vector<ClassMetrics> perClass;
    std::int64_t right = 0;
    double accuracy = 0; ///< share 0..1
    Interval interval;
    double loss = 0; ///< mean, unweighted
    int epoch = 0; ///< of the run whose weights were used; 0 unknown
    std::vector<ScanProblem> problems; ///< pictures that could not be read; they count nowhere
};

/// From labels and predictions; everything else is derived here, in one place.
Evaluation evaluate(Split split, std::vector<std::string> classes, std::vector<ScoredImage> images);
/// From a dataset and what a model answered: log-probabilities, one a class, by index of the image.
Evaluation evaluate(Split split, const DatasetSnapshot& dataset,
    std::map<std::size_t, std::vector<float>> logProbabilities);

} // namespace vernier
