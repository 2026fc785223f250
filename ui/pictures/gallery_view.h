#pragma once

#include <QAbstractItemView>
#include <QTimer>

#include <optional>
#include <vector>

namespace vernier::ui {

class ThumbnailService;

/// A grid of square thumbnails from a flat model with the roles of gallery_roles.h, under section
/// headings where the model has sections. The layout is arithmetic on sections, not a list of
/// rectangles, so that scrolling costs what is visible, whatever the model holds.
/// A double click or Return is QAbstractItemView::activated.
class GalleryView : public QAbstractItemView {
    Q_OBJECT
public:
    static constexpr int kMinEdge = 64;
    static constexpr int kMaxEdge = 256;

    explicit GalleryView(ThumbnailService& thumbnails, QWidget* parent = nullptr);

    /// The least edge of a thumbnail, clamped; they grow to fill the line. Ctrl and the wheel
    /// change it too.
    void setEdge(int edge);
    int edge() const { return m_edge; }
    /// Lines of caption below each thumbnail; 0: the caption lies over it while it is hovered or
    /// selected.
    void setCaptionLines(int lines);

    void setModel(QAbstractItemModel* model) override;
    QRect visualRect(const QModelIndex& index) const override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint& point) const override;
    void doItemsLayout() override;

Q_SIGNALS:
    void edgeChanged(int edge);

protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    int horizontalOffset() const override { return 0; }
    int verticalOffset() const override;
    bool isIndexHidden(const QModelIndex&) const override { return false; }
    void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags command) override;
    QRegion visualRegionForSelection(const QItemSelection& selection) const override;
    void updateGeometries() override;
    void scrollContentsBy(int dx, int dy) override;
    void rowsInserted(const QModelIndex& parent, int start, int end) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Section {
        QString title;
        int firstRow = 0;
        int count = 0;
        int top = 0; ///< of the heading, in contents coordinates
        int cellsTop = 0;
    };

    int rowCount() const;
    void ensureLayout() const;
    void readSections();
    void layoutSections();
    void scheduleRequest();
    void requestThumbnails();
    std::size_t sectionOfRow(int row) const;
    QRect cellRect(int row) const; ///< in contents coordinates
    std::pair<int, int> rowsBetween(int top, int bottom) const; ///< [first, last), whole lines
    void setHover(const QModelIndex& index);
    QModelIndex rowIndex(int row) const;
    QRect bandRect() const;

    ThumbnailService& m_thumbnails;
    std::vector<Section> m_sections;
    int m_edge = 128; ///< asked for
    int m_cellEdge = 128; ///< grown to fill the line
    int m_captionLines = 0;
    int m_columns = 1;
    int m_height = 0; ///< of the contents
    bool m_headings = false;
    QPersistentModelIndex m_hover;
    std::optional<QPoint> m_bandStart; ///< contents coordinates
    QPoint m_bandEnd;
    QTimer m_request; ///< gathers scrolling and layout into one request
    QTimer m_repaint; ///< gathers thumbnails that arrive
};

} // namespace vernier::ui
