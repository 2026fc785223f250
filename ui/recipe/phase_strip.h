#pragma once

#include "core/training/recipe.h"

#include <QWidget>

#include <vector>

class QHBoxLayout;
class QPushButton;
class QScrollArea;

namespace vernier::ui {

class Chip;

/// The phases of a recipe in a row: which one the page shows, add one, remove the shown one.
class PhaseStrip : public QWidget {
    Q_OBJECT
public:
    explicit PhaseStrip(QWidget* parent = nullptr);

    void setPhases(const std::vector<Phase>& phases, std::size_t shown);

Q_SIGNALS:
    void chosen(std::size_t phase);
    void addRequested();
    void removeRequested();

private:
    QScrollArea* m_scroll;
    QWidget* m_row;
    QHBoxLayout* m_chipRow;
    std::vector<Chip*> m_chips;
    QPushButton* m_add;
    QPushButton* m_remove;
};

} // namespace vernier::ui
