#pragma once

#include <QStyledItemDelegate>

namespace vernier::ui {

class ThumbnailService;

/// Paints one cell of a GalleryView; all it knows comes from roles and the thumbnail service.
class GalleryDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    static constexpr int kPadding = 4; ///< around the thumbnail: room for outlines

    GalleryDelegate(ThumbnailService& thumbnails, QObject* parent);

    void setCaptionLines(int lines) { m_captionLines = lines; }
    int captionHeight(const QFontMetrics& metrics) const;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;

private:
    ThumbnailService& m_thumbnails;
    int m_captionLines = 0;
};

} // namespace vernier::ui
