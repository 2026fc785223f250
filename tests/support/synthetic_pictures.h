#pragma once

#include "core/features/picture_source.h"

#include <vector>

namespace vernier::test {

/// A dataset that lies in no folder: its pictures are those of SyntheticPictures.
SnapshotPtr syntheticDataset(int classes, std::size_t train, std::size_t validation);

/// Pictures of noise, of a colour that tells the class, held in memory: training without a file and
/// without a decoder.
class SyntheticPictures final : public PictureSource {
public:
    /// `dataset` must outlive the source.
    SyntheticPictures(const DatasetSnapshot& dataset, const PictureNeeds& needs);
    static std::unique_ptr<PictureSource> make(
        const DatasetSnapshot& dataset, const PictureNeeds& needs, KnownPictures& known);

    Result<ContentHash> contentOf(std::size_t image) override;
    void begin(std::vector<WantedPicture> list) override;
    Result<Picture> next(std::stop_token stop) override;
    Result<Picture> read(const WantedPicture& wanted) override;

private:
    const DatasetSnapshot& m_dataset;
    const PictureNeeds m_needs;
    std::vector<Picture> m_different; ///< class by class; the dataset repeats them
    std::vector<WantedPicture> m_list;
    std::size_t m_position = 0;
};

} // namespace vernier::test
