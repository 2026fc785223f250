#pragma once

#include "core/base/result.h"

namespace vernier {

/// Makes the run in the new folder `to` that `run` was when `epoch` had just been finished: its
/// recipe up to there, its pictures, figures and best weights; its parent is `run`. Extend goes on
/// from there with another phase, and gives the same numbers as if `run` had been ended there and
/// extended: an optimizer starts anew in each phase. The pictures are not looked at. Exists where
/// `to` holds something, NotFound where the weights of the epoch, or of the best one up to it, are
/// not there any more.
Status forkRun(const std::filesystem::path& run, int epoch, const std::filesystem::path& to);

} // namespace vernier
