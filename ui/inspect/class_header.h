#pragma once

#include <QHeaderView>

namespace vernier::ui {

/// Class names beside a confusion matrix, each with the dot of its colour. Along the top they are
/// turned by a quarter where they are wider than a column.
class ClassHeader : public QHeaderView {
    Q_OBJECT
public:
    explicit ClassHeader(Qt::Orientation orientation, QWidget* parent = nullptr);

    /// Its name is drawn bold, so that the cell under the pointer can be read off; -1: none.
    void setCurrentSection(int section);
    QSize sizeHint() const override;

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;

private:
    QString name(int section) const;
    int widestName() const;
    bool turned() const;

    int m_current = -1;
};

} // namespace vernier::ui
