#include "tests/ui/session_steps.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/model_export.h"
#include "ui/session/predictions.h"
#include "ui/session/session.h"

#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <algorithm>
#include <numeric>

using namespace vernier;
using namespace vernier::ui;
using test::kPatienceMs;
using test::open;
using test::TemporaryFolder;

class TestSession : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

private Q_SLOTS:
    void initTestCase() { m_data = test::paintedDataset(m_folder, "data"); }
    void init() { test::startWithNothingRemembered(); }

    void aFolderThatTakesLongIsShownBeforeItIsRead()
    {
        const QString slow = test::slowDataset(m_folder, "slow");
        Session session;
        QSignalSpy previewed(&session, &Session::previewChanged);
        session.openFolder(slow);
        QVERIFY(!session.preview());
        QTRY_VERIFY_WITH_TIMEOUT(session.preview(), kPatienceMs);
        QVERIFY(!session.dataset());
        QCOMPARE(session.state(), RunState::Scanning);
        QCOMPARE(session.preview()->images.size(), std::size_t { 208 });
        QTRY_VERIFY_WITH_TIMEOUT(session.dataset(), kPatienceMs);
        QVERIFY(!session.preview());
        QCOMPARE(session.dataset()->images.size(), std::size_t { 8 });
        QCOMPARE(session.dataset()->problems.size(), std::size_t { 200 });
        QCOMPARE(previewed.count(), 1);
    }

    void aFolderThatOpensSoonIsNotShownTwice()
    {
        Session session;
        QSignalSpy previewed(&session, &Session::previewChanged);
        QElapsedTimer since;
        since.start();
        session.openFolder(m_data);
        QTRY_VERIFY_WITH_TIMEOUT(session.dataset(), kPatienceMs);
        if (since.elapsed() >= 200)
            QSKIP("the machine is too busy for it to open soon");
        QTest::qWait(500);
        QCOMPARE(previewed.count(), 0);
    }

    void aPreviewGoesWhenItsFolderIsCancelledOrAnotherIsOpened()
    {
        const QString slow = test::slowDataset(m_folder, "slow again");
        Session session;
        session.openFolder(slow);
        QTRY_VERIFY_WITH_TIMEOUT(session.preview(), kPatienceMs);
        session.stop();
        QVERIFY(!session.preview());
        QVERIFY(!session.dataset());
        session.openFolder(slow);
        QTRY_VERIFY_WITH_TIMEOUT(session.preview(), kPatienceMs);
        session.openFolder(m_data);
        QVERIFY(!session.preview());
        QTRY_VERIFY(session.dataset());
        QCOMPARE(session.dataset()->root, format::path(m_data));
        // Cancelled before it is shown, it is not shown later.
        QSignalSpy previewed(&session, &Session::previewChanged);
        session.openFolder(slow);
        QTest::qWait(100);
        session.stop();
        QTest::qWait(600);
        QCOMPARE(previewed.count(), 0);
    }

    void openingAFolderGivesItsPicturesAndMakesReady()
    {
        Session session;
        QCOMPARE(session.state(), RunState::NoDataset);
        session.openFolder(m_data);
        QCOMPARE(session.state(), RunState::Scanning);
        QCOMPARE(session.jobs().newest().title, QStringLiteral("Reading pictures"));
        QTRY_VERIFY(session.dataset());
        QCOMPARE(session.state(), RunState::Ready);
        QCOMPARE(session.dataset()->classes, (std::vector<std::string> { "amber", "blue" }));
        QCOMPARE(session.dataset()->count(Split::Train), 24);
        QCOMPARE(session.dataset()->count(Split::Validation), 12);
        QVERIFY(session.jobs().newest().title.isEmpty());
        QVERIFY(session.idle());
    }

    void theResultOfAScanThatANewerOneMadeStaleIsDropped()
    {
        const QString other = test::paintedDataset(m_folder, "other", 4);
        Session session;
        QSignalSpy changed(&session, &Session::datasetChanged);
        session.openFolder(m_data);
        session.openFolder(other);
        QTRY_COMPARE(changed.count(), 1);
        QTest::qWait(100);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(format::path(session.dataset()->root), other);
    }

    void cancellingWhileLoadingLeavesWhatWasThere()
    {
        const QString other = test::paintedDataset(m_folder, "other", 4);
        Session session;
        open(session, m_data);
        QSignalSpy changed(&session, &Session::datasetChanged);
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.openFolder(other);
        session.stop();
        QTRY_VERIFY(session.idle());
        QTest::qWait(100);
        QCOMPARE(changed.count(), 0);
        QCOMPARE(failed.count(), 0);
        QCOMPARE(session.state(), RunState::Ready);
        QCOMPARE(format::path(session.dataset()->root), m_data);
    }

    void cancellingWhenTheAnswerIsAlreadyOnItsWayLeavesWhatWasThereToo()
    {
        const QString other = test::paintedDataset(m_folder, "other", 4);
        Session session;
        open(session, m_data);
        QSignalSpy changed(&session, &Session::datasetChanged);
        session.openFolder(other);
        // No event is looked at meanwhile: the answer waits in the queue.
        QThread::msleep(500);
        session.stop();
        QTest::qWait(100);
        QCOMPARE(changed.count(), 0);
        QCOMPARE(format::path(session.dataset()->root), m_data);
        QCOMPARE(session.state(), RunState::Ready);
    }

    void goingAwayWhileLoadingJoins()
    {
        auto session = std::make_unique<Session>();
        session->openFolder(m_data);
        session.reset();
        QCoreApplication::processEvents();
    }

    void aFolderThatIsNotThereFailsAndCanBeTriedAgain()
    {
        const QString missing = format::path(m_folder / "later");
        Session session;
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.openFolder(missing);
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(session.state(), RunState::NoDataset);
        QVERIFY(session.jobs().error()->text().find("later") != std::string::npos);
        test::paintedDataset(m_folder, "later", 4);
        session.jobs().retry();
        QVERIFY(!session.jobs().error());
        QTRY_VERIFY(session.dataset());
    }

    void aRetryThatIsKeptIsOfItsOwnFailure()
    {
        Session session;
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.predictions().openModel(format::path(m_folder / "no model.onnx"));
        QTRY_COMPARE(failed.count(), 1);
        const auto again = session.jobs().retrier();
        session.openFolder(format::path(m_folder / "nowhere"));
        QTRY_COMPARE(failed.count(), 2);
        QCOMPARE(session.jobs().failedKind(), JobKind::Open);
        again();
        QTRY_COMPARE(failed.count(), 3);
        QCOMPARE(session.jobs().failedKind(), JobKind::Model);
    }

    void picturesThatWereDrawnWhereOthersAreMovedStayThereToo()
    {
        test::writePaintedClass(m_folder, "alone/amber", 20, 0);
        test::writePaintedClass(m_folder, "alone/blue", 20, 2);
        Session session;
        open(session, format::path(m_folder / "alone"));
        std::vector<std::size_t> chosen { 0, 1 };
        const auto drawn
            = std::ranges::find(session.dataset()->images, Split::Validation, &ImageEntry::split);
        chosen.push_back(static_cast<std::size_t>(drawn - session.dataset()->images.begin()));
        session.pictures().moveTo(chosen, Split::Validation);
        Recipe recipe = session.recipe();
        for (recipe.seed = 2; recipe.seed < 8; ++recipe.seed) {
            session.setRecipe(recipe, QStringLiteral("test"));
            for (const std::size_t image : chosen)
                QCOMPARE(session.dataset()->images[image].split, Split::Validation);
        }
        // Where all are there already there is nothing to undo.
        const int steps = session.undoStack()->count();
        session.pictures().moveTo(chosen, Split::Validation);
        QCOMPARE(session.undoStack()->count(), steps);
    }

    void whatCouldNotBeginIsForgottenWhenItsCauseIs()
    {
        Session session;
        open(session, m_data);
        session.setRecipe(test::tinyRecipe(), QStringLiteral("test"));
        std::vector<std::size_t> all(session.dataset()->images.size());
        std::iota(all.begin(), all.end(), std::size_t { 0 });
        session.pictures().moveTo(all, Split::LeftOut);
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Failed, kPatienceMs);
        QVERIFY(session.run().error());
        session.undoStack()->undo();
        QCOMPARE(session.state(), RunState::Ready);
        QVERIFY(!session.run().error());
    }

    void startingOverCanBeUndoneForTheRecipe()
    {
        Session session;
        open(session, m_data);
        const Recipe untouched = session.recipe();
        session.setRecipe(test::tinyRecipe(), QStringLiteral("test"));
        const Recipe mine = session.recipe();
        session.reset();
        QVERIFY(!session.dataset());
        QCOMPARE(session.recipe(), untouched);
        session.undoStack()->undo();
        QCOMPARE(session.recipe(), mine);
        QVERIFY(!session.dataset());
    }

    void aNewLabelIsUndoneAndDoneAgain()
    {
        Session session;
        open(session, m_data);
        const SnapshotPtr before = session.dataset();
        const ClassIndex label = before->images[0].label;
        const ClassIndex other = 1 - label;
        session.pictures().relabel({ 0, 1 }, other);
        QCOMPARE(session.dataset()->images[0].label, other);
        QCOMPARE(before->images[0].label, label);
        session.undoStack()->undo();
        QCOMPARE(session.dataset()->images[0].label, label);
        session.undoStack()->redo();
        QCOMPARE(session.dataset()->images[1].label, other);
    }

    void movingPicturesThatCameFromSeveralSplitsIsUndoneEachToItsOwn()
    {
        Session session;
        open(session, m_data);
        const auto& images = session.dataset()->images;
        const auto of = [&](Split split) {
            return static_cast<std::size_t>(
                std::find_if(images.begin(), images.end(),
                    [split](const ImageEntry& image) { return image.split == split; })
                - images.begin());
        };
        const std::size_t train = of(Split::Train);
        const std::size_t validation = of(Split::Validation);
        session.pictures().moveTo({ train, validation }, Split::Test);
        QCOMPARE(session.dataset()->count(Split::Test), 2);
        session.undoStack()->undo();
        QCOMPARE(session.dataset()->images[train].split, Split::Train);
        QCOMPARE(session.dataset()->images[validation].split, Split::Validation);
    }

    void anEditThatChangesNothingIsNoStep()
    {
        Session session;
        open(session, m_data);
        session.pictures().relabel({ 0 }, session.dataset()->images[0].label);
        session.pictures().relabel({ 99999 }, 1);
        QCOMPARE(session.undoStack()->count(), 0);
    }

    void quickChangesOfOneFieldAreOneStepOfUndo()
    {
        Session session;
        const Recipe before = session.recipe();
        for (int epochs = 11; epochs < 15; ++epochs) {
            Recipe recipe = session.recipe();
            recipe.phases.front().epochs = epochs;
            session.setRecipe(recipe, QStringLiteral("epochs"), QStringLiteral("epochs"));
        }
        QCOMPARE(session.undoStack()->count(), 1);
        Recipe recipe = session.recipe();
        recipe.batchSize = 7;
        session.setRecipe(recipe, QStringLiteral("batch size"), QStringLiteral("batch"));
        QCOMPARE(session.undoStack()->count(), 2);
        session.setRecipe(recipe, QStringLiteral("nothing"));
        QCOMPARE(session.undoStack()->count(), 2);
        session.undoStack()->undo();
        session.undoStack()->undo();
        QVERIFY(session.recipe() == before);
    }

    void anotherSeedDrawsValidationAnewAndKeepsWhatWasEdited()
    {
        test::writePaintedClass(m_folder, "plain/amber", 20, 0);
        test::writePaintedClass(m_folder, "plain/blue", 20, 2);
        Session session;
        open(session, format::path(m_folder / "plain"));
        QVERIFY(session.dataset()->validationDrawn);
        const auto splits = [&] {
            std::vector<Split> all;
            for (const ImageEntry& image : session.dataset()->images)
                all.push_back(image.split);
            return all;
        };
        const std::vector<Split> before = splits();
        session.pictures().moveTo({ 0 }, Split::Test);
        Recipe recipe = session.recipe();
        recipe.seed += 1;
        session.setRecipe(recipe, QStringLiteral("seed"));
        QVERIFY(splits() != before);
        QCOMPARE(session.dataset()->images[0].split, Split::Test);
        session.undoStack()->undo();
        session.undoStack()->undo();
        QVERIFY(splits() == before);
    }

    void aRecipeFileComesBackAsItWas()
    {
        Session session;
        session.setRecipe(test::tinyRecipe(), QStringLiteral("test"));
        const QString file = format::path(m_folder / "recipe.json");
        QVERIFY(session.saveRecipe(file));
        session.undoStack()->undo();
        QVERIFY(session.loadRecipe(file));
        QVERIFY(session.recipe() == test::tinyRecipe());
        m_folder.write("broken.json", std::string_view("{\"epochs\": "));
        const Status status = session.loadRecipe(format::path(m_folder / "broken.json"));
        QVERIFY(!status);
        QVERIFY(status.error().text().find("broken.json") != std::string::npos);
    }

    void trainingEndsWithACompleteRunAndItsEvaluation()
    {
        Session session;
        open(session, m_data);
        session.setRecipe(test::tinyRecipe(3), QStringLiteral("test"));
        QSignalSpy epochs(&session.run(), &CurrentRun::epochFinished);
        QSignalSpy evaluated(&session.evaluations(), &Evaluations::changed);
        QVERIFY(!session.predictions().canPredict());
        session.train();
        QCOMPARE(session.state(), RunState::Starting);
        QVERIFY(session.run().underWay());
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QCOMPARE(epochs.count(), 3);
        QCOMPARE(session.run().history().epochs.size(), std::size_t { 3 });
        QVERIFY(session.run().history().bestEpoch > 0);
        QVERIFY(!session.run().history().log.isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(evaluated.count(), 1, kPatienceMs);
        QCOMPARE(session.evaluations().current()->images.size(), std::size_t { 12 });
        QCOMPARE(session.evaluations().current()->epoch, session.run().history().bestEpoch);
        QVERIFY(session.predictions().canPredict());
        QVERIFY(session.exports().canWrite());

        // A label that was wrong is put right: the evaluation follows at once.
        const ScoredImage scored = session.evaluations().current()->images.front();
        const std::int64_t right = session.evaluations().current()->right;
        session.pictures().relabel({ scored.image }, 1 - scored.label);
        QCOMPARE(std::abs(session.evaluations().current()->right - right), 1);
        session.undoStack()->undo();
        QCOMPARE(session.evaluations().current()->right, right);
        session.pictures().moveTo({ scored.image }, Split::Test);
        QCOMPARE(session.evaluations().current()->images.size(), std::size_t { 11 });
    }

    void anotherPhaseGoesOnAndAnotherHeadMakesANewRun()
    {
        Session session;
        open(session, m_data);
        session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        const QString run = session.run().folder();
        Recipe recipe = session.recipe();
        recipe.phases.front().plan.blockRates["block2"] = 1e-4;
        session.setRecipe(recipe, QStringLiteral("block 2"));
        QVERIFY(session.canContinue());
        session.continueRun();
        QTRY_COMPARE_WITH_TIMEOUT(
            session.run().history().epochs.size(), std::size_t { 4 }, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QCOMPARE(session.run().folder(), run);
        QCOMPARE(session.run().history().phases.size(), std::size_t { 2 });
        QCOMPARE(session.run().history().epochs.back().epoch, 4);

        recipe.head.dense = { 8 };
        session.setRecipe(recipe, QStringLiteral("head"));
        QVERIFY(!session.canContinue());
        session.train();
        QVERIFY(session.run().folder() != run);
        QVERIFY(session.run().history().epochs.empty());
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
    }

    void thePhaseThatIsShownIsTheOneThatGoesOn()
    {
        Session session;
        test::train(session, m_data, test::tinyRecipe(1));
        Recipe recipe = session.recipe();
        recipe.phases.push_back(recipe.phases.front());
        recipe.phases.back().plan.blockRates["block2"] = 1e-4;
        session.setRecipe(recipe, QStringLiteral("another phase"));
        session.showPhase(1);
        session.continueRun();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QCOMPARE(session.run().history().phases.size(), std::size_t { 2 });
        QVERIFY(session.run().history().phases.back().plan.trains("block2"));
    }

    void pausingHoldsAndStoppingKeepsWhatIsFinished()
    {
        Session session;
        test::trainOn(session, m_data);
        session.run().setPaused(true);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Paused, kPatienceMs);
        const std::size_t epochs = session.run().history().epochs.size();
        QTest::qWait(150);
        QCOMPARE(session.run().history().epochs.size(), epochs);
        session.run().setPaused(false);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Training, kPatienceMs);
        session.stop();
        QCOMPARE(session.state(), RunState::Stopping);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QVERIFY(session.run().history().ended->stopped);
        QVERIFY(session.run().history().epochs.size() >= epochs);
        QVERIFY(session.canContinue());
        QVERIFY(session.canResume());
    }

    void stoppingWhilePausedEndsTheRun()
    {
        Session session;
        test::trainOn(session, m_data);
        session.run().setPaused(true);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Paused, kPatienceMs);
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(!session.run().underWay(), kPatienceMs);
    }

    void goingAwayWhileTrainingStopsAndJoins()
    {
        auto session = std::make_unique<Session>();
        test::trainOn(*session, m_data);
        session.reset();
        QCoreApplication::processEvents();
    }

    void openingAnotherFolderWhileTrainingIsRefused()
    {
        Session session;
        test::trainOn(session, m_data);
        const SnapshotPtr dataset = session.dataset();
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.openFolder(m_data);
        QCOMPARE(failed.count(), 1);
        QVERIFY(session.run().underWay());
        QCOMPARE(session.dataset(), dataset);
    }

    void aScanThatIsUnderWayWhenTrainingStartsIsDropped()
    {
        const QString other = test::paintedDataset(m_folder, "other", 4);
        Session session;
        open(session, m_data);
        session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
        session.openFolder(other);
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QCOMPARE(format::path(session.dataset()->root), m_data);
    }

    void aRunThatFailsSaysWhyAndCanBeTriedAgain()
    {
        Session session;
        open(session, m_data);
        Recipe recipe = test::tinyRecipe(1);
        recipe.weights = (m_folder / "nowhere.safetensors").string();
        session.setRecipe(recipe, QStringLiteral("test"));
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Failed, kPatienceMs);
        QVERIFY(session.run().error()->text().find("nowhere") != std::string::npos);
        session.setRecipe(test::tinyRecipe(1), QStringLiteral("mended"));
        session.retryRun();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QVERIFY(!session.run().error());
    }

    void anInvalidRecipeIsRefusedBeforeAnythingStarts()
    {
        Session session;
        open(session, m_data);
        Recipe recipe = test::tinyRecipe(1);
        recipe.batchSize = 0;
        session.setRecipe(recipe, QStringLiteral("test"));
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.train();
        QCOMPARE(failed.count(), 1);
        QVERIFY(!session.run().underWay());
        QVERIFY(session.run().folder().isEmpty());
    }
};

QTEST_MAIN(TestSession)
#include "tst_session.moc"
