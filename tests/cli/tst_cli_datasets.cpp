#include "core/base/files.h"
#include "core/base/text.h"
#include "tests/cli/cli_program.h"
#include "tests/support/painted_picture.h"

#include <QJsonArray>
#include <QtTest>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

namespace {

// ESC, a bell, tab, both line ends, a C1 control and a turn of the direction.
const std::string kHostile = "a\x1b]0;x\x07\tb\r\nq\u009b2J\u202egpj";

/// How its second line begins, whatever became of the control characters.
const QByteArray kBroken = "\nq";

/// Nothing in it commands a terminal or turns its writing.
bool isPlain(const QByteArray& output)
{
    for (const char32_t c : QString::fromUtf8(output).toUcs4()) {
        const bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
        if (control || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
            return false;
    }
    return true;
}

/// Trains in a moment.
QStringList training(const fs::path& pictures, const fs::path& run, const QStringList& more = {})
{
    return QStringList { "train", text(pictures), "--out", text(run), "--device", "cpu", "--set",
        "backbone=tinyvgg", "--set", "weights=random", "--set", "transfer_layer=block2_pool",
        "--set", "normalization=unit", "--set", "head.dense=[8]", "--set", "batch_size=4",
        "--phase", "epochs=1" }
    + more;
}

QStringList classesOf(const Answer& scanned)
{
    QStringList names;
    for (const auto& row : scanned.lines().value(0)["classes"].toArray())
        names << row.toObject()["name"].toString();
    return names;
}

} // namespace

/// What people's folders are like, through the program.
class TestCliDatasets : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void namesNeverCommandATerminal();
    void aTableNeverBeginsAFormula();
    void namesThatAreNoUtf8LeadBackToTheirFiles();
    void foldersThatLookLikeSplitsAreReadSoOrNot();
    void foldersWithoutOneToTrainOnAreClassesOrNot();
    void aRunWhoseClassesAreCalledLikeSplitsIsEvaluatedOnSuch();
    void aRunGoesApartFromThePictures_data();
    void aRunGoesApartFromThePictures();
    void otherPicturesAreMatchedByTheNamesOfTheirClasses();
    void onePictureAClassTrainsAndSaysThatNothingIsValidated();

private:
    TemporaryFolder m_folder;
    fs::path m_pictures; ///< "cold" and "warm"
    fs::path m_run; ///< trained on those
};

void TestCliDatasets::initTestCase()
{
    qputenv("VERNIER_CACHE", (m_folder / "cache").c_str());
    m_pictures = m_folder / "pictures";
    m_run = m_folder / "run";
    writePaintedClass(m_folder, "pictures/cold", 4, 0);
    writePaintedClass(m_folder, "pictures/warm", 4, 140);
    const auto trained = cli(training(m_pictures, m_run));
    QVERIFY2(trained.code == 0, trained.err.constData());
}

void TestCliDatasets::namesNeverCommandATerminal()
{
    const TemporaryFolder folder;
    const fs::path pictures = fs::path("pictures" + kHostile);
    writePaintedClass(folder, pictures / kHostile, 4, 0);
    writePaintedClass(folder, pictures / ("z" + kHostile), 4, 140);
    folder.write(pictures / kHostile / (kHostile + ".jpg"), "no picture");
    const auto data = folder.path() / pictures;
    const auto run = folder / ("run" + kHostile);
    const auto runs = folder / ("runs" + kHostile);
    QList<QStringList> commands { { "scan", text(data) }, { "scan", text(data / kHostile) },
        training(data, run), { "train", text(data), "--out", text(run) }, { "evaluate", text(run) },
        { "evaluate", text(run), "--data", text(m_pictures) }, { "suspects", text(data) },
        { "suspects", text(run), "--top", "8" }, { "predict", text(run), text(data) },
        { "predict", text(run), text(folder / kHostile) }, { "predict", text(data), text(data) },
        { "runs", "list", text(folder.path()) },
        { "runs", "export", text(run), "--csv", text(folder / ("t" + kHostile)) },
        { "export", text(run), "--format", "safetensors", "--out", text(folder / kHostile) },
        { "export", text(run), "--format", text(kHostile), "--out", "/nowhere/x" },
        { "weights", "import", text(run / "best.safetensors") },
        { "scan", text(data), "--x" + text(kHostile) }, { "weights", "fetch", text(kHostile) },
        { "data", "fetch", text(kHostile) }, { "cache", "limit", text(kHostile) },
        { "summary", "--recipe", text(kHostile) },
        { "find-rate", text(data), "--set", text(kHostile) },
        { "sweep", text(data), "--out", text(runs), "--grid", "recipe=" + text(kHostile) } };
    for (const auto& command : commands) {
        for (const bool json : { false, true }) {
            auto arguments = command;
            const bool again = command[0] == "train" || command[0] == "export"
                || command[0] == "weights" || command[0] == "data" || command[0] == "cache"
                || command[0] == "summary" || command[1] == "export";
            if (json && again)
                continue;
            if (json)
                arguments << "--json";
            const auto answer = cli(arguments);
            QVERIFY2(answer.code >= 0, qPrintable(command.join(' ')));
            QVERIFY2(isPlain(answer.out), answer.out.toHex(' ').constData());
            QVERIFY2(isPlain(answer.err), answer.err.toHex(' ').constData());
            // A line end in a name makes no line.
            QVERIFY2(!answer.err.contains(kBroken), answer.err.constData());
            QVERIFY2(!answer.out.contains(kBroken), answer.out.constData());
        }
    }
    // What JSON says is what there is.
    QCOMPARE(classesOf(cli({ "scan", text(data), "--json" })).value(0), text(kHostile));
}

void TestCliDatasets::aTableNeverBeginsAFormula()
{
    const TemporaryFolder folder;
    const std::string formula = "=HYPERLINK(\"http://x\")";
    writePaintedClass(folder, "pictures/-1+1", 3, 0);
    writePaintedClass(folder, fs::path("pictures") / "@sum", 3, 140);
    const auto run = folder / "run";
    QCOMPARE(cli(training(folder / "pictures", run)).code, 0);
    folder.write("=1.jpg", paintedJpeg(8, 8));
    const auto before = fs::current_path();
    fs::current_path(folder.path());
    const auto guarded
        = cli({ "predict", text(run), "=1.jpg", "--top", "2", "--csv", "guarded.csv" });
    const auto raw
        = cli({ "predict", text(run), "=1.jpg", "--top", "2", "--csv", "raw.csv", "--csv-raw" });
    fs::current_path(before);
    QVERIFY2(guarded.code == 0 && raw.code == 0, guarded.err.constData());
    const auto fields = [&](const char* file) {
        const auto table = QString::fromStdString(*readTextFile(folder / file, 1 << 20));
        return table.split("\r\n").value(1).split(',');
    };
    QCOMPARE(fields("guarded.csv")[0], QString("'=1.jpg"));
    QCOMPARE(fields("raw.csv")[0], QString("=1.jpg"));
    for (const int name : { 1, 3 }) {
        QCOMPARE(fields("guarded.csv")[name], "'" + fields("raw.csv")[name]);
        bool isNumber = false;
        fields("guarded.csv")[name + 1].toDouble(&isNumber);
        QVERIFY(isNumber);
    }
}

void TestCliDatasets::namesThatAreNoUtf8LeadBackToTheirFiles()
{
    const TemporaryFolder folder;
    QList<fs::path> files;
    for (const char* name : { "caf\xe9.jpg", "caf\xe8.jpg", "100%.jpg", "caf%E9.jpg" })
        files << folder.write(fs::path("pictures\xff") / name, paintedJpeg(8, 8));
    QList<fs::path> inJson;
    const auto answer = cli({ "predict", text(m_run), text(m_pictures), "--json" });
    QCOMPARE(answer.lines().size(), 8);
    // No QString could hold such a name.
    const auto command = QString("cd '%1' && '%2' predict '%3' pictures* --json --csv '%4'")
                             .arg(text(folder.path()), VERNIER_CLI, text(m_run))
                             .arg(text(folder / "out.csv"));
    QProcess shell;
    shell.start("/bin/sh", { "-c", command });
    const auto answered = answerOf(shell);
    QVERIFY2(answered.code == 0, answered.err.constData());
    for (const auto& line : answered.lines())
        inJson << folder.path() / pathOfWritten(line["path"].toString().toStdString());
    QList<fs::path> inTable;
    const auto table = *readTextFile(folder / "out.csv", 1 << 20);
    for (const auto& row : QByteArray::fromStdString(table).split('\n').mid(1)) {
        if (!row.isEmpty())
            inTable << folder.path() / pathOfWritten(row.split(',').front().toStdString());
    }
    std::ranges::sort(files);
    std::ranges::sort(inJson);
    std::ranges::sort(inTable);
    QVERIFY(inJson == files);
    QVERIFY(inTable == files);
}

void TestCliDatasets::foldersThatLookLikeSplitsAreReadSoOrNot()
{
    const TemporaryFolder folder;
    for (const char* split : { "Training", "Testing" }) {
        writePaintedClass(folder, fs::path("pictures") / split / "cold", 3, 0);
        writePaintedClass(folder, fs::path("pictures") / split / "warm", 3, 140);
    }
    const auto data = folder / "pictures";
    const auto read = cli({ "scan", text(data), "--json" });
    QCOMPARE(classesOf(read), QStringList({ "cold", "warm" }));
    QVERIFY(read.lines()[0]["notes"].toArray()[0].toString().contains("Training as train"));
    QVERIFY(read.err.contains("--classes-are-splits no"));
    const QStringList no { "--classes-are-splits", "no" };
    const auto undone = cli(QStringList { "scan", text(data), "--json" } + no);
    QCOMPARE(classesOf(undone), QStringList({ "Testing", "Training" }));
    QVERIFY(!undone.err.contains("--classes-are-splits"));

    // A run remembers it for other pictures.
    const auto run = folder / "run";
    const auto trained = cli(training(data, run, no));
    QVERIFY2(trained.code == 0, trained.err.constData());
    fs::copy(data, folder / "others", fs::copy_options::recursive);
    const auto evaluated
        = cli({ "evaluate", text(run), "--data", text(folder / "others"), "--json" });
    QVERIFY2(evaluated.code == 0, evaluated.err.constData());
    QCOMPARE(evaluated.lines()[0]["classes"].toArray().size(), 2);
    QCOMPARE(evaluated.lines()[0]["count"].toInt(), 12);
    QCOMPARE(
        cli({ "train", "--out", text(run), "--resume", "--classes-are-splits", "no" }).code, 2);
}

void TestCliDatasets::foldersWithoutOneToTrainOnAreClassesOrNot()
{
    const TemporaryFolder folder;
    for (const char* split : { "dev", "test" }) {
        writePaintedClass(folder, fs::path("pictures") / split / "cold", 2, 0);
        writePaintedClass(folder, fs::path("pictures") / split / "warm", 2, 140);
    }
    const auto data = text(folder / "pictures");
    const auto read = cli({ "scan", data, "--json" });
    QCOMPARE(classesOf(read), QStringList({ "dev", "test" }));
    QVERIFY2(read.err.contains("test as test. If they are splits, write --classes-are-splits yes."),
        read.err.constData());
    const auto undone = cli({ "scan", data, "--json", "--classes-are-splits", "yes" });
    QCOMPARE(classesOf(undone), QStringList({ "cold", "warm" }));

    // A model of these classes shows what they are.
    const auto evaluated = cli({ "evaluate", text(m_run), "--data", data, "--json" });
    QVERIFY2(evaluated.code == 0, evaluated.err.constData());
    QCOMPARE(evaluated.lines()[0]["split"].toString(), QString("test"));
    QCOMPARE(evaluated.lines()[0]["count"].toInt(), 4);

    // No other reading is offered where there is none.
    writePaintedClass(folder, "flat/Training", 2, 0);
    writePaintedClass(folder, "flat/Testing", 2, 0);
    const auto flat = cli({ "scan", text(folder / "flat"), "--json" });
    QVERIFY2(flat.err.contains("since there are no folders in them"), flat.err.constData());
    QVERIFY(!flat.err.contains("--classes-are-splits"));
}

/// As earlier versions trained them.
void TestCliDatasets::aRunWhoseClassesAreCalledLikeSplitsIsEvaluatedOnSuch()
{
    const TemporaryFolder folder;
    for (const char* name : { "Testing", "Training" })
        writePaintedClass(folder, fs::path("before") / name, 3, 0);
    const auto run = folder / "run";
    const auto trained = cli(training(folder / "before", run));
    QVERIFY2(trained.code == 0, trained.err.constData());
    for (const char* name : { "Testing/a", "Training/b" })
        writePaintedClass(folder, fs::path("now") / name, 3, 0);
    const auto evaluated = cli({ "evaluate", text(run), "--data", text(folder / "now"), "--json" });
    QVERIFY2(evaluated.code == 0, evaluated.err.constData());
    QCOMPARE(evaluated.lines()[0]["classes"].toArray(), QJsonArray({ "Testing", "Training" }));
    QCOMPARE(evaluated.lines()[0]["count"].toInt(), 6);
    // What somebody says counts.
    const auto said = cli(
        { "evaluate", text(run), "--data", text(folder / "now"), "--classes-are-splits", "yes" });
    QCOMPARE(said.code, 1);
}

void TestCliDatasets::aRunGoesApartFromThePictures_data()
{
    QTest::addColumn<QString>("place");
    QTest::newRow("the folder itself") << "pictures";
    QTest::newRow("beside the classes") << "pictures/run";
    QTest::newRow("in a class") << "pictures/cold/run";
    QTest::newRow("by a detour") << "elsewhere/../pictures/runs/1";
    QTest::newRow("through a link") << "link/run";
}

void TestCliDatasets::aRunGoesApartFromThePictures()
{
    QFETCH(const QString, place);
    const TemporaryFolder folder;
    fs::copy(m_pictures, folder / "pictures", fs::copy_options::recursive);
    fs::create_directory_symlink(folder / "pictures", folder / "link");
    const auto run = folder / place.toStdString();
    for (const auto& command : { training(folder / "pictures", run),
             QStringList { "train", "--fork", text(m_run), text(folder / "pictures"), "--out",
                 text(run), "--phase", "epochs=1" },
             QStringList { "sweep", text(folder / "pictures"), "--out", text(run), "--grid",
                 "head.dropout=0.1" } }) {
        const auto refused = cli(command);
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("lies in the folder of the pictures; choose a place outside"),
            refused.err.constData());
    }
    const auto scanned = cli({ "scan", text(folder / "pictures"), "--json" });
    QCOMPARE(classesOf(scanned), QStringList({ "cold", "warm" }));
    // A name that only begins alike is another place.
    QCOMPARE(cli(training(folder / "pictures", folder / "pictures run")).code, 0);
}

void TestCliDatasets::otherPicturesAreMatchedByTheNamesOfTheirClasses()
{
    const TemporaryFolder folder;
    writePaintedClass(folder, "more/arctic", 2, 70);
    writePaintedClass(folder, "more/warm", 3, 140);
    writePaintedClass(folder, "more/zero", 1, 70);
    const auto more = cli({ "evaluate", text(m_run), "--data", text(folder / "more"), "--json" });
    QVERIFY2(more.code == 0, more.err.constData());
    const auto answer = more.lines().value(0);
    QCOMPARE(answer["classes"].toArray(), QJsonArray({ "cold", "warm" }));
    QCOMPARE(answer["count"].toInt(), 3);
    const auto rows = answer["confusion"].toArray();
    QCOMPARE(rows[0].toArray(), QJsonArray({ 0, 0 }));
    QCOMPARE(rows[1].toArray()[0].toInt() + rows[1].toArray()[1].toInt(), 3);
    const auto unknown = answer["unknown_classes"].toArray();
    QCOMPARE(unknown.size(), 2);
    QCOMPARE(unknown[0].toObject()["name"].toString(), QString("arctic"));
    QCOMPARE(unknown[0].toObject()["pictures"].toInt(), 2);
    QVERIFY2(more.err.contains("has no class zero: 1 picture left away"), more.err.constData());

    // As the same pictures alone are.
    fs::remove_all(folder / "more/arctic");
    fs::remove_all(folder / "more/zero");
    fs::create_directories(folder / "more/cold");
    const auto same = cli({ "evaluate", text(m_run), "--data", text(folder / "more"), "--json" });
    QCOMPARE(same.lines()[0]["loss"].toDouble(), answer["loss"].toDouble());

    writePaintedClass(folder, "none/polar", 1, 0);
    const auto none = cli({ "evaluate", text(m_run), "--data", text(folder / "none") });
    QCOMPARE(none.code, 1);
    QVERIFY2(none.err.contains("none of its classes (polar) is one of the model's (cold, warm)"),
        none.err.constData());
}

void TestCliDatasets::onePictureAClassTrainsAndSaysThatNothingIsValidated()
{
    const TemporaryFolder folder;
    for (int c = 0; c < 3; ++c)
        writePaintedClass(folder, "pictures/" + std::to_string(c), 1, 60 * c);
    const auto run = folder / "run";
    const auto trained = cli(training(folder / "pictures", run, { "--json" }));
    QVERIFY2(trained.code == 0, trained.err.constData());
    QVERIFY(trained.out.contains("nothing is validated"));
    const auto finished = trained.lines().last();
    QVERIFY(finished["validation_accuracy"].isNull());
    QCOMPARE(finished["validation_count"].toInt(), 0);
    const auto plain = cli(training(folder / "pictures", folder / "plain"));
    QVERIFY2(plain.out.contains("nothing is validated"), plain.out.constData());
    QVERIFY2(!plain.out.contains("validation 1"), plain.out.constData());
}

QTEST_GUILESS_MAIN(TestCliDatasets)
#include "tst_cli_datasets.moc"
