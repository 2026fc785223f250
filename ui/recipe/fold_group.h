#pragma once

#include <QWidget>

class QVBoxLayout;

namespace vernier::ui {

class FoldHeader;

/// A titled group of rows that folds away. Folded, it still says how many of its values were
/// changed.
class FoldGroup : public QWidget {
    Q_OBJECT
public:
    explicit FoldGroup(const QString& title, QWidget* parent = nullptr);

    /// A fold within a group is one of its rows: in line with them, and no heavier.
    void addRow(QWidget* row);
    bool folded() const;
    void setFolded(bool folded);
    void setChangedCount(int count);

Q_SIGNALS:
    void foldedChanged(bool folded);

private:
    FoldHeader* m_header;
    QWidget* m_body;
    QVBoxLayout* m_rows;
};

} // namespace vernier::ui
