#pragma once

// Private to core: includes LibTorch.

#include "core/exporting/exporter.h"
#include "core/model/network.h"
#include "core/prediction/predictor.h"

namespace vernier {

/// exportModel's second half: writes `network`, opens the file as anybody will, has it read back by
/// another reader (read_back.h) and compares those answers with the ones of `own`, which runs the
/// same model. Apart so that a test can let the two differ.
Result<ExportReport> exportNetwork(const Network& network, int epoch, const Predictor& own,
    ExportFormat format, const std::filesystem::path& file,
    const std::vector<std::filesystem::path>& pictures, std::stop_token stop,
    const ProgressSink& progress);

} // namespace vernier
