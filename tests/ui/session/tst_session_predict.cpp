#include "tests/ui/session_steps.h"
#include "ui/session/current_run.h"
#include "ui/session/predictions.h"
#include "ui/session/session.h"

#include <QSignalSpy>
#include <QTest>

#include <optional>

using namespace vernier;
using namespace vernier::ui;
using test::kPatienceMs;
using test::open;
using test::TemporaryFolder;

/// Predicting, as the session does it.
class TestSessionPredict : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

private Q_SLOTS:
    void initTestCase() { m_data = test::paintedDataset(m_folder, "data"); }
    void init() { test::startWithNothingRemembered(); }

    void predictingWhileTrainingTellsHowFarItIsAndStopsByItself()
    {
        const QString many = test::paintedDataset(m_folder, "many", 300);
        Session session;
        test::trainOn(session, m_data);
        // From within: all may be predicted before anybody who polls sees some.
        std::optional<JobProgress> told;
        connect(&session.predictions(), &Predictions::added, &session, [&] {
            if (!told)
                told = session.predictions().job();
            session.predictions().cancel();
        });
        session.predictions().predict({ many });
        QTRY_VERIFY_WITH_TIMEOUT(!session.predictions().all().empty(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!session.predictions().job(), kPatienceMs);
        QVERIFY(told);
        QVERIFY(session.predictions().all().size() < std::size_t { 900 });
        QVERIFY(session.run().underWay());
    }

    void picturesArePredictedInTheirOrderAndOthersAreAppended()
    {
        Session session;
        open(session, m_data);
        session.setRecipe(test::tinyRecipe(2), QStringLiteral("test"));
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QCOMPARE(session.predictions().classes(), (QStringList { "amber", "blue" }));
        QSignalSpy added(&session.predictions(), &Predictions::added);
        session.predictions().predict({ m_data + QStringLiteral("/val/amber") });
        session.predictions().predict({ m_data + QStringLiteral("/val/blue") });
        QTRY_COMPARE_WITH_TIMEOUT(
            session.predictions().all().size(), std::size_t { 12 }, kPatienceMs);
        int next = 0;
        for (const auto& arguments : added) {
            QCOMPARE(arguments.at(0).toInt(), next);
            next += arguments.at(1).toInt();
        }
        QCOMPARE(next, 12);
        QVERIFY(format::path(session.predictions().all().front().path)
                    .contains(QStringLiteral("amber")));
        QVERIFY(
            format::path(session.predictions().all().back().path).contains(QStringLiteral("blue")));
        session.predictions().clear();
        QVERIFY(session.predictions().all().empty());
    }

    void clearingWhilePredictingLeavesNoStaleAnswer()
    {
        const QString many = test::paintedDataset(m_folder, "cleared", 150);
        Session session;
        Predictions& predictions = session.predictions();
        test::train(session, m_data, test::tinyRecipe(1));
        const QString blue = m_data + QStringLiteral("/val/blue");
        for (int round = 0; round < 3; ++round) {
            // From within: the answers that follow are on their way.
            bool cleared = false;
            const auto connection = connect(&predictions, &Predictions::added, &session, [&] {
                if (std::exchange(cleared, true))
                    return;
                predictions.clear();
                predictions.predict({ blue });
            });
            predictions.predict({ many });
            QTRY_VERIFY_WITH_TIMEOUT(cleared, kPatienceMs);
            QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
            disconnect(connection);
            QCOMPARE(predictions.all().size(), std::size_t { 6 });
            for (const Prediction& prediction : predictions.all())
                QVERIFY(format::path(prediction.path).startsWith(blue));
            predictions.clear();
        }
    }

    void predictingAgainWhilePredictingMixesNoTwoAnswers()
    {
        const QString many = test::paintedDataset(m_folder, "again", 100);
        Session session;
        Predictions& predictions = session.predictions();
        test::train(session, m_data, test::tinyRecipe(1));
        predictions.predict({ many });
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        const std::vector<Prediction> alone = predictions.all();
        QCOMPARE(alone.size(), std::size_t { 300 });
        predictions.clear();

        // The same model is opened anew, again and again: its one predictor has two workers then.
        int opened = 0;
        std::size_t next = 0;
        connect(&predictions, &Predictions::cleared, &session, [&] { next = 0; });
        connect(&predictions, &Predictions::added, &session, [&](int first, int count) {
            QCOMPARE(std::size_t(first), next);
            next += std::size_t(count);
            if (opened < 5) {
                ++opened;
                predictions.openModel(session.run().folder());
            }
        });
        predictions.predict({ many });
        QTRY_VERIFY_WITH_TIMEOUT(opened > 0 && session.idle(), kPatienceMs);
        QCOMPARE(predictions.all().size(), alone.size());
        for (std::size_t i = 0; i < alone.size(); ++i) {
            QCOMPARE(predictions.all()[i].path, alone[i].path);
            QVERIFY(!predictions.all()[i].error);
            QCOMPARE(predictions.all()[i].probabilities, alone[i].probabilities);
        }
    }

    void aFailureIsStillToldWhereOthersWait()
    {
        const auto empty = m_folder / "empty";
        std::filesystem::create_directories(empty);
        Session session;
        test::train(session, m_data, test::tinyRecipe(1));
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.predictions().predict({ format::path(empty) });
        session.predictions().predict({ m_data + QStringLiteral("/val/blue") });
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatienceMs);
        QVERIFY(session.jobs().error());
        QCOMPARE(session.jobs().failedKind(), JobKind::Predict);
        QTRY_COMPARE_WITH_TIMEOUT(
            session.predictions().all().size(), std::size_t { 6 }, kPatienceMs);
        QVERIFY(session.jobs().error());
    }

    void predictingWithoutAModelSaysWhatToDo()
    {
        Session session;
        QSignalSpy failed(&session.jobs(), &JobBoard::failed);
        session.predictions().predict({ m_data });
        QCOMPARE(failed.count(), 1);
        QVERIFY(session.jobs().error()->text().find("train once") != std::string::npos);
    }
};

QTEST_MAIN(TestSessionPredict)
#include "tst_session_predict.moc"
