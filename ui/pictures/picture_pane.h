#pragma once

#include "ui/base/job.h"

#include <QImage>
#include <QWidget>

namespace vernier::ui {

/// One picture as large as the space allows, decoded on a thread of its own.
class PicturePane : public QWidget {
    Q_OBJECT
public:
    explicit PicturePane(QWidget* parent = nullptr);

    void setPath(const QString& absolutePath);
    const QImage& image() const { return m_image; }
    QSize sizeHint() const override;

Q_SIGNALS:
    void loaded(); ///< or found unreadable

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_path;
    QImage m_image;
    QString m_problem;
    Job m_job;
};

} // namespace vernier::ui
