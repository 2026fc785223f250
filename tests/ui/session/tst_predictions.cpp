#include "ui/session/predictions.h"

#include "tests/support/temporary_folder.h"
#include "ui/base/format.h"

#include <QSignalSpy>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;

class TestPredictions : public QObject {
    Q_OBJECT

private:
    test::TemporaryFolder m_folder;
    JobBoard m_jobs;
    Predictions::Run m_run;
    Predictions m_predictions { m_jobs, [this] { return m_run; },
        [] { return std::string("cpu"); } };

    void setRun(const Predictions::Run& run)
    {
        m_run = run;
        m_predictions.followRun();
    }

    Predictions::Run run(int bestEpoch, bool trains = false) const
    {
        return { format::path(m_folder.path()), bestEpoch, trains, { "amber", "blue" } };
    }

private Q_SLOTS:
    void init()
    {
        setRun({});
        m_jobs.clearError();
    }

    void withoutAModelItSaysSo()
    {
        QVERIFY(!m_predictions.canPredict());
        m_predictions.predict({ QStringLiteral("picture.jpg") });
        QCOMPARE(m_jobs.failedKind(), JobKind::Predict);
        QCOMPARE(m_jobs.error()->code, ErrorCode::NotFound);
    }

    void aRunIsUsedOnceItHasWeights()
    {
        QSignalSpy changed(&m_predictions, &Predictions::modelChanged);
        setRun(run(2, true));
        QVERIFY(m_predictions.canPredict());
        QCOMPARE(m_predictions.modelName(), QStringLiteral("This run, best epoch so far"));
        setRun(run(3));
        QCOMPARE(m_predictions.modelName(), QStringLiteral("This run, epoch 3"));
        QCOMPARE(m_predictions.classes(), (QStringList { "amber", "blue" }));
        QCOMPARE(changed.count(), 2);
        setRun({});
        QVERIFY(!m_predictions.canPredict());
        QVERIFY(m_predictions.modelName().isEmpty());
    }

    void aModelThatCannotBeOpenedLeavesTheOneInUse()
    {
        setRun(run(1));
        QSignalSpy failed(&m_jobs, &JobBoard::failed);
        m_predictions.openModel(format::path(m_folder.path() / "nowhere.pt"));
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(m_jobs.failedKind(), JobKind::Model);
        QVERIFY(!m_predictions.modelIsOpened());
        QCOMPARE(m_predictions.modelName(), QStringLiteral("This run, epoch 1"));
    }

    void aRunThatIsGoneIsNamed()
    {
        auto gone = run(1);
        gone.folder += QStringLiteral("/gone");
        setRun(gone);
        QSignalSpy failed(&m_jobs, &JobBoard::failed);
        m_predictions.predict({ format::path(m_folder.path()) });
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(m_jobs.failedKind(), JobKind::Predict);
        QVERIFY(m_jobs.error()->path.string().find("gone") != std::string::npos);
        QVERIFY(m_predictions.all().empty());
    }
};

QTEST_GUILESS_MAIN(TestPredictions)
#include "tst_predictions.moc"
