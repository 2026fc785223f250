#include "ui/session/view_saver.h"

#include "core/dataset/split.h"
#include "core/recipe/view_rules.h"
#include "ui/base/format.h"
#include "ui/session/device_choice.h"

namespace vernier::ui {
namespace {

/// Versions of each picture that are saved where every epoch draws new ones.
constexpr int kSavedFreshViews = 4;

} // namespace

ViewSaver::ViewSaver(
    JobBoard& jobs, const DeviceList& devices, std::function<Subject()> subject, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_devices(devices), m_subject(std::move(subject))
{
}

int ViewSaver::keptViews() const
{
    const Recipe recipe = m_subject().recipe;
    return vernier::keptViews(recipe, runsOnGpu(recipe, m_devices.all()));
}

void ViewSaver::save(const QString& folder)
{
    const Subject subject = m_subject();
    if (!subject.dataset)
        return;
    m_jobs.begin(JobKind::Views, tr("Saving augmented pictures"))
        .startInTurn(
            [subject, kept = keptViews(), to = format::path(folder)](
                std::stop_token stop, const ProgressSink& progress) {
                KnownPictures known({});
                return viewRules(subject.recipe, kept).and_then([&](const ViewRules& rules) {
                    return saveTrainingViews({ *subject.dataset, rules, known },
                        drawnTrainingPictures(
                            *subject.dataset, subject.recipe.perClass, subject.recipe.seed),
                        kept > 0 ? kept : kSavedFreshViews, to, stop, progress);
                });
            },
            [this, folder](Result<SavedViews> views) {
                if (views)
                    Q_EMIT saved(folder, *views);
                else
                    m_jobs.report(
                        views.error(), [this, folder] { save(folder); }, JobKind::Views);
            });
}

} // namespace vernier::ui
