#include "ui/session/model_export.h"

#include "ui/base/format.h"

namespace vernier::ui {

ModelExport::ModelExport(
    JobBoard& jobs, std::function<std::optional<Subject>()> subject, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_subject(std::move(subject))
{
}

void ModelExport::write(ExportFormat format, const QString& file)
{
    const auto subject = m_subject();
    if (!subject)
        return;
    m_jobs.begin(JobKind::Export, tr("Exporting"))
        .startInTurn(
            [run = format::path(subject->run), format, file = format::path(file),
                dataset = subject->dataset](std::stop_token stop, const ProgressSink& progress) {
                return exportModel(run, format, file, parityPictures(*dataset), stop, progress);
            },
            [this, format, file](Result<ExportReport> report) {
                if (!report)
                    m_jobs.report(
                        report.error(), [this, format, file] { write(format, file); },
                        JobKind::Export);
                else
                    Q_EMIT written(*report);
            });
}

void ModelExport::cancel() { m_jobs.cancel(JobKind::Export); }

std::optional<JobProgress> ModelExport::job() const { return m_jobs.progress(JobKind::Export); }

} // namespace vernier::ui
