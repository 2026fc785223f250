#pragma once

#include "ui/inspect/confusion_model.h"

#include <QTableView>

namespace vernier::ui {

class ClassHeader;

/// The heatmap over a ConfusionModel: shade by share of the row, number is the count, the diagonal
/// is framed. Up to kLargeFrom - 1 classes it fills its space; beyond that cells are small and it
/// scrolls. A click, or the keyboard (arrows, Shift+Space for the row, Ctrl+Space for the column,
/// Ctrl+A, Escape), picks a target.
class ConfusionView : public QTableView {
    Q_OBJECT
public:
    static constexpr int kLargeFrom = 13;

    explicit ConfusionView(QWidget* parent = nullptr);

    void setModel(QAbstractItemModel* model) override;
    /// Selects it without a signal; nothing: clears. A target that the search hides clears too.
    void setTarget(const std::optional<ConfusionTarget>& target);
    bool isLarge() const;
    QSize sizeHint() const override;

Q_SIGNALS:
    /// By the person; none: the selection was cleared.
    void targetPicked(const std::optional<vernier::ui::ConfusionTarget>& target);
    /// What the cell under the pointer or the focus says; empty: none.
    void sentenceChanged(const QString& sentence);

protected:
    QItemSelectionModel::SelectionFlags selectionCommand(
        const QModelIndex& index, const QEvent* event) const override;
    void selectionChanged(
        const QItemSelection& selected, const QItemSelection& deselected) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    ConfusionModel* confusion() const;
    void layOut();
    std::optional<ConfusionTarget> selectedTarget() const;
    void showSentence(const QModelIndex& index);

    ClassHeader* m_columns;
    ClassHeader* m_rows;
    bool m_settingTarget = false;
};

} // namespace vernier::ui
