#include "core/base/files.h"
#include "core/runs/run_list.h"
#include "tests/cli/cli_program.h"
#include "tests/support/painted_picture.h"

#include <csignal>

#include <QFile>
#include <QJsonArray>
#include <QtTest>

using namespace vernier;
using namespace vernier::test;

namespace {

const QStringList kSmall { "--device", "cpu", "--set", "backbone=tinyvgg", "--set",
    "weights=random", "--set", "transfer_layer=block2_pool", "--set", "normalization=auto", "--set",
    "head.dense=[8]", "--set", "batch_size=4" };

/// The lines of one event.
QList<QJsonObject> events(const Answer& answer, const QString& event)
{
    QList<QJsonObject> found;
    for (const auto& line : answer.lines()) {
        if (line["event"] == event)
            found << line;
    }
    return found;
}

/// As a run is that was cut off just before it was finished.
void cutOff(const std::filesystem::path& run)
{
    const auto file = run / run_files::kEvents;
    auto log = *readTextFile(file, 1 << 20);
    log.erase(log.rfind('\n', log.size() - 2) + 1);
    QVERIFY(writeFileAtomically(file, std::string_view(log)));
    QVERIFY(!readRun(run)->finished);
}

} // namespace

class TestCliRuns : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

    QStringList training(const QString& run, int epochs) const
    {
        return QStringList { "train", m_data, "--out", run, "--json" } + kSmall
            + QStringList { "--phase", "lr=1e-3 epochs=" + QString::number(epochs) };
    }
    QStringList sweep(const QString& runs, const QStringList& grid, int epochs = 2) const
    {
        QStringList arguments { "sweep", m_data, "--out", runs, "--json" };
        arguments << kSmall << "--phase"
                  << "lr=1e-3 epochs=" + QString::number(epochs);
        for (const QString& axis : grid)
            arguments << "--grid" << axis;
        return arguments;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (int c = 0; c < 2; ++c) {
            const auto name = std::string(c == 0 ? "cold" : "warm");
            writePaintedClass(m_folder, "pictures/train/" + name, 8, c * 140);
            writePaintedClass(m_folder, "pictures/val/" + name, 4, c * 140);
        }
        m_data = text(m_folder / "pictures");
    }

    void runsAreListedForkedAndExported()
    {
        const auto runs = m_folder / "runs";
        std::filesystem::create_directories(runs);
        const auto trained = cli(training(text(runs / "first"), 4) << "--keep-epochs");
        QVERIFY2(trained.code == 0, trained.err.constData());
        QVERIFY(std::filesystem::exists(runs / "first/epochs/3.safetensors"));

        const auto forked = cli({ "train", "--fork", text(runs / "first"), "--at", "2", "--out",
            text(runs / "second"), "--phase", "lr=1e-2 epochs=3", "--json" });
        QVERIFY2(forked.code == 0, forked.err.constData());
        const auto epochs = events(forked, "epoch");
        QCOMPARE(epochs.size(), 3);
        QCOMPARE(epochs[0]["epoch"].toInt(), 3);
        // With no phase given it goes on with what was left: the same epochs, with a new optimizer.
        const auto rest = cli({ "train", "--fork", text(runs / "first"), "--at", "1", "--out",
            text(runs / "third"), "--json" });
        QVERIFY2(rest.code == 0, rest.err.constData());
        QCOMPARE(events(rest, "epoch").size(), 3);

        std::filesystem::create_directories(runs / "broken");
        QFile half(text(runs / "broken/recipe.json"));
        QVERIFY(half.open(QIODevice::WriteOnly) && half.write("{\"name\":") > 0);
        half.close();
        const auto listed = cli({ "runs", "list", text(runs), "--json" });
        QCOMPARE(listed.code, 0);
        const auto lines = listed.lines();
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines[0]["problem"].toString().contains("recipe.json"));
        QCOMPARE(lines[1]["epochs"].toInt(), 4);
        QCOMPARE(lines[1]["validation_count"].toInt(), 8);
        QVERIFY(lines[1]["low"].toDouble() < lines[1]["high"].toDouble());
        QCOMPARE(
            lines[1]["sittings"].toArray().at(0).toObject()["device"].toString(), QString("cpu"));
        QVERIFY(lines[1]["parent"].isNull());
        const auto parent = lines[2]["parent"].toObject();
        QCOMPARE(parent["run"].toString(), text(runs / "first"));
        QCOMPARE(parent["epoch"].toInt(), 2);
        QCOMPARE(lines[2]["compared_with"].toString(), QString("first"));
        QCOMPARE(lines[2]["epochs"].toInt(), 5);
        QCOMPARE(lines[2]["differences"].toArray().size(), 0);
        QCOMPARE(lines[2]["further_phases"].toArray(),
            (QJsonArray { QStringLiteral("head only, head at 0.01, 3 epochs, cosine schedule") }));
        QCOMPARE(lines[3]["further_phases"].toArray(),
            (QJsonArray { QStringLiteral("head only, head at 0.001, 3 epochs, cosine schedule") }));
        const auto people = cli({ "runs", "list", text(runs) });
        QVERIFY2(people.out.contains("forked from first after epoch 2"), people.out.constData());
        QVERIFY2(people.out.contains(
                     "against first: then head only, head at 0.01, 3 epochs, cosine schedule;\n"),
            people.out.constData());
        QVERIFY(people.out.contains("cannot be read"));

        const auto exported = cli({ "runs", "export", text(runs / "second"), "--csv",
            text(m_folder / "second.csv"), "--tensorboard", text(m_folder / "logs") });
        QVERIFY2(exported.code == 0, exported.err.constData());
        QFile csv(text(m_folder / "second.csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readAll().count('\n'), 6);
        QVERIFY(std::filesystem::exists(m_folder / "logs/train"));
        QVERIFY(std::filesystem::exists(m_folder / "logs/validation"));
    }

    void whatIsWrongIsSaidInOneLine_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        const auto row
            = [](const char* name, const QStringList& arguments, int code, const char* says) {
                  QTest::newRow(name) << arguments << code << QByteArray(says);
              };
        row("no such folder", { "runs", "list", "/nowhere" }, 1, "/nowhere");
        row("no such run", { "runs", "export", "/nowhere", "--csv", "/tmp/x" }, 1, "/nowhere");
        row("nothing to write", { "runs", "export", "/nowhere" }, 2, "--csv");
        row("fork and resume", { "train", "--fork", "a", "--resume", "--out", "b" }, 2, "--fork");
        row("fork of nothing", { "train", "--fork", "/nowhere", "--out", "b" }, 1, "/nowhere");
        row("at without fork", { "train", "a", "--at", "3", "--out", "b" }, 2, "--at");
        row("no grid", { "sweep", "a", "--out", "b" }, 2, "--grid");
        row("grid without values", { "sweep", "a", "--out", "b", "--grid", "seed" }, 2, "seed");
        row("grid of an unknown key", { "sweep", "a", "--out", "b", "--grid", "colour=1" }, 2,
            "colour");
        row("sweep over no folder", { "sweep", "/nowhere", "--out", "b", "--grid", "seed=1" }, 1,
            "/nowhere");
    }
    void whatIsWrongIsSaidInOneLine()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const auto answer = cli(arguments);
        QCOMPARE(answer.code, code);
        QVERIFY2(answer.err.startsWith("vernier-cli: "), answer.err.constData());
        QVERIFY2(answer.err.contains(says), answer.err.constData());
        QCOMPARE(answer.err.trimmed().count('\n'), 0);
    }

    void aRunGoesOnWithPicturesWhereTheyAreSaidToBe()
    {
        const TemporaryFolder folder;
        const auto copyTo = [&](const std::string& name) {
            std::filesystem::copy(
                m_folder / "pictures", folder / name, std::filesystem::copy_options::recursive);
            return text(folder / name);
        };
        auto arguments = training(text(folder / "run"), 2);
        arguments[1] = copyTo("pictures");
        QCOMPARE(cli(arguments).code, 0);
        cutOff(folder / "run");
        std::filesystem::rename(folder / "pictures", folder / "moved");
        const auto resume = [&](const QStringList& more) {
            return cli(QStringList { "train", "--out", text(folder / "run"), "--resume", "--json" }
                + more);
        };
        const auto lost = resume({});
        QCOMPARE(lost.code, 1);
        QVERIFY2(lost.err.contains("say where they are now"), lost.err.constData());
        const auto others = resume({ text(folder / "nothing") });
        QCOMPARE(others.code, 1);
        QVERIFY2(others.err.contains("nothing: holds none of the pictures of this run"),
            others.err.constData());
        const auto found = resume({ text(folder / "moved") });
        QVERIFY2(found.code == 0, found.err.constData());
        QCOMPARE(events(found, "finished").size(), 1);
        QVERIFY(readRun(folder / "run")->finished);

        // Another phase, and a fork, write down where they are said to be, though they are in their
        // place too.
        copyTo("pictures");
        const QStringList phase { "--phase", "lr=1e-3 epochs=1" };
        const auto extended = resume(QStringList { copyTo("copy") } + phase);
        QVERIFY2(extended.code == 0, extended.err.constData());
        QCOMPARE((*readRunDataset(folder / "run"))->root, folder / "copy");
        const auto forked = cli(QStringList { "train", text(folder / "moved"), "--fork",
                                    text(folder / "run"), "--out", text(folder / "fork") }
            + phase);
        QVERIFY2(forked.code == 0, forked.err.constData());
        QCOMPARE((*readRunDataset(folder / "fork"))->root, folder / "moved");
    }

    void aSweepGoesOnWithPicturesThatMoved()
    {
        const TemporaryFolder folder;
        std::filesystem::copy(
            m_folder / "pictures", folder / "pictures", std::filesystem::copy_options::recursive);
        auto arguments = sweep(text(folder / "runs"), { "seed=1" });
        arguments[1] = text(folder / "pictures");
        QCOMPARE(cli(arguments).code, 0);
        cutOff(folder / "runs/seed=1");
        std::filesystem::rename(folder / "pictures", folder / "moved");
        arguments[1] = text(folder / "moved");
        const auto again = cli(arguments);
        QVERIFY2(again.code == 0, again.out.constData());
        QCOMPARE(events(again, "run")[0]["state"].toString(), QString("finished"));
        QVERIFY(readRun(folder / "runs/seed=1")->finished);
    }

    void theListsOfARunAreReadOrSaidToBeBroken()
    {
        const TemporaryFolder folder;
        std::filesystem::copy(
            m_folder / "pictures", folder / "pictures", std::filesystem::copy_options::recursive);
        auto arguments = training(text(folder / "run"), 1);
        arguments[1] = text(folder / "pictures");
        QCOMPARE(cli(arguments).code, 0);
        std::filesystem::rename(folder / "pictures", folder / "moved");
        const QStringList evaluate { "evaluate", text(folder / "run"), "--json", "--data",
            text(folder / "moved") };
        QCOMPARE(cli(evaluate).lines().value(0)["count"].toInt(), 8);
        for (const char* file : { run_files::kEdits, run_files::kDataset }) {
            folder.write(std::string("run/") + file, std::string_view("{\"version\": 1,"));
            const auto answer = cli(evaluate);
            QCOMPARE(answer.code, 1);
            QVERIFY2(
                answer.err.contains(file) && answer.err.contains("; "), answer.err.constData());
        }
        // What is no run's may be evaluated on without a list of pictures.
        for (const char* file : { run_files::kEdits, run_files::kDataset })
            std::filesystem::remove(folder / "run" / file);
        QCOMPARE(cli(evaluate).lines().value(0)["count"].toInt(), 8);
    }

    void aSweepOverSplitsTrainsOnWhatItsRecipesSay()
    {
        for (const auto* split : { "train", "val", "test" }) {
            for (const auto* name : { "cold", "warm" })
                writePaintedClass(m_folder, std::string("tested/") + split + "/" + name, 8, 0);
        }
        auto arguments = sweep(text(m_folder / "tests"), { "pictures.test_to_train=0,0.5" }, 1);
        arguments[1] = text(m_folder / "tested");
        const auto answer = cli(arguments);
        QVERIFY2(answer.code == 0, answer.err.constData());
        std::vector<std::int64_t> tests;
        for (const auto& row : events(answer, "run"))
            tests.push_back(
                (*readRunDataset(row["run"].toString().toStdString()))->count(Split::Test));
        QCOMPARE(tests, (std::vector<std::int64_t> { 16, 8 }));
    }

    void aSweepTrainsEveryCombinationOnce()
    {
        const auto runs = text(m_folder / "sweep");
        // One of them cannot be trained: its weights are nowhere.
        const QStringList grid { "head.dropout=0,0.3", "weights=random,/nowhere.safetensors" };
        const auto first = cli(sweep(runs, grid));
        QCOMPARE(first.code, 1);
        auto rows = events(first, "run");
        QCOMPARE(rows.size(), 4);
        QCOMPARE(rows[0]["state"].toString(), QString("finished"));
        QCOMPARE(rows[1]["state"].toString(), QString("failed"));
        QVERIFY(rows[1]["error"].toString().contains("/nowhere.safetensors"));
        QCOMPARE(rows[2]["state"].toString(), QString("finished"));
        QCOMPARE(rows[2]["values"].toObject()["head.dropout"].toString(), QString("0.3"));
        const auto best = events(first, "best");
        QCOMPARE(best.size(), 1);
        QCOMPARE(best[0]["validation_accuracy"].toDouble(),
            std::max(rows[0]["validation_accuracy"].toDouble(),
                rows[2]["validation_accuracy"].toDouble()));

        // Again, and with one value more: only that is trained.
        const auto second = cli(sweep(runs, { "head.dropout=0,0.3,0.6", "weights=random" }));
        QVERIFY2(second.code == 0, second.err.constData());
        rows = events(second, "run");
        QCOMPARE(rows.size(), 3);
        QCOMPARE(rows[0]["state"].toString(), QString("skipped"));
        QCOMPARE(rows[1]["state"].toString(), QString("skipped"));
        QCOMPARE(rows[2]["state"].toString(), QString("finished"));

        // The same recipe and seed give the same numbers as train does.
        const auto alone = cli(
            QStringList { "train", m_data, "--out", text(m_folder / "alone"), "--json" } + kSmall
            + QStringList { "--set", "head.dropout=0.6", "--phase", "lr=1e-3 epochs=2" });
        const auto summary = summarizeRun(rows[2]["run"].toString().toStdString());
        QVERIFY(!summary.problem);
        const auto epochs = events(alone, "epoch");
        QCOMPARE(epochs.size(), 2);
        for (int i = 0; i < 2; ++i)
            QCOMPARE(summary.epochs[static_cast<std::size_t>(i)].trainLoss,
                epochs[i]["train_loss"].toDouble());
        // Other settings do not take what lies there for theirs.
        const auto other = cli(sweep(runs, { "head.dropout=0", "weights=random" }, 3));
        QCOMPARE(other.code, 1);
        QVERIFY(events(other, "run")[0]["error"].toString().contains("another recipe"));
    }

    void ctrlCEndsASweepThatGoesOnLater()
    {
        const auto runs = text(m_folder / "broken off");
        QProcess process;
        start(process, sweep(runs, { "seed=1,2" }, 4000), {});
        QTRY_VERIFY_WITH_TIMEOUT(
            std::filesystem::exists(m_folder / "broken off/seed=1/resume.safetensors"), 60'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const auto stopped = answerOf(process);
        QCOMPARE(stopped.code, 130);
        QCOMPARE(stopped.err.trimmed(), QByteArray("vernier-cli: cancelled"));
        const auto list = readRunList(m_folder / "broken off");
        QVERIFY(list);
        QCOMPARE(list->size(), std::size_t { 1 });
        QVERIFY(!(*list)[0].problem && !(*list)[0].finished);
    }
};

QTEST_GUILESS_MAIN(TestCliRuns)
#include "tst_cli_runs.moc"
