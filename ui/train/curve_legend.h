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
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    enum class Sample { Solid, Dashed, Faint, Ring, Diamond };
    struct Entry {
        Sample sample;
        QString text;
    };
    QList<Entry> entries() const;

    bool m_testShown = false;
};

} // namespace vernier::ui
