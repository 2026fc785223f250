#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QTableView;

namespace vernier::ui {

class RunQueue;

/// The line of recipes that wait, train and are done, with what can be done to it.
class QueueView : public QWidget {
    Q_OBJECT
public:
    explicit QueueView(RunQueue& queue, QWidget* parent = nullptr);

    QTableView* table() const { return m_table; }

Q_SIGNALS:
    void tryRequested();

private:
    void showState();
    int current() const; ///< row; -1: none
    void moveBy(int by);

    RunQueue& m_queue;
    QTableView* m_table;
    QLabel* m_sentence;
    QPushButton* m_up;
    QPushButton* m_down;
    QPushButton* m_remove;
    QPushButton* m_stop;
    QPushButton* m_more;
};

} // namespace vernier::ui
