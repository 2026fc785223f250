#include "core/base/files.h"
#include "core/runs/project.h"
#include "tests/ui/session_steps.h"
#include "ui/frame/drop_plan.h"
#include "ui/main_window.h"
#include "ui/runs/picture_comparison.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/job_board.h"

#include <QFileInfo>
#include <QSettings>

using namespace vernier;
using namespace vernier::ui;
using test::kPatienceMs;
using test::TemporaryFolder;

/// A project as the window keeps it.
class TestProjectFile : public QObject {
    Q_OBJECT

private:
    static void openProject(Session& session, const QString& file, const QString& pictures = {})
    {
        QSignalSpy changed(&session, &Session::datasetChanged);
        session.openProject(file, pictures);
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
    }

private Q_SLOTS:
    void init() { test::startWithNothingRemembered(); }

    void thatItsFoldersAreClassesBelongsToTheProject()
    {
        TemporaryFolder folder;
        for (const char* name : { "Testing/a", "Training/a" })
            test::writePaintedClass(folder, std::filesystem::path("data") / name, 2, 0);
        const QString file = format::path(folder / "mine.vernier");
        {
            Session session;
            test::open(session, format::path(folder / "data"));
            QCOMPARE(session.dataset()->classes, std::vector<std::string> { "a" });
            session.saveProjectAs(file);
            QSignalSpy changed(&session, &Session::datasetChanged);
            session.readFoldersAsClasses(true);
            QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
            QCOMPARE(session.dataset()->classes.size(), std::size_t { 2 });
            QCOMPARE(session.projectFile(), file);
        }
        Session session;
        openProject(session, file);
        QCOMPARE(session.dataset()->classes.size(), std::size_t { 2 });
        // The folder alone knows nothing of it.
        test::open(session, format::path(folder / "data"));
        QCOMPARE(session.dataset()->classes.size(), std::size_t { 1 });
    }

    void editsRecipeAndRunsBelongToTheProject()
    {
        TemporaryFolder folder;
        const QString data = test::paintedDataset(folder, "data");
        const QString file = format::path(folder / "mine.vernier");
        ClassIndex label = 0;
        {
            Session session;
            test::open(session, data);
            session.saveProjectAs(file);
            QCOMPARE(session.projectFile(), file);
            label = 1 - session.dataset()->images[0].label;
            session.pictures().relabel({ 0 }, label);
            session.setRecipe(test::tinyRecipe(1), QStringLiteral("test"));
            session.train();
            QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
            QVERIFY(session.run().folder().startsWith(format::path(folder / "mine runs")));
        }
        {
            // The folder alone knows nothing of it.
            Session session;
            test::open(session, data);
            QVERIFY(session.dataset()->images[0].label != label);
            QVERIFY(session.projectFile().isEmpty());
        }
        Session session;
        openProject(session, file);
        QCOMPARE(session.dataset()->images[0].label, label);
        QCOMPARE(session.recipe(), test::tinyRecipe(1));
        QCOMPARE(session.currentRunsFolder(), format::path(folder / "mine runs"));
        test::open(session, data);
        QVERIFY(session.projectFile().isEmpty());
        QCOMPARE(session.currentRunsFolder(), Session::runsFolder());
    }

    void theRunThatIsOpenBelongsToTheProjectMadeOfIt()
    {
        TemporaryFolder folder;
        const QString data = test::paintedDataset(folder, "data");
        const QString file = format::path(folder / "mine.vernier");
        QString runs;
        {
            Session session;
            test::train(session, data, test::tinyRecipe(1));
            runs = QFileInfo(session.run().folder()).absolutePath();
            session.saveProjectAs(file);
            QCOMPARE(session.currentRunsFolder(), runs);
        }
        Session again;
        openProject(again, file);
        QCOMPARE(again.currentRunsFolder(), runs);
    }

    void testPicturesThatTrainAreDrawnAsItsRecipeSays()
    {
        TemporaryFolder folder;
        for (const auto* split : { "train", "val", "test" }) {
            for (const auto* name : { "amber", "blue" })
                test::writePaintedClass(folder, "split/" + std::string(split) + "/" + name, 8, 0);
        }
        const QString file = format::path(folder / "mine.vernier");
        {
            Session session;
            test::open(session, format::path(folder / "split"));
            Recipe recipe = test::tinyRecipe(1);
            recipe.testToTrain = 0.5;
            session.setRecipe(recipe, QStringLiteral("test"));
            session.saveProjectAs(file);
            QCOMPARE(session.dataset()->count(Split::Test), 8);
        }
        Session session;
        openProject(session, file);
        QCOMPARE(session.dataset()->count(Split::Test), 8);
        QCOMPARE(session.dataset()->count(Split::Train), 24);
    }

    void aChangeOfTheRecipeSavesItself()
    {
        TemporaryFolder folder;
        const QString data = test::paintedDataset(folder, "data");
        Session session;
        test::open(session, data);
        session.saveProjectAs(format::path(folder / "mine.vernier"));
        session.setRecipe(test::tinyRecipe(7), QStringLiteral("test"));
        QTRY_VERIFY_WITH_TIMEOUT(
            readProject(folder / "mine.vernier").map([](const Project& project) {
                return project.recipe == test::tinyRecipe(7);
            }) == true,
            kPatienceMs);
    }

    void picturesThatMovedAreAskedForAndFound()
    {
        TemporaryFolder folder;
        const QString data = test::paintedDataset(folder, "data");
        const QString file = format::path(folder / "mine.vernier");
        ClassIndex label = 0;
        {
            Session session;
            test::open(session, data);
            session.saveProjectAs(file);
            label = 1 - session.dataset()->images[0].label;
            session.pictures().relabel({ 0 }, label);
        }
        std::filesystem::rename(folder / "data", folder / "moved");
        Session session;
        QSignalSpy missing(&session, &Session::picturesMissing);
        session.openProject(file);
        QTRY_COMPARE_WITH_TIMEOUT(missing.count(), 1, kPatienceMs);
        QCOMPARE(missing[0][0].toString(), file);
        QCOMPARE(missing[0][1].toString(), data);
        QVERIFY(!session.dataset());
        openProject(session, file, format::path(folder / "moved"));
        QCOMPARE(session.dataset()->images[0].label, label);
        // It is remembered.
        QTRY_VERIFY_WITH_TIMEOUT(
            readProject(folder / "mine.vernier").map([&](const Project& project) {
                return project.pictures == folder / "moved";
            }) == true,
            kPatienceMs);
    }

    void runsOfAProjectFindItsPicturesWhereTheyAreNow()
    {
        TemporaryFolder folder;
        const QString data = test::paintedDataset(folder, "data");
        const QString file = format::path(folder / "mine.vernier");
        QString run;
        {
            Session session;
            test::open(session, data);
            session.saveProjectAs(file);
            session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
            session.train();
            QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
            run = session.run().folder();
        }
        std::filesystem::rename(folder / "data", folder / "moved");
        Session session;
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        // Nothing is open that could hold them.
        session.openRun(run);
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatienceMs);
        QVERIFY(failed[0][0].value<Error>().advice.find("open the project") != std::string::npos);
        QVERIFY(!session.dataset());

        openProject(session, file, format::path(folder / "moved"));
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        session.openRun(run);
        QTRY_COMPARE_WITH_TIMEOUT(session.run().folder(), run, kPatienceMs);
        QCOMPARE(session.dataset()->root, folder / "moved");
        QVERIFY(session.dataset()->problems.empty());
        QTRY_VERIFY_WITH_TIMEOUT(session.evaluations().current().has_value(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QCOMPARE(session.evaluations().current()->images.size(), std::size_t { 12 });
        QVERIFY(session.evaluations().current()->problems.empty());

        FeatureCache cache({ .folder = folder / "cache" });
        const std::filesystem::path path = format::path(run);
        const auto compared = comparePictures(
            { path, path }, session.openPictures(), session.dataset(), cache, {}, {});
        QVERIFY(compared);
        QCOMPARE(compared->compared, std::int64_t { 12 });

        QVERIFY(session.canContinue());
        session.continueRun();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QVERIFY(session.run().history().epochs.size() > 2);
        QCOMPARE(failed.count(), 1);
    }

    void aBrokenProjectIsAFailureThatNamesIt()
    {
        TemporaryFolder folder;
        const auto file = folder.write("mine.vernier", "{\"vernier_project\":1}");
        Session session;
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.openProject(format::path(file));
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatienceMs);
        QCOMPARE(failed[0][0].value<Error>().path, file);
        QVERIFY(!session.dataset() && session.projectFile().isEmpty());
    }

    void aProjectFileThatIsDroppedIsOpened()
    {
        const auto plan = planDrop({ QStringLiteral("/a/mine.vernier") }, {});
        QCOMPARE(plan.kind, DropPlan::Kind::OpenProject);
        DropContext context;
        context.training = true;
        QCOMPARE(
            planDrop({ QStringLiteral("/a/mine.vernier") }, context).kind, DropPlan::Kind::Nothing);
    }

    void theWindowIsNamedAfterTheProjectAndRemembersIt()
    {
        TemporaryFolder folder;
        const QString data = test::paintedDataset(folder, "data");
        const QString file = format::path(folder / "mine.vernier");
        MainWindow window;
        window.show();
        test::open(window.session(), data);
        window.session().saveProjectAs(file);
        QVERIFY(window.windowTitle().contains(QStringLiteral("mine")));
        QCOMPARE(QSettings().value(QStringLiteral("recentProjects")).toStringList(),
            QStringList { file });
    }
};

QTEST_MAIN(TestProjectFile)
#include "tst_project_file.moc"
