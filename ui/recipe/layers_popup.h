#pragma once

#include "ui/recipe/network_outline.h"

#include <QFrame>

class QGridLayout;
class QLabel;

namespace vernier::ui {

/// The layers of one block, unfolded: a tick and a rate for each that has weights, and which of
/// them the head stands on. It changes nothing itself, it only tells what a person did.
class LayersPopup : public QFrame {
    Q_OBJECT
public:
    explicit LayersPopup(QWidget* parent = nullptr);

    /// `layers` are all of the block, also those that the head's place leaves out.
    void setBlock(const OutlineBlock& block, const std::vector<Layer>& layers,
        const std::string& transferLayer);
    const std::string& block() const { return m_block; }

Q_SIGNALS:
    void trainingToggled(const QString& layer, bool trains);
    void rateEdited(const QString& layer, double rate);
    void headMoved(const QString& layer);

private:
    void makeRows(const OutlineBlock& block, const std::vector<Layer>& layers);

    QLabel* m_title;
    QWidget* m_rows = nullptr;
    QGridLayout* m_column;
    std::string m_block;
};

} // namespace vernier::ui
