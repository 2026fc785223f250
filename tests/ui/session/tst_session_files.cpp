#include "core/base/files.h"
#include "core/dataset/scan.h"
#include "tests/support/source_dir.h"
#include "tests/ui/session_steps.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/job_board.h"
#include "ui/session/model_export.h"
#include "ui/session/predictions.h"

#include <QDir>
#include <QFileInfo>

using namespace vernier;
using namespace vernier::ui;
using test::firstOf;
using test::kPatienceMs;
using test::open;
using test::openRun;
using test::TemporaryFolder;

/// What a session reads from disk and leaves there: edits, runs, models.
class TestSessionFiles : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

private Q_SLOTS:
    void initTestCase() { m_data = test::paintedDataset(m_folder, "data"); }
    void init() { test::startWithNothingRemembered(); }

    void editsOfAFolderAreRemembered()
    {
        ClassIndex label = 0;
        std::filesystem::path path;
        {
            Session session;
            open(session, m_data);
            path = session.dataset()->images[0].path;
            label = 1 - session.dataset()->images[0].label;
            session.pictures().relabel({ 0 }, label);
        }
        Session session;
        open(session, m_data);
        QCOMPARE(session.dataset()->images[0].path, path);
        QCOMPARE(session.dataset()->images[0].label, label);
    }

    void thatFoldersAreClassesIsRememberedForTheFolder()
    {
        TemporaryFolder folder;
        for (const char* name : { "Testing/a", "Training/a" })
            test::writePaintedClass(folder, std::filesystem::path("data") / name, 2, 0);
        const QString data = format::path(folder / "data");
        {
            Session session;
            open(session, data);
            QCOMPARE(topFoldersOf(*session.dataset()), TopFolders::LookLikeSplits);
            QVERIFY(session.canReadFoldersOtherwise());
            QSignalSpy changed(&session, &Session::datasetChanged);
            session.readFoldersAsClasses(true);
            QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
            QCOMPARE(
                session.dataset()->classes, (std::vector<std::string> { "Testing", "Training" }));
            open(session, m_data);
            QVERIFY(!session.canReadFoldersOtherwise());
        }
        Session session;
        open(session, data + QLatin1Char('/'));
        QCOMPARE(topFoldersOf(*session.dataset()), TopFolders::AreClasses);
        QSignalSpy changed(&session, &Session::datasetChanged);
        session.readFoldersAsClasses(false);
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
        QCOMPARE(session.dataset()->classes, std::vector<std::string> { "a" });
        open(session, data);
        QCOMPARE(topFoldersOf(*session.dataset()), TopFolders::LookLikeSplits);
    }

    void foldersWithoutOneToTrainOnAreReadAsSplitsWhereSomebodySaysSo()
    {
        TemporaryFolder folder;
        for (const char* name : { "dev/a", "dev/b", "test/a" })
            test::writePaintedClass(folder, std::filesystem::path("data") / name, 2, 0);
        const QString data = format::path(folder / "data");
        {
            Session session;
            open(session, data);
            QCOMPARE(topFoldersOf(*session.dataset()), TopFolders::MayBeSplits);
            QVERIFY(session.canReadFoldersOtherwise());
            QSignalSpy changed(&session, &Session::datasetChanged);
            session.readFoldersAsClasses(false);
            QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
        }
        Session session;
        open(session, data);
        QCOMPARE(session.dataset()->classes, (std::vector<std::string> { "a", "b" }));
        QCOMPARE(session.dataset()->count(Split::Test), 2);
    }

    void editsOfEachReadingOfTheFoldersAreRemembered()
    {
        TemporaryFolder folder;
        for (const char* name : { "Testing/a", "Training/a", "Training/b" })
            test::writePaintedClass(folder, std::filesystem::path("data") / name, 2, 0);
        const auto readAsClasses = [](Session& session, bool classes) {
            QSignalSpy changed(&session, &Session::datasetChanged);
            session.readFoldersAsClasses(classes);
            QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
        };
        const auto labelOf = [](const Session& session, const char* path) {
            for (const ImageEntry& image : session.dataset()->images) {
                if (image.path == path)
                    return session.dataset()->classes[std::size_t(image.label)];
            }
            return std::string();
        };
        const auto relabelFirst = [](Session& session, const char* path, ClassIndex label) {
            for (std::size_t i = 0; i < session.dataset()->images.size(); ++i) {
                if (session.dataset()->images[i].path == path)
                    session.pictures().relabel({ i }, label);
            }
        };
        Session session;
        open(session, format::path(folder / "data"));
        readAsClasses(session, true);
        relabelFirst(session, "Testing/a/1.jpg", 1);
        readAsClasses(session, false);
        QCOMPARE(labelOf(session, "Testing/a/1.jpg"), std::string("a"));
        relabelFirst(session, "Training/a/1.jpg", 1);
        QCOMPARE(labelOf(session, "Training/a/1.jpg"), std::string("b"));
        readAsClasses(session, true);
        QCOMPARE(labelOf(session, "Testing/a/1.jpg"), std::string("Training"));
        readAsClasses(session, false);
        QCOMPARE(labelOf(session, "Training/a/1.jpg"), std::string("b"));
    }

    void whatIsMendedWithARunOpenBelongsToTheFolder()
    {
        QString run;
        {
            Session session;
            test::train(session, m_data, test::tinyRecipe(1));
            run = session.run().folder();
        }
        ClassIndex label = 0;
        {
            Session session;
            openRun(session, run);
            label = 1 - session.dataset()->images[0].label;
            session.pictures().relabel({ 0 }, label);
            session.pictures().confirm({ 1 });
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        }
        QVERIFY(!QFileInfo::exists(run + QStringLiteral("/edits.json")));
        Session session;
        open(session, m_data);
        QCOMPARE(session.dataset()->images[0].label, label);
        QVERIFY(session.dataset()->images[1].confirmed);
        openRun(session, run);
        QCOMPARE(session.dataset()->images[0].label, label);
    }

    void whatAnotherProgramWritesIntoTheJournalStaysThere()
    {
        const auto paths = [&](const Session& session) {
            QStringList said;
            const Edits edits = *readJournal(session.pictures().journal());
            for (const Edit& edit : edits)
                said << QString::fromStdString(edit.path);
            return said;
        };
        Session session;
        open(session, m_data);
        session.pictures().moveTo({ 0 }, Split::LeftOut);
        QTRY_COMPARE_WITH_TIMEOUT(paths(session).size(), 1, kPatienceMs);
        const auto elsewhere = session.dataset()->images[5].path.native();
        const Edits known = *readJournal(session.pictures().journal());
        Edits theirs = known;
        theirs.push_back({ elsewhere, {}, Split::LeftOut });
        QVERIFY(writeJournal(session.pictures().journal(), known, theirs));
        for (const std::size_t image : { 1, 2, 3 }) {
            session.pictures().moveTo({ image }, Split::LeftOut);
            QTRY_COMPARE_WITH_TIMEOUT(
                paths(session).size(), static_cast<int>(image) + 2, kPatienceMs);
        }
        QVERIFY(paths(session).contains(QString::fromStdString(elsewhere)));
        session.undoStack()->undo();
        QTRY_COMPARE_WITH_TIMEOUT(paths(session).size(), 4, kPatienceMs);
        QVERIFY(paths(session).contains(QString::fromStdString(elsewhere)));
    }

    void goingOnJudgesNothingByWhatItWasTrainedOn()
    {
        Session session;
        open(session, m_data);
        const std::size_t image = firstOf(*session.dataset(), Split::Validation);
        session.pictures().moveTo({ image }, Split::Train);
        session.setRecipe(test::tinyRecipe(1), QStringLiteral("test"));
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        session.undoStack()->undo();
        session.undoStack()->undo();
        QCOMPARE(session.dataset()->images[image].split, Split::Validation);
        session.undoStack()->redo();
        session.undoStack()->redo();
        session.pictures().moveTo({ image }, Split::Validation);
        QVERIFY(session.canContinue());
        session.continueRun();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QCOMPARE(session.run().trainedOn()->images[image].split, Split::LeftOut);
        for (const ScoredImage& scored : session.evaluations().current()->images)
            QVERIFY(scored.image != image);
    }

    void openingARunSwapsNoLabelsAndLosesNoUndo()
    {
        Session session;
        test::train(session, m_data, test::tinyRecipe(1));
        const QString run = session.run().folder();
        const std::size_t image = firstOf(*session.dataset(), Split::Validation);
        const ClassIndex label = session.dataset()->images[image].label;
        session.pictures().relabel({ image }, 1 - label);
        Recipe recipe = session.recipe();
        recipe.batchSize = 4;
        session.setRecipe(recipe, QStringLiteral("test"));
        const SnapshotPtr dataset = session.dataset();
        openRun(session, run);
        QCOMPARE(session.dataset(), dataset);
        QCOMPARE(session.changesSinceTraining().relabelled, std::int64_t { 1 });
        // It is shown by the labels that it was trained on, and told both ways.
        const Evaluations& evaluations = session.evaluations();
        QTRY_VERIFY_WITH_TIMEOUT(evaluations.current(), kPatienceMs);
        QVERIFY(evaluations.wasMended());
        QCOMPARE(evaluations.judgedBy(), JudgedBy::OwnLabels);
        const auto labelIn = [&](JudgedBy labels) {
            for (const ScoredImage& scored : evaluations.by(labels)->images) {
                if (scored.image == image)
                    return scored.label;
            }
            return ClassIndex { -1 };
        };
        QCOMPARE(labelIn(JudgedBy::OwnLabels), label);
        QCOMPARE(labelIn(JudgedBy::TodaysLabels), 1 - label);
        session.evaluations().judgeBy(JudgedBy::TodaysLabels);
        QCOMPARE(&evaluations.current(), &evaluations.by(JudgedBy::TodaysLabels));
        // The run's recipe, the recipe, the label.
        session.undoStack()->undo();
        QCOMPARE(session.recipe().batchSize, 4);
        session.undoStack()->undo();
        session.undoStack()->undo();
        QCOMPARE(session.dataset()->images[image].label, label);
        QVERIFY(!evaluations.wasMended());
    }

    void aRunOfPicturesThatHaveComeAndGoneIsJudgedOnThoseThatAreThere()
    {
        TemporaryFolder folder;
        for (const char* name :
            { "train/amber", "train/blue", "validation/amber", "validation/blue" })
            test::writePaintedClass(folder, std::filesystem::path("data") / name, 4,
                QString(name).endsWith("blue") ? 2 : 0);
        const QString data = format::path(folder / "data");
        QString run;
        {
            Session session;
            test::train(session, data, test::tinyRecipe(1));
            run = session.run().folder();
        }
        const auto gone = folder / "data/validation/amber/1.jpg";
        QVERIFY(std::filesystem::remove(gone));
        test::writePaintedClass(folder, "data/train/aaa", 3, 1);
        test::writePaintedClass(folder, "data/validation/aaa", 3, 1);
        Session session;
        openRun(session, run);
        QCOMPARE(session.dataset()->classes, (std::vector<std::string> { "aaa", "amber", "blue" }));
        QCOMPARE(session.changesSinceTraining().added, std::int64_t { 6 });
        QCOMPARE(session.changesSinceTraining().gone, std::int64_t { 1 });
        const auto& evaluation = session.evaluations().current();
        QTRY_VERIFY_WITH_TIMEOUT(evaluation, kPatienceMs);
        QCOMPARE(evaluation->classes, session.dataset()->classes);
        QCOMPARE(evaluation->images.size(), std::size_t { 7 });
        for (const ScoredImage& scored : evaluation->images) {
            const ImageEntry& image = session.dataset()->images[scored.image];
            QCOMPARE(scored.label, image.label);
            QCOMPARE(image.split, Split::Validation);
            QVERIFY(scored.predicted > 0);
            QCOMPARE(scored.probabilities()[0], 0.f);
        }
        // It knows too little to go on with what is there now.
        QVERIFY(!session.canContinue());
    }

    void whatAnOlderRunKeptItselfIsTakenOverOnce()
    {
        QString run;
        std::vector<std::string> paths;
        {
            Session session;
            test::train(session, m_data, test::tinyRecipe(1));
            run = session.run().folder();
            for (const ImageEntry& image : session.dataset()->images)
                paths.push_back(image.path.native());
        }
        const auto file = format::path(run + QStringLiteral("/edits.json"));
        QVERIFY(writeFileAtomically(
            file, toJson({ { paths[0], {}, Split::LeftOut }, { paths[1], {}, Split::Test } })));
        {
            Session session;
            open(session, m_data);
            session.pictures().moveTo({ 1 }, Split::LeftOut);
            openRun(session, run);
            QCOMPARE(session.dataset()->images[0].split, Split::LeftOut);
            QCOMPARE(session.dataset()->images[1].split, Split::LeftOut);
            session.undoStack()->undo();
            QVERIFY(session.dataset()->images[0].split != Split::LeftOut);
            session.undoStack()->redo();
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        }
        QVERIFY(!std::filesystem::exists(file));
        Session session;
        open(session, m_data);
        QCOMPARE(session.dataset()->images[0].split, Split::LeftOut);
        QCOMPARE(session.dataset()->images[1].split, Split::LeftOut);
    }

    void aRunThatWasCutOffBeforeItsFirstEpochGoesOn()
    {
        QString run;
        {
            Session session;
            test::train(session, m_data, test::tinyRecipe(1));
            run = session.run().folder();
        }
        for (const char* file : { run_files::kEvents, run_files::kResume })
            QVERIFY(QFile::remove(run + QLatin1Char('/') + QLatin1String(file)));
        Session session;
        session.openRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(session.dataset() && session.idle(), kPatienceMs);
        QVERIFY(!session.canContinue());
        QVERIFY(session.canResume());
        session.resumeRun();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QCOMPARE(session.run().history().epochs.size(), std::size_t { 1 });
    }

    void aRunOnDiskComesBackWithItsHistory()
    {
        QString run;
        std::size_t lines = 0;
        {
            Session session;
            open(session, m_data);
            session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
            session.train();
            QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
            run = session.run().folder();
            lines = session.run().history().epochs.size();
        }
        QVERIFY(run.startsWith(Session::runsFolder()));
        Session session;
        session.openRun(run);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QCOMPARE(session.run().history().epochs.size(), lines);
        QCOMPARE(session.recipe().backbone, std::string("tinyvgg"));
        QCOMPARE(session.dataset()->images.size(), std::size_t { 36 });
        QVERIFY(session.canContinue());
        QVERIFY(!session.canResume());
        QTRY_VERIFY_WITH_TIMEOUT(session.evaluations().current().has_value(), kPatienceMs);
        QVERIFY(session.exports().canWrite());
    }

    void aFolderThatIsNoRunFails()
    {
        Session session;
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.openRun(m_data);
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(session.state(), RunState::NoDataset);
    }

    void anExportedModelIsUsedAfterItIsOpened()
    {
        Session session;
        open(session, m_data);
        session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        const QString file = format::path(m_folder / "model.safetensors");
        QSignalSpy exported(&session.exports(), &ModelExport::written);
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.exports().write(ExportFormat::Safetensors, file);
        QTRY_COMPARE_WITH_TIMEOUT(exported.count() + failed.count(), 1, kPatienceMs);
        QVERIFY2(failed.isEmpty(),
            session.jobs().error() ? session.jobs().error()->text().c_str() : "no error is kept");
        QVERIFY(QFileInfo::exists(file));

        Session other;
        QSignalSpy changed(&other.predictions(), &Predictions::modelChanged);
        other.predictions().openModel(file);
        QTRY_VERIFY_WITH_TIMEOUT(other.predictions().canPredict(), kPatienceMs);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(other.predictions().modelName(), QStringLiteral("model.safetensors"));
        QCOMPARE(other.predictions().classes(), (QStringList { "amber", "blue" }));
        other.predictions().predict({ m_data + QStringLiteral("/val") });
        QTRY_COMPARE_WITH_TIMEOUT(
            other.predictions().all().size(), std::size_t { 12 }, kPatienceMs);
    }

    void weightsOfAnotherBackboneBringItAlong()
    {
        Session session;
        Recipe recipe = session.recipe();
        recipe.phases.front().plan.blockRates = { { "block2", 1e-5 }, { "block5", 1e-5 } };
        session.setRecipe(recipe, QStringLiteral("test"));
        const auto file = test::dataDir() / "weights" / "formats" / "torch_zip.pth";
        session.importWeights(format::path(file), QStringLiteral("tinyvgg"));
        QTRY_COMPARE_WITH_TIMEOUT(session.recipe().backbone, std::string("tinyvgg"), kPatienceMs);
        QVERIFY(check(session.recipe()));
        QCOMPARE(session.recipe().transferLayer, std::string("block2_pool"));
        QCOMPARE(session.recipe().phases.front().plan.blockRates,
            (std::map<std::string, double> { { "block2", 1e-5 } }));
        QVERIFY(QFileInfo::exists(QString::fromStdString(session.recipe().weights)));
        session.undoStack()->undo();
        QCOMPARE(session.recipe(), recipe);
        // Of a file that is for another one than it is said to be nothing changes.
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.importWeights(format::path(file), QStringLiteral("resnet18"));
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatienceMs);
        QCOMPARE(session.recipe(), recipe);
    }

    void howTheLayersOfWeightsWereToldIsSaid()
    {
        const auto said = [](const char* name) {
            Session session;
            QSignalSpy noted(&session, &Session::weightsNoted);
            session.importWeights(format::path(test::dataDir() / "weights" / "formats" / name),
                QStringLiteral("tinyvgg"));
            [&] {
                QTRY_COMPARE_WITH_TIMEOUT(
                    session.recipe().backbone, std::string("tinyvgg"), kPatienceMs);
            }();
            return noted.isEmpty() ? QString() : noted.front().front().toString();
        };
        QCOMPARE(said("lightning.ckpt"),
            QStringLiteral(
                "The names in lightning.ckpt stand behind \"model.\", which was left out."));
        QVERIFY(said("order_of_constants.onnx").contains(QLatin1String("network's order")));
        QCOMPARE(said("torch_zip.pth"), QString());
    }

    void whatWasPredictedIsPredictedAgainByAnotherModel()
    {
        const QString file = format::path(m_folder / "another.safetensors");
        {
            Session session;
            Recipe recipe = test::tinyRecipe(1);
            recipe.seed = 5;
            test::train(session, m_data, recipe);
            QSignalSpy exported(&session.exports(), &ModelExport::written);
            session.exports().write(ExportFormat::Safetensors, file);
            QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, kPatienceMs);
        }
        Session session;
        test::train(session, m_data, test::tinyRecipe(1));
        const auto answers = [&] {
            QVERIFY2(QTest::qWaitFor(
                         [&] { return session.predictions().all().size() == 12 && session.idle(); },
                         kPatienceMs),
                "");
        };
        session.predictions().predict({ m_data + QStringLiteral("/val") });
        answers();
        const auto byRun = session.predictions().all()[0].probabilities;
        QVERIFY(session.predictions().predictedBy().startsWith(QStringLiteral("This run")));

        session.predictions().openModel(file);
        QTRY_VERIFY_WITH_TIMEOUT(session.predictions().modelIsOpened(), kPatienceMs);
        answers();
        QCOMPARE(session.predictions().predictedBy(), QStringLiteral("another.safetensors"));
        QVERIFY(session.predictions().all()[0].probabilities != byRun);

        session.predictions().leaveModel();
        QVERIFY(!session.predictions().modelIsOpened());
        answers();
        QVERIFY(session.predictions().predictedBy().startsWith(QStringLiteral("This run")));
        QCOMPARE(session.predictions().all()[0].probabilities, byRun);
    }

    void editsThatCannotBeReadAreKeptAndTold()
    {
        const QDir edits(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
            + QStringLiteral("/edits"));
        {
            Session session;
            open(session, m_data);
            session.pictures().relabel({ 0 }, 1 - session.dataset()->images[0].label);
        }
        QCOMPARE(edits.entryList({ QStringLiteral("*.json") }).size(), 1);
        const QString file = edits.filePath(edits.entryList({ QStringLiteral("*.json") }).front());
        const std::string newer = "{ \"version\": 2 }";
        QVERIFY(writeFileAtomically(format::path(file), newer));

        Session session;
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        open(session, m_data);
        QCOMPARE(failed.count(), 1);
        session.pictures().relabel({ 1 }, 1 - session.dataset()->images[1].label);
        session.undoStack()->undo();
        QCOMPARE(*readTextFile(format::path(file + QStringLiteral(".unreadable")), 100), newer);
    }

    void aRunWithoutValidationPicturesGetsNoneDrawn()
    {
        QString run;
        {
            Session session;
            test::train(session, m_data, test::tinyRecipe(1));
            run = session.run().folder();
        }
        const std::filesystem::path file = format::path(run + QStringLiteral("/dataset.json"));
        QString text = QString::fromStdString(*readTextFile(file, 1 << 20));
        text.replace(QStringLiteral("\"validation\""), QStringLiteral("\"train\""));
        QVERIFY(writeFileAtomically(file, text.toStdString()));

        Session session;
        session.openRun(run);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QCOMPARE(session.dataset()->count(Split::Validation), 0);
        QVERIFY(!session.evaluations().current());
    }

    void aModelFileThatWasReplacedIsReadAnew()
    {
        const QString file = format::path(m_folder / "replaced.safetensors");
        const QStringList pictures { m_data + QStringLiteral("/val") };
        const auto exportRun = [&](std::uint64_t seed) {
            Session session;
            Recipe recipe = test::tinyRecipe(1);
            recipe.seed = seed;
            test::train(session, m_data, recipe);
            QSignalSpy exported(&session.exports(), &ModelExport::written);
            session.exports().write(ExportFormat::Safetensors, file);
            QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, kPatienceMs);
        };
        exportRun(1);
        Session session;
        session.predictions().openModel(file);
        QTRY_VERIFY_WITH_TIMEOUT(session.predictions().canPredict(), kPatienceMs);
        session.predictions().predict(pictures);
        QTRY_VERIFY_WITH_TIMEOUT(
            session.predictions().all().size() == 12 && session.idle(), kPatienceMs);
        const auto before = session.predictions().all()[0].probabilities;
        exportRun(2);
        session.predictions().predict(pictures);
        QTRY_VERIFY_WITH_TIMEOUT(
            session.predictions().all().size() == 24 && session.idle(), kPatienceMs);
        QVERIFY(session.predictions().all()[0].probabilities != before);
        // One table, one model.
        QCOMPARE(session.predictions().all()[12].probabilities,
            session.predictions().all()[0].probabilities);
    }

    void predictionsOfARunAreDroppedWhenAnotherBegins()
    {
        Session session;
        test::train(session, m_data, test::tinyRecipe(1));
        session.predictions().predict({ m_data + QStringLiteral("/val") });
        session.train();
        QVERIFY(session.predictions().modelName().isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QVERIFY(session.predictions().all().empty());
    }

    void predictionsOfARunSayWhichEpochAnswered()
    {
        Session session;
        test::train(session, m_data, test::tinyRecipe(2));
        session.predictions().predict({ m_data + QStringLiteral("/val") });
        QTRY_VERIFY_WITH_TIMEOUT(
            session.predictions().all().size() == 12 && session.idle(), kPatienceMs);
        const Result<Predictor> best = Predictor::open(format::path(session.run().folder()));
        QCOMPARE(session.predictions().modelName(),
            QStringLiteral("This run, epoch %1").arg(best->epoch()));
    }
};

QTEST_MAIN(TestSessionFiles)
#include "tst_session_files.moc"
