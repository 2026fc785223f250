#include "core/training/file_pictures.h"

namespace vernier {

namespace {

/// Finished pictures that may wait for the network.
constexpr int kAhead = 64;

} // namespace

FilePictures::FilePictures(
    const DatasetSnapshot& dataset, const PictureNeeds& needs, KnownPictures& known)
    : m_dataset(dataset), m_needs(needs), m_known(known)
{
}

std::filesystem::path FilePictures::fileOf(std::size_t image) const
{
    return m_dataset.absolute(m_dataset.images[image]);
}

Result<ContentHash> FilePictures::contentOf(std::size_t image)
{
    return m_known.contentOf(fileOf(image));
}

void FilePictures::begin(std::vector<WantedPicture> list)
{
    m_loader.reset();
    if (list.empty())
        return;
    std::vector<LoadItem> items;
    for (auto& wanted : list)
        items.push_back({ fileOf(wanted.image), wanted.draw });
    m_loader = std::make_unique<BatchLoader>(std::move(items),
        BatchLoader::Options {
            m_needs.size, m_needs.geometry, m_needs.fill, m_needs.threads, kAhead });
}

Result<Picture> FilePictures::read(const WantedPicture& wanted)
{
    auto picture = decodeFitted(fileOf(wanted.image), m_needs.size, m_needs.geometry);
    if (picture && wanted.draw)
        return augmented(*picture, *wanted.draw, m_needs.fill);
    return picture;
}

} // namespace vernier
