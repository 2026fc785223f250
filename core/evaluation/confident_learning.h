#pragma once

#include "core/dataset/snapshot.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vernier {

/// Labels beside what a model says of the same n pictures, none of which it was fitted on.
struct JudgedLabels {
    std::span<const double> probabilities; ///< n rows of `classes`, each 0..1 with the sum 1
    std::span<const ClassIndex> labels; ///< n, each in [0, classes)
    std::size_t classes = 0;

    std::span<const double> row(std::size_t picture) const
    {
        return probabilities.subspan(picture * classes, classes);
    }
};

/// Counts of pictures: [label][class that they are guessed to be of].
using ClassCounts = std::vector<std::vector<std::int64_t>>;

/// Confident learning (Northcutt, Jiang, Chuang 2021, arXiv 1911.00068) as cleanlab 2.9 computes
/// it, to the digit. Where cleanlab leaves open which of two equal values comes first, it is the
/// earlier picture here.

/// From when on a picture is confidently of a class: the mean probability of the class among the
/// pictures labelled so. 2, which nothing reaches, where there is none.
std::vector<double> confidentThresholds(const JudgedLabels& judged);

/// Pictures that are confidently of a class; of those that are so of several, the most probable.
/// Those of none count nowhere. Each class counts at least once as itself.
ClassCounts confidentJoint(const JudgedLabels& judged, std::span<const double> thresholds);

/// The same scaled to as many pictures a label as there are.
ClassCounts calibratedJoint(const ClassCounts& joint, std::span<const ClassIndex> labels);

/// Whether each label is likely to be wrong: for each pair of classes as many as the calibrated
/// joint counts, those whose other class is the most probable beside their label's (cleanlab's
/// `prune_by_noise_rate`), less those whose label is the most probable class after all. No label is
/// whose class has one picture.
std::vector<bool> likelyWrong(const JudgedLabels& judged);

/// Pictures from the label of the lowest probability to that of the highest (cleanlab's
/// `self_confidence`); equal ones stay in order.
std::vector<std::size_t> worstFirst(const JudgedLabels& judged);

} // namespace vernier
