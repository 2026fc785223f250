#include "core/features/picture_pool.h"

#include "core/model/compute.h"

#include <c10/core/CachingDeviceAllocator.h>

#include <algorithm>

#include <unistd.h>

namespace vernier {

namespace {

constexpr std::uint64_t kShare = 4;

std::uint64_t bytesOf(std::int64_t size) { return static_cast<std::uint64_t>(size * size * 3); }

} // namespace

PicturePool::Room PicturePool::roomBeside(torch::Device device)
{
    Room room;
    room.hostBytes = static_cast<std::uint64_t>(::sysconf(_SC_AVPHYS_PAGES))
        * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / kShare;
    if (device.is_cuda())
        room.deviceBytes
            = c10::getDeviceAllocator(device.type())->getMemoryInfo(device.index()).first / kShare;
    return room;
}

std::unique_ptr<PicturePool> PicturePool::forViews(
    torch::Device device, int size, std::size_t count)
{
    return device.is_cpu() ? nullptr
                           : std::make_unique<PicturePool>(device, size, count, roomBeside(device));
}

PicturePool::PicturePool(torch::Device device, int size, std::size_t count, Room room)
    : m_device(device)
    , m_size(size)
    , m_hostCapacity(std::min<std::size_t>(count, room.hostBytes / bytesOf(size)))
    , m_keepsOnDevice(count <= room.deviceBytes / bytesOf(size))
    , m_capacity(m_keepsOnDevice ? count : m_hostCapacity)
{
}

torch::Tensor PicturePool::storage(torch::Device device) const
{
    return torch::empty({ static_cast<std::int64_t>(m_capacity), m_size, m_size, 3 },
        torch::TensorOptions(torch::kByte).device(device));
}

void PicturePool::reserve()
{
    if (m_pictures.defined())
        return;
    if (m_keepsOnDevice) {
        try {
            m_pictures = storage(m_device);
            return;
        } catch (const c10::OutOfMemoryError&) {
            // Another program took what was free.
            m_keepsOnDevice = false;
            m_capacity = m_hostCapacity;
        }
    }
    m_pictures = storage(torch::kCPU);
}

torch::Tensor PicturePool::get(const std::vector<std::size_t>& images) const
{
    auto slots = torch::empty({ static_cast<std::int64_t>(images.size()) }, torch::kLong);
    for (std::size_t i = 0; i < images.size(); ++i)
        slots.data_ptr<std::int64_t>()[i] = m_slots.at(images[i]);
    if (m_keepsOnDevice)
        return m_pictures.index_select(0, onDevice(slots, m_device));
    auto found = torch::empty({ slots.size(0), m_size, m_size, 3 },
        torch::TensorOptions(torch::kByte).pinned_memory(m_device.is_cuda()));
    at::index_select_out(found, m_pictures, 0, slots);
    return onDevice(found, m_device);
}

torch::Tensor PicturePool::add(
    const std::vector<std::size_t>& images, const torch::Tensor& pictures)
{
    auto brought = onDevice(pictures, m_device);
    reserve();
    const auto& kept = m_keepsOnDevice ? brought : pictures;
    for (std::size_t i = 0; i < images.size() && m_slots.size() < m_capacity; ++i) {
        const auto slot = static_cast<std::int64_t>(m_slots.size());
        if (m_slots.emplace(images[i], slot).second)
            m_pictures[slot].copy_(kept[static_cast<std::int64_t>(i)]);
    }
    return brought;
}

} // namespace vernier
