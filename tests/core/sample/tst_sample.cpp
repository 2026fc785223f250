#include "core/base/files.h"
#include "core/dataset/scan.h"
#include "core/image/decode.h"
#include "core/sample/sample.h"
#include "tests/support/painted_picture.h"

#include <QTest>

#include <cmath>
#include <map>
#include <set>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

namespace {

const SampleOptions kSmall { .trainPerClass = 3, .testPerClass = 2, .size = 64 };

std::map<std::string, ContentHash> hashes(const fs::path& folder)
{
    std::map<std::string, ContentHash> result;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file())
            result[fs::relative(entry.path(), folder)]
                = contentHash(*readFile(entry.path(), 1 << 20));
    }
    return result;
}

std::size_t entriesIn(const fs::path& folder)
{
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

class TestSample : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSampleIsADatasetWithATestSplit();
    void oneSeedPaintsOneSample();
    void aLargerSampleBeginsWithTheSmaller();
    void picturesDifferAndAreNeitherBlackNorWhite();
    void aCompleteSampleIsLeftAsItIs();
    void somethingElseInTheWayIsNotTouched();
    void stoppingLeavesNothingBehind();
    void aFolderThatCannotBeWrittenIsAnError();
};

void TestSample::theSampleIsADatasetWithATestSplit()
{
    TemporaryFolder folder;
    std::int64_t done = 0;
    QVERIFY(paintSample(folder / "deep/sample", kSmall, {}, [&](const Progress& progress) {
        QCOMPARE(progress.total, 15);
        done = progress.done;
    }));
    QCOMPARE(done, 15);
    const auto snapshot = scan(folder / "deep/sample");
    QVERIFY(snapshot);
    QCOMPARE((*snapshot)->classes, (std::vector<std::string> { "forky", "knifey", "spoony" }));
    for (ClassIndex label = 0; label < 3; ++label) {
        QCOMPARE((*snapshot)->count(label, Split::Train), 3);
        QCOMPARE((*snapshot)->count(label, Split::Test), 2);
    }
    QVERIFY((*snapshot)->problems.empty());
    QCOMPARE((*snapshot)->images.front().width, 64);
}

void TestSample::oneSeedPaintsOneSample()
{
    TemporaryFolder folder;
    QVERIFY(paintSample(folder / "a", kSmall));
    QVERIFY(paintSample(folder / "b", kSmall));
    QCOMPARE(hashes(folder / "a"), hashes(folder / "b"));
    auto other = kSmall;
    other.seed = 2;
    QVERIFY(paintSample(folder / "c", other));
    QVERIFY(hashes(folder / "a") != hashes(folder / "c"));
}

void TestSample::aLargerSampleBeginsWithTheSmaller()
{
    TemporaryFolder folder;
    QVERIFY(paintSample(folder / "small", kSmall));
    auto more = kSmall;
    more.trainPerClass = 5;
    QVERIFY(paintSample(folder / "large", more));
    const auto large = hashes(folder / "large");
    for (const auto& [name, hash] : hashes(folder / "small"))
        QCOMPARE(large.at(name), hash);
}

void TestSample::picturesDifferAndAreNeitherBlackNorWhite()
{
    TemporaryFolder folder;
    QVERIFY(paintSample(folder / "sample", kSmall));
    std::set<ContentHash> seen;
    for (const auto& [name, hash] : hashes(folder / "sample")) {
        QVERIFY(seen.insert(hash).second);
        const auto picture = decode(folder / "sample" / name);
        QVERIFY(picture);
        double sum = 0;
        double squares = 0;
        for (const int value : picture->rgb) {
            sum += value;
            squares += value * value;
        }
        const double count = static_cast<double>(picture->rgb.size());
        const double mean = sum / count;
        QVERIFY(mean > 15 && mean < 245);
        QVERIFY(std::sqrt(squares / count - mean * mean) > 4);
    }
}

void TestSample::aCompleteSampleIsLeftAsItIs()
{
    TemporaryFolder folder;
    QVERIFY(paintSample(folder / "sample", kSmall));
    fs::remove(folder / "sample/forky/forky-0001.jpg");
    const auto before = hashes(folder / "sample");
    QVERIFY(paintSample(folder / "sample", kSmall));
    QCOMPARE(hashes(folder / "sample"), before);
}

void TestSample::somethingElseInTheWayIsNotTouched()
{
    TemporaryFolder folder;
    folder.write("sample/diary.txt", "mine");
    const auto painted = paintSample(folder / "sample", kSmall);
    QVERIFY(!painted);
    QCOMPARE(painted.error().code, ErrorCode::Exists);
    QCOMPARE(entriesIn(folder / "sample"), std::size_t { 1 });
}

void TestSample::stoppingLeavesNothingBehind()
{
    TemporaryFolder folder;
    std::stop_source source;
    const auto painted = paintSample(folder / "sample", kSmall, source.get_token(),
        [&](const Progress&) { source.request_stop(); });
    QVERIFY(!painted);
    QCOMPARE(painted.error().code, ErrorCode::Cancelled);
    QCOMPARE(entriesIn(folder.path()), std::size_t { 0 });
}

void TestSample::aFolderThatCannotBeWrittenIsAnError()
{
    TemporaryFolder folder;
    folder.write("file", "x");
    const auto painted = paintSample(folder / "file/sample", kSmall);
    QVERIFY(!painted);
    QVERIFY(painted.error().code == ErrorCode::Unreadable);
}

QTEST_APPLESS_MAIN(TestSample)
#include "tst_sample.moc"
