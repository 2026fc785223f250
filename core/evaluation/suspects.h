#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"
#include "core/features/feature_cache.h"

#include <vector>

namespace vernier {

/// What is said of one picture's label by heads that were fitted without the picture.
struct Suspect {
    std::size_t image = 0; ///< index into the snapshot's images
    ClassIndex label = 0;
    ClassIndex proposal = 0; ///< the most probable class; the label itself where that is it
    double probabilityOfLabel = 0; ///< 0..1
    double probabilityOfProposal = 0; ///< 0..1
    bool likelyWrong = false; ///< by confident learning; the proposal is another class then
};

struct Suspects {
    /// Every picture that was judged, the lowest probability of the label first; but for those of
    /// which a person has said that the label is right.
    std::vector<Suspect> ranked;
    std::vector<std::size_t> alone; ///< the only ones of their class, which nothing can judge
    std::vector<ScanProblem> problems; ///< pictures that could not be read

    std::int64_t likelyWrong() const;
};

struct SuspectsOptions {
    /// A run's folder: pictures are seen as its recipe wants them and by the network that it began
    /// with, since blocks that have trained know the labels, wrong ones too. A run that began with
    /// random weights, and none (empty), means the recipe `default` and its network.
    std::filesystem::path run {};
    std::string device = "auto";
    std::uint64_t seed = 1; ///< of the folds
};

/// Ranks the labels of all pictures of train, validation and test by heads on their features, see
/// outOfFoldProbabilities() and likelyWrong(). Features come from `cache` where they are there;
/// what is not is computed and kept. Invalid where no two classes have pictures, or none has two;
/// Cancelled when stopped. Progress counts pictures, then folds.
Result<Suspects> findSuspects(const DatasetSnapshot& dataset, const SuspectsOptions& options,
    FeatureCache& cache, std::stop_token stop, const ProgressSink& progress);

} // namespace vernier
