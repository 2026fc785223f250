#pragma once

// Private to core: includes LibTorch.

#include "core/dataset/snapshot.h"
#include "core/model/network.h"
#include "core/training/batch_loader.h"
#include "core/training/feature_store.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace vernier {

/// One picture of an epoch's order.
struct Sample {
    std::size_t image = 0; ///< index into the snapshot's images
    std::optional<AugmentationDraw> draw; ///< none: as it is
    bool keep
        = true; ///< false: drawn once and never again, so it is not worth a place in the cache
};

struct Batch {
    torch::Tensor features; ///< (n, C, H, W) at the cut, channels-last, on the device
    torch::Tensor labels; ///< (n), int64, on the device
    int misses = 0; ///< pictures that had to be decoded and run through the prefix
};

/// Gives batches of features at the cut: from the cache where they are there, else by decoding the
/// picture and running the prefix (without autograd, in `dtype`). One epoch, or one pass over a
/// split, at a time. Training thread only.
class FeatureSource {
public:
    struct Options {
        Geometry geometry = Geometry::Stretch;
        FillMode fill = FillMode::Nearest;
        std::size_t cut = 0;
        torch::ScalarType dtype = torch::kFloat;
        torch::Device device = torch::kCPU;
        int loaderThreads = 1;
    };

    /// All must outlive the source. Hashes the prefix's weights: make a new one when they change.
    FeatureSource(const Network& network, const DatasetSnapshot& dataset,
        FeatureCache::Store& store, Options options);

    /// Starts a pass in the given order; what is not cached is decoded ahead from now on.
    void begin(std::vector<Sample> order);
    /// How many samples of this pass were not cached when it began.
    std::int64_t missing() const { return m_missing; }
    std::int64_t left() const { return static_cast<std::int64_t>(m_order.size() - m_position); }
    /// The next `size` samples, less those that cannot be read (then the batch may be empty).
    Result<Batch> next(std::int64_t size, std::stop_token stop);

    /// Pictures that could not be read so far, and why.
    const std::map<std::size_t, std::string>& unreadable() const { return m_unreadable; }
    /// Leaves these out from the start.
    void leaveOut(const std::map<std::size_t, std::string>& unreadable)
    {
        m_unreadable = unreadable;
    }

private:
    struct Place {
        Sample sample;
        ContentHash key;
        bool loads = false; ///< its picture comes from the loader
    };

    std::optional<ContentHash> keyOf(const Sample& sample);
    Result<Picture> picture(const Place& place, std::stop_token stop);
    torch::Tensor prefix(const std::vector<Picture>& pictures) const;

    const Network& m_network;
    const DatasetSnapshot& m_dataset;
    FeatureCache::Store& m_store;
    const Options m_options;
    std::string m_keyPart;
    std::map<std::size_t, std::string> m_unreadable;
    std::vector<Place> m_order;
    std::size_t m_position = 0;
    std::int64_t m_missing = 0;
    std::unique_ptr<BatchLoader> m_loader;
};

} // namespace vernier
