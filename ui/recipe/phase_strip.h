#pragma once

#include "core/recipe/recipe.h"

#include <QWidget>

#include <vector>

class QPushButton;
class QScrollArea;

namespace vernier::ui {

class Chip;

/// The phases of a recipe: which one the page shows, add one, remove the shown one. They take as
/// many lines as they need, of which two are seen at once, the shown phase among them.
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
    void bringShownIntoView();

    QScrollArea* m_scroll;
    QWidget* m_row; ///< of chips
    std::vector<Chip*> m_chips;
    std::size_t m_shown = 0;
    QPushButton* m_add;
    QPushButton* m_remove;
};

} // namespace vernier::ui
