#pragma once

#include "ui/session/session.h"

#include <QWidget>

class QAction;
class QLabel;
class QProgressBar;
class QPushButton;

namespace vernier::ui {

/// The line at the bottom of every page: what is under way, and the two buttons that start and end
/// it. At work all places are reserved, so that nothing moves when figures come and go.
class RunBar : public QWidget {
    Q_OBJECT
public:
    /// The buttons do what the actions do, and are enabled when they are.
    struct Actions {
        QAction* train;
        QAction* goOn;
        QAction* stop;
    };
    RunBar(Session& session, const Actions& actions, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void followChanges();
    void refresh();
    void showDetails();

    Session& m_session;
    std::int64_t m_changes = 0; ///< mended since the run was trained
    QPushButton* m_train;
    QPushButton* m_goOn;
    QPushButton* m_stop;
    QLabel* m_text;
    QProgressBar* m_bar;
    QLabel* m_left;
    QLabel* m_rate;
    QLabel* m_device;
    QPushButton* m_details;
    QPushButton* m_again;
};

} // namespace vernier::ui
