#pragma once

#include <QWidget>

namespace vernier::ui {

/// What the lines and marks of the charts stand for.
class CurveLegend : public QWidget {
    Q_OBJECT
public:
    explicit CurveLegend(QWidget* parent = nullptr);

    /// A test mark exists only at the end of a run that has a test split.
    void setTestShown(bool shown);
    QSize sizeHint() const override;
    /// Where there is little room it takes two lines.
    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    enum class Sample { Solid, Dashed, Faint, Ring, Diamond };
    struct Entry {
        Sample sample;
        QString text;
    };
    QList<Entry> entries() const;
    double widthOf(const Entry& entry) const;
    int lineHeight() const;
    /// Where the entries stand, line after line.
    QList<QPointF> places(int width) const;

    bool m_testShown = false;
};

} // namespace vernier::ui
