#pragma once

#include <QWidget>

namespace vernier::ui {

/// Lies over the page while something hovers, and says what dropping it will do.
class DropOverlay : public QWidget {
    Q_OBJECT
public:
    explicit DropOverlay(QWidget* parent);
    void announce(const QString& sentence, bool possible);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_sentence;
    bool m_possible = false;
};

} // namespace vernier::ui
