#pragma once

#include "core/dataset/snapshot.h"
#include "core/features/known_pictures.h"
#include "core/image/augmentation.h"
#include "core/image/geometry.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace vernier {

/// How pictures become the network's input.
struct PictureNeeds {
    int size = 224; ///< edge of the network's square, pixels
    Geometry geometry = Geometry::Stretch;
    FillMode fill = FillMode::Nearest;
    int threads = 1; ///< that the source may use of its own
};

/// One picture to get: which, and how this view of it is drawn (none: as it is).
struct WantedPicture {
    std::size_t image = 0; ///< index into the snapshot's images
    std::optional<AugmentationDraw> draw;
};

/// All that training needs of a dataset's pictures, so that it does not care where they come from.
/// One list at a time. Training thread only; an implementation may use threads of its own.
class PictureSource {
public:
    virtual ~PictureSource() = default;

    /// What identifies a picture's content. May have to read the picture.
    virtual Result<ContentHash> contentOf(std::size_t image) = 0;
    /// Every picture's content has been asked for that a pass needs: what was learnt may be kept.
    virtual void contentsAreKnown() { }

    /// From now on gets these ready, in this order; what is left of an earlier list is dropped.
    virtual void begin(std::vector<WantedPicture> list) = 0;
    /// The list's next picture, size x size, or why it cannot be read. Waits; Cancelled once `stop`
    /// is requested. Not to be called more often than the list is long.
    virtual Result<Picture> next(std::stop_token stop) = 0;
    /// One that is on no list, at once.
    virtual Result<Picture> read(const WantedPicture& wanted) = 0;

    /// Gets contentOf() ready for many, which are seldom known the first time. Cancelled once
    /// `stop` is requested; progress counts pictures.
    virtual Status learnContents(const std::vector<std::size_t>& /*images*/,
        const std::stop_token& /*stop*/, const ProgressSink& /*progress*/)
    {
        return {};
    }
};

/// Makes a source of a dataset's pictures. All that is given outlives it.
using PictureSourceMaker = std::function<std::unique_ptr<PictureSource>(
    const DatasetSnapshot& dataset, const PictureNeeds& needs, KnownPictures& known)>;

} // namespace vernier
