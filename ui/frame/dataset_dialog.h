#pragma once

#include "core/fetch/published_file.h"
#include "ui/base/job.h"

#include <QDialog>

class QLabel;
class QPushButton;

namespace vernier::ui {

class FetchProgress;

/// Downloads a dataset that somebody publishes and unpacks it to a folder of choice. Accepted when
/// it is there; closing it before stops the download, which the next try goes on with.
class DatasetDialog : public QDialog {
    Q_OBJECT
public:
    explicit DatasetDialog(const PublishedFile& dataset, QWidget* parent = nullptr);

    QString folder() const { return m_folder; } ///< where it goes
    void setFolder(const QString& folder);

Q_SIGNALS:
    void fetched(const QString& folder);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void askForFolder();
    void fetch();
    void showState(const QString& sentence, bool wrong);
    void elideFolder();

    PublishedFile m_dataset;
    QString m_folder;
    bool m_isThere = false; ///< something is in that folder: it is opened as it is
    QLabel* m_place;
    FetchProgress* m_progress;
    QPushButton* m_choose;
    QPushButton* m_fetch;
    QPushButton* m_cancel;
    Job m_job;
};

} // namespace vernier::ui
