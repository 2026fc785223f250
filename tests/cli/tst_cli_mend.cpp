#include "core/base/files.h"
#include "tests/cli/cli_program.h"
#include "tests/support/painted_picture.h"

#include <QtTest>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

/// `vernier-cli mend`, and what uses what it keeps.
class TestCliMend : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<TemporaryFolder>();
        qputenv("VERNIER_CACHE", (*m_folder / "cache").c_str());
        qputenv("VERNIER_DATA", (*m_folder / "data").c_str());
        for (const char* split : { "train", "validation" }) {
            for (int c = 0; c < 2; ++c)
                writePaintedClass(*m_folder,
                    "pictures/" + std::string(split) + (c == 0 ? "/cold" : "/warm"), 4, c * 140);
        }
        m_pictures = text(*m_folder / "pictures");
    }

    void whatIsAddedIsListedAndTakenBack()
    {
        QCOMPARE(cli({ "mend", m_pictures }).out, QByteArray());
        const auto added = add("split,path,class\n,train/cold/1.jpg,warm\n"
                               "left out,train/cold/2.jpg,\n");
        QVERIFY2(added.code == 0, added.err.constData());
        QCOMPARE(
            added.out, QByteArray("train/cold/1.jpg: class warm\ntrain/cold/2.jpg: left out\n"));
        // What a line does not speak of stays; what is said last stands last.
        QCOMPARE(add("path,right\ntrain/cold/1.jpg,warm\n").code, 0);
        const auto lines = cli({ "mend", m_pictures + '/', "--json" }).lines();
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0]["split"].toString(), QString("left out"));
        QCOMPARE(lines[1]["path"].toString(), QString("train/cold/1.jpg"));
        QCOMPARE(lines[1]["class"].toString(), QString("warm"));
        QCOMPARE(lines[1]["right"].toString(), QString("warm"));

        const auto table = text(*m_folder / "table.csv");
        QCOMPARE(cli({ "mend", m_pictures, "--csv", table }).code, 0);
        QCOMPARE(cli({ "mend", m_pictures, "--undo", "1" }).out,
            QByteArray("train/cold/2.jpg: left out\n"));
        QCOMPARE(cli({ "mend", m_pictures, "--undo", "7" }).out, QByteArray());
        QCOMPARE(cli({ "mend", m_pictures, "--add", table, "--json" }).lines(), lines);
        // The folder's own class is no edit.
        QCOMPARE(add("path,class\ntrain/cold/1.jpg,cold\n").out,
            QByteArray("train/cold/2.jpg: left out\n"));
    }

    void aTableWithOneWrongLineChangesNothing_data()
    {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("no picture") << QByteArray("path,class\ntrain/cold/1.jpg,warm\nx.jpg,warm\n")
                                    << QByteArray("line 3 names x.jpg");
        QTest::newRow("no class") << QByteArray("path,class\ntrain/cold/1.jpg,owl\n")
                                  << QByteArray("line 2 names owl");
        QTest::newRow("no split") << QByteArray("path,split\ntrain/cold/1.jpg,all\n")
                                  << QByteArray("line 2 names all");
        QTest::newRow("right and another class")
            << QByteArray("path,right\ntrain/cold/1.jpg,warm\n") << QByteArray("line 2 says that");
        QTest::newRow("nothing said")
            << QByteArray("path,class\ntrain/cold/1.jpg,\n") << QByteArray("says nothing");
        QTest::newRow("no column")
            << QByteArray("file,class\ntrain/cold/1.jpg,warm\n") << QByteArray("has no column");
        QTest::newRow("empty") << QByteArray() << QByteArray("is empty");
        QTest::newRow("a quote that is not closed")
            << QByteArray("path,class\n\"train/cold/1.jpg,warm\n") << QByteArray("line 2");
    }
    void aTableWithOneWrongLineChangesNothing()
    {
        QFETCH(QByteArray, table);
        QFETCH(QByteArray, told);
        const auto answer = add(table);
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.err.contains(told), answer.err.constData());
        QVERIFY2(answer.err.contains("table.csv"), answer.err.constData());
        QCOMPARE(cli({ "mend", m_pictures }).out, QByteArray());
    }

    void trainingAndEvaluatingCountWhatWasMended()
    {
        QCOMPARE(
            add("path,class,split\ntrain/cold/1.jpg,warm,\ntrain/cold/2.jpg,,left out\n").code, 0);
        const QStringList quick { "--phase", "lr=1e-3 epochs=1", "--seed", "1", "--json" };
        const auto run = text(*m_folder / "run");
        const auto trained = cli(QStringList { "train", m_pictures, "--out", run } + quick);
        QVERIFY2(trained.code == 0, (trained.out + trained.err).constData());
        QVERIFY2(trained.err.contains("2 edits of its pictures count"), trained.err.constData());
        const auto dataset = QJsonDocument::fromJson(
            QByteArray::fromStdString(*readTextFile(*m_folder / "run/dataset.json", 1 << 20)));
        int found = 0;
        for (const auto& each : dataset["images"].toArray()) {
            const auto path = each.toObject()["path"].toString();
            if (path == "train/cold/1.jpg") {
                QCOMPARE(each.toObject()["class"].toString(), QString("warm"));
                QCOMPARE(each.toObject()["found"].toString(), QString("cold"));
                ++found;
            } else if (path == "train/cold/2.jpg") {
                QCOMPARE(each.toObject()["split"].toString(), QString("left out"));
                ++found;
            }
        }
        QCOMPARE(found, 2);

        const auto evaluate = [&](const QStringList& more = {}) {
            return cli(QStringList { "evaluate", run, "--json" } + more).lines().value(0);
        };
        QCOMPARE(evaluate()["count"].toInt(), 8);
        QCOMPARE(add("path,class,split\nvalidation/cold/1.jpg,warm,\nvalidation/cold/2.jpg,,left "
                     "out\n")
                     .code,
            0);
        const auto mended = evaluate();
        QCOMPARE(mended["count"].toInt(), 7);
        QCOMPARE(mended["confusion"][1][0].toInt() + mended["confusion"][1][1].toInt(), 5);
        QCOMPARE(evaluate({ "--as-found" })["count"].toInt(), 8);
        QCOMPARE(evaluate({ "--data", m_pictures })["count"].toInt(), 7);

        const auto raw = text(*m_folder / "raw");
        const auto asFound
            = cli(QStringList { "train", m_pictures, "--out", raw, "--as-found" } + quick);
        QVERIFY2(asFound.code == 0, asFound.err.constData());
        QVERIFY(!asFound.err.contains("edits"));
        QVERIFY(!QByteArray::fromStdString(*readTextFile(*m_folder / "raw/dataset.json", 1 << 20))
                     .contains("left out"));
    }

    void whatIsRightIsNoSuspect()
    {
        fs::rename(
            *m_folder / "pictures/train/cold/4.jpg", *m_folder / "pictures/train/warm/odd.jpg");
        const auto suspects = [&](const QStringList& more = {}) {
            return cli(QStringList { "suspects", m_pictures, "--json" } + more).lines();
        };
        const auto before = suspects();
        QCOMPARE(before.value(0)["path"].toString(), QString("train/warm/odd.jpg"));
        QCOMPARE(add("path,right\ntrain/warm/odd.jpg,warm\n").code, 0);
        QCOMPARE(suspects(), before.mid(1));
        QCOMPARE(suspects({ "--as-found" }), before);
    }

    void aJournalThatCannotBeReadIsNamedAndKept()
    {
        QCOMPARE(add("path,class\ntrain/cold/1.jpg,warm\n").code, 0);
        const auto kept = *m_folder / "data/vernier/edits";
        const auto journal = fs::directory_iterator(kept)->path();
        QVERIFY(writeFileAtomically(journal, std::string_view("{}")));
        for (const QStringList& command :
            { QStringList { "mend", m_pictures }, QStringList { "mend", m_pictures, "--undo", "1" },
                QStringList { "train", m_pictures, "--out", text(*m_folder / "run") } }) {
            const auto answer = cli(command);
            QCOMPARE(answer.code, 1);
            QVERIFY2(answer.err.contains(journal.filename().c_str()), answer.err.constData());
        }
        QCOMPARE(*readTextFile(journal, 10), std::string("{}"));
        QCOMPARE(cli({ "mend", text(*m_folder / "none") }).code, 1);
    }

private:
    Answer add(const QByteArray& table)
    {
        m_folder->write(
            "table.csv", std::string_view(table.constData(), std::size_t(table.size())));
        return cli({ "mend", m_pictures, "--add", text(*m_folder / "table.csv") });
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    QString m_pictures;
};

QTEST_GUILESS_MAIN(TestCliMend)
#include "tst_cli_mend.moc"
