#include "core/training/training_pass.h"

#include <deque>

#include <QtTest>

using namespace vernier;

namespace {

/// Batches that are there already.
class Listed : public BatchSource {
public:
    explicit Listed(std::deque<Result<Batch>> batches) : m_batches(std::move(batches)) { }
    std::int64_t left() const override { return static_cast<std::int64_t>(m_batches.size()); }
    Result<Batch> next(std::int64_t, std::stop_token) override
    {
        auto batch = std::move(m_batches.front());
        m_batches.pop_front();
        return batch;
    }

private:
    std::deque<Result<Batch>> m_batches;
};

class Heard : public PassObserver {
public:
    Status before() override
    {
        ++begun;
        return failsBefore == begun ? Status(fail(ErrorCode::Internal, "before", {})) : Status();
    }
    Status after(const PassStep& step, const Score& score) override
    {
        steps.push_back(step);
        losses.push_back(score.loss);
        return failsAfter == step.step ? Status(fail(ErrorCode::Internal, "after", {})) : Status();
    }
    Status ended(const Score&) override { return {}; }

    int begun = 0;
    int failsBefore = 0;
    int failsAfter = 0;
    std::vector<PassStep> steps;
    std::vector<double> losses;
};

Batch batchOf(std::int64_t count, int misses = 0)
{
    Batch batch;
    batch.features = torch::ones({ count, 1 });
    batch.labels = torch::zeros({ count }, torch::kLong);
    batch.misses = misses;
    return batch;
}

/// A loss of 1 a picture; all are right.
BatchSums oneEach(const Batch& batch, int)
{
    return { batch.features.sum(), torch::tensor(batch.labels.size(0)) };
}

} // namespace

/// The loop over batches, with neither network nor files.
class TestTrainingPass : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyBatchIsComputedInOrderAndAddedUp()
    {
        Listed source({ batchOf(4), batchOf(4, 3), batchOf(2) });
        Heard heard;
        std::vector<std::int64_t> computed;
        const auto score = runPass(source, 4, torch::kCPU,
            [&](const Batch& batch, int step) {
                computed.push_back(batch.labels.size(0) * 10 + step);
                return oneEach(batch, step);
            },
            heard, {});
        QVERIFY(score);
        QCOMPARE(computed, (std::vector<std::int64_t> { 41, 42, 23 }));
        QCOMPARE(score->count, std::int64_t { 10 });
        QCOMPARE(score->right, std::int64_t { 10 });
        QCOMPARE(score->loss, 10.0);
        QCOMPARE(heard.losses, (std::vector<double> { 4, 8, 10 }));
        QCOMPARE(heard.steps.size(), std::size_t { 3 });
        QCOMPARE(heard.steps[1].misses, std::int64_t { 3 });
        QCOMPARE(heard.steps[2].pictures, std::int64_t { 2 });
        QVERIFY(heard.steps[0].seconds >= heard.steps[0].featureSeconds);
    }

    void aBatchWithoutAReadablePictureIsAStepThatIsNotComputed()
    {
        Listed source({ batchOf(4), Batch {}, batchOf(4) });
        Heard heard;
        const auto score = runPass(source, 4, torch::kCPU, oneEach, heard, {});
        QCOMPARE(score->count, std::int64_t { 8 });
        QCOMPARE(heard.steps.size(), std::size_t { 2 });
        QCOMPARE(heard.steps[1].step, 3);
        QCOMPARE(heard.begun, 3);
    }

    void aStopEndsItBeforeTheNextBatch()
    {
        Listed source({ batchOf(4), batchOf(4) });
        Heard heard;
        std::stop_source stop;
        const auto score = runPass(
            source, 4, torch::kCPU,
            [&](const Batch& batch, int step) {
                stop.request_stop();
                return oneEach(batch, step);
            },
            heard, stop.get_token());
        QVERIFY(!score);
        QCOMPARE(score.error().code, ErrorCode::Cancelled);
        QCOMPARE(source.left(), std::int64_t { 1 });
    }

    void whatTheSourceOrTheObserverRefusesEndsIt()
    {
        const auto failure = [](Listed source, Heard heard) {
            return runPass(source, 4, torch::kCPU, oneEach, heard, {}).error().detail;
        };
        Heard quiet;
        QCOMPARE(
            failure(Listed({ fail(ErrorCode::Internal, "gone", {}) }), quiet), std::string("gone"));
        Heard before;
        before.failsBefore = 2;
        QCOMPARE(failure(Listed({ batchOf(1), batchOf(1) }), before), std::string("before"));
        Heard after;
        after.failsAfter = 1;
        QCOMPARE(failure(Listed({ batchOf(1), batchOf(1) }), after), std::string("after"));
    }
};

QTEST_APPLESS_MAIN(TestTrainingPass)
#include "tst_training_pass.moc"
