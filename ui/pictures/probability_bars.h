#pragma once

#include "core/dataset/snapshot.h"

#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

namespace vernier::ui {

/// All classes with their probabilities as bars, most probable first.
class ProbabilityBars : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;

    /// `truth` is marked where it is known. Both lists in class order.
    void setProbabilities(const QStringList& classes, const std::vector<float>& probabilities,
        std::optional<ClassIndex> truth = {});

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int rowHeight() const;

    QStringList m_classes;
    std::vector<float> m_probabilities;
    std::vector<ClassIndex> m_order;
    std::optional<ClassIndex> m_truth;
};

/// A bar of `share` of the width of `rect`, in the colour of the class, on a track.
void paintProbabilityBar(QPainter& painter, const QRectF& rect, double share, ClassIndex label);

} // namespace vernier::ui
