#pragma once

#include "tests/support/temporary_folder.h"
#include "ui/main_window.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QStringList>
#include <QTimer>
#include <QUrl>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <random>
#include <thread>

namespace vernier::test {

/// Takes the addresses that the window asks the desktop to show.
class Nowhere : public QObject {
    Q_OBJECT
public Q_SLOTS:
    void show(const QUrl&) { }
};

/// Somebody who does anything with the window, in no order: actions, keys, clicks, texts, drops,
/// pages, sizes, small trainings, and whatever a dialog offers. The seed decides what he does, as
/// far as the window offers the same. After each step what must always hold is looked at. On the
/// GUI thread; settings, runs and catalogue must be a test's own, see startWithNothingRemembered().
class Walk {
public:
    explicit Walk(unsigned seed);
    ~Walk();

    /// For that long. Empty, or what does not hold.
    QString run(std::chrono::milliseconds time);
    int steps() const { return m_steps; }
    /// How much of what takes a while came to its end, in words.
    QString reached() const;
    /// The seed and the last steps, oldest first: for whoever has to find out why.
    QString story() const;

private:
    struct Kind {
        int weight = 1;
        void (Walk::*take)();
    };

    std::size_t below(std::size_t end);
    bool oneIn(std::size_t count) { return below(count) == 0; }
    template <class List> const auto& oneOf(const List& list)
    {
        return list[static_cast<decltype(list.size())>(
            below(static_cast<std::size_t>(list.size())))];
    }
    void note(const QString& step);
    void spin(int ms);
    QWidget* anyWidget(QWidget* within, const std::function<bool(QWidget*)>& wanted);

    // What he does
    void triggerAction();
    void press();
    void click();
    void menu();
    void type();
    void turnWheel();
    void drop();
    void resize();
    void changePage();
    void changeRecipe();
    void train();
    void stop();
    void undo();
    void predict();
    void wait();
    void waitForEpoch();

    // What comes up meanwhile
    void answer();
    void answerPopup(QWidget* popup);
    void answerModal(QWidget* modal);

    QString whatDoesNotHold();
    QString whatSessionContradicts();
    void watch(std::stop_token stop);

    const unsigned m_seed;
    std::mt19937 m_dice;
    TemporaryFolder m_folder;
    QString m_pictures;
    QStringList m_droppable;
    int m_steps = 0;
    QStringList m_story;
    mutable std::mutex m_storyMutex;
    QTimer m_answering;
    QPointer<QWidget> m_modal; ///< the newest, and how often it was answered
    int m_answers = 0;
    Nowhere m_nowhere;
    QtMessageHandler m_before = nullptr;
    int m_opened = 0;
    int m_epochs = 0;
    int m_predictions = 0;
    int m_evaluations = 0;
    std::atomic<std::int64_t> m_beat { 0 }; ///< when the last step began, in seconds
    ui::MainWindow m_window;
    std::jthread m_watch; ///< last: joined before what it looks at goes
};

} // namespace vernier::test
