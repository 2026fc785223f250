#include "ui/session/edit_command.h"

#include <utility>

namespace vernier::ui {

EditCommand::EditCommand(
    CurrentDataset& dataset, const QString& text, std::vector<std::size_t> images, Change change)
    : QUndoCommand(text)
    , m_dataset(dataset)
    , m_images(std::move(images))
    , m_change(std::move(change))
{
    for (const std::size_t image : m_images)
        m_before.push_back(dataset.snapshot()->images[image]);
}

void EditCommand::redo() { m_dataset.apply(m_change(m_dataset.snapshot(), m_images)); }

void EditCommand::undo()
{
    auto dataset = std::make_shared<DatasetSnapshot>(*m_dataset.snapshot());
    for (std::size_t i = 0; i < m_images.size(); ++i) {
        ImageEntry& image = dataset->images[m_images[i]];
        image = m_before[i];
        // What nobody had chosen is where it is drawn by now.
        if (!image.splitByHand)
            image.split = m_dataset.asFound()->images[m_images[i]].split;
    }
    m_dataset.apply(dataset);
}

} // namespace vernier::ui
