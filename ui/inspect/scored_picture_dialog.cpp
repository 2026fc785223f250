#include "ui/inspect/scored_picture_dialog.h"

#include "ui/base/command.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/pictures/class_dot.h"
#include "ui/pictures/probability_bars.h"

#include <QComboBox>
#include <QLabel>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

namespace vernier::ui {

ScoredPictureDialog::ScoredPictureDialog(QWidget* parent)
    : PictureDialog(parent), m_label(new QComboBox(this))
{
    m_label->setAccessibleName(tr("True class"));
    m_label->setToolTip(tr("Choose another class where the label is wrong. The file stays where it "
                           "is, and Ctrl+Z takes it back."));
    auto* mend = new QLabel(tr("&True class"), this);
    mend->setBuddy(m_label);
    middle()->setSpacing(theme::kGrid);
    middle()->addWidget(mend);
    middle()->addWidget(m_label);
    connect(m_label, &QComboBox::activated, this, [this](int label) {
        const auto& dataset = *m_dataset;
        if (dataset.images[image()].label == label)
            return;
        ++m_mended;
        Q_EMIT relabelRequested(image(), label);
    });
    // The window's own Ctrl+Z does not reach a dialog; other changes are not this dialog's to undo.
    auto* undo = new QShortcut(commandOf(CommandId::Undo).shortcuts().front(), this);
    connect(undo, &QShortcut::activated, this, [this] {
        if (m_mended == 0)
            return;
        --m_mended;
        Q_EMIT undoRequested();
    });
}

void ScoredPictureDialog::show(std::shared_ptr<const Evaluation> evaluation, SnapshotPtr dataset,
    std::vector<std::size_t> images, int position)
{
    m_images = std::move(images);
    m_evaluation = std::move(evaluation);
    m_dataset = std::move(dataset);
    m_mended = 0;
    m_label->clear();
    for (std::size_t label = 0; label < m_dataset->classes.size(); ++label) {
        m_label->addItem(classDot(static_cast<ClassIndex>(label)),
            QString::fromStdString(m_dataset->classes[label]));
    }
    openAt(position, static_cast<int>(m_images.size()));
}

void ScoredPictureDialog::refresh(std::shared_ptr<const Evaluation> evaluation, SnapshotPtr dataset)
{
    m_evaluation = std::move(evaluation);
    m_dataset = std::move(dataset);
    goTo(current());
}

void ScoredPictureDialog::showPicture(int position)
{
    const std::size_t wanted = m_images[static_cast<std::size_t>(position)];
    const auto& scored = m_evaluation->images;
    const auto found = std::find_if(scored.begin(), scored.end(),
        [wanted](const ScoredImage& picture) { return picture.image == wanted; });
    // Moved to another split meanwhile: it is no longer part of what is inspected.
    if (found == scored.end()) {
        close();
        return;
    }
    QStringList classes;
    for (const std::string& name : m_evaluation->classes)
        classes.append(QString::fromStdString(name));
    const ImageEntry& entry = m_dataset->images[wanted];
    const QString probability = format::percent(found->confidence());
    setPicture(format::path(m_dataset->absolute(entry)),
        QStringLiteral("%1, %2").arg(
            format::pixels(entry.width, entry.height), format::bytes(entry.bytes)),
        found->label == found->predicted
            ? tr("Recognized as %1 with %2.").arg(classes[found->predicted], probability)
            : tr("Taken for %1 with %2; the label says %3.")
                  .arg(classes[found->predicted], probability, classes[found->label]));
    m_label->setCurrentIndex(found->label);
    bars()->setProbabilities(classes, found->probabilities(), found->label);
}

} // namespace vernier::ui
