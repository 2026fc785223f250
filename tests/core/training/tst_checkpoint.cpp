#include "core/base/files.h"
#include "core/training/fork.h"
#include "core/training/rate_finder.h"
#include "core/weights/safetensors.h"
#include "tests/core/training/training_bench.h"

#include <nlohmann/json.hpp>

using namespace vernier;
using namespace vernier::test;

namespace fs = std::filesystem;

namespace {

using Change = std::function<void(std::vector<TensorView>&, std::map<std::string, std::string>&)>;

/// Writes resume.safetensors anew.
void change(const fs::path& run, const Change& how, const char* name = run_files::kResume)
{
    const auto file = SafetensorsFile::open(run / name);
    QVERIFY(file);
    auto tensors = file->tensors();
    auto metadata = file->metadata();
    how(tensors, metadata);
    QVERIFY(writeSafetensors(run / name, tensors, metadata));
}

void setCounter(const fs::path& run, const std::string& key, const std::string& value)
{
    change(run, [&](auto&, auto& metadata) {
        auto counters = nlohmann::json::parse(metadata["counters"]);
        counters.erase(key);
        auto text = counters.dump();
        if (!value.empty())
            text.insert(1, "\"" + key + "\":" + value + ",");
        metadata["counters"] = text;
    });
}

std::string bytesOf(const fs::path& file) { return readTextFile(file, 1 << 24).value_or(""); }

void copyAll(const fs::path& from, const fs::path& to)
{
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
}

/// Stopped after two epochs of four, with averages.
struct StoppedRun {
    TrainingBench bench;
    fs::path folder = bench.folder / "run";

    StoppedRun()
    {
        bench.recipe.averageDecay = 0.9;
        runAndStopAfter(bench.job("run"), 2);
    }
    Error resumed(RunMode mode = RunMode::Resume) const
    {
        std::vector<TrainingEvent> events;
        const auto finished = runJob(bench.job("run", mode), events);
        return finished ? Error { ErrorCode::Exists, "it went on", {}, {} } : finished.error();
    }
};

/// A picture whose head is whole, so that a scan takes it, and one that is gone since.
void spoil(const TrainingBench& bench, Split split, std::size_t cut, std::size_t gone)
{
    std::vector<fs::path> files;
    for (const auto& image : bench.dataset->images) {
        if (image.split == split)
            files.push_back(bench.dataset->absolute(image));
    }
    fs::resize_file(files.at(cut), fs::file_size(files[cut]) / 2);
    fs::remove(files.at(gone));
}

} // namespace

class TestCheckpoint : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_run = std::make_unique<StoppedRun>(); }
    void cleanupTestCase() { m_run.reset(); }
    void init() { copyAll(m_run->folder, m_run->bench.folder / "kept"); }
    void cleanup()
    {
        fs::remove_all(m_run->folder);
        fs::rename(m_run->bench.folder / "kept", m_run->folder);
    }

    void countersThatNoRunOfTheRecipeHasAreRefused_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("value");
        const auto rows = [](const char* key, std::initializer_list<const char*> values) {
            for (const auto* value : values)
                QTest::addRow("%s %s", key, *value ? value : "missing")
                    << QByteArray(key) << QByteArray(value);
        };
        rows("phase", { "-1", "1e300", "2", "4294967296", "-2147483648", "0.5", "\"0\"", "" });
        rows("epoch_in_phase", { "-1", "-2147483648", "5", "1e300", "" });
        rows("epoch", { "-1", "1", "3", "2147483647", "-2147483648", "1e300", "" });
        rows("best_epoch", { "-1", "3", "1e300", "" });
        rows("best_accuracy", { "1.5", "-2", "-0.5", "null", "" });
        rows("best_loss", { "-1", "null", "\"low\"", "" });
        rows("best_count", { "-1", "1e300", "9223372036854775807", "" });
        rows("best_on", { "7" });
        rows("optimizer_steps",
            { "-1", "0", "9223372036854775807", "18446744073709551615", "1.5", "" });
        rows("rates", { "[]", "{\"head\": -1}", "{\"head\": 11}", "{\"head\": null}", "" });
        rows("epochs_since_better", { "-1", "3", "1e300" });
        rows("least_watched", { "-1.5", "\"low\"", "[]" });
        rows("unreadable", { "{}", "[1]", "[[]]", "[[\"a.jpg\"]]", "[[\"a.jpg\", 7]]" });
    }

    void countersThatNoRunOfTheRecipeHasAreRefused()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, value);
        setCounter(m_run->folder, key.toStdString(), value.toStdString());
        for (const auto mode : { RunMode::Resume, RunMode::Extend }) {
            const auto error = m_run->resumed(mode);
            QVERIFY2(error.code == ErrorCode::Corrupt, error.text().c_str());
            QCOMPARE(error.path.filename(), fs::path("resume.safetensors"));
            QVERIFY2(
                error.detail.find(key.toStdString()) != std::string::npos, error.text().c_str());
        }
    }

    void countersNestedDeeplyAreRefused()
    {
        change(m_run->folder, [](auto&, auto& metadata) {
            metadata["counters"] = std::string(60'000, '[') + std::string(60'000, ']');
        });
        QCOMPARE(m_run->resumed().code, ErrorCode::Corrupt);
        change(m_run->folder, [](auto&, auto& metadata) { metadata.erase("counters"); });
        QCOMPARE(m_run->resumed().code, ErrorCode::Corrupt);
    }

    void momentsOfAnotherTypeOrShapeAreRefused_data()
    {
        QTest::addColumn<bool>("ofAnAverage");
        QTest::addColumn<QByteArray>("what");
        for (const auto* what : { "type", "shape", "no number", "missing" }) {
            QTest::addRow("a moment: %s", what) << false << QByteArray(what);
            QTest::addRow("an average: %s", what) << true << QByteArray(what);
        }
    }

    void momentsOfAnotherTypeOrShapeAreRefused()
    {
        QFETCH(bool, ofAnAverage);
        QFETCH(QByteArray, what);
        std::vector<std::byte> numbers;
        change(m_run->folder, [&](auto& tensors, auto&) {
            const auto place = std::ranges::find_if(tensors, [&](const TensorView& tensor) {
                return tensor.name.starts_with("average/") == ofAnAverage
                    && tensor.shape.size() == 2;
            });
            QVERIFY(place != tensors.end());
            if (what == "type") {
                place->dtype = DType::I32;
            } else if (what == "shape") {
                // One that would be spread over all of the weight.
                place->shape = { 1 };
                place->data = place->data.first(4);
            } else if (what == "no number") {
                numbers.assign(place->data.size(), std::byte { 0xFF });
                place->data = numbers;
            } else {
                tensors.erase(place);
            }
        });
        const auto error = m_run->resumed();
        QVERIFY2(error.code == ErrorCode::Corrupt, error.text().c_str());
        if (!ofAnAverage || what == "missing")
            return;
        QCOMPARE(m_run->resumed(RunMode::Extend).code, ErrorCode::Corrupt);
        // Where the last epoch is the best, its weights are the averages.
        if (readRun(m_run->folder)->bestEpoch != 2) {
            const auto fork = forkRun(m_run->folder, 2, m_run->bench.folder / "fork");
            QVERIFY(!fork);
            QCOMPARE(fork.error().code, ErrorCode::Corrupt);
            QVERIFY(!fs::exists(m_run->bench.folder / "fork"));
        }
        const auto rate = findRate(*m_run->bench.dataset, m_run->bench.recipe, 0, m_run->folder,
            *m_run->bench.cache, {}, {}, {});
        QVERIFY(!rate);
        QCOMPARE(rate.error().code, ErrorCode::Corrupt);
    }

    void theRateFinderStartsFromTheAveragesAsAnotherPhaseDoes()
    {
        const auto find = [&] {
            return findRate(*m_run->bench.dataset, m_run->bench.recipe, 0, m_run->folder,
                *m_run->bench.cache, {}, {}, {});
        };
        const auto found = find();
        QVERIFY(found);
        // The same run, whose newest weights are the averages already.
        std::optional<SafetensorsFile> resume;
        change(m_run->folder, [&](auto& tensors, auto&) {
            resume.emplace(*SafetensorsFile::open(m_run->folder / run_files::kResume));
            std::erase_if(tensors,
                [](const TensorView& tensor) { return tensor.name.starts_with("average/"); });
        });
        change(
            m_run->folder,
            [&](auto& tensors, auto&) {
                int averaged = 0;
                for (auto& tensor : tensors) {
                    if (const auto* average = resume->find("average/" + tensor.name)) {
                        tensor.data = average->data;
                        ++averaged;
                    }
                }
                QVERIFY(averaged > 0);
            },
            run_files::kLast);
        const auto expected = find();
        QVERIFY(expected);
        QCOMPARE(found->points.size(), expected->points.size());
        for (std::size_t i = 0; i < found->points.size(); ++i)
            QCOMPARE(found->points[i].loss, expected->points[i].loss);
    }

    void theRateFinderTakesTheCheckpointThatCounts()
    {
        // As while a newer one is being written.
        const auto last = m_run->folder / run_files::kLast;
        auto previous = last;
        previous += ".previous";
        const auto find = [&] {
            return findRate(*m_run->bench.dataset, m_run->bench.recipe, 0, m_run->folder,
                *m_run->bench.cache, {}, {}, {});
        };
        const auto expected = find();
        fs::copy_file(last, previous);
        change(
            m_run->folder, [](auto&, auto& metadata) { metadata["epoch"] = "3"; },
            run_files::kLast);
        const auto found = find();
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QCOMPARE(found->points.front().loss, expected->points.front().loss);
        QVERIFY(fs::exists(previous));
    }

    void aRunWithPicturesThatCannotBeReadResumesToTheSameBits_data()
    {
        QTest::addColumn<int>("stopAfter");
        QTest::newRow("in the first phase") << 1;
        QTest::newRow("between the phases") << 2;
        QTest::newRow("in the second phase") << 3;
    }

    void aRunWithPicturesThatCannotBeReadResumesToTheSameBits()
    {
        QFETCH(int, stopAfter);
        TrainingBench bench;
        bench.recipe.phases
            = { { { 3e-3, {} }, 2, 0 }, { { 1e-3, { { "block2", 1e-3 } } }, 2, 0 } };
        spoil(bench, Split::Train, 3, 7);
        spoil(bench, Split::Validation, 1, 2);
        spoil(bench, Split::Test, 0, 1);
        const auto whole = run(bench.job("whole"));
        QVERIFY(std::holds_alternative<Finished>(whole.back()));
        const auto logged = readRun(bench.folder / "whole");
        runAndStopAfter(bench.job("broken"), stopAfter);
        run(bench.job("broken", RunMode::Resume));
        const auto info = readRun(bench.folder / "broken");
        QVERIFY(info && info->finished);
        QVERIFY(sameNumbers(epochsOf(whole), epochsOf(info->events)));
        for (const auto* file : { run_files::kBest, run_files::kLast, run_files::kResume })
            QVERIFY2(
                bytesOf(bench.folder / "whole" / file) == bytesOf(bench.folder / "broken" / file),
                file);
        // And says of each of them once that it is left out.
        QCOMPARE(info->events.size(), logged->events.size());
    }

    void picturesThatWereMendedAreUsedByAnotherPhase()
    {
        TrainingBench bench;
        bench.recipe.phases = { { { 3e-3, {} }, 1, 0 } };
        const auto mended = bench.folder / "mended";
        copyAll(bench.folder / "pictures", mended);
        spoil(bench, Split::Train, 3, 7);
        const auto first = epochsOf(run(bench.job("run")));
        copyAll(mended, bench.folder / "pictures");
        const auto second = epochsOf(run(bench.job("run", RunMode::Extend)));
        QCOMPARE(second.front().trainCount, first.front().trainCount + 2);
    }

    void aLogThatIsShorterThanTheCheckpointIsTold_data()
    {
        QTest::addColumn<int>("kept");
        QTest::newRow("an epoch is missing") << 1;
        QTest::newRow("all are missing") << 0;
        QTest::newRow("there is no log") << -1;
    }

    void aLogThatIsShorterThanTheCheckpointIsTold()
    {
        QFETCH(int, kept);
        const auto file = m_run->folder / run_files::kEvents;
        std::string text;
        int epochs = 0;
        const auto standing = *readRun(m_run->folder);
        for (const auto& event : standing.events) {
            epochs += std::holds_alternative<EpochDone>(event);
            if (epochs > kept)
                break;
            text += toJson(event) + "\n";
        }
        fs::remove(file);
        if (kept >= 0)
            QVERIFY(writeFileAtomically(file, std::string_view(text)));
        const auto events = run(m_run->bench.job("run", RunMode::Resume));
        QVERIFY(std::holds_alternative<Finished>(events.back()));
        const auto* note = std::get_if<Note>(&events.front());
        QVERIFY(note);
        QVERIFY2(note->text.find("ends with epoch " + std::to_string(std::max(kept, 0)))
                != std::string::npos,
            note->text.c_str());
        // The weights are whole: it ends as a run that nobody disturbed.
        QCOMPARE(epochsOf(events).size(), std::size_t { 2 });
        QCOMPARE(epochsOf(events).back().epoch, 4);
        // Of what is not told of, nothing is made up.
        QVERIFY(!forkRun(m_run->folder, 4, m_run->bench.folder / "fork"));
    }

    void aLogThatALossOfPowerFilledWithZerosEndsBefore()
    {
        const auto file = m_run->folder / run_files::kEvents;
        const auto text = bytesOf(file);
        const auto before = readRun(m_run->folder)->events.size();
        for (const auto& tail : { std::string(4096, '\0'), std::string(100, '\0') + "ds\":1}\n" }) {
            QVERIFY(writeFileAtomically(file, std::string_view(text + tail)));
            const auto info = readRun(m_run->folder);
            QVERIFY2(info, info ? "" : info.error().text().c_str());
            QCOMPARE(info->events.size(), before);
        }
        const auto events = run(m_run->bench.job("run", RunMode::Resume));
        QVERIFY(std::holds_alternative<Finished>(events.back()));
    }

    void aLinkInPlaceOfTheKeptEpochsIsNotWrittenThrough()
    {
        TrainingBench bench;
        const auto outside = bench.folder / "outside";
        fs::create_directory(outside);
        // What a link to a folder of somebody's would have removed.
        const auto theirs = bench.folder.write("outside/1.safetensors.tmp1234-5", "theirs");
        fs::create_directory(bench.folder / "run");
        fs::create_directory_symlink(outside, bench.folder / "run/epochs");
        auto job = bench.job("run");
        job.keepEpochs = true;
        std::vector<TrainingEvent> events;
        const auto refused = runJob(job, events);
        QVERIFY(!refused);
        QCOMPARE(refused.error().path.filename(), fs::path("epochs"));
        QCOMPARE(refused.error().code, ErrorCode::Invalid);
        // A run that it is planted into while nobody looks.
        fs::create_directory_symlink(outside, m_run->folder / "epochs");
        QCOMPARE(m_run->resumed().path.filename(), fs::path("epochs"));
        QVERIFY(fs::exists(theirs));
        QCOMPARE(std::distance(fs::directory_iterator(outside), fs::directory_iterator()), 1);
    }

    void filesThatAreLinksAreReplacedAndNotWrittenTo()
    {
        const TemporaryFolder outside;
        for (const auto* name : run_files::kAll) {
            const auto file = m_run->folder / name;
            if (!fs::exists(file))
                continue;
            fs::rename(file, outside / name);
            fs::create_symlink(outside / name, file);
        }
        std::map<fs::path, std::string> before;
        for (const auto& entry : fs::directory_iterator(outside.path()))
            before[entry.path()] = bytesOf(entry.path());
        const auto events = run(m_run->bench.job("run", RunMode::Resume));
        QVERIFY(std::holds_alternative<Finished>(events.back()));
        for (const auto& [file, bytes] : before)
            QVERIFY2(bytesOf(file) == bytes, file.c_str());
        QVERIFY(fs::is_regular_file(fs::symlink_status(m_run->folder / run_files::kLast)));
    }

    void aRunThatFailsAsItBeginsLeavesNothing()
    {
        TrainingBench bench;
        // The name of a run's file is taken by a folder that is not empty.
        bench.folder.write("run/run.json/theirs", "");
        std::vector<TrainingEvent> events;
        QVERIFY(!runJob(bench.job("run"), events));
        QVERIFY(!fs::exists(bench.folder / "run/recipe.json"));
        // Whatever else it has left: a new one begins there.
        fs::remove_all(bench.folder / "run/run.json");
        QVERIFY(runJob(bench.job("run"), events));
    }

    void aFolderThatAnEarlierRunFailedInIsBegunAnew()
    {
        TrainingBench bench;
        bench.folder.write("run/recipe.json", toJson(bench.recipe));
        bench.folder.write("run/dataset.json.tmp1234-5", "half");
        std::vector<TrainingEvent> events;
        const auto finished = runJob(bench.job("run"), events);
        QVERIFY2(finished, finished ? "" : finished.error().text().c_str());
        QVERIFY(readRun(bench.folder / "run")->finished);

        // One with anything of a run, or of somebody's, is not.
        for (const auto* name : { "notes.json", "dataset.json", "best.safetensors", "mine.txt" }) {
            const auto folder = std::string("with ") + name;
            bench.folder.write(folder + "/recipe.json", toJson(bench.recipe));
            bench.folder.write(folder + "/" + name, "{}");
            const auto refused = runJob(bench.job(folder), events);
            QVERIFY2(!refused && refused.error().code == ErrorCode::Exists, name);
        }
    }

    void filesThatAreOnlyCalledLikeARunsAreLeftAlone_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name :
            { run_files::kDataset, run_files::kBest, run_files::kLast, run_files::kResume })
            QTest::newRow(name) << QString(name);
    }

    void filesThatAreOnlyCalledLikeARunsAreLeftAlone()
    {
        QFETCH(QString, name);
        auto& bench = m_run->bench;
        const auto file = bench.folder.write("theirs/" + name.toStdString(), "theirs");
        std::vector<TrainingEvent> events;
        const auto refused = runJob(bench.job("theirs"), events);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Exists);
        QCOMPARE(bytesOf(file), std::string("theirs"));
        QCOMPARE(
            std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()), 1);
        fs::remove_all(file.parent_path());
    }

    void whatElseLiesAmongTheKeptEpochsStays()
    {
        TrainingBench bench;
        bench.recipe.phases = { { { 1e-3, {} }, 1 } };
        const std::vector<fs::path> theirs { bench.folder.write("run/epochs/notes.txt", "theirs"),
            bench.folder.write("run/epochs/letter.tmp", "theirs"),
            bench.folder.write("run/epochs/letter.tmp1234", "theirs") };
        auto job = bench.job("run");
        job.keepEpochs = true;
        run(job);
        QVERIFY(fs::exists(bench.folder / "run/epochs/1.safetensors"));
        for (const auto& file : theirs)
            QVERIFY2(fs::exists(file), file.c_str());
    }

    void aForkThatWasBrokenOffIsMadeAnew()
    {
        const auto to = m_run->bench.folder / "fork";
        QVERIFY(forkRun(m_run->folder, 2, to));
        fs::remove(to / "recipe.json");
        m_run->bench.folder.write("fork/recipe.json.tmp0123abcd", "half");
        QVERIFY(forkRun(m_run->folder, 2, to));
        QVERIFY(readRun(to) && !fs::exists(to / "recipe.json.tmp0123abcd"));
        // A run, or anything of somebody's, is no such folder.
        QCOMPARE(forkRun(m_run->folder, 2, to).error().code, ErrorCode::Exists);
        fs::remove(to / "recipe.json");
        m_run->bench.folder.write("fork/notes.json", "{}");
        QCOMPARE(forkRun(m_run->folder, 2, to).error().code, ErrorCode::Exists);
        fs::remove_all(to);
        fs::create_directory(to);
        fs::copy_file(m_run->folder / run_files::kBest, to / run_files::kBest);
        QCOMPARE(forkRun(m_run->folder, 2, to).error().code, ErrorCode::Exists);
        fs::remove_all(to);
    }

    void whatABrokenOffForkLeftIsNotGoneOnWith()
    {
        TrainingBench bench;
        copyAll(m_run->folder, bench.folder / "run");
        fs::remove(bench.folder / "run/recipe.json");
        // Ended before its first checkpoint: what there is of one is of another run.
        std::stop_source stop;
        std::vector<TrainingEvent> events;
        QVERIFY(runJob(bench.job("run"), events, stop.get_token(),
            [&](const TrainingEvent& event, LiveKnobs&) {
                if (std::holds_alternative<PhaseStarted>(event))
                    stop.request_stop();
            }));
        const auto resumed = epochsOf(run(bench.job("run", RunMode::Resume)));
        QCOMPARE(resumed.size(), std::size_t { 4 });
    }

    void eventsWithNumbersThatNoRunHasAreRefused_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("value");
        const auto rows = [](const char* key, std::initializer_list<const char*> values) {
            for (const auto* value : values)
                QTest::addRow("%s %s", key, value) << QByteArray(key) << QByteArray(value);
        };
        rows("phase", { "0", "-1", "1e300", "2147483648", "1000" });
        rows("epoch", { "0", "-2147483648", "1e300", "2147483647", "1.5" });
        rows("train_loss", { "null", "\"1\"" });
        rows("train_accuracy", { "2", "-1" });
        rows("train_count", { "-1", "1e300", "9223372036854775808" });
        rows("validation_accuracy", { "2", "\"x\"" });
        rows("seconds", { "-1", "1e300" });
        rows("images_per_second", { "-1", "1e300" });
        rows("best", { "1" });
    }

    void eventsWithNumbersThatNoRunHasAreRefused()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, value);
        auto event = nlohmann::json::parse(
            toJson(EpochDone { 1, 3, 0.5, 0.75, 100, 0.6, 0.7, 20, 1.5, 66.6, true }));
        QVERIFY(eventFromJson(event.dump()));
        event.erase(key.toStdString());
        auto text = event.dump();
        text.insert(1, "\"" + key.toStdString() + "\":" + value.toStdString() + ",");
        const auto read = eventFromJson(text);
        QVERIFY(!read);
        QVERIFY2(read.error().detail.find(key.toStdString()) != std::string::npos,
            read.error().text().c_str());
        // What a later version may tell of besides is passed over.
        event[key.toStdString()] = nlohmann::json::parse(toJson(
            EpochDone { 1, 3, 0.5, 0.75, 100, 0.6, 0.7, 20, 1.5, 66.6, true }))[key.toStdString()];
        event["weather"] = "fine";
        QVERIFY(eventFromJson(event.dump()));
    }

    void aListOfPicturesWithNumbersThatNoneHasIsRefused_data()
    {
        QTest::addColumn<QByteArray>("row");
        QTest::newRow("a class below 0") << QByteArray(R"(["a.jpg",-1,"train",1,5,5])");
        QTest::newRow("a class that is none") << QByteArray(R"(["a.jpg",2,"train",1,5,5])");
        QTest::newRow("a class beyond all") << QByteArray(R"(["a.jpg",1e300,"train",1,5,5])");
        QTest::newRow("bytes below 0") << QByteArray(R"(["a.jpg",0,"train",-1,5,5])");
        QTest::newRow("bytes beyond all") << QByteArray(R"(["a.jpg",0,"train",1e300,5,5])");
        QTest::newRow("a width below 0") << QByteArray(R"(["a.jpg",0,"train",1,-5,5])");
        QTest::newRow("a height beyond all") << QByteArray(R"(["a.jpg",0,"train",1,5,1e300])");
        QTest::newRow("too short") << QByteArray(R"(["a.jpg",0])");
        QTest::newRow("no list") << QByteArray("7");
    }

    void aListOfPicturesWithNumbersThatNoneHasIsRefused()
    {
        QFETCH(QByteArray, row);
        const auto file = m_run->folder / run_files::kDataset;
        auto dataset = nlohmann::json::parse(bytesOf(file));
        auto text = dataset.dump();
        const auto images = text.find("\"images\":[");
        QVERIFY(images != std::string::npos);
        text.insert(images + 10, row.toStdString() + ",");
        QVERIFY(writeFileAtomically(file, std::string_view(text)));
        const auto read = readRunDataset(m_run->folder);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Corrupt);
    }

private:
    std::unique_ptr<StoppedRun> m_run;
};

QTEST_GUILESS_MAIN(TestCheckpoint)
#include "tst_checkpoint.moc"
