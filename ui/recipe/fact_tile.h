#pragma once

#include <QFrame>

class QLabel;

namespace vernier::ui {

/// A card with one figure: what it is, the figure, and a line on what it rests on.
class FactTile : public QFrame {
    Q_OBJECT
public:
    explicit FactTile(const QString& caption, const QString& tip, QWidget* parent = nullptr);

    void setFact(const QString& value, const QString& note);
    QString value() const;
    QString note() const;

private:
    QLabel* m_value;
    QLabel* m_note;
};

} // namespace vernier::ui
