#pragma once

#include "ui/session/session.h"

#include <QElapsedTimer>
#include <QUndoCommand>

namespace vernier::ui {

/// What a command keeps is the change, not a snapshot: the validation split may be drawn anew
/// between doing and undoing.
class RelabelCommand : public QUndoCommand {
public:
    RelabelCommand(Session& session, std::vector<std::size_t> images, ClassIndex label);
    void redo() override;
    void undo() override;

private:
    Session& m_session;
    std::vector<std::size_t> m_images;
    ClassIndex m_label;
    std::vector<ClassIndex> m_before;
};

class MoveCommand : public QUndoCommand {
public:
    MoveCommand(Session& session, std::vector<std::size_t> images, Split split);
    void redo() override;
    void undo() override;

private:
    Session& m_session;
    std::vector<std::size_t> m_images;
    Split m_split;
    std::vector<std::pair<Split, bool>> m_before; ///< and whether it was chosen by hand
};

class RecipeCommand : public QUndoCommand {
public:
    RecipeCommand(Session& session, Recipe recipe, const QString& what, QString mergeKey);
    void redo() override;
    void undo() override;
    int id() const override { return 1; }
    bool mergeWith(const QUndoCommand* other) override;

private:
    Session& m_session;
    Recipe m_before;
    Recipe m_after;
    QString m_mergeKey;
    QElapsedTimer m_since;
};

} // namespace vernier::ui
