#pragma once

#include <QLabel>

namespace vernier::ui {

/// One line in whatever room there is, cut in its middle; a tooltip should have it whole.
class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace vernier::ui
