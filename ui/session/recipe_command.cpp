#include "ui/session/recipe_command.h"

namespace vernier::ui {
namespace {

constexpr qint64 kMergeWithinMs = 1000;

} // namespace

RecipeCommand::RecipeCommand(Session& session, Recipe recipe, const QString& what, QString mergeKey)
    : QUndoCommand(what)
    , m_session(session)
    , m_before(session.recipe())
    , m_after(std::move(recipe))
    , m_mergeKey(std::move(mergeKey))
{
    m_since.start();
}

void RecipeCommand::redo() { m_session.applyRecipe(m_after); }
void RecipeCommand::undo() { m_session.applyRecipe(m_before); }

bool RecipeCommand::mergeWith(const QUndoCommand* other)
{
    const auto& next = static_cast<const RecipeCommand&>(*other);
    if (m_mergeKey.isEmpty() || next.m_mergeKey != m_mergeKey || m_since.hasExpired(kMergeWithinMs))
        return false;
    m_after = next.m_after;
    m_since.restart();
    setObsolete(m_after == m_before);
    return true;
}

} // namespace vernier::ui
