#pragma once

#include <QWidget>

class QVBoxLayout;
class QLabel;

namespace vernier::ui {

struct RunHistory;

/// The phases of a run, newest last: plan, epochs, and the best validation accuracy reached in
/// each.
class PhaseList : public QWidget {
    Q_OBJECT
public:
    explicit PhaseList(QWidget* parent = nullptr);

    void setHistory(const RunHistory& history);
    /// Plan and facts of a phase (from 0) as shown.
    QString text(int phase) const;
    int count() const { return int(m_entries.size()); }

private:
    struct Entry {
        QLabel* number = nullptr;
        QLabel* plan = nullptr;
        QLabel* facts = nullptr;
    };

    QVBoxLayout* m_column;
    QList<Entry> m_entries;
};

} // namespace vernier::ui
