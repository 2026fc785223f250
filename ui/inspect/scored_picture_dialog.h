#pragma once

#include "core/evaluation/metrics.h"
#include "ui/inspect/picture_dialog.h"

#include <memory>
#include <vector>

class QComboBox;

namespace vernier::ui {

/// Evaluated pictures large, one after the other, each with its label to mend.
class ScoredPictureDialog : public PictureDialog {
    Q_OBJECT
public:
    explicit ScoredPictureDialog(QWidget* parent = nullptr);

    /// `images` are indices into the dataset's images; it opens at `position` of them.
    void show(std::shared_ptr<const Evaluation> evaluation, SnapshotPtr dataset,
        std::vector<std::size_t> images, int position);
    /// After a label changed: the same picture with its new figures.
    void refresh(std::shared_ptr<const Evaluation> evaluation, SnapshotPtr dataset);
    std::size_t image() const { return m_images[static_cast<std::size_t>(current())]; }

Q_SIGNALS:
    void relabelRequested(std::size_t image, vernier::ClassIndex label);
    /// Takes back the newest of the labels that were mended here.
    void undoRequested();

protected:
    void showPicture(int position) override;

private:
    std::shared_ptr<const Evaluation> m_evaluation;
    SnapshotPtr m_dataset;
    std::vector<std::size_t> m_images;
    QComboBox* m_label;
    int m_mended = 0; ///< labels since it was opened
};

} // namespace vernier::ui
