#include "core/base/files.h"
#include "tests/cli/cli_program.h"
#include "tests/support/http_server.h"
#include "tests/support/painted_picture.h"
#include "tests/support/source_dir.h"

#include <csignal>

#include <QFile>
#include <QJsonArray>
#include <QtTest>

using namespace vernier;
using namespace vernier::test;

namespace {

QList<double> lossesOf(const Answer& answer)
{
    QList<double> losses;
    for (const auto& line : answer.lines())
        losses << line["train_loss"].toDouble() << line["validation_loss"].toDouble();
    return losses;
}

/// Records of RFC 4180 without line breaks inside fields.
QList<QByteArrayList> records(const QByteArray& csv)
{
    QList<QByteArrayList> rows;
    for (const auto& line : csv.split('\n')) {
        if (!line.trimmed().isEmpty())
            rows.push_back(line.trimmed().split(','));
    }
    return rows;
}

} // namespace

class TestCli : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theWholeMainJobWithTheRealVgg16();
    void aKilledTrainingResumesToTheSameNumbers();
    void ctrlCEndsTrainingCleanly();
    void whatIsWrongIsSaidInOneLine_data();
    void whatIsWrongIsSaidInOneLine();
    void aRecipeThatIsNoneIsWrongUsage();
    void aLearningRateIsFoundAndSaidInJson();
    void summaryAndInfoSayWhatIsThere();
    void theCacheIsKeptBetweenProgramsAndCanBeCleared();
    void programsThatTrainAtOnceShareACache();
    void weightsAreImportedFromAnyFormat();
    void weightsAndDatasetsAreFetchedByName();
    void ctrlCLeavesAServerThatSaysNothing();
    void theOriginalNetworkNamesFiveClasses();

private:
    /// Two classes, few pictures, a test split.
    static void paint(const test::TemporaryFolder& folder)
    {
        for (int c = 0; c < 2; ++c) {
            const auto name = std::string(c == 0 ? "cold" : "warm");
            test::writePaintedClass(folder, "pictures/train/" + name, 5, c * 140);
            test::writePaintedClass(folder, "pictures/val/" + name, 2, c * 140);
            test::writePaintedClass(folder, "pictures/test/" + name, 2, c * 140);
        }
    }
    static QStringList small(const QString& data, const QString& run, int epochs)
    {
        return { "train", data, "--out", run, "--json", "--device", "cpu", "--set",
            "backbone=tinyvgg", "--set", "weights=random", "--set", "transfer_layer=block2_pool",
            "--set", "normalization=unit", "--set", "head.dense=[8]", "--set", "batch_size=4",
            "--phase", "blocks=2 lr=1e-3 epochs=" + QString::number(epochs) };
    }
};

void TestCli::theWholeMainJobWithTheRealVgg16()
{
    const test::TemporaryFolder folder;
    paint(folder);
    folder.write("pictures/train/cold/broken.jpg", "no picture");
    const auto data = text(folder / "pictures");
    const auto run = text(folder / "run with space");

    const auto scanned = cli({ "scan", data, "--json" });
    QCOMPARE(scanned.code, 0);
    const auto found = scanned.lines().value(0);
    QCOMPARE(found["classes"].toArray().size(), 2);
    QCOMPARE(found["classes"].toArray()[0].toObject()["train"].toInt(), 5);
    QCOMPARE(found["problems"].toArray().size(), 1);

    const auto trained = cli({ "train", data, "--out", run, "--json", "--set", "head.dense=[32]",
        "--phase", "lr=1e-3 epochs=2", "--phase", "blocks=5 lr=1e-5 epochs=1" });
    QVERIFY2(trained.code == 0, trained.err.constData());
    QList<QJsonObject> epochs;
    for (const auto& line : trained.lines()) {
        if (line["event"] == "epoch")
            epochs.push_back(line);
    }
    QCOMPARE(epochs.size(), 3);
    QCOMPARE(epochs[2]["phase"].toInt(), 2);
    for (const auto* key : { "train_loss", "train_accuracy", "validation_loss",
             "validation_accuracy", "seconds", "images_per_second" })
        QVERIFY2(epochs[0][key].isDouble(), key);
    const auto finished = trained.lines().last();
    QCOMPARE(finished["event"].toString(), QString("finished"));
    QCOMPARE(finished["validation_count"].toInt(), 4);
    QCOMPARE(finished["test_count"].toInt(), 4);
    QCOMPARE(finished["run"].toString(), run);

    for (const auto* split : { "validation", "test" }) {
        const auto evaluated = cli({ "evaluate", run, "--split", split, "--json" });
        QVERIFY2(evaluated.code == 0, evaluated.err.constData());
        const auto answer = evaluated.lines().value(0);
        QCOMPARE(answer["count"].toInt(), 4);
        QCOMPARE(answer["accuracy"].toDouble(), finished[QString(split) + "_accuracy"].toDouble());
        QVERIFY(answer["low"].toDouble() <= answer["accuracy"].toDouble());
        int total = 0;
        for (const auto& row : answer["confusion"].toArray()) {
            for (const auto& count : row.toArray())
                total += count.toInt();
        }
        QCOMPARE(total, 4);
    }

    const auto csvFile = folder / "out.csv";
    const auto predicted = cli({ "predict", run, text(folder / "pictures/test"),
        text(folder / "pictures/train/cold/broken.jpg"), "--top", "2", "--csv", text(csvFile) });
    QVERIFY2(predicted.code == 0, predicted.err.constData());
    QCOMPARE(cli({ "predict", run, "/nowhere/at/all.jpg" }).code, 1);
    QFile csv(text(csvFile));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    const auto rows = records(csv.readAll());
    QCOMPARE(rows.size(), 6);
    QCOMPARE(
        rows[0].join(','), QByteArray("path,class_1,probability_1,class_2,probability_2,error"));
    int right = 0;
    for (int i = 1; i <= 4; ++i)
        right += rows[i][0].contains('/' + rows[i][1] + '/');
    QCOMPARE(right / 4.0, finished["test_accuracy"].toDouble());
    QVERIFY(rows[5][1].isEmpty() && !rows[5].last().isEmpty());

    for (const auto* format : { "torchscript", "onnx", "safetensors" }) {
        const auto file = text(folder / format);
        const auto exported = cli({ "export", run, "--format", format, "--out", file, "--json" });
        QVERIFY2(exported.code == 0, exported.err.constData());
        const auto report = exported.lines().value(0);
        QVERIFY(report["parity"].toObject()["count"].toInt() > 0);
        QVERIFY(report["parity"].toObject()["max_difference"].toDouble() <= 1e-3);
        QCOMPARE(report["bytes"].toInteger(), QFileInfo(file).size());
        const auto picture = text(folder / "pictures/test/warm/1.jpg");
        const auto byRun
            = cli({ "predict", run, picture, "--json" }).lines().value(0)["top"].toArray();
        const auto byFile
            = cli({ "predict", file, picture, "--json" }).lines().value(0)["top"].toArray();
        QCOMPARE(byFile[0].toObject()["class"], byRun[0].toObject()["class"]);
        QVERIFY(std::abs(byFile[0].toObject()["probability"].toDouble()
                    - byRun[0].toObject()["probability"].toDouble())
            < 0.02);
    }
}

void TestCli::aKilledTrainingResumesToTheSameNumbers()
{
    const test::TemporaryFolder folder;
    paint(folder);
    const auto data = text(folder / "pictures");
    const auto losses = [](const QByteArray& log) {
        QList<double> values;
        for (const auto& line : log.split('\n')) {
            const auto event = QJsonDocument::fromJson(line).object();
            if (event["event"] == "epoch")
                values << event["train_loss"].toDouble() << event["validation_loss"].toDouble();
        }
        return values;
    };
    const auto read = [&](const char* run) {
        QFile file(text(folder / run / "events.jsonl"));
        return file.open(QIODevice::ReadOnly) ? losses(file.readAll()) : QList<double>();
    };
    constexpr int epochs = 150;
    QCOMPARE(cli(small(data, text(folder / "whole"), epochs)).code, 0);

    QProcess process;
    process.start(VERNIER_CLI, small(data, text(folder / "killed"), epochs));
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(read("killed").size() >= 6, 60'000);
    process.kill();
    process.waitForFinished();
    QCOMPARE(process.exitStatus(), QProcess::CrashExit);
    // Where the kill struck is chance: a file that it left half written is made to be there.
    folder.write("killed/last.safetensors.tmp1234-5", std::string_view("half"));
    const auto resumed = cli({ "train", "--out", text(folder / "killed"), "--resume", "--json" });
    QVERIFY2(resumed.code == 0, resumed.err.constData());
    QCOMPARE(read("whole").size(), 2 * epochs);
    QCOMPARE(read("killed"), read("whole"));
    for (const auto& entry : std::filesystem::directory_iterator(folder / "killed")) {
        const auto name = entry.path().filename().string();
        QVERIFY2(name.find(".tmp") == std::string::npos, name.c_str());
    }
}

void TestCli::ctrlCEndsTrainingCleanly()
{
    const test::TemporaryFolder folder;
    paint(folder);
    QProcess process;
    process.start(VERNIER_CLI, small(text(folder / "pictures"), text(folder / "run"), 10'000));
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(
        std::filesystem::exists(folder / "run" / "resume.safetensors"), 60'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitCode(), 130);
    const auto last = process.readAllStandardOutput().trimmed().split('\n').last();
    QCOMPARE(QJsonDocument::fromJson(last).object()["stopped"].toBool(), true);
    QCOMPARE(cli({ "evaluate", text(folder / "run"), "--json" }).code, 0);
}

void TestCli::whatIsWrongIsSaidInOneLine_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const QStringList& arguments, int code,
                         const char* says) { QTest::newRow(name) << arguments << code << says; };
    row("no command", {}, 2, "command is required");
    row("unknown command", { "tarin" }, 2, "tarin");
    row("unknown option", { "scan", ".", "--fast" }, 2, "--fast");
    row("no folder", { "scan", "/nowhere/at/all" }, 1, "/nowhere/at/all");
    row("no out", { "train", "." }, 2, "--out");
    row("no data", { "train", "--out", "/tmp/x" }, 2, "DIR");
    row("unknown recipe", { "train", ".", "--out", "/tmp/x", "--recipe", "none" }, 1, "none");
    row("wrong key", { "train", ".", "--out", "/tmp/x", "--set", "haed.dropout=1" }, 2,
        "haed.dropout");
    row("wrong value", { "train", ".", "--out", "/tmp/x", "--set", "head.dropout=1" }, 2,
        "head.dropout");
    row("wrong phase", { "train", ".", "--out", "/tmp/x", "--phase", "blocks=9" }, 2, "block9");
    row("phase too long", { "train", ".", "--out", "/tmp/x", "--phase", "epochs=20000" }, 2,
        "epochs");
    row("resume with another recipe",
        { "train", "--out", "/nowhere/run", "--resume", "--set", "seed=3" }, 2, "--resume");
    row("unknown backbone", { "summary", "--backbone", "vgg17" }, 2, "vgg17");
    row("a seed below zero", { "train", ".", "--out", "/tmp/x", "--seed", "-1" }, 2, "seed");
    row("wrong device", { "train", ".", "--out", "/tmp/x", "--device", "gpu" }, 2, "device");
    row("no run", { "evaluate", "/nowhere/run" }, 1, "/nowhere/run");
    row("no model", { "predict", "/nowhere/model", "." }, 1, "/nowhere/model");
    row("unknown device to predict on", { "predict", "/nowhere/run", "a.jpg", "--device", "tpu" },
        2, "tpu");
    row("unknown device to evaluate on", { "evaluate", "/nowhere/run", "--device", "tpu" }, 2,
        "tpu");
    row("unknown format", { "export", "/nowhere/run", "--format", "h5", "--out", "/tmp/x" }, 2,
        "h5");
    row("resume nothing", { "train", "--out", "/nowhere/run", "--resume" }, 1, "/nowhere/run");
    row("no schedule", { "train", ".", "--out", "/tmp/x", "--phase", "schedule=wavy" }, 2, "wavy");
    row("find a rate nowhere", { "find-rate", "/nowhere/at/all" }, 1, "/nowhere/at/all");
    row("find a rate with a wrong key", { "find-rate", ".", "--set", "mixup=2" }, 2, "mixup");
    row("no cache command", { "cache" }, 2, "subcommand");
    row("no cache limit", { "cache", "limit" }, 2, "SIZE");
    for (const auto* size : { "much", "4XB", "4GBB", "-1", "1e30", "GB", "nan" })
        row(size, { "cache", "limit", "--", size }, 2, size);
    row("fetch nothing", { "weights", "fetch", "vgg61" }, 1, "use vgg16-keras");
    row("fetch no pictures", { "data", "fetch", "sporky" }, 1, "use knifey-spoony");
    row("no data command", { "data" }, 2, "subcommand");
    row("import a pickle that would run something",
        { "weights", "import",
            text(test::dataDir() / "weights" / "formats" / "calls_os_system.pth") },
        1, "os.system");
    row("import nothing", { "weights", "import", "/nowhere/w.safetensors" }, 1,
        "/nowhere/w.safetensors");
}

void TestCli::whatIsWrongIsSaidInOneLine()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QString, says);
    const auto answer = cli(arguments);
    QVERIFY2(answer.code == code, answer.err.constData());
    QVERIFY2(answer.err.startsWith("vernier-cli: "), answer.err.constData());
    QVERIFY2(answer.err.contains(says.toUtf8()), answer.err.constData());
    QCOMPARE(answer.err.trimmed().count('\n'), 0);
}

void TestCli::aRecipeThatIsNoneIsWrongUsage()
{
    const test::TemporaryFolder folder;
    folder.write("broken.json", "{\"phases\": [");
    const auto answer = cli(
        { "train", ".", "--out", text(folder / "run"), "--recipe", text(folder / "broken.json") });
    QCOMPARE(answer.code, 2);
    QVERIFY2(answer.err.contains("broken.json"), answer.err.constData());
}

void TestCli::aLearningRateIsFoundAndSaidInJson()
{
    const test::TemporaryFolder folder;
    paint(folder);
    auto arguments = small(text(folder / "pictures"), {}, 1);
    arguments[0] = QStringLiteral("find-rate");
    arguments.remove(2, 2); // --out RUN
    const auto found = cli(arguments);
    QVERIFY2(found.code == 0, found.err.constData());
    const auto answer = found.lines().value(0);
    const auto points = answer["points"].toArray();
    QVERIFY(points.size() > 30);
    for (const auto& point : points) {
        for (const auto* key : { "rate", "loss", "smoothed" })
            QVERIFY(point.toObject()[key].isDouble());
    }
    QVERIFY(answer["suggestion"].isDouble() || answer["suggestion"].isNull());
    QVERIFY(answer["diverged"].isBool());
    arguments.removeOne(QStringLiteral("--json"));
    const auto inWords = cli(arguments);
    QCOMPARE(inWords.code, 0);
    QVERIFY2(inWords.out.contains("suggestion"), inWords.out.constData());
}

void TestCli::summaryAndInfoSayWhatIsThere()
{
    const auto summary = cli({ "summary", "--include-top" });
    QCOMPARE(summary.code, 0);
    QVERIFY(summary.out.contains("total parameters: 138,357,544"));
    // As the recipe trains it.
    QVERIFY(cli({ "summary" }).out.contains("10 x 10 x 512"));
    QVERIFY(cli({ "summary", "--recipe", "tutorial" }).out.contains("7 x 7 x 512"));
    const test::TemporaryFolder folder;
    const auto recipe = folder / "mine.json";
    QVERIFY(writeFileAtomically(
        recipe, R"({"backbone":"vgg11","transfer_layer":"block4_pool","pictures":{"size":64}})"));
    const auto own = cli({ "summary", "--recipe", QString::fromStdString(recipe.string()) });
    QVERIFY(own.out.contains("VGG11"));
    QVERIFY(own.out.contains("4 x 4 x 512"));
    QVERIFY(!own.out.contains("block5"));
    const auto info = cli({ "info", "--json" });
    QCOMPARE(info.code, 0);
    const auto answer = info.lines().value(0);
    QCOMPARE(answer["devices"].toArray()[0].toObject()["id"].toString(), QString("cpu"));
    QCOMPARE(answer["weights"].toArray()[0].toObject()["name"].toString(), QString("imagenet"));
    QCOMPARE(cli({ "weights", "verify" }).code, 0);
    QVERIFY(cli({ "weights", "list" }).out.contains("CC BY 4.0"));
}

void TestCli::theCacheIsKeptBetweenProgramsAndCanBeCleared()
{
    const test::TemporaryFolder folder;
    paint(folder);
    const auto cache = text(folder / "my cache");
    const auto info = [&] { return cli({ "cache", "info", "--json" }, cache).lines().value(0); };
    QCOMPARE(info()["folder"].toString(), cache);
    QCOMPARE(info()["entries"].toInt(-1), 0);
    QVERIFY(!std::filesystem::exists(folder / "my cache"));

    const auto data = text(folder / "pictures");
    const auto first = cli(small(data, text(folder / "a"), 2), cache);
    QVERIFY2(first.code == 0, first.err.constData());
    // Ten pictures: those of the other splits are painted like some of them.
    const auto filled = info();
    QCOMPARE(filled["entries"].toInt(), 10);
    const auto second = cli(small(data, text(folder / "b"), 2), cache);
    QCOMPARE(info()["bytes"].toInteger(), filled["bytes"].toInteger());
    QCOMPARE(lossesOf(first), lossesOf(second));

    QCOMPARE(cli({ "cache", "limit", "1.5 GB" }, cache).code, 0);
    QCOMPARE(info()["limit_bytes"].toInteger(), 1'500'000'000);
    QVERIFY(cli({ "cache", "info" }, cache).out.contains("1.5 GB"));
    const auto limited = cli({ "cache", "limit", "500m", "--json" }, cache).lines().value(0);
    QCOMPARE(limited["limit_bytes"].toInteger(), 500'000'000);
    const auto cleared = cli({ "cache", "clear", "--json" }, cache);
    QCOMPARE(cleared.code, 0);
    QCOMPARE(cleared.lines().value(0)["freed_bytes"].toInteger(), filled["bytes"].toInteger());
    QCOMPARE(info()["entries"].toInt(-1), 0);
    QCOMPARE(info()["limit_bytes"].toInteger(), 500'000'000);
    QVERIFY(cli({ "cache", "limit", "0" }, cache).out.contains("nothing is kept on disk"));
    QCOMPARE(cli({ "cache", "limit", "auto" }, cache).code, 0);
    QVERIFY(info()["limit_bytes"].toInteger() != 500'000'000);

    folder.write("file", "in the way");
    const auto failed = cli({ "cache", "limit", "1GB" }, text(folder / "file" / "cache"));
    QCOMPARE(failed.code, 1);
    QVERIFY2(failed.err.startsWith("vernier-cli: ") && failed.err.contains("file/cache"),
        failed.err.constData());
    QCOMPARE(failed.err.trimmed().count('\n'), 0);
}

void TestCli::programsThatTrainAtOnceShareACache()
{
    const test::TemporaryFolder folder;
    paint(folder);
    const auto cache = text(folder / "cache");
    std::array<QProcess, 3> processes;
    for (std::size_t i = 0; i < processes.size(); ++i)
        start(processes[i],
            small(text(folder / "pictures"), text(folder / ("run" + std::to_string(i))), 3), cache);
    QList<QList<double>> losses;
    for (auto& process : processes) {
        const auto answer = answerOf(process);
        QVERIFY2(answer.code == 0, answer.err.constData());
        QVERIFY(!answer.out.contains("\"note\""));
        losses << lossesOf(answer);
    }
    QVERIFY(losses[0].size() > 6);
    QCOMPARE(losses[1], losses[0]);
    QCOMPARE(losses[2], losses[0]);
    QCOMPARE(cli({ "cache", "info", "--json" }, cache).lines().value(0)["entries"].toInt(), 10);
}

void TestCli::weightsAreImportedFromAnyFormat()
{
    const test::TemporaryFolder folder;
    const auto samples = test::dataDir() / "weights" / "formats";
    const auto imported = cli({ "weights", "import", text(samples / "torch_zip.pth"), "--backbone",
        "tinyvgg", "--out", text(folder / "w.safetensors") });
    QVERIFY2(imported.code == 0, imported.err.constData());
    QVERIFY2(imported.out.contains("expects normalization torch"), imported.out.constData());

    // A recipe may name the file itself, and the run writes down what it expects.
    paint(folder);
    auto arguments = small(text(folder / "pictures"), text(folder / "run"), 1);
    arguments.replaceInStrings("weights=random", "weights=" + text(samples / "torch_zip.pth"));
    arguments.replaceInStrings("normalization=unit", "normalization=auto");
    const auto trained = cli(arguments);
    QVERIFY2(trained.code == 0, trained.err.constData());
    const auto recipe = readTextFile(folder / "run" / "recipe.json", 1 << 20);
    QVERIFY(recipe->find("\"normalization\": \"torch\"") != std::string::npos);
}

void TestCli::weightsAndDatasetsAreFetchedByName()
{
    const test::TemporaryFolder folder;
    const auto archive
        = readTextFile(test::dataDir() / "archives" / "leads_out.tar", 1 << 20).value();
    test::HttpServer server([&](const auto& asked) {
        return test::fileReply(asked, asked.path == "/weights" ? "hello" : archive, "\"1\"");
    });
    const auto entry = [&](const std::string& path, const std::string& more) {
        return "{\"name\":\"mine\",\"title\":\"Mine\",\"url\":\"" + server.url(path)
            + "\",\"file\":\"file\",\"hash_from\":\"nobody\",\"licence\":\"none\",\"about\":"
              "\"a test\","
            + more + "}";
    };
    folder.write("catalogue.json",
        "{\"weights\":[" + entry("/weights", "\"backbone\":\"vgg16\",\"top\":false,\"bytes\":5")
            + "],\"datasets\":[" + entry("/pictures", "\"about_bytes\":20000") + "]}");
    qputenv("VERNIER_CATALOGUE", (folder / "catalogue.json").c_str());
    qputenv("VERNIER_DATA", (folder / "data").c_str());
    qputenv("no_proxy", "*");

    QVERIFY(cli({ "weights", "list" }).out.contains("mine\tvgg16\tto fetch, 5 bytes"));
    const auto weights = cli({ "weights", "fetch", "mine" });
    QVERIFY2(weights.code == 0, weights.err.constData());
    QVERIFY(weights.out.contains("SHA-256 2cf24dba5fb0a30e26e83b2ac5b9e29e"));
    QVERIFY(std::filesystem::exists(folder / "data" / "weights" / "file"));
    QVERIFY(cli({ "weights", "fetch", "mine" }).out.contains("is there already"));
    QVERIFY(!cli({ "weights", "list" }).out.contains("to fetch"));

    QVERIFY(cli({ "data", "list" }).out.contains("mine\tnone\ta test"));
    const auto to = text(folder / "pictures");
    const auto pictures = cli({ "data", "fetch", "mine", "--to", to });
    QVERIFY2(pictures.code == 0, pictures.err.constData());
    QVERIFY(pictures.out.startsWith(to.toUtf8() + ": 1 file, "));
    QVERIFY(pictures.err.contains("../upwards.txt: left out: leads out of the folder"));
    const auto again = cli({ "data", "fetch", "mine", "--to", to });
    QCOMPARE(again.code, 1);
    QVERIFY2(again.err.contains("is there already"), again.err.constData());
    qunsetenv("VERNIER_CATALOGUE");
    qunsetenv("VERNIER_DATA");
}

void TestCli::ctrlCLeavesAServerThatSaysNothing()
{
    const test::TemporaryFolder folder;
    test::HttpServer server([](const auto&) { return test::HttpReply { "", true }; });
    folder.write("catalogue.json",
        "{\"datasets\":[],\"weights\":[{\"name\":\"mine\",\"title\":\"Mine\",\"backbone\":"
        "\"vgg16\",\"top\":false,\"url\":\""
            + server.url("/x")
            + "\",\"file\":\"x\",\"about_bytes\":1,\"hash_from\":\"\",\"licence\":\"\","
              "\"about\":\"\"}]}");
    qputenv("VERNIER_CATALOGUE", (folder / "catalogue.json").c_str());
    qputenv("VERNIER_DATA", (folder / "data").c_str());
    qputenv("no_proxy", "*");
    QProcess process;
    start(process, { "weights", "fetch", "mine" }, {});
    qunsetenv("VERNIER_CATALOGUE");
    qunsetenv("VERNIER_DATA");
    QTRY_COMPARE_WITH_TIMEOUT(server.requests().size(), 1U, 60'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    const auto answer = answerOf(process);
    QCOMPARE(answer.code, 130);
    QVERIFY2(answer.err.contains("cancelled"), answer.err.constData());
}

void TestCli::theOriginalNetworkNamesFiveClasses()
{
    const test::TemporaryFolder folder;
    paint(folder);
    folder.write("labels/imagenet.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    folder.write("catalogue.json",
        "{\"datasets\":[],\"weights\":[{\"name\":\"tiny\",\"title\":\"Tiny\",\"backbone\":"
        "\"tinyvgg\",\"top\":true,\"url\":\"https://example.org/x\",\"file\":\"x\","
        "\"about_bytes\":1,\"hash_from\":\"\",\"licence\":\"\",\"about\":\"\"}]}");
    qputenv("VERNIER_CATALOGUE", (folder / "catalogue.json").c_str());
    qputenv("VERNIER_DATA", (folder / "data").c_str());
    qputenv("VERNIER_RESOURCE_DIR", folder.path().c_str());
    const auto ask = [&](const QStringList& more) {
        return cli(QStringList { "predict", "tinyvgg-imagenet",
                       text(folder / "pictures" / "test" / "cold"), "--json", "--device", "cpu" }
            + more);
    };
    const auto none = ask({});
    folder.write("data/weights/x",
        *readFile(test::dataDir() / "weights" / "formats" / "torch_zip.pth", 1 << 20));
    const auto answer = ask({});
    const auto two = ask({ "--top", "2" });
    qunsetenv("VERNIER_CATALOGUE");
    qunsetenv("VERNIER_DATA");
    qunsetenv("VERNIER_RESOURCE_DIR");

    QCOMPARE(none.code, 1);
    QVERIFY2(none.err.contains("vernier-cli weights fetch tiny"), none.err.constData());
    QVERIFY2(answer.code == 0, answer.err.constData());
    QCOMPARE(answer.lines().size(), 2);
    const auto top = answer.lines()[0]["top"].toArray();
    QCOMPARE(top.size(), 5);
    QVERIFY(
        top[0].toObject()["probability"].toDouble() >= top[4].toObject()["probability"].toDouble());
    QCOMPARE(two.lines()[0]["top"].toArray().size(), 2);
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
