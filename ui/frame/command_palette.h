#pragma once

#include <QFrame>
#include <QPointer>

class QLabel;
class QLineEdit;
class QListView;

namespace vernier::ui {

class CommandList;
class Commands;

/// The search for commands, the window's and those of its pages, over the middle of `room` at its
/// top: what is typed picks, the arrow keys move, Return does it, Escape closes. It lies in the
/// window and is no window of its own, so that the window's shortcuts go on working.
class CommandPalette : public QFrame {
    Q_OBJECT
public:
    CommandPalette(const Commands& commands, QWidget* room);
    void open();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    bool answer(int key);
    void find(const QString& typed);
    void move(int rows);
    void carryOut(const QModelIndex& index);
    void showNote();
    void arrange();

    const Commands& m_commands;
    CommandList* m_list;
    QLineEdit* m_line;
    QListView* m_view;
    QLabel* m_note; ///< what the keys do, or why what was chosen is not done
    QPointer<QWidget> m_before; ///< had the focus
};

} // namespace vernier::ui
