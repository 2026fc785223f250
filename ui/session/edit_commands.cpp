#include "ui/session/edit_commands.h"

#include "core/dataset/edit.h"
#include "ui/base/format.h"

#include <QCoreApplication>

#include <map>

namespace vernier::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("Edits", text); }

QString pictures(std::size_t count)
{
    return format::plural(static_cast<qint64>(count), tr("picture"), tr("pictures"));
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

RelabelCommand::RelabelCommand(
    CurrentDataset& dataset, std::vector<std::size_t> images, ClassIndex label)
    : QUndoCommand(tr("changing the class of %1").arg(pictures(images.size())))
    , m_dataset(dataset)
    , m_images(std::move(images))
    , m_label(label)
{
    for (const std::size_t index : m_images) {
        const ImageEntry& image = dataset.snapshot()->images[index];
        m_before.emplace_back(image.label, image.confirmed);
    }
}

void RelabelCommand::redo()
{
    m_dataset.apply(relabelled(m_dataset.snapshot(), m_images, m_label));
}

void RelabelCommand::undo()
{
    SnapshotPtr dataset = m_dataset.snapshot();
    for (const auto& [was, images] : grouped(m_images, m_before))
        dataset = confirmed(relabelled(dataset, images, was.first), images, was.second);
    m_dataset.apply(dataset);
}

MoveCommand::MoveCommand(CurrentDataset& dataset, std::vector<std::size_t> images, Split split)
    : QUndoCommand((split == Split::LeftOut ? tr("leaving out %1") : tr("moving %1"))
                       .arg(pictures(images.size())))
    , m_dataset(dataset)
    , m_images(std::move(images))
    , m_split(split)
{
    for (const std::size_t index : m_images) {
        const ImageEntry& image = dataset.snapshot()->images[index];
        m_before.emplace_back(image.split, image.splitByHand);
    }
}

void MoveCommand::redo() { m_dataset.apply(moved(m_dataset.snapshot(), m_images, m_split)); }

void MoveCommand::undo()
{
    // What nobody had chosen is where it is drawn by now.
    std::vector<std::pair<Split, bool>> splits = m_before;
    for (std::size_t i = 0; i < m_images.size(); ++i) {
        if (!splits[i].second)
            splits[i].first = m_dataset.asFound()->images[m_images[i]].split;
    }
    SnapshotPtr dataset = m_dataset.snapshot();
    for (const auto& [split, images] : grouped(m_images, splits))
        dataset = moved(dataset, images, split.first, split.second);
    m_dataset.apply(dataset);
}

ConfirmCommand::ConfirmCommand(CurrentDataset& dataset, std::vector<std::size_t> images, bool right)
    : QUndoCommand(
        (right ? tr("confirming the class of %1") : tr("taking back that %1 were confirmed"))
            .arg(pictures(images.size())))
    , m_dataset(dataset)
    , m_images(std::move(images))
    , m_right(right)
{
}

void ConfirmCommand::redo() { m_dataset.apply(confirmed(m_dataset.snapshot(), m_images, m_right)); }

void ConfirmCommand::undo()
{
    m_dataset.apply(confirmed(m_dataset.snapshot(), m_images, !m_right));
}

} // namespace vernier::ui
