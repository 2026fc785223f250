#pragma once

#include "core/dataset/snapshot.h"

#include <optional>
#include <string>
#include <unordered_map>

namespace vernier::ui {

/// Which picture of a dataset a file is.
class PictureIndex {
public:
    /// True: it has other files than before, or they lie elsewhere. An edit changes none.
    bool setDataset(const SnapshotPtr& dataset);
    const SnapshotPtr& dataset() const { return m_dataset; }
    std::optional<std::size_t> find(const std::filesystem::path& absolute) const;

private:
    SnapshotPtr m_dataset;
    std::unordered_map<std::string, std::size_t> m_images;
};

} // namespace vernier::ui
