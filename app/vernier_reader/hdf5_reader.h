#pragma once

#include "app/vernier_reader/channel.h"

#include <cstddef>
#include <span>

namespace vernier::reader {

/// Answers the question of core/weights/hdf5_protocol.h about an HDF5 file that lies in memory.
void serveHdf5(std::span<const std::byte> file, Channel& channel);

} // namespace vernier::reader
