#pragma once

#include "ui/main_window.h"

#include <QObject>

namespace vernier {

/// Leads a window once through the main job, on its own, and saves a picture of each page. Ends the
/// program: 0 when all are written, 1 with a line on stderr when something failed.
class Screenshots : public QObject {
    Q_OBJECT
public:
    /// `folder` empty: the sample.
    Screenshots(ui::MainWindow& window, QString into, QString folder);

private:
    void train();
    void predict();
    void save(std::size_t page);
    void giveUp(const QString& sentence);

    ui::MainWindow& m_window;
    QString m_into;
};

} // namespace vernier
