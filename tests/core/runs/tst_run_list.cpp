#include "core/base/files.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "core/model/devices.h"
#include "core/runs/run_list.h"
#include "tests/core/training/training_bench.h"

using namespace vernier;
using namespace vernier::test;

namespace {

/// A run folder without weights: recipe and the lines of its log.
void writeRun(const TemporaryFolder& folder, const std::string& name, const Recipe& recipe,
    const std::vector<TrainingEvent>& events = {})
{
    folder.write(name + "/recipe.json", toJson(recipe));
    std::string log;
    for (const auto& event : events)
        log += toJson(event) + "\n";
    folder.write(name + "/events.jsonl", log);
}

EpochDone epoch(int number, double validation, bool best)
{
    return { 1, number, 0.5, 0.75, 100, 0.6, validation, 20, 1.5, 66, best };
}

} // namespace

class TestRunList : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void differencesNameTheKeyAndBothValues()
    {
        Recipe before;
        QVERIFY(differences(before, before).empty());
        Recipe after = before;
        after.name = "mine";
        after.about = "for people";
        QVERIFY(differences(before, after).empty());
        after.head.dense = { 256, 64 };
        after.geometry = Geometry::Crop;
        after.phases[0].plan.headRate = 1e-4;
        after.phases[0].plan.blockRates["block5"] = 1e-5;
        after.phases.push_back(after.phases[0]);
        const auto found = differences(before, after);
        const auto has = [&](const std::string& key, const std::string& a, const std::string& b) {
            return std::count(found.begin(), found.end(), RecipeDifference { key, a, b }) == 1;
        };
        QVERIFY(has("head.dense", "[1024]", "[256,64]"));
        QVERIFY(has("pictures.geometry", "stretch", "crop"));
        QVERIFY(has("phases.0.head_rate", "0.001", "1e-4"));
        QVERIFY(has("phases.0.block_rates.block5", "", "1e-5"));
        QVERIFY(has("phases.1.epochs", "", "10"));
        QCOMPARE(toText(RecipeDifference { "a.b", "", "2" }), std::string("a.b - > 2"));

        // What it says can be set again.
        std::vector<std::pair<std::string, std::string>> values;
        for (const auto& each : found) {
            if (!each.key.starts_with("phases.1"))
                values.emplace_back(each.key, each.after);
        }
        auto again = withValues(before, values);
        QVERIFY2(again, again ? "" : again.error().text().c_str());
        again->phases.push_back(again->phases[0]);
        QVERIFY(differences(*again, after).empty());
    }

    void theLayersOfAHeadAreOneValue()
    {
        const Recipe before;
        Recipe after;
        after.head.dense = { DenseSpec(64), DenseSpec(32) };
        after.head.dense[0].activation = Activation::Tanh;
        after.head.dense[0].dropout = 0.3;
        const auto found = differences(before, after);
        QCOMPARE(found.size(), std::size_t { 1 });
        QCOMPARE(found[0].key, std::string("head.dense"));
        QCOMPARE(found[0].before, std::string("[1024]"));
        const auto again = withValues(before, { { found[0].key, found[0].after } });
        QVERIFY2(again, again ? "" : again.error().text().c_str());
        QCOMPARE(again->head.dense, after.head.dense);
    }

    /// As the log of a run has it that lost its power between an epoch and its checkpoint.
    void epochsThatWereTrainedAgainAreListedOnce()
    {
        const TemporaryFolder folder;
        writeRun(folder, "a", Recipe(),
            { epoch(1, 0.7, true), epoch(2, 0.9, true), epoch(3, 0.8, false), epoch(2, 0.6, false),
                epoch(3, 0.75, true) });
        const auto run = summarizeRun(folder / "a");
        QCOMPARE(run.epochs.size(), std::size_t { 3 });
        QCOMPARE(run.seconds(), 4.5);
        QCOMPARE(run.bestEpoch, 3);
        QCOMPARE(run.best()->validationAccuracy, std::optional(0.75));
    }

    void aListTellsWhatCameOfEachRun()
    {
        const TemporaryFolder folder;
        Recipe recipe;
        writeRun(folder, "a", recipe,
            { epoch(1, 0.8, true), epoch(2, 0.9, true), epoch(3, 0.85, false),
                Finished { false, 2, 0.9, 20, std::nullopt, 0, "a" } });
        folder.write("a/dataset.json",
            "{\"root\":\"/pictures\",\"classes\":[\"x\"],\"validation_drawn\":false,"
            "\"images\":[[\"broken");
        recipe.head.dropout = 0.1;
        recipe.phases[0].epochs = 1; // as a fork after epoch 1 has it
        writeRun(folder, "b", recipe, { epoch(1, 0.7, true) });
        QVERIFY(writeRunNotes(folder / "b", { "less dropout", "as the book says" }));
        QVERIFY(writeRunRecord(folder / "b",
            { RunParent { folder / "a", 1 },
                { { "2026-01-02T03:04:05Z", 2, "cuda:0", "a GPU", "bf16", 3, "1", "2" } } }));
        folder.write("no run/picture.jpg", "");

        const auto runs = readRunList(folder.path());
        QVERIFY(runs);
        QCOMPARE(runs->size(), std::size_t { 2 });
        const auto& a = (*runs)[0];
        QVERIFY(!a.problem);
        QCOMPARE(a.name(), std::string("a"));
        QCOMPARE(a.bestEpoch, 2);
        QVERIFY(a.best() && a.best()->validationAccuracy == 0.9);
        QCOMPARE(a.epochs.size(), std::size_t { 3 });
        QCOMPARE(a.seconds(), 4.5);
        QVERIFY(a.finished);
        QVERIFY(!a.record.parent && a.record.sittings.empty());
        QVERIFY(!a.started().empty());
        QCOMPARE(a.dataset, std::filesystem::path("/pictures"));
        QCOMPARE(a.comparedWith, std::string("default"));

        const auto& b = (*runs)[1];
        QCOMPARE(b.name(), std::string("less dropout"));
        QCOMPARE(b.notes.note, std::string("as the book says"));
        QVERIFY(!b.finished);
        QCOMPARE(b.record.parent->run, folder / "a");
        QCOMPARE(b.record.parent->epoch, 1);
        QCOMPARE(b.record.sittings.at(0).threads, 3);
        QCOMPARE(b.started(), std::string("2026-01-02T03:04:05Z"));
        QCOMPARE(b.comparedWith, std::string("a"));
        QCOMPARE(
            b.differences, (std::vector { RecipeDifference { "head.dropout", "0.5", "0.1" } }));
    }

    void aForkIsToldByThePhasesThatItGoesOnWith()
    {
        const TemporaryFolder folder;
        auto recipe = builtInRecipe("default").value();
        const auto shipped = recipe;
        recipe.phases.push_back({ { 1e-4, { { "block4", 1e-5 } } }, 5, 0 });
        writeRun(folder, "parent", recipe,
            { epoch(1, 0.7, true), epoch(2, 0.8, true), epoch(3, 0.9, true) });
        const Phase next { { 1e-4, { { "block5", 1e-5 } } }, 5, 0 };
        recipe.phases[0].epochs = 2;
        recipe.phases[1] = next;
        recipe.phases.push_back(next);
        writeRun(folder, "fork", recipe, { epoch(1, 0.7, true), epoch(2, 0.8, true) });
        recipe.head.dropout = 0.1;
        recipe.phases.resize(1);
        writeRun(folder, "other", recipe, { epoch(1, 0.7, true), epoch(2, 0.8, true) });
        const auto listed = [&](const std::string& parent) {
            for (const auto* fork : { "fork", "other" }) {
                if (!writeRunRecord(folder / fork, { RunParent { folder / parent, 2 }, {} }))
                    return std::vector<RunSummary>();
            }
            return readRunList(folder.path()).value_or(std::vector<RunSummary>());
        };
        auto runs = listed("parent");
        QCOMPARE(runs.size(), std::size_t { 3 });
        QVERIFY(runs[0].comparedWithParent);
        QCOMPARE(runs[0].comparedWith, std::string("parent"));
        QVERIFY(runs[0].differences.empty());
        QCOMPARE(runs[0].furtherPhases, (std::vector { next, next }));
        QCOMPARE(describe(next), std::string("block 5 at 1e-5, head at 1e-4, 5 epochs"));
        QVERIFY(runs[1].furtherPhases.empty());
        QCOMPARE(runs[1].differences,
            (std::vector {
                RecipeDifference { "head.dropout", shortNumber(shipped.head.dropout), "0.1" } }));
        // Without its parent a run is told by what it has beside the recipe that ships.
        runs = listed("gone");
        QVERIFY(!runs[0].comparedWithParent);
        QCOMPARE(runs[0].comparedWith, std::string("default"));
        QCOMPARE(runs[0].furtherPhases, (std::vector { next, next }));
        QCOMPARE(runs[0].differences,
            (std::vector { RecipeDifference {
                "phases.0.epochs", std::to_string(shipped.phases[0].epochs), "2" } }));
    }

    void ratesThatWereChangedWhileARunTrainedAreItsOwn()
    {
        const TemporaryFolder folder;
        PhaseStarted head;
        head.plan = { 1e-3, {} };
        PhaseStarted deeper;
        deeper.phase = 2;
        deeper.firstEpoch = 4;
        deeper.plan = { 1e-4, { { "block5", 1e-5 } } };
        const std::vector<TrainingEvent> events { head, epoch(1, 0.7, true),
            // Of a rate that is tried out, the last counts; one that was put back is no change.
            RateChanged { "head", 5e-4, 2 }, RateChanged { "head", 3e-4, 2 }, epoch(2, 0.7, false),
            RateChanged { "head", 1, 3 }, RateChanged { "head", 3e-4, 3 }, epoch(3, 0.7, false),
            deeper, RateChanged { "block5", 2e-5, 4 }, epoch(4, 0.8, true),
            RateChanged { "block5", 3e-5, 5 }, epoch(5, 0.7, false),
            // Of an epoch that was broken off.
            RateChanged { "head", 1e-6, 6 } };
        Recipe recipe;
        recipe.phases[0].epochs = 3;
        recipe.phases.push_back({ deeper.plan, 2, 0 });
        writeRun(folder, "a", recipe, events);
        writeRun(folder, "b", recipe, events);
        QVERIFY(writeRunRecord(folder / "b", { RunParent { folder / "a", 4 }, {} }));
        const auto runs = readRunList(folder.path());
        QVERIFY(runs && runs->size() == 2);
        const RateChange first { "head", 1, 2, 1e-3, 3e-4 };
        const RateChange second { "block5", 2, 4, 1e-5, 2e-5 };
        const RateChange third { "block5", 2, 5, 2e-5, 3e-5 };
        QCOMPARE((*runs)[0].rateChanges, (std::vector { first, second, third }));
        QCOMPARE(toText(first), std::string("head 0.001 > 3e-4 in epoch 2"));
        // What was changed before the fork is its parent's.
        QCOMPARE((*runs)[1].rateChanges, (std::vector { third }));
    }

    void aForkStartedWhenItWasFirstTrainedItself()
    {
        const auto sitting = [](const char* started, int firstEpoch) {
            return Sitting { started, firstEpoch, "cpu", "a CPU", "fp32", 2, "1", "2" };
        };
        RunSummary run;
        run.record.sittings = { sitting("2026-01-02T03:04:05Z", 1),
            sitting("2026-01-03T03:04:05Z", 4), sitting("2026-01-04T03:04:05Z", 6) };
        QCOMPARE(run.started(), std::string("2026-01-02T03:04:05Z"));
        run.record.parent = RunParent { "/runs/a", 3 };
        QCOMPARE(run.started(), std::string("2026-01-03T03:04:05Z"));
        // One that nobody has trained yet has only its parent's.
        run.record.sittings.resize(1);
        QVERIFY(run.started() != "2026-01-02T03:04:05Z");
    }

    void theUsualNormalizationIsNoChange()
    {
        const TemporaryFolder folder;
        auto recipe = builtInRecipe("default").value();
        recipe.normalization = "caffe";
        writeRun(folder, "usual", recipe, { epoch(1, 0.7, true) });
        recipe.normalization = "unit";
        writeRun(folder, "other", recipe, { epoch(1, 0.7, true) });
        const auto runs = readRunList(folder.path());
        QVERIFY(runs && runs->size() == 2);
        QCOMPARE((*runs)[0].differences.size(), std::size_t { 1 });
        QCOMPARE((*runs)[0].differences[0].key, std::string("normalization"));
        QVERIFY((*runs)[1].differences.empty());
    }

    void aBrokenRunIsListedWithItsReason_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("content");
        QTest::newRow("recipe is no JSON") << "recipe.json"
                                           << "{";
        QTest::newRow("recipe of another program") << "recipe.json"
                                                   << "{\"colour\":1}";
        QTest::newRow("log with a strange line") << "events.jsonl"
                                                 << "{\"event\":\"party\"}\n";
        QTest::newRow("record is a list") << "run.json"
                                          << "[]";
        QTest::newRow("parent without a folder") << "run.json"
                                                 << "{\"parent\":{\"epoch\":1}}";
        QTest::newRow("epoch out of range") << "run.json"
                                            << "{\"sittings\":[{\"first_epoch\":-1}]}";
        QTest::newRow("notes are nested deeply")
            << "notes.json" << QString(100'000, QLatin1Char('['));
        QTest::newRow("name is a number") << "notes.json"
                                          << "{\"name\":1}";
    }

    void aBrokenRunIsListedWithItsReason()
    {
        QFETCH(QString, file);
        QFETCH(QString, content);
        const TemporaryFolder folder;
        writeRun(folder, "broken", Recipe());
        writeRun(folder, "whole", Recipe());
        folder.write("broken/" + file.toStdString(), content.toStdString());
        const auto runs = readRunList(folder.path());
        QVERIFY(runs);
        QCOMPARE(runs->size(), std::size_t { 2 });
        QVERIFY((*runs)[0].problem);
        const auto text = (*runs)[0].problem->text();
        QVERIFY2(text.find(file.toStdString()) != std::string::npos, text.c_str());
        QVERIFY(!(*runs)[1].problem);
    }

    void whatIsLeftOfARunIsListed()
    {
        const TemporaryFolder folder;
        folder.write("half/dataset.json", "{\"root\":\"/p\"");
        const auto runs = readRunList(folder.path());
        QVERIFY(runs);
        QCOMPARE(runs->size(), std::size_t { 1 });
        QCOMPARE((*runs)[0].problem->code, ErrorCode::NotFound);
        QCOMPARE(readRunList(folder / "nowhere").error().code, ErrorCode::NotFound);
    }

    void aRunRecordsWhatItWasComputedWith()
    {
        TrainingBench bench;
        run(bench.job("run"));
        run(bench.job("run", RunMode::Extend));
        const auto record = readRunRecord(bench.folder / "run");
        QVERIFY2(record, record ? "" : record.error().text().c_str());
        QVERIFY(!record->parent);
        QCOMPARE(record->sittings.size(), std::size_t { 2 });
        const auto& first = record->sittings[0];
        QCOMPARE(first.firstEpoch, 1);
        QCOMPARE(first.device, std::string("cpu"));
        QCOMPARE(first.deviceName, deviceName("cpu"));
        QVERIFY(first.precision == "fp32" || first.precision == "bf16");
        QCOMPARE(first.threads, usableCores());
        QCOMPARE(first.torch, torchVersion());
        QCOMPARE(record->sittings[1].firstEpoch, 5);
        // Something that was half done is not told twice.
        QVERIFY(run(bench.job("run", RunMode::Resume)).size() > 0);
        QCOMPARE(readRunRecord(bench.folder / "run")->sittings.size(), std::size_t { 3 });
        bench.recipe.precision = Precision::Fp32;
        run(bench.job("exact"));
        QCOMPARE(
            readRunRecord(bench.folder / "exact")->sittings.at(0).precision, std::string("fp32"));
    }

    void aTimeComesBackFromItsStamp()
    {
        QCOMPARE(timeStamp(1'767'225'600), std::string("2026-01-01T00:00:00Z"));
        QCOMPARE(timeOfStamp("2026-01-01T00:00:00Z"), std::time_t { 1'767'225'600 });
        QCOMPARE(timeOfStamp("yesterday"), std::time_t { 0 });
        QCOMPARE(timeOfStamp("2026-01-01T00:00:00Z and more"), std::time_t { 0 });
    }

    void notesAreBounded()
    {
        const TemporaryFolder folder;
        writeRun(folder, "a", Recipe());
        QVERIFY(writeRunNotes(folder / "a", { "name \xe2\x82\xac", "two\nlines" }));
        const auto read = readRunNotes(folder / "a");
        QCOMPARE(*read, (RunNotes { "name \xe2\x82\xac", "two\nlines" }));
        QCOMPARE(writeRunNotes(folder / "a", { std::string(1000, 'x'), {} }).error().code,
            ErrorCode::TooLarge);
        QCOMPARE(*readRunNotes(folder / "a"), *read);
    }
};

QTEST_GUILESS_MAIN(TestRunList)
#include "tst_run_list.moc"
