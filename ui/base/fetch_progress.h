#pragma once

#include <QElapsedTimer>
#include <QWidget>

class QLabel;
class QProgressBar;

namespace vernier::ui {

/// How far a download is: a bar, how much of how much, and how long it will take. It keeps its
/// place while there is nothing to show.
class FetchProgress : public QWidget {
    Q_OBJECT
public:
    explicit FetchProgress(QWidget* parent = nullptr);

    void begin(); ///< something is under way, of which nothing is known yet
    /// `total` 0: unknown. `stage` is core's, "downloading" or "unpacking".
    void advance(const QString& stage, qint64 done, qint64 total);
    void end(const QString& sentence, bool wrong); ///< the bar goes, the sentence stays

private:
    QProgressBar* m_bar;
    QLabel* m_text;
    QString m_stage;
    qint64 m_first = 0; ///< what had come before this stage began to be watched
    QElapsedTimer m_since;
};

} // namespace vernier::ui
