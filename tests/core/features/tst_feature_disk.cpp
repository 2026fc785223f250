#include "core/base/parallel.h"
#include "core/features/feature_disk.h"
#include "tests/support/temporary_folder.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <set>

#include <QtTest>

#include <sys/resource.h>
#include <unistd.h>

using namespace vernier;
using test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr Shape kShape { 8, 4, 4 };
/// What one of them costs on disk, its entry included.
constexpr std::uint64_t kEach = 8 * 4 * 4 * 2 + kIndexEntryBytes;

ContentHash keyOf(int number)
{
    const auto text = "key " + std::to_string(number);
    return contentHash(std::as_bytes(std::span(text)));
}

std::vector<std::byte> valuesOf(int number, Shape shape = kShape)
{
    std::vector<std::byte> values(halfBytes(shape));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<std::byte>(static_cast<std::size_t>(number) * 37 + i * 11);
    return values;
}

void add(FeatureDisk& disk, int number, Shape shape = kShape)
{
    disk.append(keyOf(number), HalfType::Fp16, shape, valuesOf(number, shape));
}

void addAll(FeatureDisk& disk, int from, int to)
{
    for (int i = from; i < to; ++i)
        add(disk, i);
}

bool holds(FeatureDisk& disk, int number, Shape shape = kShape)
{
    const auto found = disk.read(keyOf(number), shape);
    const auto expected = valuesOf(number, shape);
    return found && found->bytes == expected.size()
        && std::equal(expected.begin(), expected.end(), found->data.get());
}

std::vector<int> heldOf(FeatureDisk& disk, int count)
{
    std::vector<int> numbers;
    for (int i = 0; i < count; ++i) {
        if (holds(disk, i))
            numbers.push_back(i);
    }
    return numbers;
}

std::vector<fs::path> filesOf(const fs::path& folder, const char* extension)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == extension)
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

fs::path onlyFile(const fs::path& folder, const char* extension)
{
    const auto files = filesOf(folder, extension);
    return files.size() == 1 ? files.front() : fs::path();
}

std::vector<std::byte> contentOf(const fs::path& file) { return *readFile(file, 1 << 30); }

/// Changes a file in place, as a failing disk does.
template <class Change> void damage(const fs::path& file, Change change)
{
    auto bytes = contentOf(file);
    change(bytes);
    QVERIFY(writeFileAtomically(file, std::span<const std::byte>(bytes)));
}

void setUsed(const fs::path& file, int secondsAgo)
{
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::seconds(secondsAgo));
}

/// While it lives, no file grows beyond the limit: writing more fails as on a full disk.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        m_handler = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit { bytes, m_before.rlim_max };
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }

private:
    rlimit m_before {};
    void (*m_handler)(int) = SIG_DFL;
};

} // namespace

class TestFeatureDisk : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatWasAddedIsFoundByTheNextProgram()
    {
        const TemporaryFolder folder;
        {
            FeatureDisk disk(folder / "cache");
            QVERIFY(!fs::exists(folder / "cache"));
            QVERIFY(!disk.contains(keyOf(0)));
            QVERIFY(!fs::exists(folder / "cache"));
            addAll(disk, 0, 10);
            disk.append(keyOf(10), HalfType::Bf16, { 2, 1, 3 }, valuesOf(10, { 2, 1, 3 }));
            QVERIFY(!disk.trouble());
        }
        FeatureDisk disk(folder / "cache");
        QCOMPARE(heldOf(disk, 10).size(), std::size_t { 10 });
        const auto found = disk.read(keyOf(10), { 2, 1, 3 });
        QVERIFY(found);
        QCOMPARE(found->type, HalfType::Bf16);
        QCOMPARE(disk.info().entries, 11);
        QCOMPARE(disk.info().bytes, 10 * kEach + 12 + kIndexEntryBytes);
        // Another key, or the key with another shape, is not there.
        QVERIFY(!disk.contains(keyOf(11)));
        QVERIFY(!disk.read(keyOf(0), { 4, 8, 4 }));
    }
    void programsOneAfterTheOtherShareASegment()
    {
        const TemporaryFolder folder;
        for (int i = 0; i < 5; ++i) {
            FeatureDisk disk(folder.path());
            add(disk, i);
        }
        QVERIFY(!onlyFile(folder.path(), segment_files::kData).empty());
        FeatureDisk disk(folder.path());
        QCOMPARE(heldOf(disk, 5).size(), std::size_t { 5 });
    }
    void twoAtOnceWriteApartAndSeeEachOther()
    {
        const TemporaryFolder folder;
        FeatureDisk one(folder.path());
        FeatureDisk other(folder.path());
        for (int i = 0; i < 50; ++i)
            add(i % 2 == 0 ? one : other, i);
        QCOMPARE(filesOf(folder.path(), segment_files::kData).size(), std::size_t { 2 });
        QVERIFY(!one.contains(keyOf(1)));
        one.refresh();
        other.refresh();
        QCOMPARE(heldOf(one, 50).size(), std::size_t { 50 });
        QCOMPARE(heldOf(other, 50).size(), std::size_t { 50 });
        QCOMPARE(one.info().entries, 50);
        // What one program clears, the other misses and can write again.
        QVERIFY(one.clear());
        other.refresh();
        QCOMPARE(heldOf(other, 50).size(), std::size_t { 0 });
        addAll(other, 0, 3);
        one.refresh();
        QCOMPARE(heldOf(one, 50).size(), std::size_t { 3 });
    }
    void aSegmentRemovedUnderItsWriterIsReplaced()
    {
        const TemporaryFolder folder;
        FeatureDisk disk(folder.path());
        addAll(disk, 0, 3);
        for (const auto* extension : { segment_files::kData, segment_files::kIndex })
            fs::remove(onlyFile(folder.path(), extension));
        addAll(disk, 3, 5);
        QVERIFY(!disk.trouble());
        FeatureDisk next(folder.path());
        QCOMPARE(heldOf(next, 5), (std::vector<int> { 3, 4 }));
    }
    void whatIsDamagedIsAMissAndIsWrittenAnew_data()
    {
        QTest::addColumn<QByteArray>("what");
        QTest::addColumn<int>("survivors");
        for (const auto* what : { "a value", "an entry", "magic", "version", "type",
                 "half an entry", "length", "offset", "shape" })
            QTest::newRow(what) << QByteArray(what) << 3;
        QTest::newRow("data cut") << QByteArray("data cut") << 1;
        QTest::newRow("data gone") << QByteArray("data gone") << 0;
        QTest::newRow("index gone") << QByteArray("index gone") << 0;
        QTest::newRow("index nonsense") << QByteArray("index nonsense") << 0;
        QTest::newRow("index a folder") << QByteArray("index a folder") << 0;
    }
    void whatIsDamagedIsAMissAndIsWrittenAnew()
    {
        QFETCH(QByteArray, what);
        QFETCH(int, survivors);
        const TemporaryFolder folder;
        {
            FeatureDisk disk(folder.path());
            addAll(disk, 0, 4);
        }
        const auto data = onlyFile(folder.path(), segment_files::kData);
        const auto index = onlyFile(folder.path(), segment_files::kIndex);
        // Entry 2 says of itself what the test wants, with the right checksum: hostile, not broken.
        const auto forge = [&](auto change) {
            damage(index, [&](std::vector<std::byte>& bytes) {
                const std::span<std::byte> entry(
                    bytes.data() + 2 * kIndexEntryBytes, kIndexEntryBytes);
                auto record = *fromIndexEntry(entry.first<kIndexEntryBytes>());
                change(record);
                std::ranges::copy(toIndexEntry(record), entry.begin());
            });
        };
        const auto flip = [&](std::size_t at) {
            damage(index, [&](std::vector<std::byte>& bytes) {
                bytes[2 * kIndexEntryBytes + at] ^= std::byte { 1 };
            });
        };
        // An entry of another program's or time, right in itself.
        const auto flipAndSign = [&](std::size_t at) {
            flip(at);
            damage(index, [](std::vector<std::byte>& bytes) {
                const std::span<std::byte> entry(
                    bytes.data() + 2 * kIndexEntryBytes, kIndexEntryBytes);
                const auto sum = checksum(entry.first(kIndexEntryBytes - sizeof(std::uint64_t)));
                std::memcpy(&entry[kIndexEntryBytes - sizeof sum], &sum, sizeof sum);
            });
        };
        if (what == "a value")
            damage(data, [&](auto& bytes) { bytes[bytes.size() * 5 / 8] ^= std::byte { 64 }; });
        else if (what == "an entry")
            flip(20);
        else if (what == "magic")
            flipAndSign(0);
        else if (what == "version")
            flipAndSign(4);
        else if (what == "type")
            forge([](FeatureRecord& record) { record.type = static_cast<HalfType>(9); });
        else if (what == "half an entry")
            damage(index, [](auto& bytes) { bytes.resize(bytes.size() - 40); });
        else if (what == "length")
            forge([](FeatureRecord& record) { record.bytes = 0xfffffff0u; });
        else if (what == "offset")
            forge([](FeatureRecord& record) { record.offset = ~std::uint64_t { 0 } - 100; });
        else if (what == "shape")
            forge([](FeatureRecord& record) { record.shape = { 0x7fffffff, 0x7fffffff, -2 }; });
        else if (what == "data cut")
            damage(data, [](auto& bytes) { bytes.resize(bytes.size() / 2 - 1); });
        else if (what == "data gone")
            fs::remove(data);
        else if (what == "index nonsense")
            QVERIFY(writeFileAtomically(index, std::string_view("no index at all")));
        else
            fs::remove(index);
        if (what == "index a folder")
            fs::create_directories(index / "in the way");

        FeatureDisk disk(folder.path());
        QCOMPARE(static_cast<int>(heldOf(disk, 4).size()), survivors);
        addAll(disk, 0, 4);
        QVERIFY(!disk.trouble());
        QCOMPARE(heldOf(disk, 4).size(), std::size_t { 4 });
        FeatureDisk next(folder.path());
        QCOMPARE(heldOf(next, 4).size(), std::size_t { 4 });
        // Written anew once, not by every program that comes.
        const auto bytes = next.info().bytes;
        addAll(next, 0, 4);
        QCOMPARE(next.info().bytes, bytes);
    }
    void everyByteOfAnEntryCounts()
    {
        const FeatureRecord record { keyOf(1), HalfType::Bf16, kShape, 12345, halfBytes(kShape),
            99 };
        auto entry = toIndexEntry(record);
        QVERIFY(fromIndexEntry(entry) == record);
        for (auto& byte : entry) {
            byte ^= std::byte { 2 };
            QVERIFY(!fromIndexEntry(entry));
            byte ^= std::byte { 2 };
        }
        for (const Shape shape : { Shape { 0, 1, 1 }, Shape { 1, -1, 1 }, Shape { 1 << 21, 1, 1 },
                 Shape { 1 << 20, 1 << 20, 1 << 20 }, Shape { 1 << 20, 64, 1 } })
            QCOMPARE(halfBytes(shape), 0u);
    }
    void dataThatShrinksUnderAReaderIsAMiss()
    {
        const TemporaryFolder folder;
        FeatureDisk writer(folder.path());
        addAll(writer, 0, 4);
        FeatureDisk reader(folder.path());
        QVERIFY(holds(reader, 3));
        fs::resize_file(onlyFile(folder.path(), segment_files::kData), 300);
        QVERIFY(!holds(reader, 3));
        QVERIFY(!reader.contains(keyOf(3)));
        QVERIFY(holds(reader, 0));
    }
    void theLeastRecentlyUsedSegmentGoesFirst()
    {
        const TemporaryFolder folder;
        FeatureDisk disk(folder.path());
        QVERIFY(disk.setLimit(256 << 10));
        // Segments of 64 KB; four of them fit.
        constexpr Shape big { 128, 10, 10 };
        std::set<fs::path> known;
        std::vector<fs::path> segments;
        for (int i = 0; i < 6; ++i) {
            add(disk, i, big);
            if (i % 2 == 1) {
                for (const auto& file : filesOf(folder.path(), segment_files::kData)) {
                    if (known.insert(file).second)
                        segments.push_back(file);
                }
            }
        }
        QCOMPARE(segments.size(), std::size_t { 3 });
        // 0 and 1 are the oldest by their writing, but were asked for since.
        setUsed(segments[0], 3000);
        setUsed(segments[1], 2000);
        setUsed(segments[2], 1000);
        FeatureDisk next(folder.path());
        next.startRun();
        QVERIFY(holds(next, 0, big));
        addAll(next, 100, 500);
        const auto held = [&](int i) { return holds(next, i, big); };
        QVERIFY(held(0) && held(1));
        QVERIFY(!held(2) && !held(3));
        QVERIFY(held(4) && held(5));
        QVERIFY(next.info().bytes <= 256 << 10);
        // The use was written down for other programs.
        const auto age = fs::file_time_type::clock::now() - fs::last_write_time(segments[0]);
        QVERIFY(age < std::chrono::seconds(1000));
    }
    void aRunThatDoesNotFitKeepsWhatItHas()
    {
        const TemporaryFolder folder;
        FeatureDisk disk(folder.path());
        QVERIFY(disk.setLimit(20 * kEach));
        disk.startRun();
        addAll(disk, 0, 100);
        QCOMPARE(heldOf(disk, 100).size(), std::size_t { 20 });
        QVERIFY(holds(disk, 0));
        QVERIFY(disk.trouble());
        // More room counts at once, in the run that lacked it.
        QVERIFY(disk.setLimit(30 * kEach));
        QVERIFY(!disk.trouble());
        addAll(disk, 200, 210);
        QVERIFY(holds(disk, 0) && holds(disk, 209));
        QVERIFY(disk.setLimit(20 * kEach));
        // The next run may take its place.
        disk.startRun();
        addAll(disk, 100, 110);
        QVERIFY(holds(disk, 109));
        QVERIFY(disk.info().bytes <= 20 * kEach);
    }
    void theLimitHoldsForAllAndIsBelievedOnlyWhereItIsOne()
    {
        const TemporaryFolder folder;
        FeatureDisk disk(folder.path());
        const auto byDefault = disk.info().limit;
        QVERIFY(byDefault > 0 && byDefault <= 8'000'000'000);
        addAll(disk, 0, 10);
        QVERIFY(disk.setLimit(12'345'678));
        QCOMPARE(FeatureDisk(folder.path()).info().limit, 12'345'678u);
        QVERIFY(FeatureDisk(folder.path()).info().limitIsSet);
        // Others may write meanwhile, and it is a share of what they leave.
        const auto automatic = FeatureDisk(folder.path()).info().automaticLimit;
        QVERIFY(automatic > byDefault / 10 * 9 && automatic < byDefault / 10 * 11);
        QCOMPARE(heldOf(disk, 10).size(), std::size_t { 10 });
        FeatureDisk other(folder.path());
        add(other, 10);
        QVERIFY(disk.setLimit(0));
        QCOMPARE(disk.info().bytes, 0u);
        add(disk, 0);
        QVERIFY(!holds(disk, 0));
        other.startRun();
        add(other, 11);
        QVERIFY(!holds(other, 11));
        QVERIFY(!other.trouble());
        for (const auto* text :
            { "", "{", "[]", "{\"limit_bytes\":-1}", "{\"limit_bytes\":\"x\"}", "{\"limit\":5}" }) {
            folder.write("limit.json", text);
            QCOMPARE(FeatureDisk(folder.path()).info().limit, byDefault);
        }
        QVERIFY(disk.setLimit(std::nullopt));
        QVERIFY(!fs::exists(folder / "limit.json"));
        QVERIFY(!disk.info().limitIsSet);
        QCOMPARE(disk.info().limit, byDefault);
    }
    void aFullDiskIsSaidAndLosesNothing()
    {
        const TemporaryFolder folder;
        FeatureDisk disk(folder.path());
        addAll(disk, 0, 4);
        {
            const FileSizeLimit full(4 * (kEach - kIndexEntryBytes) + 100);
            addAll(disk, 4, 6);
            QVERIFY(disk.trouble());
            QVERIFY(!disk.trouble()->path.empty());
            QVERIFY(!holds(disk, 4));
        }
        // Nothing of what failed is left, and what was there is still found.
        QCOMPARE(fs::file_size(onlyFile(folder.path(), segment_files::kData)),
            4 * (kEach - kIndexEntryBytes));
        QCOMPARE(heldOf(disk, 6).size(), std::size_t { 4 });
        // Not tried again within the run, but in the next.
        add(disk, 4);
        QVERIFY(!holds(disk, 4));
        disk.startRun();
        QVERIFY(!disk.trouble());
        add(disk, 4);
        QVERIFY(holds(disk, 4));
        QVERIFY(disk.clear());
    }
    void aFolderThatCannotBeMadeIsSaid()
    {
        const TemporaryFolder folder;
        folder.write("file", "in the way");
        for (const auto& path : { folder / "file" / "cache", fs::path("/proc/vernier/cache") }) {
            FeatureDisk disk(path);
            disk.startRun();
            QVERIFY(!disk.contains(keyOf(0)));
            QVERIFY(!disk.trouble());
            add(disk, 0);
            QVERIFY(disk.trouble());
            QVERIFY(!disk.read(keyOf(0), kShape));
            QVERIFY(!disk.setLimit(1000));
            QVERIFY(disk.clear());
            QCOMPARE(disk.info().bytes, 0u);
        }
    }
    void aReadOnlyFolderIsReadAndNotWritten()
    {
        if (::geteuid() == 0)
            QSKIP("root writes everywhere");
        const TemporaryFolder folder;
        {
            FeatureDisk disk(folder / "cache");
            addAll(disk, 0, 3);
        }
        for (const auto& entry : fs::directory_iterator(folder / "cache"))
            fs::permissions(entry.path(), fs::perms::owner_read);
        fs::permissions(folder / "cache", fs::perms::owner_read | fs::perms::owner_exec);
        FeatureDisk disk(folder / "cache");
        add(disk, 3);
        QVERIFY(disk.trouble());
        QCOMPARE(heldOf(disk, 4).size(), std::size_t { 3 });
        QVERIFY(!disk.clear());
        fs::permissions(folder / "cache", fs::perms::owner_all);
    }
    void clearLeavesWhatIsNotTheCaches()
    {
        const TemporaryFolder folder;
        const std::vector<fs::path> others { folder.write("holiday.jpg", "mine"),
            folder.write("words.index", "mine"), folder.write("list.features", "mine"),
            folder.write("2024-1-2.index", "mine") };
        FeatureDisk disk(folder.path());
        QVERIFY(disk.setLimit(1 << 30));
        addAll(disk, 0, 3);
        QVERIFY(disk.clear());
        QCOMPARE(disk.info().entries, 0);
        QCOMPARE(filesOf(folder.path(), segment_files::kData).size(), std::size_t { 1 });
        QCOMPARE(filesOf(folder.path(), segment_files::kIndex).size(), std::size_t { 2 });
        for (const auto& other : others)
            QVERIFY2(fs::exists(other), other.c_str());
        QCOMPARE(disk.info().limit, std::uint64_t { 1 } << 30);
        addAll(disk, 0, 3);
        QCOMPARE(heldOf(disk, 3).size(), std::size_t { 3 });
    }

    void severalThreadsUseItAtOnce()
    {
        constexpr int count = 200;
        const TemporaryFolder folder;
        FeatureDisk disk(folder.path());
        QVERIFY(disk.setLimit(1 << 30));
        disk.startRun();
        std::atomic<int> wrong { 0 };
        forEachIndex(
            4 * count, 4, {},
            [&](std::size_t i) {
                const auto number = static_cast<int>(i) / 4;
                if (i % 4 == 0)
                    add(disk, number);
                else if (i % 4 == 1)
                    disk.refresh();
                else if (i % 4 == 2)
                    wrong += disk.info().entries > count || disk.trouble();
                else
                    wrong += disk.contains(keyOf(number)) && !holds(disk, number);
            },
            [](std::size_t) {});
        QCOMPARE(wrong.load(), 0);
        QCOMPARE(heldOf(disk, count).size(), std::size_t { count });
    }
};

QTEST_GUILESS_MAIN(TestFeatureDisk)
#include "tst_feature_disk.moc"
