#pragma once

#include "core/dataset/snapshot.h"
#include "core/exporting/exporter.h"
#include "ui/session/job_board.h"

#include <QObject>
#include <QString>

#include <functional>
#include <optional>

namespace vernier::ui {

/// Writes the best weights of the current run as a file that other programs read.
class ModelExport : public QObject {
    Q_OBJECT
public:
    struct Subject {
        QString run;
        SnapshotPtr dataset; ///< pictures to compare answers on
    };

    /// `subject` answers what is so now; nothing: there is nothing to export.
    ModelExport(
        JobBoard& jobs, std::function<std::optional<Subject>()> subject, QObject* parent = nullptr);

    bool canWrite() const { return m_subject().has_value(); }
    void write(ExportFormat format, const QString& file); ///< written() follows
    void cancel();
    std::optional<JobProgress> job() const; ///< while one is being written and compared

Q_SIGNALS:
    void written(const vernier::ExportReport& report);

private:
    JobBoard& m_jobs;
    std::function<std::optional<Subject>()> m_subject;
};

} // namespace vernier::ui
