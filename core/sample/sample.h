#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

namespace vernier {

struct SampleOptions {
    int trainPerClass = 100;
    int testPerClass = 20;
    int size = 256; ///< edge in pixels
    std::uint64_t seed = 1;
};

/// Paints pictures of drawn cutlery, `folder/{forky,knifey,spoony}/*.jpg` with `test` below each,
/// in random pose, light, background and wear, so that the whole program can be tried with nothing
/// at hand. Deterministic for the options. Writes into a temporary folder and renames it to
/// `folder` at the end; an existing complete sample is left as it is.
Status paintSample(const std::filesystem::path& folder, const SampleOptions& options = {},
    std::stop_token stop = {}, const ProgressSink& progress = {});

} // namespace vernier
