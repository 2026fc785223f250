#pragma once

#include <QDialog>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace vernier::ui {

class PicturePane;
class ProbabilityBars;

/// A picture large, with what the model said of every class beside it. Goes through a list of
/// pictures with the arrow keys; what the list is, a subclass knows.
class PictureDialog : public QDialog {
    Q_OBJECT
public:
    explicit PictureDialog(QWidget* parent = nullptr);

    int current() const { return m_current; }

protected:
    /// Fills in everything but the arrows for one picture of the list.
    virtual void showPicture(int position) = 0;

    /// Opens at `position` of `count` pictures.
    void openAt(int position, int count);
    /// Shows `position` while it stays open.
    void goTo(int position);
    /// The list has changed under it: the picture that is shown is now at `position` of `count`.
    void place(int position, int count);

    void setPicture(const QString& absolutePath, const QString& facts, const QString& verdict);
    ProbabilityBars* bars() { return m_bars; }
    QVBoxLayout* middle() { return m_middle; } ///< between the verdict and the bars

    void keyPressEvent(QKeyEvent* event) override;

private:
    PicturePane* m_picture;
    QLabel* m_name;
    QLabel* m_facts;
    QLabel* m_verdict;
    QVBoxLayout* m_middle;
    ProbabilityBars* m_bars;
    QToolButton* m_previous;
    QToolButton* m_next;
    QLabel* m_position;
    int m_current = 0;
    int m_count = 0;
};

} // namespace vernier::ui
