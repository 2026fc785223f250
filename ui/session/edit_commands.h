#pragma once

#include "ui/session/current_dataset.h"

#include <QUndoCommand>

#include <utility>

namespace vernier::ui {

/// What a command keeps is the change, not a snapshot: the validation split may be drawn anew
/// between doing and undoing.
class RelabelCommand : public QUndoCommand {
public:
    RelabelCommand(CurrentDataset& dataset, std::vector<std::size_t> images, ClassIndex label);
    void redo() override;
    void undo() override;

private:
    CurrentDataset& m_dataset;
    std::vector<std::size_t> m_images;
    ClassIndex m_label;
    std::vector<std::pair<ClassIndex, bool>> m_before; ///< and whether that was confirmed
};

class MoveCommand : public QUndoCommand {
public:
    MoveCommand(CurrentDataset& dataset, std::vector<std::size_t> images, Split split);
    void redo() override;
    void undo() override;

private:
    CurrentDataset& m_dataset;
    std::vector<std::size_t> m_images;
    Split m_split;
    std::vector<std::pair<Split, bool>> m_before; ///< and whether it was chosen by hand
};

/// Of pictures of which the opposite was said.
class ConfirmCommand : public QUndoCommand {
public:
    ConfirmCommand(CurrentDataset& dataset, std::vector<std::size_t> images, bool right);
    void redo() override;
    void undo() override;

private:
    CurrentDataset& m_dataset;
    std::vector<std::size_t> m_images;
    bool m_right;
};

} // namespace vernier::ui
