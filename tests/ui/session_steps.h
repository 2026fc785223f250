#pragma once

#include "tests/ui/painted_dataset.h"
#include "ui/session/current_run.h"
#include "ui/session/session.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>

namespace vernier::test {

inline constexpr int kPatienceMs = 60000;

inline void open(ui::Session& session, const QString& folder)
{
    QSignalSpy changed(&session, &ui::Session::datasetChanged);
    session.openFolder(folder);
    QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
}

/// With its figures.
inline void openRun(ui::Session& session, const QString& run)
{
    session.openRun(run);
    QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    QVERIFY2(!session.jobs().error(), "the run is opened");
}

inline std::size_t firstOf(const DatasetSnapshot& dataset, Split split)
{
    const auto found = std::find_if(dataset.images.begin(), dataset.images.end(),
        [split](const ImageEntry& image) { return image.split == split; });
    return static_cast<std::size_t>(found - dataset.images.begin());
}

/// Under way on `folder` with the small network, for as long as nobody stops it; the first epoch is
/// done.
inline void trainOn(ui::Session& session, const QString& folder)
{
    open(session, folder);
    session.setRecipe(tinyRecipe(10000), QStringLiteral("test"));
    session.train();
    QTRY_VERIFY_WITH_TIMEOUT(!session.run().history().epochs.empty(), kPatienceMs);
}

/// A finished run of the small network on `folder`, and nothing under way any more.
inline void train(ui::Session& session, const QString& folder, const Recipe& recipe)
{
    open(session, folder);
    session.setRecipe(recipe, QStringLiteral("test"));
    session.train();
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), ui::RunState::Finished, kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
}

} // namespace vernier::test
