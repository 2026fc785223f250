#pragma once

#include <QScrollArea>

class QVBoxLayout;
class QLabel;

namespace vernier::ui {

struct RunHistory;

/// The phases of a run, newest last: plan, epochs, and the best validation accuracy reached in
/// each. As high as they are, up to three of them; beyond that they scroll, and the newest comes
/// into view when it begins.
class PhaseList : public QScrollArea {
    Q_OBJECT
public:
    explicit PhaseList(QWidget* parent = nullptr);

    void setHistory(const RunHistory& history);
    /// Plan and facts of a phase (from 0) as shown.
    QString text(int phase) const;
    int count() const { return int(m_entries.size()); }

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

private:
    struct Entry {
        QLabel* number = nullptr;
        QLabel* plan = nullptr;
        QLabel* facts = nullptr;
    };

    QWidget* m_rows;
    QVBoxLayout* m_column;
    QList<Entry> m_entries;
};

} // namespace vernier::ui
