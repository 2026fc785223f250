#pragma once

// Private to core: includes LibTorch.

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/base/torch.h"

namespace vernier {

/// Decoded pictures at the network's size and without augmentation, kept for a whole run, so that a
/// fresh view of one costs no decoding: on the device where all of them fit, else as many as fit in
/// the host's memory. A picture stays as it was when it came. Training thread only.
class PicturePool {
public:
    struct Room {
        std::uint64_t deviceBytes = 0;
        std::uint64_t hostBytes = 0;
    };
    /// A share of what is free now, so that training has its own.
    static Room roomBeside(torch::Device device);
    /// For fresh views of `count` pictures. Null on the CPU, where each view is drawn as its
    /// picture is decoded.
    static std::unique_ptr<PicturePool> forViews(torch::Device device, int size, std::size_t count);

    /// For `count` pictures of size x size.
    PicturePool(torch::Device device, int size, std::size_t count, Room room);

    bool contains(std::size_t image) const { return m_slots.contains(image); }
    bool onItsDevice() const { return m_keepsOnDevice; }
    /// uint8 (n, size, size, 3) on the device, of pictures that are there.
    torch::Tensor get(const std::vector<std::size_t>& images) const;
    /// Brings pictures, uint8 (n, size, size, 3) on the CPU, to the device, and keeps those that
    /// there is room for.
    torch::Tensor add(const std::vector<std::size_t>& images, const torch::Tensor& pictures);

private:
    void reserve();
    torch::Tensor storage(torch::Device device) const;

    const torch::Device m_device;
    const std::int64_t m_size;
    const std::size_t m_hostCapacity;
    bool m_keepsOnDevice;
    std::size_t m_capacity;
    torch::Tensor m_pictures; ///< uint8 (capacity, size, size, 3); undefined: none came yet
    std::unordered_map<std::size_t, std::int64_t> m_slots; ///< by image
};

} // namespace vernier
