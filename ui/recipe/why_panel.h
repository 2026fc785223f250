#pragma once

#include "ui/recipe/explanation.h"

#include <QScrollArea>
#include <QWidget>

namespace vernier::ui {

/// What the recipe will do and why, in plain words: what trains, what stays, what it costs, what it
/// risks.
class WhyPanel : public QWidget {
    Q_OBJECT
public:
    explicit WhyPanel(QWidget* parent = nullptr);

    void setExplanations(const std::vector<Explanation>& explanations);
    QStringList texts() const { return m_texts; }

Q_SIGNALS:
    void closed();

private:
    QScrollArea* m_scroll;
    QStringList m_texts;
};

} // namespace vernier::ui
