#include "core/base/files.h"
#include "core/fetch/unpack.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

using namespace vernier;
using namespace vernier::test;

class TestUnpack : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFormatIsUnpacked_data();
    void everyFormatIsUnpacked();
    void whatDoesNotBelongIsLeftOutAndListed_data();
    void whatDoesNotBelongIsLeftOutAndListed();
    void anArchiveThatIsDamagedLeavesNothing_data();
    void anArchiveThatIsDamagedLeavesNothing();
    void moreThanIsAllowedIsNotUnpacked();
    void aFolderThatIsInUseIsLeftAlone();
    void aCancelLeavesNothing();
    void progressEndsWithTheArchive();
    void permissionsAreNotTakenOver();
};

namespace {

std::filesystem::path sample(const char* name) { return dataDir() / "archives" / name; }

std::string textOf(const std::filesystem::path& path)
{
    return readTextFile(path, 1 << 20).value_or("(none)");
}

/// Names of the files below a folder.
QStringList filesBelow(const std::filesystem::path& folder)
{
    QStringList names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_directory())
            names << QString::fromStdString(
                std::filesystem::relative(entry.path(), folder).string());
    }
    names.sort();
    return names;
}

} // namespace

void TestUnpack::everyFormatIsUnpacked_data()
{
    QTest::addColumn<QString>("file");
    for (const auto* name : { "good.tar", "good.tar.gz", "good.tar.xz", "good.zip" })
        QTest::newRow(name) << name;
}

void TestUnpack::everyFormatIsUnpacked()
{
    const TemporaryFolder folder;
    const auto to = folder / "to";
    const auto done = unpack(sample(QTest::currentDataTag()), to);
    QVERIFY2(done, done ? "" : done.error().text().c_str());
    QCOMPARE(done->files, 3U);
    QCOMPARE(done->bytes, 9U);
    QVERIFY(done->refused.empty());
    QCOMPARE(textOf(to / "forky" / "one.txt"), std::string("one"));
    QCOMPARE(textOf(to / "forky" / "test" / "two.txt"), std::string("two"));
    QCOMPARE(textOf(to / "spoony" / "сова.txt"), std::string("owl"));
    QVERIFY(std::filesystem::is_directory(to / "empty"));
}

void TestUnpack::whatDoesNotBelongIsLeftOutAndListed_data()
{
    QTest::addColumn<QStringList>("refused");
    QTest::addColumn<QStringList>("files");
    QTest::newRow("leads_out.tar") << QStringList { "../upwards.txt: leads out of the folder",
        "a/../../upwards.txt: leads out of the folder",
        "/tmp/vernier_absolute.txt: leads out of the folder", "..: leads out of the folder" }
                                   << QStringList { "good.txt" };
    // Nothing is written through a link, because none is made.
    QTest::newRow("has_links.tar") << QStringList { "link: is a link", "hard: is a link",
        "hard_outside: is a link" } << QStringList { "good.txt", "link/through.txt" };
    QTest::newRow("has_devices.tar") << QStringList { "null: is neither a file nor a folder",
        "disk: is neither a file nor a folder", "pipe: is neither a file nor a folder" }
                                     << QStringList { "good.txt" };
    QTest::newRow("name_comes_twice.tar")
        << QStringList { "good.txt: comes twice" } << QStringList { "good.txt" };
    QTest::newRow("file_is_a_folder_too.tar")
        << QStringList { "good.txt/below.txt: needs a folder where there is a file" }
        << QStringList { "good.txt" };
}

void TestUnpack::whatDoesNotBelongIsLeftOutAndListed()
{
    QFETCH(QStringList, refused);
    QFETCH(QStringList, files);
    const TemporaryFolder folder;
    const auto done = unpack(sample(QTest::currentDataTag()), folder / "in" / "to");
    QVERIFY2(done, done ? "" : done.error().text().c_str());
    QStringList listed;
    for (const auto& [name, reason] : done->refused)
        listed << QString::fromStdString(name + ": " + reason);
    QCOMPARE(listed, refused);
    QCOMPARE(filesBelow(folder / "in" / "to"), files);
    QCOMPARE(textOf(folder / "in" / "to" / "good.txt"), std::string("good"));
    QCOMPARE(filesBelow(folder.path()).size(), files.size());
    QVERIFY(!std::filesystem::exists("/tmp/vernier_absolute.txt"));
}

void TestUnpack::anArchiveThatIsDamagedLeavesNothing_data()
{
    QTest::addColumn<QString>("file");
    for (const auto* name : { "cut_off.tar.gz", "text.tar.gz" })
        QTest::newRow(name) << name;
}

void TestUnpack::anArchiveThatIsDamagedLeavesNothing()
{
    const TemporaryFolder folder;
    const auto file = sample(QTest::currentDataTag());
    const auto done = unpack(file, folder / "to");
    QCOMPARE(done.error().code, ErrorCode::Corrupt);
    QCOMPARE(done.error().path, file);
    QVERIFY(std::filesystem::is_empty(folder.path()));
}

void TestUnpack::moreThanIsAllowedIsNotUnpacked()
{
    const TemporaryFolder folder;
    UnpackLimits limits;
    limits.mostBytes = 1 << 20;
    QCOMPARE(
        unpack(sample("bomb.tar.xz"), folder / "to", limits).error().code, ErrorCode::TooLarge);
    limits.mostEntries = 1000;
    QCOMPARE(
        unpack(sample("many.tar.xz"), folder / "to", limits).error().code, ErrorCode::TooLarge);
    QVERIFY(std::filesystem::is_empty(folder.path()));
    limits.mostEntries = 2000;
    QVERIFY(unpack(sample("many.tar.xz"), folder / "to", limits));
}

void TestUnpack::aFolderThatIsInUseIsLeftAlone()
{
    const TemporaryFolder folder;
    folder.write("to/mine.txt", "mine");
    const auto done = unpack(sample("good.tar"), folder / "to");
    QCOMPARE(done.error().code, ErrorCode::Exists);
    QCOMPARE(filesBelow(folder.path()), QStringList { "to/mine.txt" });
    // An empty one is as good as none.
    std::filesystem::create_directory(folder / "empty");
    QVERIFY(unpack(sample("good.tar"), folder / "empty"));
}

void TestUnpack::aCancelLeavesNothing()
{
    const TemporaryFolder folder;
    std::stop_source stop;
    const auto done = unpack(sample("many.tar.xz"), folder / "to", {}, stop.get_token(),
        [&](const Progress&) { stop.request_stop(); });
    QCOMPARE(done.error().code, ErrorCode::Cancelled);
    QVERIFY(std::filesystem::is_empty(folder.path()));
}

void TestUnpack::progressEndsWithTheArchive()
{
    const TemporaryFolder folder;
    std::int64_t done = 0;
    std::int64_t total = 0;
    QVERIFY(unpack(sample("bomb.tar.xz"), folder / "to", {}, {}, [&](const Progress& progress) {
        QVERIFY(progress.done >= done);
        done = progress.done;
        total = progress.total;
    }));
    QCOMPARE(total, std::int64_t(std::filesystem::file_size(sample("bomb.tar.xz"))));
    QVERIFY(done > 0);
    QVERIFY(done <= total);
}

void TestUnpack::permissionsAreNotTakenOver()
{
    const TemporaryFolder folder;
    QVERIFY(unpack(sample("good.tar"), folder / "to"));
    using std::filesystem::perms;
    const auto mode = std::filesystem::status(folder / "to" / "forky" / "one.txt").permissions();
    QVERIFY((mode & (perms::set_uid | perms::set_gid | perms::owner_exec)) == perms::none);
}

QTEST_APPLESS_MAIN(TestUnpack)
#include "tst_unpack.moc"
