#pragma once

#include "ui/session/run_history.h"

namespace vernier::test {

/// Six epochs of the head, then four of block 5 with it; validation rises to 90 %.
inline ui::RunHistory twoPhases()
{
    ui::RunHistory history;
    PhaseStarted first;
    first.epochs = 6;
    history.phases.push_back(first);
    PhaseStarted second;
    second.phase = 2;
    second.firstEpoch = 7;
    second.epochs = 4;
    second.plan.headRate = 1e-4;
    second.plan.blockRates = { { "block5", 1e-5 } };
    history.phases.push_back(second);
    for (int i = 1; i <= 10; ++i) {
        EpochDone epoch;
        epoch.epoch = i;
        epoch.phase = i <= 6 ? 1 : 2;
        epoch.trainAccuracy = 0.7 + 0.02 * i;
        epoch.validationAccuracy = 0.72 + 0.018 * i;
        epoch.validationCount = 153;
        epoch.trainLoss = 1.0 / i;
        epoch.validationLoss = 1.1 / i;
        epoch.seconds = 3;
        history.epochs.push_back(epoch);
        history.log << QStringLiteral("Epoch %1").arg(i);
    }
    history.bestEpoch = 10;
    return history;
}

/// As many phases of one epoch each, whose plans take long to say.
inline ui::RunHistory manyPhases(int count)
{
    ui::RunHistory history;
    for (int i = 1; i <= count; ++i) {
        PhaseStarted phase;
        phase.phase = i;
        phase.firstEpoch = i;
        phase.epochs = 1;
        phase.plan.blockRates = { { "block2", 1e-6 }, { "block4", 1e-6 }, { "block5", 1e-5 } };
        phase.plan.layerRates = { { "block3_conv3", 1e-6 } };
        history.phases.push_back(phase);
        EpochDone epoch;
        epoch.phase = i;
        epoch.epoch = i;
        epoch.trainAccuracy = epoch.validationAccuracy.emplace(0.9);
        epoch.trainLoss = epoch.validationLoss.emplace(0.3);
        history.epochs.push_back(epoch);
        history.log << QStringLiteral("Epoch %1").arg(i);
    }
    return history;
}

} // namespace vernier::test
