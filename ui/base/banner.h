#pragma once

#include "core/base/result.h"

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace vernier::ui {

/// A line above a page: what a job has to say when it has failed, or when it has left something
/// behind. It stays until it is closed, settled or replaced, and takes no room before and after.
class Banner : public QFrame {
    Q_OBJECT
public:
    explicit Banner(QWidget* parent);

    enum class Note { Good, Attention }; ///< as it should be; something has to be put right

    /// `retry` may be empty. `about` is what failed, for settle(); empty: nothing settles it.
    void showError(const Error& error, std::function<void()> retry, const QString& about = {});
    /// `action` empty: no button.
    void showNote(
        Note kind, const QString& sentence, const QString& action, std::function<void()> run);
    /// The same has gone well since, or is tried again: an error about it goes.
    void settle(const QString& about);
    const QString& sign() const { return m_sign; } ///< the icon's name

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void present(const QString& sentence, const QString& action, std::function<void()> run);

    QLabel* m_text;
    QPushButton* m_action;
    QToolButton* m_close;
    std::function<void()> m_run;
    QString m_sign;
    QString m_about; ///< of the error that is shown
    bool m_wrong = false;
};

} // namespace vernier::ui
