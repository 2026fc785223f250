#pragma once

#include <QStyledItemDelegate>

namespace vernier::ui {

class ThumbnailService;

/// Paints the cells of a prediction: picture, file over folder, class, bar, runners-up.
class PredictionDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    static constexpr int kThumbnail = 48; ///< px
    static constexpr int kRow = 56;

    PredictionDelegate(ThumbnailService& thumbnails, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;

private:
    void paintThumbnail(QPainter& painter, const QRect& cell, const QModelIndex& index) const;

    ThumbnailService& m_thumbnails;
};

} // namespace vernier::ui
