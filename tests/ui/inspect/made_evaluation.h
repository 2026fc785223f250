#pragma once

#include "core/evaluation/metrics.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace vernier::test {

/// One scored picture: what it is, what the model took it for, and how surely.
struct Scored {
    ClassIndex label = 0;
    ClassIndex predicted = 0;
    float probability = 0.9F;
    std::string file {}; ///< empty: "3.jpg" for the third
};

struct MadeEvaluation {
    SnapshotPtr dataset;
    std::shared_ptr<const Evaluation> evaluation;
};

/// A dataset of nothing but these pictures, all of one split, and its evaluation. What is left of
/// the probability is shared by the other classes.
inline MadeEvaluation madeEvaluation(std::vector<std::string> classes,
    const std::vector<Scored>& pictures, Split split = Split::Validation)
{
    auto dataset = std::make_shared<DatasetSnapshot>();
    dataset->root = "/nowhere";
    dataset->classes = classes;
    std::vector<ScoredImage> images;
    for (const Scored& picture : pictures) {
        ImageEntry entry;
        const std::size_t number = dataset->images.size();
        entry.path = picture.file.empty() ? std::to_string(number + 1) + ".jpg" : picture.file;
        entry.label = picture.label;
        entry.split = split;
        dataset->images.push_back(entry);

        ScoredImage scored;
        scored.image = number;
        scored.predicted = picture.predicted;
        const auto others = static_cast<float>(classes.size() - 1);
        scored.logProbabilities.assign(
            classes.size(), std::log((1 - picture.probability) / others));
        scored.logProbabilities[static_cast<std::size_t>(picture.predicted)]
            = std::log(picture.probability);
        scored.judgeAs(picture.label);
        images.push_back(scored);
    }
    return { dataset,
        std::make_shared<Evaluation>(evaluate(split, std::move(classes), std::move(images))) };
}

/// `count` classes named "class 1" and on; each has `perClass` pictures of which the first is taken
/// for the next class.
inline MadeEvaluation madeEvaluation(int count, int perClass)
{
    std::vector<std::string> classes;
    std::vector<Scored> pictures;
    for (int label = 0; label < count; ++label) {
        classes.push_back("class " + std::to_string(label + 1));
        for (int i = 0; i < perClass; ++i)
            pictures.push_back({ label, i == 0 ? (label + 1) % count : label });
    }
    return madeEvaluation(std::move(classes), pictures);
}

/// Three ants, one of them taken for a bee; two bees, both taken for ants; no owl.
inline MadeEvaluation antsAndBees()
{
    return madeEvaluation({ "ants", "bees", "owls" },
        { { 0, 0, 0.9F, "c.jpg" }, { 0, 1, 0.6F, "b.jpg" }, { 0, 0, 0.99F, "d.jpg" },
            { 1, 0, 0.95F, "a.jpg" }, { 1, 0, 0.55F, "e.jpg" } });
}

} // namespace vernier::test
