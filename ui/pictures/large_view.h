#pragma once

#include <QWidget>

class QFormLayout;
class QLabel;
class QStackedWidget;
class QToolButton;

namespace vernier::ui {

class PictureActions;
class PicturePane;
class ProbabilityBars;

/// The current picture of a view large, with its facts and what a network says of it at the side.
/// It is the view's selection in another shape: the arrow keys move that, and all keys and the menu
/// of its PictureActions do here what they do there. Escape goes back.
class LargeView : public QWidget {
    Q_OBJECT
public:
    /// Adds itself to `stack`, and comes up there when `pictures` asks for it. The `pictures` must
    /// outlive it.
    LargeView(PictureActions& pictures, QStackedWidget& stack);

    void leave();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    QWidget* makeSide();
    void open();
    void follow();
    void showFacts(const QModelIndex& index);
    void showAnswer(const QModelIndex& index);
    void step(int by);

    PictureActions& m_pictures;
    QStackedWidget& m_stack;
    QWidget* m_below = nullptr; ///< what it has covered
    PicturePane* m_picture;
    QLabel* m_name;
    QLabel* m_position;
    QFormLayout* m_facts;
    QLabel* m_label;
    QLabel* m_mended;
    QLabel* m_split;
    QLabel* m_size;
    QLabel* m_shape;
    QLabel* m_bytes;
    QLabel* m_folder;
    QLabel* m_verdict;
    ProbabilityBars* m_bars;
    QWidget* m_barsArea;
    QLabel* m_hint;
    QToolButton* m_previous;
    QToolButton* m_next;
};

} // namespace vernier::ui
