#pragma once

#include "ui/session/session.h"

#include <QElapsedTimer>
#include <QUndoCommand>

namespace vernier::ui {

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
