// What is left when a disk fails, a machine loses its power or a program is killed. In the test
// command a sample; VERNIER_EVERY_FAULT=1 goes through all (about half an hour on two cores).

#include "core/base/files.h"
#include "core/training/trainer.h"
#include "core/weights/safetensors.h"
#include "tests/cli/cli_program.h"
#include "tests/support/fault_log.h"
#include "tests/support/painted_picture.h"

#include <random>
#include <set>

#include <QElapsedTimer>
#include <QtTest>

using namespace vernier;
using namespace vernier::test;

namespace fs = std::filesystem;

namespace {

bool all() { return qEnvironmentVariableIsSet("VERNIER_EVERY_FAULT"); }

const QStringList kSmallNetwork { "--device", "cpu", "--set", "backbone=tinyvgg", "--set",
    "weights=random", "--set", "transfer_layer=block2_pool", "--set", "normalization=unit", "--set",
    "head.dense=[8]", "--set", "batch_size=4", "--set", "average_decay=0.9" };

std::string bytesOf(const fs::path& file) { return readTextFile(file, 1 << 24).value_or(""); }

/// Everything of a run that has to be the same, whatever happened on the way.
struct Outcome {
    std::map<std::string, std::string> weights;
    std::vector<double> losses;
    bool finished = false;
    bool operator==(const Outcome&) const = default;
};

Outcome outcomeOf(const fs::path& run)
{
    Outcome outcome;
    for (const auto* name : { run_files::kBest, run_files::kLast, run_files::kResume })
        outcome.weights[name] = bytesOf(run / name);
    if (const auto info = readRun(run)) {
        outcome.finished = info->finished;
        for (const auto& event : info->events) {
            if (const auto* epoch = std::get_if<EpochDone>(&event)) {
                outcome.losses.push_back(epoch->trainLoss);
                outcome.losses.push_back(epoch->validationLoss.value_or(-1));
            }
        }
    }
    return outcome;
}

/// Which of the calls, from 1, are writes that can be cut short.
std::vector<long> writesIn(const std::vector<LoggedCall>& log)
{
    std::vector<long> writes;
    std::map<fs::path, long> newest; ///< call on a file
    long call = 0;
    for (const auto& logged : log) {
        if (logged.what == "call")
            newest[logged.path] = ++call;
        else if (logged.what == "write" && logged.data.size() > 1)
            writes.push_back(newest[logged.path]);
    }
    return writes;
}

/// What is there under a name is whole.
QByteArray damage(const fs::path& folder)
{
    std::error_code error;
    if (!fs::exists(folder, error))
        return {};
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const auto& path = entry.path();
        if (path.extension() == ".safetensors") {
            if (const auto file = SafetensorsFile::open(path); !file)
                return QByteArray::fromStdString(file.error().text());
        } else if (path.extension() == ".json") {
            if (QJsonDocument::fromJson(QByteArray::fromStdString(bytesOf(path))).isNull())
                return QByteArray::fromStdString(path.string() + " is no JSON");
        }
    }
    return {};
}

} // namespace

class TestFaults : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void whateverCallFailsTheRunGoesOnToTheSameBits_data();
    void whateverCallFailsTheRunGoesOnToTheSameBits();
    void anExportIsThereWholeOrNotAtAll_data();
    void anExportIsThereWholeOrNotAtAll();
    void aCrashOfTheMachineAtAnyMomentLeavesARunThatGoesOn();
    void aRunThatIsKilledAtAnyMomentGoesOnToTheSameBits();

private:
    /// What a command does to files, as it was counted.
    struct Calls {
        long all = 0;
        std::vector<long> writes; ///< which of them
    };
    static Calls callsIn(const fs::path& logFile)
    {
        const auto log = readFaultLog(logFile);
        return { countCalls(log), writesIn(log) };
    }
    /// A command that makes or changes a run, and what to call when it was broken off.
    struct Job {
        const char* name;
        fs::path start; ///< a run that it begins with; empty: nothing
        QStringList first;
        QStringList more; ///< where there is a run that lacks its last phase
        Outcome outcome;
        Calls calls;
        std::size_t phases = 0; ///< of the recipe in the end
    };

    fs::path run() const { return m_folder / "run"; }
    QStringList train(const QStringList& more) const
    {
        return QStringList { "train", text(m_folder / "pictures"), "--out", text(run()), "--json" }
        + more;
    }
    Answer call(const QStringList& arguments, const QProcessEnvironment& more = {}) const
    {
        QProcess process;
        begin(process, arguments, more);
        return answerOf(process);
    }
    void begin(
        QProcess& process, const QStringList& arguments, const QProcessEnvironment& more = {}) const
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("VERNIER_CACHE", text(m_folder / "cache"));
        environment.insert(more);
        process.setProcessEnvironment(environment);
        process.start(VERNIER_CLI, arguments);
    }
    static QProcessEnvironment faults(
        const fs::path& below, long at, const char* kind, const fs::path& log = {})
    {
        QProcessEnvironment environment;
        environment.insert("LD_PRELOAD", VERNIER_FAULTS);
        environment.insert("VERNIER_FAULT_BELOW", text(below));
        environment.insert("VERNIER_FAULT_AT", QString::number(at));
        environment.insert("VERNIER_FAULT_KIND", kind);
        if (!log.empty())
            environment.insert("VERNIER_FAULT_LOG", text(log));
        return environment;
    }
    void layOut(const Job& job) const
    {
        fs::remove_all(run());
        if (!job.start.empty())
            fs::copy(job.start, run(), fs::copy_options::recursive);
    }
    /// As a person would: go on where there is a run, else once more.
    QStringList again(const Job& job) const
    {
        const auto info = readRun(run());
        if (!info)
            return job.first;
        return info->recipe.phases.size() == job.phases
            ? QStringList { "train", "--out", text(run()), "--resume", "--json" }
            : job.more;
    }
    void addRows(const Calls& calls, const QByteArray& job);
    /// A fault that no longer meets a call tests nothing.
    bool hasStruck() const
    {
        const auto log = readFaultLog(m_folder / "log");
        return std::ranges::any_of(
            log, [](const LoggedCall& logged) { return logged.what == "struck"; });
    }

    test::TemporaryFolder m_folder;
    std::vector<Job> m_jobs;
    Calls m_exportCalls;
};

void TestFaults::initTestCase()
{
    for (int c = 0; c < 2; ++c) {
        const auto name = std::string(c == 0 ? "cold" : "warm");
        writePaintedClass(m_folder, "pictures/train/" + name, 4, c * 140);
        writePaintedClass(m_folder, "pictures/val/" + name, 2, c * 140);
        writePaintedClass(m_folder, "pictures/test/" + name, 1, c * 140);
    }
    // One that a scan takes and no decoder does.
    const auto spoilt = m_folder / "pictures/train/cold/2.jpg";
    fs::resize_file(spoilt, fs::file_size(spoilt) / 2);

    const auto whole = m_folder / "whole";
    const QStringList phases { "--keep-epochs", "--phase", "blocks=2 lr=1e-3 epochs=2", "--phase",
        "lr=1e-3 epochs=1" };
    const auto more = train({ "--resume", "--phase", "lr=1e-4 epochs=1" });
    m_jobs.push_back({ "a new run", {}, train(kSmallNetwork + phases), {}, {}, {}, 2 });
    m_jobs.push_back({ "another phase", whole, more, more, {}, {}, 3 });
    m_jobs.push_back({ "a fork", {},
        train({ "--fork", text(whole), "--at", "2", "--phase", "lr=1e-4 epochs=1" }), more, {}, {},
        2 });
    for (auto& job : m_jobs) {
        layOut(job);
        const auto log = m_folder / "log";
        fs::remove(log);
        const auto answer = call(job.first, faults(run(), 0, "", log));
        QVERIFY2(answer.code == 0, answer.err.constData());
        job.outcome = outcomeOf(run());
        QVERIFY(job.outcome.finished);
        job.calls = callsIn(log);
        QVERIFY2(job.calls.all > 50, job.name);
        QVERIFY2(job.calls.writes.size() > 10, job.name);
        qInfo(
            "%s: %ld calls, %zu of them writes", job.name, job.calls.all, job.calls.writes.size());
        if (job.start.empty() && !fs::exists(whole))
            fs::copy(run(), whole, fs::copy_options::recursive);
    }
    const auto log = m_folder / "log";
    fs::remove(log);
    fs::create_directory(m_folder / "exported");
    const auto answer = call({ "export", text(whole), "--format", "safetensors", "--out",
                                 text(m_folder / "exported/model.safetensors") },
        faults(m_folder / "exported", 0, "", log));
    QVERIFY2(answer.code == 0, answer.err.constData());
    m_exportCalls = callsIn(log);
}

void TestFaults::addRows(const Calls& calls, const QByteArray& job)
{
    // So that different kinds do not strike the same calls in the sample.
    const long stride = all() ? 1 : std::max(calls.all / 2, 1L);
    long first = 1;
    const auto addRow = [&](const char* kind, long at) {
        QTest::addRow("%s, %s at call %ld", job.constData(), kind, at)
            << job << at << QByteArray(kind);
    };
    for (const auto* kind : { "EIO", "ENOSPC", "KILL" }) {
        for (long at = first; at <= calls.all; at += stride)
            addRow(kind, at);
        first = all() ? 1 : first + stride / 4 + 1;
    }
    const auto step = all() ? 1 : std::max<std::size_t>(calls.writes.size() / 3, 1);
    for (std::size_t i = step / 2; i < calls.writes.size(); i += step)
        addRow("SHORT", calls.writes[i]);
}

void TestFaults::whateverCallFailsTheRunGoesOnToTheSameBits_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<long>("at");
    QTest::addColumn<QByteArray>("kind");
    for (const auto& job : m_jobs)
        addRows(job.calls, job.name);
}

void TestFaults::whateverCallFailsTheRunGoesOnToTheSameBits()
{
    QFETCH(QByteArray, name);
    QFETCH(long, at);
    QFETCH(QByteArray, kind);
    const auto& job
        = *std::ranges::find_if(m_jobs, [&](const Job& each) { return name == each.name; });
    layOut(job);
    const auto log = m_folder / "log";
    fs::remove(log);
    const auto answer = call(job.first, faults(run(), at, kind.constData(), log));
    QVERIFY2(hasStruck(), "the fault has met no call");
    QVERIFY2(damage(run()).isEmpty(), damage(run()).constData());
    if (answer.code == 0) {
        // What failed did not matter, or was done again.
        QVERIFY(outcomeOf(run()) == job.outcome);
        return;
    }
    if (kind == "KILL") {
        QCOMPARE(answer.code, -1);
    } else {
        QVERIFY2(answer.code == 1, answer.err.constData());
        const auto lines = answer.err.trimmed().split('\n');
        QVERIFY2(
            lines.size() == 1 && lines[0].startsWith("vernier-cli: ") && lines[0].contains(": "),
            answer.err.constData());
    }
    const auto next = again(job);
    const auto resumed = call(next);
    QVERIFY2(resumed.code == 0, (next.join(' ').toUtf8() + "\n" + resumed.err).constData());
    QVERIFY2(damage(run()).isEmpty(), damage(run()).constData());
    const auto outcome = outcomeOf(run());
    QVERIFY(outcome.finished);
    QVERIFY(outcome.losses == job.outcome.losses);
    QVERIFY(outcome == job.outcome);
    for (const auto& entry : fs::recursive_directory_iterator(run())) {
        const auto file = entry.path().filename().string();
        QVERIFY2(file.find(".tmp") == std::string::npos, file.c_str());
    }
}

void TestFaults::anExportIsThereWholeOrNotAtAll_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<long>("at");
    QTest::addColumn<QByteArray>("kind");
    addRows(m_exportCalls, "an export");
}

void TestFaults::anExportIsThereWholeOrNotAtAll()
{
    QFETCH(long, at);
    QFETCH(QByteArray, kind);
    const auto folder = m_folder / "exported";
    const auto file = folder / "model.safetensors";
    fs::remove_all(folder);
    const auto older = m_folder.write("exported/model.safetensors", "of somebody's");
    const QStringList arguments { "export", text(m_folder / "whole"), "--format", "safetensors",
        "--json", "--out", text(file) };
    const auto log = m_folder / "log";
    fs::remove(log);
    const auto answer = call(arguments, faults(folder, at, kind.constData(), log));
    QVERIFY2(hasStruck(), "the fault has met no call");
    const bool isOld = bytesOf(file) == "of somebody's";
    QVERIFY(isOld || SafetensorsFile::open(file));
    if (answer.code != 0 && kind != "KILL") {
        QVERIFY2(answer.code == 1, answer.err.constData());
        QCOMPARE(answer.err.trimmed().count('\n'), 0);
        QVERIFY(answer.err.startsWith("vernier-cli: "));
    }
    QVERIFY(answer.code != 0 || !isOld);
    QCOMPARE(call(arguments).code, 0);
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        QVERIFY2(name.find(".unproven") == std::string::npos, name.c_str());
    }
}

void TestFaults::aCrashOfTheMachineAtAnyMomentLeavesARunThatGoesOn()
{
    const auto& job = m_jobs.front();
    layOut(job);
    const auto logFile = m_folder / "crash log";
    QCOMPARE(call(job.first, faults(run(), 0, "", logFile)).code, 0);
    const auto recipe = readRun(run())->recipe;
    const auto dataset = readRunDataset(run());
    QVERIFY(dataset);

    fs::remove_all(run());
    CrashingDisk disk(run());
    std::set<DiskState> seen;
    std::vector<std::pair<std::string, DiskState>> states;
    for (const auto& logged : readFaultLog(logFile)) {
        disk.play(logged);
        if (logged.what == "call" || logged.what == "read")
            continue;
        for (auto& state : disk.afterCrash()) {
            if (seen.insert(state).second)
                states.emplace_back("after " + logged.what + " " + logged.path.filename().string(),
                    std::move(state));
        }
    }
    const std::size_t stride = all() ? 1 : std::max<std::size_t>(states.size() / 40, 1);
    std::size_t tried = 0;
    std::size_t begunAnew = 0;
    auto cache = std::make_shared<FeatureCache>();
    for (std::size_t i = 0; i < states.size(); i += stride) {
        const auto& [when, state] = states[i];
        fs::remove_all(run());
        for (const auto& folder : state.folders)
            fs::create_directories(run() / folder);
        for (const auto& [path, content] : state.files)
            m_folder.write("run" / path, content);
        TrainingJob resume { nullptr, recipe, run(), RunMode::Resume, cache, true };
        std::error_code error;
        if (!fs::exists(run() / run_files::kRecipe, error)) {
            resume.mode = RunMode::Fresh;
            resume.dataset = *dataset;
        }
        begunAnew += !fs::exists(run() / run_files::kResume, error);
        LiveKnobs knobs;
        const auto finished = vernier::train(resume, knobs, {}, {});
        QVERIFY2(finished, (when + ": " + (finished ? "" : finished.error().text())).c_str());
        QVERIFY2(outcomeOf(run()) == job.outcome, when.c_str());
        ++tried;
    }
    qInfo("%zu states of %zu that a crash can leave, %zu of them without a checkpoint: all went on",
        tried, states.size(), begunAnew);
}

void TestFaults::aRunThatIsKilledAtAnyMomentGoesOnToTheSameBits()
{
    const auto longer = train(kSmallNetwork
        + QStringList { "--keep-epochs", "--phase", "blocks=2 lr=1e-3 epochs=12", "--phase",
            "lr=1e-3 epochs=12" });
    const Job job { "", {}, longer, {}, {}, {}, 2 };
    layOut(job);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(call(longer).code, 0);
    const auto duration = static_cast<int>(timer.elapsed());
    const auto expected = outcomeOf(run());
    std::mt19937 random(20261130);
    const int kills = all() ? 100 : 6;
    int struck = 0;
    while (struck < kills) {
        layOut(job);
        auto arguments = longer;
        // Some are killed again while they go on.
        for (bool finished = false; !finished;) {
            QProcess process;
            begin(process, arguments);
            const int moment = std::uniform_int_distribution(0, duration * 3 / 2)(random);
            finished = process.waitForFinished(moment);
            if (!finished) {
                process.kill();
                process.waitForFinished();
                ++struck;
            } else {
                QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
            }
            QVERIFY2(damage(run()).isEmpty(), damage(run()).constData());
            arguments = again(job);
        }
        QVERIFY(outcomeOf(run()) == expected);
    }
    qInfo("%d kills within %d ms", struck, duration);
}

QTEST_GUILESS_MAIN(TestFaults)
#include "tst_faults.moc"
