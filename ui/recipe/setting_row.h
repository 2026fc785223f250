#pragma once

#include <QAbstractButton>
#include <QWidget>

class QLabel;

namespace vernier::ui {

/// The dot that marks a changed value; a click puts the value back.
class ChangeDot : public QAbstractButton {
    Q_OBJECT
public:
    explicit ChangeDot(QWidget* parent = nullptr);
    QSize sizeHint() const override { return { 16, 24 }; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
};

/// One value of the recipe: dot, label, editor, and the sentence that says what is wrong with it.
class SettingRow : public QWidget {
    Q_OBJECT
public:
    SettingRow(
        const QString& label, const QString& tip, QWidget* editor, QWidget* parent = nullptr);

    QWidget* editor() const { return m_editor; }
    /// `was` is what the value would be put back to.
    void setChanged(bool changed, const QString& was);
    bool isMarked() const { return m_marked; }
    ChangeDot* dot() const { return m_dot; }
    void setProblem(const QString& problem);
    QString problem() const;

Q_SIGNALS:
    void putBack();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QString m_label;
    QWidget* m_editor;
    ChangeDot* m_dot;
    QLabel* m_problem;
    bool m_marked = false;
};

} // namespace vernier::ui
