#pragma once

#include <QApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QTimer>

namespace vernier::test {

/// Presses the button with this text in the question that comes up next; `asked` is what was asked.
inline void answerNextQuestion(const QString& text, QString& asked)
{
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, qApp, [timer, text, &asked] {
        auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
        if (!box)
            return;
        timer->deleteLater();
        timer->stop();
        asked = box->text() + QLatin1Char('\n') + box->informativeText();
        for (QAbstractButton* button : box->buttons()) {
            if (button->text() == text)
                button->click();
        }
    });
    timer->start(20);
}

} // namespace vernier::test
