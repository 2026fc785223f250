#pragma once

#include "core/base/progress.h"
#include "core/recipe/recipe_difference.h"
#include "core/runs/run_record.h"
#include "core/runs/run_store.h"

namespace vernier {

/// A learning rate that was changed while the run trained.
struct RateChange {
    std::string group; ///< a block, a layer or "head"
    int phase = 1; ///< from 1
    int epoch = 1; ///< during which
    double before = 0;
    double after = 0;
    bool operator==(const RateChange&) const = default;
};
/// "head 0.001 > 3e-4 in epoch 4", in the manner of toText(RecipeDifference).
std::string toText(const RateChange& change);

/// A run as lists show it. No weights and no pictures are read for it.
struct RunSummary : RunCourse {
    std::filesystem::path folder;
    std::optional<Error>
        problem; ///< why it cannot be read; of the rest only what could be is there
    RunNotes notes;
    RunRecord record;
    Recipe recipe;
    std::filesystem::path dataset; ///< the folder of its pictures; empty: not known
    std::vector<int> forkable; ///< epochs after which it can be forked
    bool finished = false; ///< all phases of the recipe were run
    /// What it is held against: its parent as that stood where it was forked, or else the recipe
    /// that ships under its name, or else the default.
    std::string comparedWith;
    bool comparedWithParent = false;
    std::vector<Phase> furtherPhases; ///< with which it went on behind those of that one
    std::vector<RecipeDifference> differences; ///< from that one to this, these apart
    std::vector<RateChange> rateChanges; ///< of its own epochs, in order

    std::string name() const; ///< that people gave it, or else the folder's
    std::string
    started() const; ///< its own first sitting, or else when its folder was last changed
};

/// Every folder below `parent` that holds a run, or what is left of one, by name. One that cannot
/// be read is listed with its problem. NotFound or Unreadable is about `parent` alone.
Result<std::vector<RunSummary>> readRunList(const std::filesystem::path& parent,
    std::stop_token stop = {}, const ProgressSink& progress = {});
/// One of them.
RunSummary summarizeRun(const std::filesystem::path& folder);

} // namespace vernier
