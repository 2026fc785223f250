#pragma once

#include "core/base/hash.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// Test is looked at once, at the end of a run, and never chooses anything.
enum class Split : std::uint8_t {
    Train,
    Validation,
    Test,
    LeftOut ///< of all of them, by a person: nothing looks at the picture
};
/// Those that pictures are used in.
inline constexpr std::array kSplits { Split::Train, Split::Validation, Split::Test };

/// "train", "validation", "test": the words in files and on the command line; "left out".
std::string_view name(Split split);
/// Of kSplits.
Result<Split> splitFromName(std::string_view name);
/// The same and "left out", as files of edits and of runs say it of a picture.
Result<Split> splitOfPicture(std::string_view name);

/// Index into DatasetSnapshot::classes.
using ClassIndex = std::int32_t;

struct ImageEntry {
    std::filesystem::path path; ///< relative to DatasetSnapshot::root
    ClassIndex label = 0;
    Split split = Split::Train;
    std::uint64_t bytes = 0; ///< file size
    int width = 0; ///< pixels, after the EXIF orientation is applied
    int height = 0;
    bool splitByHand = false; ///< a person has chosen the split: no draw moves the picture
    /// The class that its folder says, where a person has given it another.
    std::optional<ClassIndex> found {};
    bool confirmed = false; ///< a person has said that the label is right
};

/// A file that looks like a picture but cannot be used, or a folder that was left out; and why.
struct ScanProblem {
    std::filesystem::path path; ///< relative to root
    std::string reason; ///< "the file is empty", "cut off: the picture ends early"
};

/// Immutable description of a dataset: pass it as SnapshotPtr from thread to thread. An edit gives
/// a new one.
struct DatasetSnapshot {
    std::filesystem::path root; ///< absolute
    std::vector<std::string> classes; ///< sorted by name (byte order); index = ClassIndex; UTF-8
    std::vector<ImageEntry> images; ///< sorted by class, then path
    std::vector<ScanProblem> problems;
    std::vector<std::string> notes; ///< sentences on what is odd ("Class owl has no pictures.")
    /// True when the validation split was drawn from train rather than found in the folder.
    bool validationDrawn = false;

    std::int64_t count(Split split) const;
    std::int64_t count(ClassIndex label, Split split) const;
    std::filesystem::path absolute(const ImageEntry& image) const { return root / image.path; }
};
using SnapshotPtr = std::shared_ptr<const DatasetSnapshot>;

} // namespace vernier
