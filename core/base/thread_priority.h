#pragma once

namespace vernier {

/// Lowers the calling thread's priority, and with it that of the threads it starts from now on,
/// LibTorch's among them: `niceness` 0..19, of which 19 gives way to everybody.
void lowerThreadPriority(int niceness);

/// Pictures on the screen come soon, but after what a person does.
inline constexpr int kThumbnailNiceness = 5;
/// The window stays alive beside a training that has all cores.
inline constexpr int kTrainingNiceness = 10;
/// What nobody has asked for gives way to what somebody has.
inline constexpr int kBackgroundNiceness = 19;

} // namespace vernier
