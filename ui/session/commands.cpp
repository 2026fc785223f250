#include "ui/session/commands.h"

#include "core/dataset/edit.h"
#include "ui/base/format.h"

#include <map>

namespace vernier::ui {
namespace {

constexpr qint64 kMergeWithinMs = 1000;

QString pictures(std::size_t count)
{
    return format::plural(
        static_cast<qint64>(count), QStringLiteral("picture"), QStringLiteral("pictures"));
}

/// Images by the value that they had.
template <class Value>
std::map<Value, std::vector<std::size_t>> grouped(
    const std::vector<std::size_t>& images, const std::vector<Value>& values)
{
    std::map<Value, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < images.size(); ++i)
        groups[values[i]].push_back(images[i]);
    return groups;
}

} // namespace

RelabelCommand::RelabelCommand(Session& session, std::vector<std::size_t> images, ClassIndex label)
    : QUndoCommand(QStringLiteral("changing the class of %1").arg(pictures(images.size())))
    , m_session(session)
    , m_images(std::move(images))
    , m_label(label)
{
    for (const std::size_t image : m_images)
        m_before.push_back(session.dataset()->images[image].label);
}

void RelabelCommand::redo()
{
    m_session.applyDataset(relabelled(m_session.dataset(), m_images, m_label));
}

void RelabelCommand::undo()
{
    SnapshotPtr dataset = m_session.dataset();
    for (const auto& [label, images] : grouped(m_images, m_before))
        dataset = relabelled(dataset, images, label);
    m_session.applyDataset(dataset);
}

MoveCommand::MoveCommand(Session& session, std::vector<std::size_t> images, Split split)
    : QUndoCommand(
        (split == Split::LeftOut ? QStringLiteral("leaving out %1") : QStringLiteral("moving %1"))
            .arg(pictures(images.size())))
    , m_session(session)
    , m_images(std::move(images))
    , m_split(split)
{
    for (const std::size_t index : m_images) {
        const ImageEntry& image = session.dataset()->images[index];
        m_before.emplace_back(image.split, image.splitByHand);
    }
}

void MoveCommand::redo() { m_session.applyDataset(moved(m_session.dataset(), m_images, m_split)); }

void MoveCommand::undo()
{
    SnapshotPtr dataset = m_session.dataset();
    for (const auto& [was, images] : grouped(m_images, m_before))
        dataset = moved(dataset, images, was.first, was.second);
    m_session.applyDataset(dataset);
}

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
