#pragma once

// Private to core: includes LibTorch.

#include "core/dataset/snapshot.h"
#include "core/features/feature_store.h"
#include "core/features/picture_pool.h"
#include "core/features/picture_source.h"
#include "core/model/micro_batch.h"
#include "core/model/network.h"

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
    std::vector<std::size_t> images; ///< (n), indices into the snapshot's images
    int misses = 0; ///< pictures that had to run through the prefix, or a part of it
    int decoded = 0; ///< of those, the ones that began with the picture
};

/// Gives one batch of a pass after the other.
class BatchSource {
public:
    virtual ~BatchSource() = default;
    /// Samples that are still to come.
    virtual std::int64_t left() const = 0;
    /// The next `size` samples, less those that cannot be read (then the batch may be empty).
    virtual Result<Batch> next(std::int64_t size, std::stop_token stop) = 0;
};

/// Gives batches of features at the cut: from the cache where they are there; else from the deepest
/// block below it whose features are; else by decoding the picture; and runs what is missing of the
/// prefix (without autograd, in `dtype`). Where features may be kept, at each block's start and at
/// the cut, they are rounded to 16 bits whether they are kept or not, so that a sample has the same
/// numbers wherever it started from. One epoch, or one pass over a split, at a time. Training
/// thread only.
class FeatureSource final : public BatchSource {
public:
    struct Options {
        Geometry geometry = Geometry::Stretch;
        FillMode fill = FillMode::Nearest;
        std::size_t cut = 0;
        torch::ScalarType dtype = torch::kFloat;
        torch::Device device = torch::kCPU;
        /// Given: views are drawn on the device, from pictures that are kept here where a view is
        /// not worth keeping. Outlives the source, as the next one does.
        PicturePool* pool = nullptr;
        MicroBatch* micro = nullptr; ///< null: a batch goes through the prefix as a whole
    };

    /// All must outlive the source. Hashes the prefix's weights: make a new one when they change.
    FeatureSource(const Network& network, const DatasetSnapshot& dataset,
        FeatureCache::Store& store, PictureSource& pictures, Options options);

    /// Starts a pass in the given order; what is not cached is decoded ahead from now on. Pictures
    /// that were never seen are read once, so that it may take long: Cancelled when stopped.
    Status begin(std::vector<Sample> order, std::stop_token stop);
    /// Of the pass that has begun, only what is missing.
    void leaveOutCached();
    /// How many samples of this pass were not cached when it began.
    std::int64_t missing() const { return m_missing; }
    std::int64_t left() const override
    {
        return static_cast<std::int64_t>(m_order.size() - m_position);
    }
    Result<Batch> next(std::int64_t size, std::stop_token stop) override;

    /// Pictures that could not be read so far, and why.
    const std::map<std::size_t, std::string>& unreadable() const { return m_unreadable; }
    /// Leaves these out from the start.
    void leaveOut(const std::map<std::size_t, std::string>& unreadable)
    {
        m_unreadable = unreadable;
    }

private:
    /// Where features may be kept: a block's start below the cut, or the cut.
    struct Stage {
        std::size_t layer = 0;
        Shape shape;
        std::string keyPart; ///< of the key: all that does not depend on the sample
    };
    struct Asked {
        Sample sample;
        ContentHash content; ///< of the picture; only where the sample is kept
        bool loads = false; ///< its picture is on the list of those to get ready
        bool missing = false; ///< its features were not cached when the pass began
    };
    /// A part of a batch that runs through the same layers.
    struct Run {
        std::vector<std::size_t> positions; ///< in the batch
        std::vector<const Asked*> places;
        std::vector<Picture> pictures; ///< where it starts from those; empty: it is in the pool
        std::vector<torch::Tensor> features; ///< where it starts from these
    };
    static constexpr int kPicture = -1; ///< in place of a stage: the picture itself

    ContentHash keyOf(const Asked& place, const Stage& stage) const;
    int lastStage() const { return static_cast<int>(m_stages.size()) - 1; }
    const Stage& stage(int index) const { return m_stages[static_cast<std::size_t>(index)]; }
    /// The deepest stage whose features are cached.
    int cachedStage(const Asked& place) const;
    /// The same, with the features.
    std::pair<int, torch::Tensor> cached(const Asked& place) const;
    Result<Picture> picture(const Asked& place, std::stop_token stop);
    bool isPooled(const Sample& sample) const;
    WantedPicture wantedFor(const Sample& sample) const;
    /// uint8 (n, size, size, 3) on the device, as drawn.
    torch::Tensor views(const Run& run) const;
    torch::Tensor input(const Run& run) const;
    /// A run's features at the cut, on the device.
    torch::Tensor finish(int from, const Run& run);
    torch::Tensor finishWhole(int from, const Run& run);
    static Run pieceOf(const Run& run, std::int64_t first, std::int64_t last);
    void keep(const Run& run, const Stage& stage, const std::vector<torch::Tensor>& features);
    /// Features from the cache, as a batch on the device.
    torch::Tensor joined(const std::vector<torch::Tensor>& features, Shape shape) const;

    const Network& m_network;
    const DatasetSnapshot& m_dataset;
    FeatureCache::Store& m_store;
    PictureSource& m_pictures;
    const Options m_options;
    std::vector<Stage> m_stages; ///< the last is the cut
    std::map<std::size_t, std::string> m_unreadable;
    std::vector<Asked> m_order;
    std::size_t m_position = 0;
    std::int64_t m_missing = 0;
};

} // namespace vernier
