#include "ui/pictures/picture_index.h"

#include <algorithm>
#include <utility>

namespace vernier::ui {
namespace {

bool sameFiles(const SnapshotPtr& a, const SnapshotPtr& b)
{
    if (!a || !b)
        return a == b;
    return a->root == b->root
        && std::ranges::equal(a->images, b->images, {}, &ImageEntry::path, &ImageEntry::path);
}

} // namespace

bool PictureIndex::setDataset(const SnapshotPtr& dataset)
{
    const bool others = !sameFiles(m_dataset, dataset);
    m_dataset = dataset;
    if (!others)
        return false;
    m_images.clear();
    if (dataset) {
        m_images.reserve(dataset->images.size());
        for (std::size_t i = 0; i < dataset->images.size(); ++i)
            m_images.emplace(dataset->absolute(dataset->images[i]).native(), i);
    }
    return true;
}

std::optional<std::size_t> PictureIndex::find(const std::filesystem::path& absolute) const
{
    const auto found = m_images.find(absolute.lexically_normal().native());
    return found == m_images.end() ? std::nullopt : std::optional(found->second);
}

} // namespace vernier::ui
