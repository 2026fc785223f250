#include "core/base/files.h"
#include "tests/cli/cli_program.h"
#include "tests/support/painted_picture.h"

#include <csignal>

#include <QtTest>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

/// `vernier-cli suspects` with the real VGG16.
class TestCliSuspects : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        qputenv("VERNIER_CACHE", (m_folder / "cache").c_str());
        for (int c = 0; c < 2; ++c)
            writePaintedClass(
                m_folder, "pictures/" + std::string(c == 0 ? "cold" : "warm"), 8, c * 140);
        m_pictures = m_folder / "pictures";
        fs::rename(m_pictures / "cold/8.jpg", m_pictures / "warm/odd.jpg");
        m_folder.write("pictures/warm/broken.jpg", "no picture");
    }

    void thePictureInTheWrongFolderComesFirst()
    {
        const auto found = cli({ "suspects", text(m_pictures), "--json" });
        QVERIFY2(found.code == 0, found.err.constData());
        const auto lines = found.lines();
        QCOMPARE(lines.size(), 16);
        QCOMPARE(lines[0]["path"].toString(), QString("warm/odd.jpg"));
        QCOMPARE(lines[0]["label"].toString(), QString("warm"));
        QCOMPARE(lines[0]["proposal"].toString(), QString("cold"));
        QVERIFY(lines[0]["likely_wrong"].toBool());
        double last = 0;
        for (const auto& line : lines) {
            const double probability = line["probability_of_label"].toDouble(-1);
            QVERIFY(probability >= last && probability <= 1);
            last = probability;
        }
        QVERIFY(!lines.last()["likely_wrong"].toBool());

        QCOMPARE(cli({ "suspects", text(m_pictures), "--json" }).out, found.out);
        QVERIFY(cli({ "suspects", text(m_pictures), "--json", "--seed", "2" }).out != found.out);
        const auto first = cli({ "suspects", text(m_pictures), "--json", "--top", "3" });
        QCOMPARE(first.lines(), lines.first(3));

        const auto people = cli({ "suspects", text(m_pictures) });
        QVERIFY2(people.out.contains("of 16 labels likely wrong"), people.out.constData());
        QVERIFY2(people.out.contains("\nwarm/odd.jpg: warm "), people.out.constData());
        QVERIFY2(people.out.contains(", rather cold "), people.out.constData());
        const auto surest = lines.last()["path"].toString().toUtf8();
        QVERIFY2(!people.out.contains(surest), people.out.constData());
        const auto all = cli({ "suspects", text(m_pictures), "--top", "100" });
        QCOMPARE(all.out.count('\n'), 17);
    }

    void aRunsPicturesAreThoseThatItSaw()
    {
        const auto run = m_folder / "run";
        const auto trained = cli({ "train", text(m_pictures), "--out", text(run), "--device", "cpu",
            "--set", "pictures.validation_fraction=0.25", "--phase", "epochs=1" });
        QVERIFY2(trained.code == 0, trained.err.constData());
        // The recipe `default` is what a folder is seen by.
        const auto ofRun = cli({ "suspects", text(run), "--json" });
        QVERIFY2(ofRun.code == 0, ofRun.err.constData());
        QCOMPARE(ofRun.out, cli({ "suspects", text(m_pictures), "--json" }).out);

        const auto elsewhere = m_folder / "moved";
        fs::rename(m_pictures, elsewhere);
        const auto gone = cli({ "suspects", text(run), "--json" });
        const auto there = cli({ "suspects", text(run), "--data", text(elsewhere), "--json" });
        fs::rename(elsewhere, m_pictures);
        QCOMPARE(gone.code, 1);
        QVERIFY2(gone.err.contains("--data"), gone.err.constData());
        QCOMPARE(there.out, ofRun.out);
    }

    void aTableNeverBeginsAFormula()
    {
        const TemporaryFolder folder;
        const std::string hostile = "=cmd|\"x\",y\r\n";
        writePaintedClass(folder, "pictures/-1+1", 3, 0);
        writePaintedClass(folder, fs::path("pictures") / hostile, 3, 140);
        const auto table = [&](const QStringList& more) {
            const auto file = folder / "table.csv";
            const auto found = cli(
                QStringList { "suspects", text(folder / "pictures"), "--csv", text(file) } + more);
            if (found.code != 0 || !found.out.isEmpty())
                qWarning("%s%s", found.out.constData(), found.err.constData());
            return QByteArray::fromStdString(*readTextFile(file, 1 << 20));
        };
        const auto guarded = table({});
        QVERIFY2(guarded.startsWith("path,label,proposal,probability_of_label,likely_wrong\r\n"),
            guarded.constData());
        QVERIFY2(guarded.contains("\r\n'-1+1/1.jpg,'-1+1,"), guarded.constData());
        QVERIFY2(guarded.contains("\r\n\"'=cmd|\"\"x\"\",y\r\n/1.jpg\",\"'=cmd|\"\"x\"\",y\r\n\","),
            guarded.constData());
        const auto raw = table({ "--csv-raw" });
        QVERIFY2(raw.contains("\r\n-1+1/1.jpg,-1+1,"), raw.constData());
    }

    void whatCannotBeJudgedIsNamedAndTheRestIs()
    {
        const TemporaryFolder folder;
        writePaintedClass(folder, "pictures/cold", 3, 0);
        writePaintedClass(folder, "pictures/warm", 3, 140);
        writePaintedClass(folder, "pictures/alone", 1, 70);
        folder.write("pictures/cold/broken.jpg", "no picture");
        const auto found = cli({ "suspects", text(folder / "pictures"), "--json" });
        QVERIFY2(found.code == 0, found.err.constData());
        QCOMPARE(found.lines().size(), 6);
        QVERIFY2(found.err.contains("alone/1.jpg: not judged: the only picture of its class"),
            found.err.constData());
        QVERIFY2(found.err.contains("cold/broken.jpg: not judged: "), found.err.constData());
    }

    void ctrlCEndsIt()
    {
        const TemporaryFolder folder;
        writePaintedClass(folder, "pictures/cold", 100, 0);
        writePaintedClass(folder, "pictures/warm", 100, 140);
        QProcess process;
        start(process, { "suspects", text(folder / "pictures") }, text(folder / "cache"));
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT(
            (said += process.readAllStandardError()).contains("computing features"), 120'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const auto answer = answerOf(process);
        QCOMPARE(answer.code, 130);
        QVERIFY2(answer.err.contains("vernier-cli: cancelled\n"), answer.err.constData());
        QVERIFY(answer.out.isEmpty());
    }

    void whatIsWrongIsSaidInOneLine_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        const auto row
            = [](const char* name, const QStringList& arguments, int code, const QByteArray& says) {
                  QTest::newRow(name) << QStringList { "suspects" } + arguments << code << says;
              };
        writePaintedClass(m_folder, "one/cold", 2, 0);
        const auto one = text(m_folder / "one");
        row("no folder", {}, 2, "FOLDER");
        row("no such folder", { "/nowhere" }, 1, "/nowhere");
        row("one class", { one }, 1, one.toUtf8());
        row("none to name", { one, "--top", "0" }, 2, "--top");
        row("a seed below zero", { one, "--seed", "-1" }, 2, "seed");
        row("wrong device", { one, "--device", "gpu" }, 2, "device");
        row("pictures of what is no run", { one, "--data", one }, 2, "--data");
        row("no place for a table", { text(m_pictures), "--csv", "/nowhere/table.csv" }, 1,
            "/nowhere/table.csv");
    }

    void whatIsWrongIsSaidInOneLine()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const auto answer = cli(arguments);
        QCOMPARE(answer.code, code);
        QVERIFY2(answer.err.contains(says), answer.err.constData());
        QVERIFY(answer.out.isEmpty());
    }

private:
    TemporaryFolder m_folder;
    fs::path m_pictures; ///< "cold" and "warm", one in the wrong one and one broken
};

QTEST_GUILESS_MAIN(TestCliSuspects)
#include "tst_cli_suspects.moc"
