#pragma once

#include "core/features/batch_loader.h"
#include "core/features/picture_source.h"

namespace vernier {

/// The picture files of a dataset, decoded ahead on threads of its own.
class FilePictures final : public PictureSource {
public:
    /// All must outlive the source.
    FilePictures(const DatasetSnapshot& dataset, const PictureNeeds& needs, KnownPictures& known);

    Result<ContentHash> contentOf(std::size_t image) override;
    Status learnContents(const std::vector<std::size_t>& images, const std::stop_token& stop,
        const ProgressSink& progress) override;
    void contentsAreKnown() override { m_known.save(); }
    void begin(std::vector<WantedPicture> list) override;
    Result<Picture> next(std::stop_token stop) override { return m_loader->next(stop); }
    Result<Picture> read(const WantedPicture& wanted) override;

private:
    std::filesystem::path fileOf(std::size_t image) const;

    const DatasetSnapshot& m_dataset;
    const PictureNeeds m_needs;
    KnownPictures& m_known;
    std::unique_ptr<BatchLoader> m_loader; ///< null: the list is empty
};

/// A PictureSourceMaker.
std::unique_ptr<PictureSource> filePictures(
    const DatasetSnapshot& dataset, const PictureNeeds& needs, KnownPictures& known);

} // namespace vernier
