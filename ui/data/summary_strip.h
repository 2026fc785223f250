#pragma once

#include "core/dataset/snapshot.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace vernier::ui {

class BalanceBar;

/// "397 pictures, 2 classes, 244 train / 153 validation / 0 test", the balance of the classes, and
/// a sentence where something is odd.
class SummaryStrip : public QWidget {
    Q_OBJECT
public:
    explicit SummaryStrip(QWidget* parent = nullptr);
    /// `canReadOtherwise`: its folders could be classes or splits, and the other may be asked for.
    void setDataset(const SnapshotPtr& dataset, bool canReadOtherwise = false);

    /// What is odd about a dataset, most important first.
    static QStringList oddities(const DatasetSnapshot& dataset);

Q_SIGNALS:
    /// The folders are what they were not taken for.
    void readOtherwise();

private:
    QLabel* m_counts;
    QLabel* m_splits;
    BalanceBar* m_balance;
    QLabel* m_sentence;
    QPushButton* m_otherwise;
};

} // namespace vernier::ui
