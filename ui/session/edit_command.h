#pragma once

#include "ui/session/current_dataset.h"

#include <QUndoCommand>

#include <functional>

namespace vernier::ui {

/// What it keeps is the change and how the pictures were, not a snapshot: the validation split may
/// be drawn anew between doing and undoing.
class EditCommand : public QUndoCommand {
public:
    using Change
        = std::function<SnapshotPtr(const SnapshotPtr&, const std::vector<std::size_t>& images)>;
    EditCommand(CurrentDataset& dataset, const QString& text, std::vector<std::size_t> images,
        Change change);
    void redo() override;
    void undo() override;

private:
    CurrentDataset& m_dataset;
    std::vector<std::size_t> m_images;
    Change m_change;
    std::vector<ImageEntry> m_before; ///< of m_images
};

} // namespace vernier::ui
