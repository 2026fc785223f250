#pragma once

// Private to core: includes LibTorch.

#include "core/model/network.h"

#include <functional>
#include <string>

namespace vernier {

/// A network where it is computed.
struct PlacedNetwork {
    Network network;
    torch::Device device;
};

/// Finds the device (see findDevice()), then makes the network and brings it there. From then on
/// LibTorch uses every core that it may.
Result<PlacedNetwork> placed(
    const std::string& device, const std::function<Result<Network>()>& make);

} // namespace vernier
