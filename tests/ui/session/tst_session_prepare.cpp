#include "tests/ui/session_steps.h"
#include "ui/session/feature_warmer.h"
#include "ui/session/predictions.h"
#include "ui/session/session.h"

#include <QSignalSpy>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;
using test::kPatienceMs;
using test::open;
using test::TemporaryFolder;

namespace {

/// Calls `act` the first time that a preparation begins, from within: a small one may be over
/// before anybody who polls sees it.
void whenPreparing(Session& session, const std::function<void()>& act)
{
    QObject::connect(
        &session.jobs(), &JobBoard::changed, &session, [&session, act, done = false]() mutable {
            if (done || session.jobs().newest().title != QStringLiteral("Preparing features"))
                return;
            done = true;
            act();
        });
}

} // namespace

/// What the session computes ahead of a training.
class TestSessionPrepare : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

private Q_SLOTS:
    void initTestCase() { m_data = test::paintedDataset(m_folder, "data"); }
    void init() { test::startWithNothingRemembered(); }

    void featuresArePreparedWhileNothingElseRuns()
    {
        Session session;
        session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
        open(session, m_data);
        QTest::qWait(2000);
        QVERIFY(!session.warmer().isReady());
        QVERIFY(!session.warmer().speed());

        session.warmer().setOn(true);
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
        QVERIFY(session.warmer().speed());
        Recipe recipe = session.recipe();
        recipe.head.dense = { 8 };
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(session.warmer().isReady());
        // Labels do not matter, and random weights are drawn from the seed.
        session.pictures().relabel({ 0 }, 1 - session.dataset()->images[0].label);
        QVERIFY(session.warmer().isReady());
        recipe.seed = 7;
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(!session.warmer().isReady());
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
        recipe.geometry = Geometry::Crop;
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(!session.warmer().isReady());
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
        recipe.size = 64;
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(!session.warmer().isReady());
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
    }

    void theShownPhaseIsPrepared()
    {
        Session session;
        Recipe recipe = test::tinyRecipe(2);
        recipe.phases.push_back(recipe.phases.front());
        recipe.phases.back().plan.blockRates = { { "block2", 1e-4 } };
        session.setRecipe(recipe, QStringLiteral("test"));
        open(session, m_data);
        session.warmer().setOn(true);
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
        session.showPhase(1);
        QVERIFY(!session.warmer().isReady());
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
        // Back at the first nothing is known to be missing, and looking costs little.
        session.showPhase(0);
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
    }

    void aPhaseOnWhatIsYetToBeTrainedIsNotReadyAndTheFirstIsPrepared()
    {
        Session session;
        Recipe recipe = test::tinyRecipe(2);
        recipe.phases.push_back(recipe.phases.front());
        recipe.phases.front().plan.blockRates = { { "block2", 1e-4 } };
        session.setRecipe(recipe, QStringLiteral("test"));
        open(session, m_data);
        session.showPhase(1);
        QSignalSpy prepared(&session.warmer(), &FeatureWarmer::readyChanged);
        session.warmer().setOn(true);
        QTRY_COMPARE_WITH_TIMEOUT(prepared.count(), 1, kPatienceMs);
        QVERIFY(!session.warmer().isReady());
        session.showPhase(0);
        QVERIFY(session.warmer().isReady());
    }

    void whatARunHasTrainedIsNotReadyForGoingOnAboveIt()
    {
        Session session;
        Recipe recipe = test::tinyRecipe(1);
        recipe.phases.front().plan.blockRates = { { "block2", 1e-4 } };
        session.setRecipe(recipe, QStringLiteral("test"));
        open(session, m_data);
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        recipe.phases.front().plan.blockRates.clear();
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(session.canContinue());
        QSignalSpy prepared(&session.warmer(), &FeatureWarmer::readyChanged);
        session.warmer().setOn(true);
        QTRY_COMPARE_WITH_TIMEOUT(prepared.count(), 1, kPatienceMs);
        QVERIFY(!session.warmer().isReady());
        // A new run finds them.
        session.openFolder(m_data);
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
    }

    void aLabelCountsWhereItDecidesWhichPicturesTrain()
    {
        Session session;
        Recipe recipe = test::tinyRecipe(1);
        recipe.perClass = kBalancedClasses;
        session.setRecipe(recipe, QStringLiteral("test"));
        open(session, m_data);
        session.warmer().setOn(true);
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
        const auto train
            = std::ranges::find(session.dataset()->images, Split::Train, &ImageEntry::split);
        session.pictures().relabel(
            { static_cast<std::size_t>(train - session.dataset()->images.begin()) },
            1 - train->label);
        QVERIFY(!session.warmer().isReady());
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
    }

    void aFailureCanBeTriedAgainWhenFeaturesHaveBeenPreparedSince()
    {
        Session session;
        session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
        open(session, m_data);
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.predictions().openModel(format::path(m_folder / "nowhere.onnx"));
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatienceMs);
        session.warmer().setOn(true);
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
        QVERIFY(session.jobs().error());
        session.jobs().retry();
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 2, kPatienceMs);
    }

    void preparingGivesWayToTraining()
    {
        Session session;
        session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
        open(session, m_data);
        bool wasPreparing = false;
        whenPreparing(session, [&] {
            session.train();
            wasPreparing = true;
            QVERIFY(session.jobs().newest().title.isEmpty());
            QVERIFY(!session.warmer().isReady());
        });
        session.warmer().setOn(true);
        QTRY_VERIFY_WITH_TIMEOUT(wasPreparing, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
    }

    void aPreparationThatWasCancelledDoesNotStartAgainByItself()
    {
        Session session;
        session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
        open(session, m_data);
        bool cancelled = false;
        whenPreparing(session, [&] {
            session.stop();
            cancelled = true;
        });
        session.warmer().setOn(true);
        QTRY_VERIFY_WITH_TIMEOUT(cancelled && session.idle(), kPatienceMs);
        QTest::qWait(2000);
        QVERIFY(session.jobs().newest().title.isEmpty());
        QVERIFY(!session.warmer().isReady());
    }

    void undoingAnEditEndsThePreparingThatItCaused()
    {
        Session session;
        session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
        open(session, m_data);
        session.warmer().setOn(true);
        QTRY_VERIFY_WITH_TIMEOUT(session.warmer().isReady(), kPatienceMs);
        bool undone = false;
        whenPreparing(session, [&] {
            session.undoStack()->undo();
            undone = true;
        });
        Recipe recipe = session.recipe();
        recipe.geometry = Geometry::Crop;
        session.setRecipe(recipe, QStringLiteral("test"));
        QTRY_VERIFY_WITH_TIMEOUT(undone, kPatienceMs);
        QVERIFY(session.jobs().newest().title.isEmpty());
        QVERIFY(session.warmer().isReady());
    }
};

QTEST_MAIN(TestSessionPrepare)
#include "tst_session_prepare.moc"
