#pragma once

#include <QAbstractButton>

namespace vernier::ui {

/// A rounded filter button with a text, a count and, where it stands for a class, a dot of its
/// colour. Checkable by default.
class Chip : public QAbstractButton {
    Q_OBJECT
public:
    explicit Chip(const QString& text, QWidget* parent = nullptr);

    void setCount(qint64 count); ///< below 0: none is shown
    qint64 count() const { return m_count; }
    void setDot(const QColor& color); ///< invalid: none
    void setIconName(const QString& name); ///< of resources/icons; empty: none

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    qint64 m_count = -1;
    QColor m_dot;
    QString m_iconName;
};

} // namespace vernier::ui
