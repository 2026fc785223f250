#pragma once

#include <cstdint>

namespace vernier::reader {

/// Gives up, for good, everything but computing, reading and writing what is open already: new
/// files, sockets, processes and programs, core dumps, and more memory (bytes of address space) and
/// processor time (seconds) than these. System calls are restricted where the kernel can do that;
/// the limits hold everywhere.
void confine(std::uint64_t memory, std::uint64_t processorSeconds);

} // namespace vernier::reader
