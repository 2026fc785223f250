#pragma once

// Includes LibTorch: for tests that are built with it.

#include "core/model/network.h"

namespace vernier::test {

/// A model of the tiny backbone with three classes, one of them with an awkward name.
inline ModelDescription tinyDescription()
{
    ModelDescription model;
    model.backbone = "tinyvgg";
    model.transferLayer = "block2_pool";
    model.head.dense = { 7 };
    model.classes = { "forky", "knifey, \"sharp\"", "spoony сова" };
    model.geometry = Geometry::Stretch;
    model.normalization = *findNormalization("unit");
    model.inputSize = tinyVgg().inputSize;
    return model;
}

inline Network tinyNetwork(
    const ModelDescription& model = tinyDescription(), std::uint64_t seed = 1)
{
    return *Network::create(model, seed);
}

} // namespace vernier::test
