#pragma once

#include "core/model/architecture.h"

#include <QFrame>

class QComboBox;
class QGridLayout;
class QLabel;
class QPushButton;

namespace vernier::ui {

/// The head, unfolded: what becomes of the transfer layer's output, and each hidden layer with its
/// size, activation and dropout. It changes nothing itself, it only tells what a person did.
class HeadPopup : public QFrame {
    Q_OBJECT
public:
    explicit HeadPopup(QWidget* parent = nullptr);

    /// `parameters` of the whole head, in words.
    void setHead(const HeadSpec& head, const QString& parameters);

Q_SIGNALS:
    void edited(const vernier::HeadSpec& head);

private:
    void makeRows(std::size_t count);
    void showRow(std::size_t index);
    void addLayer();
    void tell(HeadSpec head);

    HeadSpec m_head;
    QComboBox* m_pooling;
    QWidget* m_rows = nullptr;
    QPushButton* m_add;
    QLabel* m_parameters;
    QGridLayout* m_layout;
    bool m_showing = false;
};

} // namespace vernier::ui
