#pragma once

#include "core/dataset/snapshot.h"

#include <QWidget>

#include <vector>

namespace vernier::ui {

/// How the pictures share out over the classes: one segment a class, in the classes' colours.
class BalanceBar : public QWidget {
    Q_OBJECT
public:
    explicit BalanceBar(QWidget* parent = nullptr);
    void setDataset(const SnapshotPtr& dataset);
    QSize sizeHint() const override { return { 160, 10 }; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    std::vector<std::int64_t> m_counts;
    QStringList m_names;
    std::int64_t m_total = 0;
};

} // namespace vernier::ui
