#pragma once

#include "ui/runs/run_queue.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace vernier::ui {

/// Every combination of the given head rates, dense layers and blocks, in place of what the phase
/// `phase` of `base` has. Invalid says which part of the text is none.
Result<std::vector<RunQueue::Wish>> combinations(const Recipe& base, std::size_t phase,
    const QString& rates, const QString& heads, const QString& blocks);

/// Asks for the rates, heads and blocks that are to be tried.
class TryDialog : public QDialog {
    Q_OBJECT
public:
    TryDialog(const Recipe& base, std::size_t phase, QWidget* parent = nullptr);

    std::vector<RunQueue::Wish> wishes() const { return m_wishes; }

private:
    void showWishes();

    Recipe m_base;
    std::size_t m_phase;
    std::vector<RunQueue::Wish> m_wishes;
    QLineEdit* m_rates;
    QLineEdit* m_heads;
    QLineEdit* m_blocks;
    QLabel* m_count;
    QPlainTextEdit* m_names;
    QPushButton* m_add;
};

} // namespace vernier::ui
