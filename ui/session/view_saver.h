#pragma once

#include "core/dataset/snapshot.h"
#include "core/features/training_views.h"
#include "core/recipe/recipe.h"
#include "ui/session/device_list.h"
#include "ui/session/job_board.h"

#include <QObject>
#include <QString>

#include <functional>

namespace vernier::ui {

/// What the network sees of the training pictures, kept as files to look at.
class ViewSaver : public QObject {
    Q_OBJECT
public:
    struct Subject {
        SnapshotPtr dataset; ///< null: there are no pictures
        Recipe recipe;
    };

    /// `subject` answers what is so now.
    ViewSaver(JobBoard& jobs, const DeviceList& devices, std::function<Subject()> subject,
        QObject* parent = nullptr);

    int keptViews() const; ///< of each picture, by the recipe on its device; 0: new ones every time
    /// Writes the training pictures as the recipe augments them into an empty or new folder;
    /// saved() follows.
    void save(const QString& folder);

Q_SIGNALS:
    void saved(const QString& folder, const vernier::SavedViews& saved);

private:
    JobBoard& m_jobs;
    const DeviceList& m_devices;
    std::function<Subject()> m_subject;
};

} // namespace vernier::ui
