#pragma once

#include "core/base/result.h"

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace vernier::ui {

/// A line over the top of its parent, which it does not push aside: what a job has to say when it
/// has failed, or when it has left something behind. It stays until it is closed or replaced.
class Banner : public QFrame {
    Q_OBJECT
public:
    explicit Banner(QWidget* parent);

    /// `retry` may be empty.
    void showError(const Error& error, std::function<void()> retry);
    /// `action` empty: no button.
    void showNote(const QString& sentence, const QString& action, std::function<void()> run);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void present(
        bool wrong, const QString& sentence, const QString& action, std::function<void()> run);

    void place();

    QLabel* m_text;
    QPushButton* m_action;
    QToolButton* m_close;
    std::function<void()> m_run;
    bool m_wrong = false;
};

} // namespace vernier::ui
