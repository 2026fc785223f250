#include "ui/frame/run_status.h"
#include "ui/session/run_history.h"

#include <QTest>

using namespace vernier;
using namespace vernier::ui;

namespace {

RunHistory historyInEpoch(int epoch)
{
    RunHistory history;
    PhaseStarted phase;
    phase.epochs = 10;
    append(history, phase);
    for (int i = 1; i < epoch; ++i) {
        EpochDone done;
        done.epoch = i;
        done.validationAccuracy = 0.5 + i / 100.0;
        done.validationCount = 153;
        done.best = true;
        append(history, done);
    }
    StepDone step;
    step.epoch = epoch;
    step.step = 5;
    step.steps = 10;
    step.picturesPerSecond = 212;
    step.secondsLeft = 38;
    append(history, step);
    return history;
}

QString plain(QString text) { return text.replace(QChar(0x00a0), QLatin1Char(' ')); }

RunStatus status(RunState state, const RunHistory& history = {}, const JobProgress& job = {})
{
    return runStatus(state, history, job, nullptr, {});
}

} // namespace

class TestRunStatus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void trainingTellsPhaseEpochTimeLeftAndSpeed()
    {
        const RunStatus s = status(RunState::Training, historyInEpoch(4));
        QCOMPARE(s.text, QStringLiteral("head only · epoch 4 of 10"));
        QCOMPARE(plain(s.left), QStringLiteral("38 s left"));
        QCOMPARE(plain(s.rate), QStringLiteral("212 pictures/s"));
        QVERIFY(*s.share > 0.3 && *s.share < 0.4);
        QVERIFY(!s.indeterminate);
    }

    void theShareNeverFallsFromStepToStep()
    {
        RunHistory history = historyInEpoch(1);
        double before = 0;
        for (int step = 1; step <= 40; ++step) {
            StepDone event;
            event.step = step <= 30 ? step : step - 30;
            event.steps = step <= 30 ? 30 : 10;
            event.validating = step > 30;
            append(history, event);
            const double share = *status(RunState::Training, history).share;
            QVERIFY(share >= before);
            before = share;
        }
        EpochDone done;
        append(history, done);
        QVERIFY(*status(RunState::Training, history).share >= before);
    }

    void timeLeftAndSpeedStayFromOneEpochToTheNext()
    {
        RunHistory history = historyInEpoch(4);
        const RunStatus within = status(RunState::Training, history);
        EpochDone done;
        done.epoch = 4;
        append(history, done);
        const RunStatus between = status(RunState::Training, history);
        QCOMPARE(between.left, within.left);
        QCOMPARE(between.rate, within.rate);
        QCOMPARE(between.text, within.text);
        QCOMPARE(*between.share, 0.4);
    }

    void anotherPhaseDoesNotShowTheTimeLeftOfTheOneBefore()
    {
        RunHistory history = historyInEpoch(4);
        PhaseStarted phase;
        phase.phase = 2;
        phase.firstEpoch = 5;
        phase.epochs = 5;
        append(history, phase);
        const RunStatus s = status(RunState::Training, history);
        QVERIFY(s.text.endsWith(QStringLiteral("epoch 1 of 5")));
        QVERIFY(s.left.isEmpty());
        QCOMPARE(*s.share, 0.0);
    }

    void epochsOfALaterPhaseAreCountedFromOne()
    {
        RunHistory history = historyInEpoch(4);
        PhaseStarted phase;
        phase.phase = 2;
        phase.firstEpoch = 4;
        phase.epochs = 5;
        phase.plan.blockRates["block5"] = 1e-5;
        append(history, phase);
        StepDone step;
        step.epoch = 5;
        step.steps = 10;
        append(history, step);
        QVERIFY(status(RunState::Training, history).text.endsWith(QStringLiteral("epoch 2 of 5")));
    }

    void severalPhasesAreCountedAndTheEpochsWithinEach()
    {
        RunHistory history = historyInEpoch(4);
        history.phases.back().phases = 1;
        QCOMPARE(epochWords(history), QStringLiteral("epoch 4 of 10"));
        history.phases.back().phases = 3;
        QCOMPARE(epochWords(history), QStringLiteral("phase 1 of 3 · epoch 4 of 10"));
        PhaseStarted phase;
        phase.phase = 2;
        phase.firstEpoch = 11;
        phase.epochs = 5;
        phase.phases = 3;
        append(history, phase);
        StepDone step;
        step.phase = 2;
        step.epoch = 12;
        append(history, step);
        QCOMPARE(epochWords(history), QStringLiteral("phase 2 of 3 · epoch 2 of 5"));
        QCOMPARE(runStatus(RunState::Training, history, {}, nullptr, {}).text,
            QStringLiteral("phase 2 of 3 · epoch 2 of 5"));
        QCOMPARE(runStatus(RunState::Paused, history, {}, nullptr, {}).text,
            QStringLiteral("Paused · phase 2 of 3 · epoch 2 of 5"));
        // Runs of before it was told have at least those that have begun.
        history.phases.back().phases = 0;
        QCOMPARE(epochWords(history), QStringLiteral("phase 2 of 2 · epoch 2 of 5"));
        QCOMPARE(epochWords({}), QString());
    }

    void preparingTellsItsShare()
    {
        RunHistory history;
        append(history, Preparing { 38, 100, 10 });
        // Before its first phase a run looks at pictures that it has never seen.
        QCOMPARE(plain(status(RunState::Preparing, history).text),
            QStringLiteral("Reading pictures, 38 %"));
        history.phases.emplace_back();
        const RunStatus s = status(RunState::Preparing, history);
        QCOMPARE(plain(s.text), QStringLiteral("Preparing features, 38 %"));
        QCOMPARE(plain(s.left), QStringLiteral("6 s left"));
    }

    void aJobIsShownWhileNothingTrains()
    {
        const JobProgress job { QStringLiteral("Predicting"), 50, 200, 12 };
        const RunStatus s = status(RunState::Ready, {}, job);
        QCOMPARE(s.text, QStringLiteral("Predicting 50 of 200"));
        QCOMPARE(*s.share, 0.25);
        QCOMPARE(status(RunState::Training, historyInEpoch(2), job).text,
            QStringLiteral("head only · epoch 2 of 10"));
    }

    void aJobThatCountsTellsHowFarItIs()
    {
        const QString title = QStringLiteral("Evaluating");
        QCOMPARE(picturesDone({ title, 0, 0, -1 }), QString());
        QCOMPARE(plain(picturesDone({ title, 37, 153, -1 })), QStringLiteral("37 of 153 pictures"));
        QCOMPARE(plain(picturesDone({ title, 37, 153, 4 })),
            QString::fromUtf8("37 of 153 pictures · 4 s left"));
    }

    void finishedTellsTheBestEpochWithItsInterval()
    {
        RunHistory history = historyInEpoch(4);
        Finished finished;
        finished.bestEpoch = 3;
        append(history, finished);
        const QString text = plain(status(RunState::Finished, history).text);
        QVERIFY2(text.contains(QStringLiteral("best 53.0 % (45.1 to 60.7) of 153 in validation")),
            qPrintable(text));
    }

    void whatWasMendedSinceIsToldBesideIt()
    {
        RunHistory history = historyInEpoch(4);
        Finished finished;
        finished.bestEpoch = 3;
        append(history, finished);
        const auto text = [&](const Mended& mended) {
            return plain(runStatus(RunState::Finished, history, {}, nullptr, {}, mended).text);
        };
        QVERIFY2(text({ 3, 0.5 })
                     .endsWith(QStringLiteral("in validation · 50.0 % as mended · 3 mends since")),
            qPrintable(text({ 3, 0.5 })));
        QVERIFY(text({ 1, {} }).endsWith(QStringLiteral("in validation · 1 mend since")));
        QVERIFY(!text({}).contains(QStringLiteral("mend")));
    }

    void failedIsTheSentenceOfTheError()
    {
        const Error error { ErrorCode::NoSpace, "the disk is full", {}, "make room" };
        const RunStatus s = runStatus(RunState::Failed, {}, {}, nullptr, error);
        QVERIFY(s.failed);
        QCOMPARE(s.text, QStringLiteral("The disk is full; make room."));
    }

    void stepsAreThinnedButNeverBeyondTwoThousand()
    {
        RunHistory history;
        StepDone step;
        for (int i = 1; i <= 10000; ++i) {
            step.step = i;
            append(history, step);
        }
        QVERIFY(history.steps.size() <= 2000);
        QVERIFY(history.steps.size() >= 1000);
        QCOMPARE(history.steps.back().step, 10000);
        for (std::size_t i = 1; i < history.steps.size(); ++i)
            QVERIFY(history.steps[i].step > history.steps[i - 1].step);
    }
};

QTEST_GUILESS_MAIN(TestRunStatus)
#include "tst_run_status.moc"
