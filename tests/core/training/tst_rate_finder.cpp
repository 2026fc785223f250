#include "core/base/files.h"
#include "core/training/rate_sweep.h"
#include "tests/core/training/training_bench.h"
#include "tests/support/tiny_model.h"

#include <cmath>

using namespace vernier;
using namespace vernier::test;

namespace {

/// Losses that stand, fall along a slope that is steepest at 1e-3, and run away after 1e-1.
std::vector<RatePoint> valley()
{
    std::vector<RatePoint> points;
    for (int i = 0; i <= 80; ++i) {
        const double decades = -7 + i * 0.1;
        double loss = 1 - 0.8 / (1 + std::exp(-4 * (decades + 3)));
        if (decades > -1)
            loss += (decades + 1) * 10;
        points.push_back({ std::pow(10, decades), loss, loss });
    }
    return points;
}

Result<RateSweep> findOn(const TrainingBench& bench, std::stop_token stop = {})
{
    return findRate(*bench.dataset, bench.recipe, 0, {}, *bench.cache, {}, stop, {});
}

std::vector<torch::Tensor> valuesOf(const NamedTensors& tensors)
{
    std::vector<torch::Tensor> values;
    for (const auto& [name, tensor] : tensors)
        values.push_back(tensor.detach().clone());
    return values;
}

} // namespace

class TestRateFinder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSuggestionIsWhereTheLossFallsMostSteeply()
    {
        const auto rate = suggestedRate(valley());
        QVERIFY(rate.has_value());
        QVERIFY2(*rate > 0.9e-3 && *rate < 1.1e-3, qPrintable(QString::number(*rate)));
    }
    void aSlopeBehindTheLowestPointSuggestsNothing()
    {
        // It falls from where it ran away to, more steeply than anywhere before.
        auto points = valley();
        points.push_back({ 20, 0.5, 0.5 });
        QVERIFY(*suggestedRate(points) < 1.1e-3);
    }
    void aLossThatHardlyFallsSuggestsNothing()
    {
        auto points = valley();
        for (auto& point : points)
            point.smoothed = std::max(point.smoothed, 0.97);
        QVERIFY(!suggestedRate(points));
        QVERIFY(!suggestedRate({}));
        QVERIFY(!suggestedRate({ { 1e-3, 1, 1 } }));
    }
    void smoothingMovesNoSlope()
    {
        auto points = valley();
        for (std::size_t i = 0; i < points.size(); ++i)
            points[i].loss += i % 2 == 0 ? 0.1 : -0.1;
        smoothLosses(points);
        QVERIFY(std::abs(points[10].smoothed - 1) < 0.02);
        QCOMPARE(points.front().smoothed, points.front().loss);
        QCOMPARE(points.back().smoothed, points.back().loss);
        const auto rate = suggestedRate(points);
        QVERIFY(rate && *rate > 0.4e-3 && *rate < 2.5e-3);
    }
    void blocksKeepTheirFractionOfTheHeadsRate()
    {
        const FreezePlan plan { 1e-3, { { "block4", 1e-5 }, { "block5", 1e-4 } } };
        const auto moved = planAtRate(plan, 3e-4);
        QCOMPARE(moved.headRate, 3e-4);
        QVERIFY(std::abs(moved.rate("block4") / 3e-6 - 1) < 1e-9);
        QVERIFY(std::abs(moved.rate("block5") / 3e-5 - 1) < 1e-9);
        // What a recipe may say, however steep the fractions are.
        QCOMPARE(planAtRate({ 1e-6, { { "block5", 1 } } }, 1).rate("block5"), 10.0);
    }

    void aSweepLeavesNetworkOptimizerAndRandomStateBitEqual()
    {
        const auto network = tinyNetwork();
        auto head = network.parameters("head");
        for (auto& tensor : head)
            tensor.requires_grad_(true);
        Optimizer optimizer({});
        optimizer.addGroup("head", 1e-3, head);
        for (auto& tensor : head)
            tensor.mutable_grad() = torch::ones_like(tensor);
        optimizer.step();

        const auto before = valuesOf(network.state());
        const auto moments = optimizer.state();
        std::map<std::string, torch::Tensor> momentsBefore;
        for (const auto& [name, tensor] : moments)
            momentsBefore[name] = tensor.clone();
        const auto generator = at::globalContext().defaultGenerator(torch::kCPU);
        const auto randomBefore = generator.get_state().clone();

        Recipe recipe;
        recipe.batchSize = 4;
        const FreezePlan plan { 1e-3, { { "block2", 1e-4 } } };
        const int size = network.description().inputSize;
        const auto rgb = torch::full({ 4, 3, size, size }, 100);
        const auto features = network.backbone(network.normalized(rgb, torch::kFloat), 0,
            cutOf(network.architecture(), network.backboneLayers().size(), plan));
        int batches = 0;
        const auto sweep = sweepRates(network, plan, recipe, {},
            [&]() -> Result<Batch> {
                ++batches;
                return Batch { features, torch::tensor({ 0, 1, 0, 1 }, torch::kLong), {}, 0, 0 };
            },
            { 1e-5, 1e-1, 30 }, {}, {});
        QVERIFY2(sweep, sweep ? "" : sweep.error().text().c_str());
        QVERIFY(batches > 10);

        const auto after = network.state();
        for (std::size_t i = 0; i < after.size(); ++i) {
            QVERIFY2(after[i].second.equal(before[i]), after[i].first.c_str());
            const bool isHead = after[i].first.starts_with("head");
            QCOMPARE(after[i].second.requires_grad(), isHead);
        }
        for (const auto& tensor : head)
            QVERIFY(tensor.grad().equal(torch::ones_like(tensor)));
        for (const auto& [name, tensor] : optimizer.state())
            QVERIFY2(tensor.equal(momentsBefore.at(name)), name.c_str());
        QVERIFY(generator.get_state().equal(randomBefore));
    }

    void ratesRiseEvenlyAndTheSweepEndsWhereTheLossRunsAway()
    {
        TrainingBench bench;
        // p - rate (g + p): without bounds.
        bench.recipe.optimizer = { OptimizerKind::Sgd, 0.9, 0, 1e-7 };
        const auto sweep = findOn(bench);
        QVERIFY2(sweep, sweep ? "" : sweep.error().text().c_str());
        QVERIFY(sweep->diverged);
        const auto& points = sweep->points;
        QVERIFY(points.size() > 40 && points.size() < 120);
        QVERIFY(std::abs(points.front().rate / 1e-7 - 1) < 1e-9);
        const double ratio = points[1].rate / points[0].rate;
        for (std::size_t i = 1; i < points.size(); ++i) {
            QVERIFY(std::abs(points[i].rate / points[i - 1].rate / ratio - 1) < 1e-9);
            QVERIFY(std::isfinite(points[i].loss));
        }
    }

    void aRateIsSuggestedThatTrains()
    {
        TrainingBench bench;
        const auto sweep = findOn(bench);
        QVERIFY2(sweep, sweep ? "" : sweep.error().text().c_str());
        QVERIFY(sweep->suggestion.has_value());
        bench.recipe.phases[0].plan = planAtRate(bench.recipe.phases[0].plan, *sweep->suggestion);
        bench.recipe.phases[0].epochs = 12;
        const auto events = run(bench.job("run"));
        QVERIFY(std::get<Finished>(events.back()).validationAccuracy > 0.8);
        // The same again: everything is drawn from the recipe's seed.
        bench.recipe.phases[0].plan.headRate = 3e-3;
        const auto again = findOn(bench);
        QCOMPARE(again->suggestion, sweep->suggestion);
    }

    void aSweepBeforeATrainingChangesNoNumberOfIt()
    {
        TrainingBench bench;
        const auto first = epochsOf(run(bench.job("a")));
        bench.cache = std::make_shared<FeatureCache>();
        QVERIFY(findOn(bench));
        const auto events = run(bench.job("b"));
        QVERIFY(sameNumbers(first, epochsOf(events)));
    }

    void aSweepFindsItsFeaturesInTheCache()
    {
        TrainingBench bench;
        run(bench.job("a"));
        const auto kept = bench.cache->info().memoryBytes;
        QVERIFY(findOn(bench));
        QCOMPARE(bench.cache->info().memoryBytes, kept);
    }

    void aSweepTrainsOnTheViewsThatTheRecipeDraws_data()
    {
        QTest::addColumn<int>("views");
        QTest::newRow("fresh") << kFreshViews;
        QTest::newRow("kept") << 3;
    }
    void aSweepTrainsOnTheViewsThatTheRecipeDraws()
    {
        QFETCH(int, views);
        TrainingBench bench;
        run(bench.job("run"));
        const auto weights = *readFile(bench.folder / "run/last.safetensors", 1 << 30);
        const auto kept = bench.cache->info().memoryBytes;
        const auto find = [&] {
            auto sweep = findRate(
                *bench.dataset, bench.recipe, 0, bench.folder / "run", *bench.cache, {}, {}, {});
            return sweep ? sweep->points : std::vector<RatePoint>();
        };
        // At the lowest rate nothing differs but the pictures of the batch.
        const auto plain = find();
        bench.recipe.views = views;
        bench.recipe.augmentation.rotation = 40;
        bench.recipe.augmentation.brightness = 0.5;
        const auto drawn = find();
        QVERIFY(!plain.empty() && !drawn.empty());
        QVERIFY(std::abs(drawn.front().loss - plain.front().loss) > 1e-4);
        QCOMPARE(find().back().loss, drawn.back().loss);
        // What is drawn once and never again is not kept.
        QCOMPARE(bench.cache->info().memoryBytes > kept, views != kFreshViews);
        // It is a copy that has trained.
        QVERIFY(*readFile(bench.folder / "run/last.safetensors", 1 << 30) == weights);
    }

    void freshViewsAreDrawnAnewInEveryPass()
    {
        TrainingBench bench;
        bench.recipe.augmentation.rotation = 40;
        bench.recipe.augmentation.brightness = 0.5;
        // Every batch is all of the pictures, and the rates change next to nothing.
        bench.recipe.batchSize = static_cast<int>(bench.dataset->count(Split::Train));
        bench.recipe.head.dropout = 0;
        const auto spreadOver = [&](int views) {
            bench.recipe.views = views;
            const auto sweep = findRate(
                *bench.dataset, bench.recipe, 0, {}, *bench.cache, { 1e-12, 1e-11, 4 }, {}, {});
            if (!sweep || sweep->points.size() != 4)
                return std::numeric_limits<double>::quiet_NaN();
            const auto [low, high] = std::ranges::minmax(sweep->points, {}, &RatePoint::loss);
            return high.loss - low.loss;
        };
        const double same = spreadOver(1);
        const double fresh = spreadOver(kFreshViews);
        QVERIFY2(same < 1e-5, qPrintable(QString::number(same)));
        QVERIFY2(fresh > 10 * same && fresh > 1e-5, qPrintable(QString::number(fresh)));
    }

    void aSweepStartsFromARun()
    {
        TrainingBench bench;
        bench.recipe.phases[0].epochs = 12;
        run(bench.job("run"));
        const auto fresh = findOn(bench);
        const auto trained = findRate(
            *bench.dataset, bench.recipe, 0, bench.folder / "run", *bench.cache, {}, {}, {});
        QVERIFY2(trained, trained ? "" : trained.error().text().c_str());
        QVERIFY(trained->points.front().loss < fresh->points.front().loss);
        bench.recipe.head.dense = { 3 };
        const auto other = findRate(
            *bench.dataset, bench.recipe, 0, bench.folder / "run", *bench.cache, {}, {}, {});
        QVERIFY(!other);
        QCOMPARE(other.error().code, ErrorCode::Mismatch);
    }

    void aSweepIsStoppedAndSaysWhatIsWrong()
    {
        TrainingBench bench;
        std::stop_source stop;
        int steps = 0;
        const auto stopped = findRate(*bench.dataset, bench.recipe, 0, {}, *bench.cache, {},
            stop.get_token(), [&](const Progress& progress) {
                if (progress.stage != "trying learning rates")
                    return;
                ++steps;
                if (progress.done == 3)
                    stop.request_stop();
            });
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        QCOMPARE(steps, 3);
        std::filesystem::remove_all(bench.folder / "pictures/train");
        bench.cache = std::make_shared<FeatureCache>();
        const auto gone = findOn(bench);
        QVERIFY(!gone);
        QCOMPARE(gone.error().code, ErrorCode::Unreadable);
    }
};

QTEST_GUILESS_MAIN(TestRateFinder)
#include "tst_rate_finder.moc"
