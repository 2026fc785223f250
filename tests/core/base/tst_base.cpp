#include "core/base/files.h"
#include "core/base/folders.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/base/temporary_name.h"
#include "core/base/text.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

namespace {

std::span<const std::byte> bytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

std::vector<std::string> namesIn(const fs::path& folder)
{
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename());
    return names;
}

} // namespace

class TestBase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFileIsReadWhole();
    void aFileOverTheBoundIsNotRead();
    void whatIsNoFileIsAnError();
    void aFileIsReadFromAnyOffset();
    void writingReplacesTheFileAndLeavesNothingElse();
    void aFileThatIsNotCommittedLeavesNothing();
    void writingWhereNothingCanBeWrittenIsAnError();
    void writingFollowsNoLinkThatSomebodyHasPut();
    void devicesAndPipesAreNotReplaced();
    void temporaryNamesAreToldFromOthers_data();
    void temporaryNamesAreToldFromOthers();
    void whatKilledProgramsLeftIsRemovedAndNothingElse();
    void aFolderIsMadeWithThoseAboveIt();
    void aFolderOfOurOwnIsNoLink();
    void aFileGrowsAtItsEndByOneWriterAtATime();
    void digestsAreThePublishedOnes();
    void anErrorIsOneSentence();
    void bytesAreCountedInThousands();
    void textIsUtf8WhateverTheNameIs_data();
    void textIsUtf8WhateverTheNameIs();
    void aShareIsRoundedToTheNearestTenthAndHalvesGoUp();
    void drawsDependOnTheKeyAlone();
    void drawsFillTheirRange();
    void aShuffleKeepsAllAndMovesMost();
};

void TestBase::aFileIsReadWhole()
{
    TemporaryFolder folder;
    const std::string text("one\0two\n", 8);
    QCOMPARE(*readTextFile(folder.write("a", text), 8), text);
    QCOMPARE(readFile(folder.write("empty", ""), 8)->size(), std::size_t { 0 });
}

void TestBase::aFileOverTheBoundIsNotRead()
{
    TemporaryFolder folder;
    const auto file = folder.write("a", "123456789");
    QCOMPARE(readFile(file, 8).error().code, ErrorCode::TooLarge);
    QCOMPARE(readFile(file, 8).error().path, file);
}

void TestBase::whatIsNoFileIsAnError()
{
    TemporaryFolder folder;
    QCOMPARE(readFile(folder / "gone", 8).error().code, ErrorCode::NotFound);
    QCOMPARE(readFile(folder.path(), 8).error().code, ErrorCode::Unsupported);
    QCOMPARE(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    QCOMPARE(readFile(folder / "pipe", 8).error().code, ErrorCode::Unsupported);
}

void TestBase::aFileIsReadFromAnyOffset()
{
    TemporaryFolder folder;
    const auto file = InputFile::open(folder.write("a", "0123456789"));
    QVERIFY(file);
    QCOMPARE(file->size(), std::uint64_t { 10 });
    std::array<char, 4> buffer {};
    const auto target = std::as_writable_bytes(std::span(buffer));
    QCOMPARE(*file->readAt(3, target), std::size_t { 4 });
    QCOMPARE(std::string(buffer.data(), 4), std::string("3456"));
    QCOMPARE(*file->readAt(8, target), std::size_t { 2 });
    QCOMPARE(*file->readAt(100, target), std::size_t { 0 });
}

void TestBase::writingReplacesTheFileAndLeavesNothingElse()
{
    TemporaryFolder folder;
    QVERIFY(writeFileAtomically(folder / "a", "first, and longer"));
    QVERIFY(writeFileAtomically(folder / "a", "second"));
    QCOMPARE(*readTextFile(folder / "a", 100), std::string("second"));
    QCOMPARE(namesIn(folder.path()), std::vector<std::string> { "a" });
}

void TestBase::aFileThatIsNotCommittedLeavesNothing()
{
    TemporaryFolder folder;
    folder.write("a", "old");
    {
        auto file = AtomicFile::create(folder / "a");
        QVERIFY(file);
        QVERIFY(file->write(bytesOf("new")));
        QCOMPARE(*readTextFile(folder / "a", 100), std::string("old"));
    }
    QCOMPARE(*readTextFile(folder / "a", 100), std::string("old"));
    QCOMPARE(namesIn(folder.path()), std::vector<std::string> { "a" });
}

void TestBase::writingWhereNothingCanBeWrittenIsAnError()
{
    TemporaryFolder folder;
    QCOMPARE(writeFileAtomically(folder / "gone/a", "x").error().code, ErrorCode::NotFound);
    fs::create_directory(folder / "a folder");
    QVERIFY(!writeFileAtomically(folder / "a folder", "x"));
    QCOMPARE(namesIn(folder.path()), std::vector<std::string> { "a folder" });
}

void TestBase::devicesAndPipesAreNotReplaced()
{
    TemporaryFolder folder;
    QCOMPARE(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    fs::create_symlink(folder / "pipe", folder / "link");
    for (const char* name : { "pipe", "link" }) {
        const auto written = writeFileAtomically(folder / name, "x");
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Exists);
        QCOMPARE(written.error().path, folder / name);
    }
    QVERIFY(fs::is_fifo(fs::status(folder / "link")));
    QCOMPARE(std::ranges::distance(fs::directory_iterator(folder.path())), std::ptrdiff_t { 2 });
}

void TestBase::writingFollowsNoLinkThatSomebodyHasPut()
{
    TemporaryFolder folder;
    const auto outside = folder.write("outside", "theirs");
    const auto place = folder / "run/recipe.json";
    fs::create_directory(folder / "run");
    fs::create_symlink(outside, place);
    // Whatever the file is called until it is whole.
    for (int i = 0; i < 1000; ++i)
        fs::create_symlink(outside,
            place.native() + ".tmp" + std::to_string(::getpid()) + "-" + std::to_string(i));
    QVERIFY(writeFileAtomically(place, "ours"));
    QCOMPARE(*readTextFile(outside, 100), std::string("theirs"));
    QVERIFY(fs::is_regular_file(fs::symlink_status(place)));
    QCOMPARE(*readTextFile(place, 100), std::string("ours"));
}

void TestBase::temporaryNamesAreToldFromOthers_data()
{
    QTest::addColumn<QString>("of");
    QTest::addColumn<bool>("temporary");
    QTest::newRow("a.json.tmp0123abcd") << "" << true;
    QTest::newRow("a.json.tmp1234-5") << "" << true;
    QTest::newRow("b.json.tmp0123abcd") << "b.json" << true;
    QTest::newRow("c.json.tmp0123abcd") << "b.json" << false;
    QTest::newRow("ab.json.tmp0123abcd") << "b.json" << false;
    QTest::newRow("b.json.old.tmp0123abcd") << "b.json" << false;
    QTest::newRow("a.tmp") << "" << false;
    QTest::newRow("a.tmp0123abc") << "" << false;
    QTest::newRow("a.tmp0123abcde") << "" << false;
    QTest::newRow("a.tmp0123ABCD") << "" << false;
    QTest::newRow("a.tmp1234-") << "" << false;
    QTest::newRow("a.tmp0123abcd.json") << "" << false;
    QTest::newRow("a-tmp0123abcd") << "" << false;
}

void TestBase::temporaryNamesAreToldFromOthers()
{
    QFETCH(QString, of);
    QFETCH(bool, temporary);
    QCOMPARE(isTemporaryName(QTest::currentDataTag(), of.toStdString()), temporary);
}

void TestBase::whatKilledProgramsLeftIsRemovedAndNothingElse()
{
    TemporaryFolder folder;
    const auto outside = folder.write("outside", "theirs");
    fs::create_directory(folder / "run");
    // Of this Vernier, and of an earlier one.
    folder.write("run/a.json.tmp0123abcd", "half");
    folder.write("run/a.json.tmp1234-5", "half");
    fs::create_symlink(outside, folder / "run/b.json.tmp1234-6");
    const std::vector<std::string> kept { "a.json", "c.json.tmp1234-7", "d.tmp", "e.tmp12-" };
    folder.write("run/a.json", "whole");
    fs::create_directory(folder / "run/c.json.tmp1234-7");
    folder.write("run/d.tmp", "theirs");
    folder.write("run/e.tmp12-", "theirs");
    removeTemporaryFiles(folder / "run");
    auto names = namesIn(folder / "run");
    std::sort(names.begin(), names.end());
    QCOMPARE(names, kept);
    QCOMPARE(*readTextFile(outside, 100), std::string("theirs"));
    // Nor where a link is put in the folder's place.
    const auto elsewhere = folder.write("elsewhere/a.json.tmp0123abcd", "theirs");
    fs::create_directory_symlink(folder / "elsewhere", folder / "link");
    removeTemporaryFiles(folder / "link");
    QVERIFY(fs::exists(elsewhere));
}

void TestBase::aFolderIsMadeWithThoseAboveIt()
{
    TemporaryFolder folder;
    QVERIFY(makeFolders(folder / "a/b/c"));
    QVERIFY(makeFolders(folder / "a/b/c/"));
    QVERIFY(makeFolders(folder / "a/../d"));
    QVERIFY(fs::is_directory(folder / "a/b/c") && fs::is_directory(folder / "d"));
    fs::create_directory_symlink(folder / "a", folder / "link");
    QVERIFY(makeFolders(folder / "link/e"));
    QVERIFY(fs::is_directory(folder / "a/e"));
    folder.write("file", "x");
    QVERIFY(!makeFolders(folder / "file"));
    const auto below = makeFolders(folder / "file/a");
    QVERIFY(!below);
    QVERIFY(below.error().text().find("cannot be made") != std::string::npos);
}

void TestBase::aFolderOfOurOwnIsNoLink()
{
    TemporaryFolder folder;
    QCOMPARE(checkOwnFolder(folder / "own").error().code, ErrorCode::NotFound);
    QVERIFY(makeOwnFolder(folder / "own"));
    QVERIFY(makeOwnFolder(folder / "own"));
    QVERIFY(checkOwnFolder(folder / "own"));
    fs::create_directory_symlink(folder / "own", folder / "link");
    fs::create_directory_symlink(folder / "nowhere", folder / "broken");
    folder.write("file", "x");
    for (const auto* name : { "link", "broken", "file" }) {
        QCOMPARE(checkOwnFolder(folder / name).error().code, ErrorCode::Invalid);
        QCOMPARE(makeOwnFolder(folder / name).error().code, ErrorCode::Invalid);
    }
    QVERIFY(!fs::exists(folder / "nowhere"));
}

void TestBase::aFileGrowsAtItsEndByOneWriterAtATime()
{
    TemporaryFolder folder;
    const auto path = folder / "log";
    QCOMPARE(AppendFile::open(path).error().code, ErrorCode::NotFound);
    {
        auto file = AppendFile::create(path);
        QVERIFY(file);
        QVERIFY(file->append(bytesOf("one")));
        QCOMPARE(AppendFile::create(path).error().code, ErrorCode::Exists);
        QCOMPARE(AppendFile::open(path).error().code, ErrorCode::Unreadable);
        QVERIFY(file->append(bytesOf("two")));
        QCOMPARE(*readTextFile(path, 100), std::string("onetwo"));
    }
    auto file = AppendFile::open(path);
    QVERIFY(file);
    QCOMPARE(file->size(), std::uint64_t { 6 });
    QVERIFY(file->append(bytesOf("!")));
    QCOMPARE(*readTextFile(path, 100), std::string("onetwo!"));
    QVERIFY(!file->removed());
    fs::remove(path);
    QVERIFY(file->removed());
    fs::create_directory(folder / "folder");
    QVERIFY(!AppendFile::open(folder / "folder"));
    fs::create_symlink(path, folder / "link");
    QVERIFY(!AppendFile::create(folder / "link"));
    QVERIFY(!AppendFile::open(folder / "link"));
}

void TestBase::digestsAreThePublishedOnes()
{
    QCOMPARE(contentHash({}).hex(), std::string("99aa06d3014798d86001c324468d497f"));
    const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    QCOMPARE(sha256(bytesOf("abc")), abc);
    TemporaryFolder folder;
    QCOMPARE(*sha256OfFile(folder.write("abc", "abc")), abc);
    QVERIFY(!sha256OfFile(folder / "gone"));
}

void TestBase::bytesAreCountedInThousands()
{
    QCOMPARE(byteCount(0), std::string("0 bytes"));
    QCOMPARE(byteCount(999), std::string("999 bytes"));
    QCOMPARE(byteCount(1500), std::string("1.5 KB"));
    QCOMPARE(byteCount(29'400'000), std::string("29 MB"));
    QCOMPARE(byteCount(999'999'999), std::string("1.0 GB"));
    QCOMPARE(byteCount(8'000'000'000), std::string("8.0 GB"));
    QCOMPARE(byteCount(~std::uint64_t { 0 }), std::string("18 EB"));
}

void TestBase::anErrorIsOneSentence()
{
    QCOMPARE((Error { ErrorCode::Corrupt, "it is odd", "a b.jpg", "mend it" }.text()),
        std::string("a b.jpg: it is odd; mend it"));
    QCOMPARE((Error { ErrorCode::Corrupt, "it is odd", {}, {} }.text()), std::string("it is odd"));
    QCOMPARE((Error { ErrorCode::Corrupt, "it is odd", "a\nb\x1b[2J.jpg", {} }.text()),
        std::string("a\uFFFDb\uFFFD[2J.jpg: it is odd"));
}

void TestBase::textIsUtf8WhateverTheNameIs_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("text");
    const QByteArray mark("\xEF\xBF\xBD");
    QTest::newRow("letters") << QByteArray("abc") << QByteArray("abc");
    QTest::newRow("four bytes") << QByteArray("\xF0\x9F\x8D\xB4") << QByteArray("\xF0\x9F\x8D\xB4");
    QTest::newRow("Latin 1") << QByteArray("caf\xE9") << "caf" + mark;
    QTest::newRow("cut off") << QByteArray("\xE3\x83") << mark + mark;
    QTest::newRow("overlong") << QByteArray("\xC0\xAF") << mark + mark;
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << mark + mark + mark;
    QTest::newRow("too large") << QByteArray("\xF5\x80\x80\x80") << mark + mark + mark + mark;
}

void TestBase::textIsUtf8WhateverTheNameIs()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, text);
    QCOMPARE(QByteArray::fromStdString(utf8(fs::path(name.toStdString()))), text);
}

void TestBase::aShareIsRoundedToTheNearestTenthAndHalvesGoUp()
{
    QCOMPARE(percent(13 / 16.0), std::string("81.3 %"));
    QCOMPARE(percent(1 / 16.0), std::string("6.3 %"));
    QCOMPARE(percent(0.9349), std::string("93.5 %"));
    QCOMPARE(percent(1), std::string("100.0 %"));
}

void TestBase::drawsDependOnTheKeyAlone()
{
    Random a { 1, 2, 3 };
    Random b { 1, 2, 3 };
    for (int i = 0; i < 10; ++i)
        QCOMPARE(a.next(), b.next());
    std::set<std::uint64_t> first;
    for (const auto& key : { Random { 1, 2 }, Random { 2, 1 }, Random { 1 }, Random { 0 },
             Random { 0, 0 }, Random { 1, 2, 0 } }) {
        auto random = key;
        first.insert(random.next());
    }
    QCOMPARE(first.size(), std::size_t { 6 });
}

void TestBase::drawsFillTheirRange()
{
    Random random { 9 };
    std::array<int, 7> counts {};
    double sum = 0;
    for (int i = 0; i < 7000; ++i) {
        ++counts[random.below(7)];
        const double x = random.uniform(2, 4);
        QVERIFY(x >= 2 && x < 4);
        sum += x;
    }
    for (const int count : counts)
        QVERIFY(count > 850 && count < 1150);
    QVERIFY(std::abs(sum / 7000 - 3) < 0.05);
    QCOMPARE(random.below(1), std::uint64_t { 0 });
}

void TestBase::aShuffleKeepsAllAndMovesMost()
{
    std::vector<int> values(100);
    std::iota(values.begin(), values.end(), 0);
    auto shuffled = values;
    Random random { 1 };
    random.shuffle(shuffled);
    int kept = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        kept += values[i] == shuffled[i] ? 1 : 0;
    QVERIFY(kept < 10);
    std::sort(shuffled.begin(), shuffled.end());
    QCOMPARE(shuffled, values);
}

QTEST_APPLESS_MAIN(TestBase)
#include "tst_base.moc"
