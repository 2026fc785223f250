#pragma once

#include "core/base/result.h"
#include "core/image/geometry.h"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace vernier {

/// Decodes a list of pictures on threads of its own while their owner computes, never more than
/// `ahead` beyond what the owner took. next() and the destructor are the owner's.
class DecodeAhead {
public:
    DecodeAhead(const std::vector<std::filesystem::path>& paths, int size, Geometry geometry,
        int threads, std::size_t ahead);
    ~DecodeAhead(); ///< stops and joins
    DecodeAhead(const DecodeAhead&) = delete;
    DecodeAhead& operator=(const DecodeAhead&) = delete;

    /// Waits for the next picture, in the order of the list; at most once for each path. Cancelled
    /// when stopped.
    Result<Picture> next(std::stop_token stop);

private:
    void work(const std::stop_token& stop);

    const std::vector<std::filesystem::path>& m_paths;
    const int m_size;
    const Geometry m_geometry;

    std::mutex m_mutex;
    std::condition_variable_any m_decoded;
    std::condition_variable_any m_room;
    std::vector<std::optional<Result<Picture>>> m_slots; ///< of picture i: i % size()
    std::size_t m_started = 0;
    std::size_t m_taken = 0;
    std::vector<std::jthread> m_threads;
};

} // namespace vernier
