#pragma once

#include "core/image/augmentation.h"
#include "core/image/geometry.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace vernier {

/// One picture to load: where it lies, and how this view of it is drawn (none: as it is).
struct LoadItem {
    std::filesystem::path path;
    std::optional<AugmentationDraw> draw;
};

/// Decodes, fits and augments pictures ahead of the network, on threads of its own that touch CPU
/// data only, and hands them out in the order in which they were asked for. At most `ahead`
/// finished pictures wait. Left at any time: the destructor stops and joins.
class BatchLoader {
public:
    struct Options {
        int size = 224;
        Geometry geometry = Geometry::Stretch;
        FillMode fill = FillMode::Nearest;
        int threads = 1;
        int ahead = 64;
    };

    BatchLoader(std::vector<LoadItem> items, Options options);
    ~BatchLoader();
    BatchLoader(const BatchLoader&) = delete;
    BatchLoader& operator=(const BatchLoader&) = delete;

    /// The next picture, or why it cannot be read. Waits; Cancelled once `stop` is requested. Not
    /// to be called more often than there are items. Caller's thread.
    Result<Picture> next(std::stop_token stop);

private:
    void work(const std::stop_token& stop);
    Result<Picture> load(const LoadItem& item) const;

    const std::vector<LoadItem> m_items;
    const Options m_options;
    std::mutex m_mutex;
    std::condition_variable_any m_ready;
    std::condition_variable_any m_room;
    std::size_t m_nextToLoad = 0;
    std::size_t m_nextToHandOut = 0;
    std::vector<std::optional<Result<Picture>>> m_finished; ///< of item i: i % size()
    std::vector<std::jthread> m_threads;
};

} // namespace vernier
