#include "core/model/placed_network.h"

#include "core/model/compute.h"
#include "core/model/devices.h"

namespace vernier {

Result<PlacedNetwork> placed(
    const std::string& device, const std::function<Result<Network>()>& make)
{
    const auto found = findDevice(device);
    if (!found)
        return tl::unexpected(found.error());
    auto network = make();
    if (!network)
        return tl::unexpected(network.error());
    network->to(*found);
    at::set_num_threads(usableCores());
    return PlacedNetwork { std::move(*network), *found };
}

} // namespace vernier
