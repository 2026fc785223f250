#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace vernier::ui {

/// What a page shows while it has nothing: an icon, a headline, a sentence that says what to do,
/// and buttons that do it.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    EmptyState(const QString& iconName, const QString& headline, const QString& sentence,
        QWidget* parent = nullptr);

    QPushButton* addButton(const QString& text, bool primary = false);
    void setHeadline(const QString& headline);
    void setSentence(const QString& sentence);

private:
    QLabel* m_headline;
    QLabel* m_sentence;
    QHBoxLayout* m_buttons;
};

} // namespace vernier::ui
