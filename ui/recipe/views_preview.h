#pragma once

#include "ui/base/job.h"

#include <QImage>
#include <QWidget>

class QLabel;
class QPushButton;

namespace vernier::ui {

class Chip;
class Session;

/// Training pictures as the network is given them, augmented by the recipe: one picture in the
/// epochs to come, or nine pictures. Follows the recipe while it is visible.
class ViewsPreview : public QWidget {
    Q_OBJECT
public:
    explicit ViewsPreview(Session& session, QWidget* parent = nullptr);

    const QList<QImage>& views() const { return m_views; }
    QString sentence() const;

Q_SIGNALS:
    void shown(); ///< new views are there, or there is a sentence why not
    void closed();

protected:
    void showEvent(QShowEvent* event) override;

private:
    class Canvas;

    QWidget* makeHeader();
    void draw(); ///< on a worker; a newer call drops what is under way
    void drawOthers();
    void save();
    void show(const QList<QImage>& views, const QString& sentence);
    std::vector<std::size_t> trainingPictures() const;

    Session& m_session;
    Canvas* m_canvas = nullptr;
    QLabel* m_sentence = nullptr;
    Chip* m_one = nullptr;
    Chip* m_nine = nullptr;
    QPushButton* m_save = nullptr;
    QList<QImage> m_views;
    std::size_t m_first = 0; ///< which training picture is shown first
    Job m_job;
};

} // namespace vernier::ui
