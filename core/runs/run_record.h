#pragma once

#include "core/base/result.h"

#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vernier {

/// One call of train() on a run: what, beside recipe and pictures, could give other numbers when
/// it is done again.
struct Sitting {
    std::string started; ///< UTC, "2026-11-25T22:40:53Z"
    int firstEpoch = 1; ///< of those that it was to train, in the run
    std::string device; ///< "cpu", "cuda:0": what the recipe's device came out as
    std::string deviceName; ///< "AMD EPYC"
    std::string precision; ///< "fp32" or "bf16", likewise
    int threads = 0; ///< of LibTorch
    std::string vernier; ///< versions
    std::string torch;
    bool operator==(const Sitting&) const = default;
};

struct RunParent {
    std::filesystem::path run; ///< its folder
    int epoch = 0; ///< after which it was forked
    bool operator==(const RunParent&) const = default;
};

/// run.json of a run folder: where the run comes from and what it was computed with. Written by
/// whoever trains.
struct RunRecord {
    std::optional<RunParent> parent;
    std::vector<Sitting> sittings; ///< oldest first
};
/// A run of before there were records has an empty one.
Result<RunRecord> readRunRecord(const std::filesystem::path& run);
Status writeRunRecord(const std::filesystem::path& run, const RunRecord& record);

/// notes.json of a run folder: what people write about it, at any time.
struct RunNotes {
    std::string name; ///< empty: the folder's
    std::string note;
    bool operator==(const RunNotes&) const = default;
};
/// Empty where nobody has written any.
Result<RunNotes> readRunNotes(const std::filesystem::path& run);
/// TooLarge for more than a page of text.
Status writeRunNotes(const std::filesystem::path& run, const RunNotes& notes);

/// In the form of Sitting::started.
std::string timeStamp(std::time_t time);
/// And back; 0 for what is no such text.
std::time_t timeOfStamp(const std::string& stamp);

} // namespace vernier
