#include "core/runs/run_store.h"
#include "tests/ui/session_steps.h"
#include "ui/base/format.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/model_export.h"
#include "ui/session/predictions.h"
#include "ui/session/run_history.h"
#include "ui/session/session.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace vernier;
using namespace vernier::ui;
using test::firstOf;
using test::kPatienceMs;
using test::open;
using test::TemporaryFolder;

namespace {

std::vector<std::size_t> judged(Session& session)
{
    std::vector<std::size_t> images;
    for (const ScoredImage& scored : session.evaluations().current()->images)
        images.push_back(scored.image);
    std::sort(images.begin(), images.end());
    return images;
}

EpochDone epoch(int number, bool best = false)
{
    EpochDone done;
    done.epoch = number;
    done.best = best;
    return done;
}

PhaseStarted phase(int number, int firstEpoch)
{
    PhaseStarted started;
    started.phase = number;
    started.firstEpoch = firstEpoch;
    return started;
}

} // namespace

/// What a run is judged on, what it is begun with and goes on from, and what is told of one that
/// was broken off.
class TestSessionRuns : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

    /// Stops after an epoch, with more to do.
    void trainAndStop(Session& session)
    {
        test::trainOn(session, m_data);
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    }

    void resumeAndStop(Session& session)
    {
        const std::size_t epochs = session.run().history().epochs.size();
        session.resumeRun();
        QTRY_VERIFY_WITH_TIMEOUT(session.run().history().epochs.size() > epochs, kPatienceMs);
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    }

private Q_SLOTS:
    void initTestCase() { m_data = test::paintedDataset(m_folder, "data"); }
    void init() { test::startWithNothingRemembered(); }

    void aPictureThatIsMovedAndTakenBackIsJudgedAgain()
    {
        Session session;
        test::train(session, m_data, test::tinyRecipe(1));
        QTRY_VERIFY_WITH_TIMEOUT(session.evaluations().current(), kPatienceMs);
        const auto before = judged(session);
        QCOMPARE(before.size(), std::size_t { 12 });
        session.pictures().moveTo({ before.front() }, Split::Train);
        QCOMPARE(judged(session).size(), std::size_t { 11 });
        session.undoStack()->undo();
        QVERIFY(judged(session) == before);
        // What was trained on is no validation because it is called so now.
        session.pictures().moveTo({ firstOf(*session.dataset(), Split::Train) }, Split::Validation);
        session.evaluations().evaluate(Split::Validation);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QVERIFY(judged(session) == before);
    }

    void anotherSeedChangesNotWhatAFinishedRunIsJudgedOn()
    {
        test::writePaintedClass(m_folder, "unsplit/amber", 20, 0);
        test::writePaintedClass(m_folder, "unsplit/blue", 20, 2);
        Session session;
        test::train(session, format::path(m_folder / "unsplit"), test::tinyRecipe(1));
        QTRY_VERIFY_WITH_TIMEOUT(session.evaluations().current(), kPatienceMs);
        const auto before = judged(session);
        Recipe recipe = session.recipe();
        recipe.seed = 77;
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(session.dataset()->images[before.front()].split != Split::Validation
            || session.dataset()->images[before.back()].split != Split::Validation
            || session.dataset()->images[before[1]].split != Split::Validation);
        QVERIFY(judged(session) == before);
        session.evaluations().evaluate(Split::Validation);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QVERIFY(judged(session) == before);
    }

    void anotherSeedDrawsTheSplitOfAnOpenedRunAnew()
    {
        test::writePaintedClass(m_folder, "unsplit/amber", 20, 0);
        test::writePaintedClass(m_folder, "unsplit/blue", 20, 2);
        QString run;
        {
            Session session;
            test::train(session, format::path(m_folder / "unsplit"), test::tinyRecipe(1));
            run = session.run().folder();
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        }
        const auto splits = [](const Session& session) {
            std::vector<Split> all;
            for (const ImageEntry& image : session.dataset()->images)
                all.push_back(image.split);
            return all;
        };
        const auto reopened = [&](Session& session) {
            QSignalSpy changed(&session, &Session::datasetChanged);
            session.openRun(run);
            return QTest::qWaitFor([&] { return changed.count() == 1; }, kPatienceMs);
        };
        std::size_t mine = 0;
        std::vector<Split> asTrained;
        {
            Session session;
            QVERIFY(reopened(session));
            QTRY_VERIFY_WITH_TIMEOUT(session.evaluations().current(), kPatienceMs);
            asTrained = splits(session);
            mine = firstOf(*session.dataset(), Split::Validation);
            session.pictures().moveTo({ mine }, Split::Test);
            const auto judgedBefore = judged(session);
            Recipe recipe = session.recipe();
            recipe.seed = 77;
            session.setRecipe(recipe, QStringLiteral("test"));
            QVERIFY(session.dataset()->validationDrawn);
            QVERIFY(splits(session) != asTrained);
            QCOMPARE(session.dataset()->count(1, Split::Validation), 3);
            QCOMPARE(session.dataset()->images[mine].split, Split::Test);
            QVERIFY(judged(session) == judgedBefore);
            session.undoStack()->undo();
            session.undoStack()->undo();
            QVERIFY(splits(session) == asTrained);
            session.undoStack()->redo();
            session.undoStack()->redo();
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        }
        // What was drawn is no edit; what was moved is one.
        Session session;
        QVERIFY(reopened(session));
        asTrained[mine] = Split::Test;
        QVERIFY(splits(session) == asTrained);
    }

    void whatTheRunBeforeTookFromTestCanBeTakenBack()
    {
        test::writePaintedClass(m_folder, "tested/train/amber", 12, 0);
        test::writePaintedClass(m_folder, "tested/train/blue", 12, 2);
        test::writePaintedClass(m_folder, "tested/test/amber", 6, 0);
        test::writePaintedClass(m_folder, "tested/test/blue", 6, 2);
        Session session;
        test::train(session, format::path(m_folder / "tested"), test::tinyRecipe(1));
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        test::openRun(session, session.run().folder());
        QCOMPARE(session.dataset()->count(Split::Test), 12);
        Recipe recipe = session.recipe();
        recipe.testToTrain = 0.5;
        session.setRecipe(recipe, QStringLiteral("test"));
        QCOMPARE(session.dataset()->count(Split::Test), 6);
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        session.undoStack()->undo();
        QCOMPARE(session.recipe().testToTrain, 0.0);
        QCOMPARE(session.dataset()->count(Split::Test), 12);
    }

    void whatIsDrawnWhileARunTrainsIsNoEditOfIt()
    {
        test::writePaintedClass(m_folder, "unsplit/amber", 20, 0);
        test::writePaintedClass(m_folder, "unsplit/blue", 20, 2);
        QString run;
        {
            Session session;
            test::train(session, format::path(m_folder / "unsplit"), test::tinyRecipe(1));
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
            test::openRun(session, session.run().folder());
            session.setRecipe(test::tinyRecipe(10000), QStringLiteral("test"));
            session.train();
            QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Training, kPatienceMs);
            Recipe recipe = session.recipe();
            recipe.seed = 78;
            session.setRecipe(recipe, QStringLiteral("test"));
            QTRY_VERIFY_WITH_TIMEOUT(!session.run().history().epochs.empty(), kPatienceMs);
            session.stop();
            QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
            run = session.run().folder();
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        }
        const auto trained = readRunDataset(format::path(run));
        const auto edited = readJudgedRunDataset(format::path(run));
        QVERIFY(trained && edited);
        for (std::size_t i = 0; i < (*trained)->images.size(); ++i)
            QCOMPARE((*edited)->images[i].split, (*trained)->images[i].split);
    }

    void aPausedRunGoesOnAsANewPhase()
    {
        Session session;
        test::trainOn(session, m_data);
        QVERIFY(!session.canContinue());
        session.run().setPaused(true);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Paused, kPatienceMs);
        QVERIFY(session.canContinue());
        const QString folder = session.run().folder();
        Recipe recipe = session.recipe();
        recipe.phases.front().plan.blockRates = { { "block2", 1e-3 } };
        recipe.phases.front().epochs = 2;
        session.setRecipe(recipe, QStringLiteral("test"));
        session.continueRun();
        QTRY_COMPARE_WITH_TIMEOUT(
            session.run().history().phases.size(), std::size_t { 2 }, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QCOMPARE(session.run().folder(), folder);
        QCOMPARE(session.run().history().phases.back().plan, recipe.phases.front().plan);
        QCOMPARE(session.run().history().epochs.back().epoch,
            session.run().history().phases.back().firstEpoch + 1);
    }

    void anOpenedRunGoesOnWithTheRecipeThatItWasBegunWith()
    {
        Recipe recipe = test::tinyRecipe(1);
        recipe.normalization = "auto";
        QString run;
        {
            Session session;
            test::train(session, m_data, recipe);
            run = session.run().folder();
        }
        Session session;
        test::openRun(session, run);
        // The run has written down what "auto" came to; the recipe says it as before.
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(session.canContinue());
        recipe.normalization = "torch";
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(!session.canContinue());
    }

    void pressingPauseTwiceGoesOn()
    {
        Session session;
        test::trainOn(session, m_data);
        session.run().togglePaused();
        session.run().togglePaused();
        const std::size_t epochs = session.run().history().epochs.size();
        QTRY_VERIFY_WITH_TIMEOUT(session.run().history().epochs.size() > epochs + 5, kPatienceMs);
        QCOMPARE(session.state(), RunState::Training);
        session.run().togglePaused();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Paused, kPatienceMs);
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    }

    void stopTakesBackThatAPausedRunGoesOn()
    {
        Session session;
        test::trainOn(session, m_data);
        session.run().setPaused(true);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Paused, kPatienceMs);
        session.continueRun();
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QCOMPARE(session.run().history().phases.size(), std::size_t { 1 });
        QCOMPARE(session.state(), RunState::Finished);
    }

    void resumingAnOpenedRunKeepsWhatWasEditedInIt()
    {
        QString run;
        std::size_t image = 0;
        {
            Session session;
            trainAndStop(session);
            run = session.run().folder();
        }
        {
            Session session;
            test::openRun(session, run);
            QVERIFY(session.changesSinceTraining().count() == 0);
            image = firstOf(*session.dataset(), Split::Train);
            session.pictures().relabel({ image }, 1);
            QVERIFY(session.changesSinceTraining().count() > 0);
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
            resumeAndStop(session);
            QVERIFY(session.changesSinceTraining().count() > 0);
            QCOMPARE(session.dataset()->images[image].label, 1);
        }
        Session session;
        test::openRun(session, run);
        QCOMPARE(session.dataset()->images[image].label, 1);
    }

    void aRunThatWentOnWithEditsHasNoneLeft()
    {
        Session session;
        trainAndStop(session);
        session.pictures().relabel({ firstOf(*session.dataset(), Split::Train) }, 1);
        QVERIFY(session.changesSinceTraining().count() > 0);
        Recipe recipe = session.recipe();
        recipe.phases.front().epochs = 1;
        session.setRecipe(recipe, QStringLiteral("test"));
        session.continueRun();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QVERIFY(session.changesSinceTraining().count() == 0);
    }

    void goingOnWithARecipeThatNoLongerFitsSaysWhy()
    {
        Session session;
        test::train(session, m_data, test::tinyRecipe(1));
        Recipe recipe = session.recipe();
        recipe.batchSize = 4;
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(!session.canContinue());
        session.continueRun();
        QVERIFY(session.jobs().error());
        QVERIFY(session.jobs().error()->detail.find("more than its phases") != std::string::npos);
    }

    void aRunThatGoesOnFromItsCheckpointTellsEachEpochOnce()
    {
        RunHistory history;
        append(history, phase(1, 1));
        for (int number = 1; number <= 5; ++number)
            append(history, epoch(number, number == 2 || number == 5));
        QCOMPARE(history.bestEpoch, 5);
        // Killed; the checkpoint was of epoch 3.
        StepDone step;
        step.epoch = 4;
        step.step = 1;
        append(history, step);
        QCOMPARE(history.epochs.size(), std::size_t { 3 });
        QCOMPARE(history.bestEpoch, 2);
        append(history, epoch(4));
        QCOMPARE(history.epochs.back().epoch, 4);
        QCOMPARE(history.epochs.size(), std::size_t { 4 });
    }

    void aPhaseThatNeverHadAnEpochIsNotListedTwice()
    {
        RunHistory history;
        append(history, phase(1, 1));
        append(history, epoch(1));
        append(history, phase(2, 2));
        append(history, phase(2, 2));
        QCOMPARE(history.phases.size(), std::size_t { 2 });
        append(history, RateChanged { "head", 0.5, 2 });
        QCOMPARE(history.rates.at("head"), 0.5);
        append(history, phase(3, 3));
        QVERIFY(history.rates.empty());
    }

    void whatWaitsToBePredictedIsPredictedByTheModelThatIsOpened()
    {
        const QString file = format::path(m_folder / "opened.safetensors");
        {
            Session session;
            test::train(session, m_data, test::tinyRecipe(1));
            QSignalSpy exported(&session.exports(), &ModelExport::written);
            session.exports().write(ExportFormat::Safetensors, file);
            QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, kPatienceMs);
        }
        Session session;
        test::train(session, m_data, test::tinyRecipe(1));
        session.predictions().predict({ m_data + QStringLiteral("/val") });
        session.predictions().predict({ m_data + QStringLiteral("/train") });
        session.predictions().openModel(file);
        QTRY_COMPARE_WITH_TIMEOUT(
            session.predictions().predictedBy(), QStringLiteral("opened.safetensors"), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QCOMPARE(session.predictions().all().size(), std::size_t { 36 });
        session.predictions().leaveModel();
        QTRY_VERIFY_WITH_TIMEOUT(
            session.predictions().all().size() == 36 && session.idle(), kPatienceMs);
        QVERIFY(session.predictions().predictedBy() != QStringLiteral("opened.safetensors"));
    }

    void aReplacedModelFileBringsItsOwnClasses()
    {
        const QString file = format::path(m_folder / "renamed.safetensors");
        test::writePaintedClass(m_folder, "birds/train/crow", 12, 0);
        test::writePaintedClass(m_folder, "birds/train/swift", 12, 2);
        const auto exportRun = [&](const QString& data) {
            Session session;
            test::train(session, data, test::tinyRecipe(1));
            QSignalSpy exported(&session.exports(), &ModelExport::written);
            session.exports().write(ExportFormat::Safetensors, file);
            QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, kPatienceMs);
        };
        exportRun(m_data);
        Session session;
        session.predictions().openModel(file);
        QTRY_VERIFY_WITH_TIMEOUT(session.predictions().canPredict(), kPatienceMs);
        QCOMPARE(session.predictions().classes().front(), QStringLiteral("amber"));
        exportRun(format::path(m_folder / "birds"));
        session.predictions().predict({ m_data + QStringLiteral("/val") });
        QTRY_VERIFY_WITH_TIMEOUT(
            session.predictions().all().size() == 12 && session.idle(), kPatienceMs);
        QCOMPARE(session.predictions().classes().front(), QStringLiteral("crow"));
    }
};

QTEST_MAIN(TestSessionRuns)
#include "tst_session_runs.moc"
