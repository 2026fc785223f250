#include "core/base/files.h"
#include "core/features/known_pictures.h"
#include "tests/support/temporary_folder.h"

#include <QtTest>

using namespace vernier;
using test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

/// A file that was written long enough ago for its times to be believed.
fs::path settledFile(const TemporaryFolder& folder, const char* name, std::string_view text)
{
    const auto file = folder.write(name, text);
    QTest::qWait(2100);
    return file;
}

std::vector<std::byte> contentOf(const fs::path& file) { return *readFile(file, 1 << 30); }

std::uint64_t sizeOfTable(const fs::path& table)
{
    return fs::exists(table) ? fs::file_size(table) : 0;
}

} // namespace

/// What is remembered of pictures from one program to the next.
class TestKnownPictures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aPictureIsReadOnceByAllPrograms();
    void manyPicturesAreLearntTogether();
    void aChangedPictureIsReadAgain();
    void aTableOfPicturesThatIsDamagedIsNotBelieved();
};

void TestKnownPictures::aPictureIsReadOnceByAllPrograms()
{
    const TemporaryFolder folder;
    const auto table = folder / "cache" / "pictures.table";
    const auto file = settledFile(folder, "a.jpg", "one");
    const auto content = contentHash(std::as_bytes(std::span(std::string_view("one"))));
    {
        KnownPictures pictures(table);
        QCOMPARE(*pictures.contentOf(file), content);
        pictures.save();
    }
    QCOMPARE(sizeOfTable(table), std::uint64_t { 64 });
    // Read again, it would be added again.
    auto bytes = contentOf(table);
    KnownPictures next(table);
    QCOMPARE(*next.contentOf(file), content);
    next.save();
    QCOMPARE(contentOf(table), bytes);
    // A second program that learnt the same adds its own row; neither disturbs the other.
    const auto other = settledFile(folder, "b.jpg", "two");
    KnownPictures second(table);
    QVERIFY(second.contentOf(other));
    second.save();
    QCOMPARE(sizeOfTable(table), std::uint64_t { 128 });
    second.clear();
    QVERIFY(!fs::exists(table));
    QVERIFY(!KnownPictures(table).contentOf(folder / "missing.jpg"));
}

void TestKnownPictures::manyPicturesAreLearntTogether()
{
    const TemporaryFolder folder;
    const auto table = folder / "pictures.table";
    constexpr int count = 400;
    std::vector<fs::path> files;
    for (int i = 0; i < count; ++i)
        files.push_back(folder.write(std::to_string(i), std::to_string(i)));
    QTest::qWait(2100);
    files.push_back(folder / "gone");
    std::stop_source stopped;
    stopped.request_stop();
    QCOMPARE(KnownPictures({}).learn(files, 4, stopped.get_token(), {}).error().code,
        ErrorCode::Cancelled);

    KnownPictures pictures(table);
    std::int64_t done = 0;
    QVERIFY(pictures.learn(files, 4, {}, [&](const Progress& progress) {
        QCOMPARE(progress.total, count + 1);
        QVERIFY(progress.done >= done);
        done = progress.done;
    }));
    QCOMPARE(done, count + 1);
    QCOMPARE(sizeOfTable(table), std::uint64_t { count * 64 });
    // All of them are known now: none is added again.
    QVERIFY(pictures.learn(files, 4, {}, {}));
    QCOMPARE(sizeOfTable(table), std::uint64_t { count * 64 });
    for (int i = 0; i < count; ++i) {
        const auto text = std::to_string(i);
        QCOMPARE(*pictures.contentOf(files[static_cast<std::size_t>(i)]),
            contentHash(std::as_bytes(std::span(text))));
    }
    QVERIFY(!pictures.contentOf(files.back()));
}

void TestKnownPictures::aChangedPictureIsReadAgain()
{
    const TemporaryFolder folder;
    const auto file = settledFile(folder, "a.jpg", "one");
    KnownPictures pictures({});
    const auto before = *pictures.contentOf(file);
    const auto time = fs::last_write_time(file);
    // The same size, and the time set back.
    folder.write("a.jpg", "two");
    fs::last_write_time(file, time);
    QVERIFY(*pictures.contentOf(file) != before);
    // Within one tick of the clock a file may change twice.
    folder.write("a.jpg", "six");
    const auto after = *pictures.contentOf(file);
    QCOMPARE(after, contentHash(std::as_bytes(std::span(std::string_view("six")))));
}

void TestKnownPictures::aTableOfPicturesThatIsDamagedIsNotBelieved()
{
    const TemporaryFolder folder;
    const auto table = folder / "pictures.table";
    const auto file = settledFile(folder, "a.jpg", "one");
    const auto learn = [&] {
        KnownPictures pictures(table);
        const auto content = *pictures.contentOf(file);
        pictures.save();
        return content;
    };
    const auto content = learn();
    const auto whole = contentOf(table);
    for (std::size_t i = 0; i < whole.size(); i += 5) {
        auto bytes = whole;
        bytes[i] ^= std::byte { 0x10 };
        QVERIFY(writeFileAtomically(table, std::span<const std::byte>(bytes)));
        QCOMPARE(learn(), content);
    }
    for (const auto* text : { "", "short",
             "no table of pictures, but as long as two rows of one, "
             "and some more, so that it is read askew if at all" }) {
        folder.write("pictures.table", text);
        QCOMPARE(learn(), content);
        QCOMPARE(learn(), content);
        QCOMPARE(sizeOfTable(table) % 64, std::uint64_t { 0 });
    }
}

QTEST_GUILESS_MAIN(TestKnownPictures)
#include "tst_known_pictures.moc"
