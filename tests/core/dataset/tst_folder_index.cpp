#include "core/base/files.h"
#include "core/dataset/folder_index.h"
#include "core/dataset/scan.h"
#include "core/features/feature_cache.h"
#include "tests/support/opened_files.h"
#include "tests/support/painted_picture.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <array>
#include <cstring>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace vernier;
using test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

QStringList namesOf(const test::OpenedFiles& opened)
{
    QStringList names;
    for (const auto& name : opened.names())
        names << QString::fromStdString(name);
    names.sort();
    return names;
}

QStringList openedByScan(const fs::path& folder, const fs::path& cache)
{
    const test::OpenedFiles opened(folder);
    if (!scan(folder, {}, {}, { cache, {} }))
        return { QStringLiteral("the scan failed") };
    return namesOf(opened);
}

bool same(const DatasetSnapshot& a, const DatasetSnapshot& b)
{
    return a.classes == b.classes && a.notes == b.notes
        && std::ranges::equal(a.images, b.images,
            [](const ImageEntry& x, const ImageEntry& y) {
                return x.path == y.path && x.label == y.label && x.split == y.split
                    && x.bytes == y.bytes && x.width == y.width && x.height == y.height;
            })
        && std::ranges::equal(
            a.problems, b.problems, [](const ScanProblem& x, const ScanProblem& y) {
                return x.path == y.path && x.reason == y.reason;
            });
}

fs::path indexOf(const fs::path& cache)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(cache / "folders"))
        files.push_back(entry.path());
    return files.size() == 1 ? files.front() : fs::path();
}

/// Until the times of files that were just written are believed.
void settle() { QTest::qWait(2100); }

} // namespace

class TestFolderIndex : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_data;
    static constexpr int kFiles = 14;

private Q_SLOTS:
    void initTestCase()
    {
        test::writePaintedClass(m_data, "cat", 5, 0);
        test::writePaintedClass(m_data, "dog", 6, 2);
        m_data.write("dog/no picture.jpg", "text");
        m_data.write("dog/empty.jpg", "");
        m_data.write("cat/film.gif", "GIF89a and so on");
        settle();
    }
    void aSecondScanOpensNoFileAndGivesTheSame();
    void theFilesAreToldBeforeAnyIsOpened();
    void withoutACacheEveryFileIsOpened();
    void onlyWhatWasTouchedAddedOrRenamedIsOpened();
    void aPictureThatWasReplacedBehindItsTimeIsOpened();
    void whatWasJustWrittenIsNotBelieved();
    void anIndexThatIsDamagedOrCutIsReplaced();
    void anIndexOfAnotherFolderIsNotBelieved();
    void anIndexThatIsNoFileOrHugeDisturbsNothing();
    void rowsThatMakeNoSenseAreLeftOut();
    void aScanThatWasStoppedKeepsWhatItHasSeen();
    void severalProgramsAtOnceLeaveAWholeIndex();
    void clearingTheCacheRemovesItAndNothingElse();
    void aCacheThatCannotBeWrittenCostsTimeOnly();
    void foldersThatWereNotOpenedForLongestGoFirst();
};

void TestFolderIndex::aSecondScanOpensNoFileAndGivesTheSame()
{
    const TemporaryFolder cache;
    QCOMPARE(openedByScan(m_data.path(), cache.path()).size(), kFiles);
    const auto first = *scan(m_data.path());
    QCOMPARE(openedByScan(m_data.path(), cache.path()), QStringList());
    const auto second = *scan(m_data.path(), {}, {}, { cache.path(), {} });
    QVERIFY(same(*first, *second));
    QCOMPARE(second->problems.size(), std::size_t { 3 });
    // Nothing of it lies with the pictures.
    QVERIFY(!indexOf(cache.path()).empty());
    QCOMPARE(std::distance(fs::directory_iterator(m_data.path()), {}), 2);
}

void TestFolderIndex::theFilesAreToldBeforeAnyIsOpened()
{
    const test::OpenedFiles opened(m_data.path());
    SnapshotPtr found;
    QStringList openedBefore;
    int times = 0;
    const auto snapshot = *scan(m_data.path(), {}, {}, { {}, [&](SnapshotPtr files) {
                                                            found = std::move(files);
                                                            openedBefore = namesOf(opened);
                                                            ++times;
                                                        } });
    QCOMPARE(times, 1);
    QCOMPARE(openedBefore, QStringList());
    QCOMPARE(found->root, snapshot->root);
    QVERIFY(found->classes == snapshot->classes);
    QCOMPARE(found->images.size(), std::size_t { kFiles });
    // What turns out to be no picture is among them; the others stand in the same order.
    auto left = found->images;
    std::erase_if(left, [&](const ImageEntry& image) {
        return std::ranges::any_of(snapshot->problems,
            [&](const ScanProblem& problem) { return problem.path == image.path; });
    });
    QVERIFY(
        std::ranges::equal(left, snapshot->images, [](const ImageEntry& x, const ImageEntry& y) {
            return x.path == y.path && x.label == y.label && x.split == y.split;
        }));
    QCOMPARE(left.front().width, 0);
}

void TestFolderIndex::withoutACacheEveryFileIsOpened()
{
    QCOMPARE(openedByScan(m_data.path(), {}).size(), kFiles);
    QCOMPARE(openedByScan(m_data.path(), {}).size(), kFiles);
}

void TestFolderIndex::onlyWhatWasTouchedAddedOrRenamedIsOpened()
{
    const TemporaryFolder data;
    const TemporaryFolder cache;
    test::writePaintedClass(data, "cat", 5, 0);
    settle();
    openedByScan(data.path(), cache.path());
    fs::last_write_time(data / "cat/1.jpg", fs::file_time_type::clock::now());
    fs::rename(data / "cat/2.jpg", data / "cat/two.jpg");
    fs::remove(data / "cat/3.jpg");
    data.write("cat/new.jpg", test::paintedJpeg(20, 10));
    settle();
    const QStringList changed { "1.jpg", "new.jpg", "two.jpg" };
    QCOMPARE(openedByScan(data.path(), cache.path()), changed);
    QCOMPARE(openedByScan(data.path(), cache.path()), QStringList());
    const auto snapshot = *scan(data.path(), {}, {}, { cache.path(), {} });
    QVERIFY(same(*snapshot, **scan(data.path())));
    // What is gone is forgotten: five rows are left.
    QCOMPARE(fs::file_size(indexOf(cache.path())), std::uint64_t { 56 + 5 * 56 });
}

void TestFolderIndex::aPictureThatWasReplacedBehindItsTimeIsOpened()
{
    const TemporaryFolder data;
    const TemporaryFolder cache;
    const auto wide = test::paintedPng(30, 20);
    auto high = test::paintedPng(20, 30);
    high.resize(std::max(wide.size(), high.size()));
    auto padded = wide;
    padded.resize(high.size());
    const auto file = data.write("cat/a.png", padded);
    settle();
    QCOMPARE((*scan(data.path(), {}, {}, { cache.path(), {} }))->images.front().width, 30);
    const auto time = fs::last_write_time(file);
    // In place: the same inode, size and time of change.
    std::FILE* out = std::fopen(file.c_str(), "r+b");
    std::fwrite(high.data(), 1, high.size(), out);
    std::fclose(out);
    fs::last_write_time(file, time);
    QCOMPARE((*scan(data.path(), {}, {}, { cache.path(), {} }))->images.front().width, 20);
}

void TestFolderIndex::whatWasJustWrittenIsNotBelieved()
{
    const TemporaryFolder data;
    const TemporaryFolder cache;
    test::writePaintedClass(data, "cat", 3, 0);
    QCOMPARE(openedByScan(data.path(), cache.path()).size(), 3);
    QCOMPARE(openedByScan(data.path(), cache.path()).size(), 3);
}

void TestFolderIndex::anIndexThatIsDamagedOrCutIsReplaced()
{
    const TemporaryFolder cache;
    openedByScan(m_data.path(), cache.path());
    const auto file = indexOf(cache.path());
    const auto whole = *readFile(file, 1 << 20);
    const auto expected = *scan(m_data.path());
    const auto isReplaced = [&](std::span<const std::byte> bytes) {
        return writeFileAtomically(file, bytes)
            && openedByScan(m_data.path(), cache.path()).size() == kFiles
            && same(**scan(m_data.path(), {}, {}, { cache.path(), {} }), *expected)
            && openedByScan(m_data.path(), cache.path()).isEmpty();
    };
    for (std::size_t i = 0; i < whole.size(); i += 13) {
        auto bytes = whole;
        bytes[i] ^= std::byte { 0x40 };
        QVERIFY2(isReplaced(bytes), std::to_string(i).c_str());
    }
    for (std::size_t size = 0; size < whole.size(); size += 31)
        QVERIFY2(isReplaced(std::span(whole).first(size)), std::to_string(size).c_str());
    auto longer = whole;
    longer.push_back(std::byte { 0 });
    QVERIFY(isReplaced(longer));
    // More rows than 64 bits of bytes hold.
    for (const std::size_t at : { 32, 40 }) {
        auto bytes = whole;
        std::memset(bytes.data() + at, 0xFF, 8);
        QVERIFY(isReplaced(bytes));
    }
}

void TestFolderIndex::anIndexOfAnotherFolderIsNotBelieved()
{
    const TemporaryFolder data;
    const TemporaryFolder cache;
    fs::create_directory(data / "a");
    fs::create_directory(data / "b");
    data.write("a/cat/1.png", test::paintedPng(30, 20));
    fs::create_directory(data / "b/cat");
    fs::create_hard_link(data / "a/cat/1.png", data / "b/cat/1.png");
    settle();
    openedByScan(data / "a", cache.path());
    const auto ofA = indexOf(cache.path());
    const auto bytes = *readFile(ofA, 1 << 20);
    fs::remove(ofA);
    openedByScan(data / "b", cache.path());
    QVERIFY(writeFileAtomically(indexOf(cache.path()), bytes));
    QCOMPARE(openedByScan(data / "b", cache.path()).size(), 1);
}

void TestFolderIndex::anIndexThatIsNoFileOrHugeDisturbsNothing()
{
    const TemporaryFolder cache;
    openedByScan(m_data.path(), cache.path());
    const auto file = indexOf(cache.path());
    fs::resize_file(file, std::uint64_t { 1 } << 40);
    QCOMPARE(openedByScan(m_data.path(), cache.path()).size(), kFiles);
    QCOMPARE(openedByScan(m_data.path(), cache.path()), QStringList());
    QVERIFY(fs::file_size(file) < 4096);
    fs::remove(file);
    fs::create_directory(file);
    QCOMPARE(openedByScan(m_data.path(), cache.path()).size(), kFiles);
}

void TestFolderIndex::rowsThatMakeNoSenseAreLeftOut()
{
    const TemporaryFolder cache;
    const fs::path root = "/somewhere";
    const FileState state { 1, 2, 3 };
    {
        FolderIndex index(cache.path(), root);
        index.keep("good.jpg", state, { 30, 20, {} });
        index.keep("flat.jpg", state, { 30, 0, {} });
        index.keep("negative.jpg", state, { -5, 20, {} });
        index.keep("bad.jpg", state, { 0, 0, "the file is empty" });
        index.save(true);
    }
    const FolderIndex index(cache.path(), root);
    QVERIFY(index.find("good.jpg", state));
    QCOMPARE(index.find("good.jpg", state)->width, 30);
    QVERIFY(!index.find("good.jpg", { 1, 2, 4 }));
    QVERIFY(!index.find("flat.jpg", state));
    QVERIFY(!index.find("negative.jpg", state));
    QVERIFY(index.find("bad.jpg", state));
    QCOMPARE(index.find("bad.jpg", state)->problem, std::string("the file is empty"));
}

void TestFolderIndex::aScanThatWasStoppedKeepsWhatItHasSeen()
{
    const TemporaryFolder cache;
    const auto stopAfter = [&](std::int64_t count) {
        std::stop_source source;
        const auto stopped = scan(m_data.path(), source.get_token(),
            [&](const Progress& progress) {
                if (progress.total > 0 && progress.done == count)
                    source.request_stop();
            },
            { cache.path(), {} });
        return !stopped && stopped.error().code == ErrorCode::Cancelled;
    };
    QVERIFY(stopAfter(4));
    QCOMPARE(openedByScan(m_data.path(), cache.path()).size(), kFiles - 4);
    // One that is stopped early forgets nothing.
    QVERIFY(stopAfter(1));
    QCOMPARE(openedByScan(m_data.path(), cache.path()), QStringList());
}

void TestFolderIndex::severalProgramsAtOnceLeaveAWholeIndex()
{
    const TemporaryFolder cache;
    const auto expected = *scan(m_data.path());
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            bool good = true;
            for (int turn = 0; turn < 20; ++turn) {
                const auto own = scan(m_data.path(), {}, {}, { cache.path(), {} });
                good = good && own && same(**own, *expected);
                FolderIndex::removeAll(turn % 3 == i % 3 ? cache.path() : fs::path("/nowhere"));
            }
            ::_exit(good ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(status, 0);
    }
    QVERIFY(same(**scan(m_data.path(), {}, {}, { cache.path(), {} }), *expected));
    QCOMPARE(openedByScan(m_data.path(), cache.path()), QStringList());
    QVERIFY(!indexOf(cache.path()).empty());
}

void TestFolderIndex::clearingTheCacheRemovesItAndNothingElse()
{
    const TemporaryFolder cache;
    openedByScan(m_data.path(), cache.path());
    const auto mine = cache.write("folders/notes.txt", "mine");
    const auto alike = cache.write("folders/holiday.index", "mine");
    // What a program that was killed has left.
    const auto left = cache.write("folders/" + std::string(32, 'a') + ".index.tmp12-0", "cut");
    QVERIFY(FeatureCache({ .folder = cache.path() }).clear());
    QVERIFY(fs::exists(mine) && fs::exists(alike));
    QVERIFY(!fs::exists(left));
    QCOMPARE(openedByScan(m_data.path(), cache.path()).size(), kFiles);
}

void TestFolderIndex::aCacheThatCannotBeWrittenCostsTimeOnly()
{
    const TemporaryFolder cache;
    const auto file = cache.write("file", "in the way");
    QCOMPARE(openedByScan(m_data.path(), file).size(), kFiles);
    QCOMPARE(openedByScan(m_data.path(), file).size(), kFiles);
}

void TestFolderIndex::foldersThatWereNotOpenedForLongestGoFirst()
{
    const TemporaryFolder cache;
    openedByScan(m_data.path(), cache.path());
    const auto own = indexOf(cache.path());
    const auto other = [&](char digit, int hours) {
        const auto file
            = cache.write("folders/" + std::string(32, digit) + ".index", std::string("x"));
        // Sparse: no room is taken.
        fs::resize_file(file, 100 << 20);
        fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(hours));
        return file;
    };
    const auto oldest = other('1', 30);
    const auto newer = other('2', 20);
    const auto newest = other('3', 10);
    fs::last_write_time(own, fs::file_time_type::clock::now() - std::chrono::hours(40));
    // A scan that finds nothing new counts as a use.
    QCOMPARE(openedByScan(m_data.path(), cache.path()), QStringList());
    QVERIFY(fs::file_time_type::clock::now() - fs::last_write_time(own) < std::chrono::hours(1));
    const TemporaryFolder data;
    test::writePaintedClass(data, "cat", 1, 0);
    settle();
    openedByScan(data.path(), cache.path());
    QVERIFY(!fs::exists(oldest));
    QVERIFY(fs::exists(newer) && fs::exists(newest) && fs::exists(own));
}

QTEST_GUILESS_MAIN(TestFolderIndex)
#include "tst_folder_index.moc"
