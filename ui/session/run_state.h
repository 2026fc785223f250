#pragma once

namespace vernier::ui {

/// What the program is doing, for the run bar and for enabling actions.
enum class RunState {
    NoDataset,
    Scanning,
    Ready,
    Starting, ///< Train was pressed; weights are being loaded
    Preparing, ///< features below the cut
    Training,
    Paused,
    Stopping,
    Finished,
    Failed
};

} // namespace vernier::ui
