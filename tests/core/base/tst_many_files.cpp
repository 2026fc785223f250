#include "core/base/file_hash.h"
#include "core/base/parallel.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <atomic>
#include <numeric>
#include <stdexcept>

using namespace vernier;
using namespace vernier::test;

/// Work on many files at once.
class TestManyFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFileIsHashedInPartsAsAWhole();
    void hashingStopsWithinAFile();
    void allIsDoneOnceOnHoweverManyThreads_data();
    void allIsDoneOnceOnHoweverManyThreads();
    void aStopBeginsNoMore();
    void whatIsThrownOnAnyThreadComesBack();
};

void TestManyFiles::aFileIsHashedInPartsAsAWhole()
{
    const TemporaryFolder folder;
    for (const std::size_t size : { 0U, 1U, 241U, (1U << 20) - 1, 1U << 20, (2U << 20) + 17 }) {
        std::string content(size, 'x');
        std::iota(content.begin(), content.end(), '\1');
        const auto file = folder.write("a", content);
        QCOMPARE(*contentHashOfFile(file, size), contentHash(std::as_bytes(std::span(content))));
        if (size > 0)
            QCOMPARE(contentHashOfFile(file, size - 1).error().code, ErrorCode::TooLarge);
    }
    QCOMPARE(contentHashOfFile(folder / "gone", 1).error().code, ErrorCode::NotFound);
    QCOMPARE(contentHashOfFile(folder.path(), 1).error().code, ErrorCode::Unsupported);
}

void TestManyFiles::hashingStopsWithinAFile()
{
    const TemporaryFolder folder;
    std::stop_source source;
    source.request_stop();
    QCOMPARE(contentHashOfFile(folder.write("a", "x"), 1, source.get_token()).error().code,
        ErrorCode::Cancelled);
}

void TestManyFiles::allIsDoneOnceOnHoweverManyThreads_data()
{
    QTest::addColumn<int>("threads");
    for (const int threads : { 0, 1, 2, 7, 5000 })
        QTest::addRow("%d", threads) << threads;
}

void TestManyFiles::allIsDoneOnceOnHoweverManyThreads()
{
    QFETCH(const int, threads);
    for (const std::size_t count : { 0U, 1U, 1000U }) {
        std::vector<std::atomic<int>> calls(count);
        std::size_t told = 0;
        forEachIndex(
            count, static_cast<std::size_t>(threads), {}, [&](std::size_t i) { ++calls[i]; },
            [&](std::size_t done) { told = done; });
        for (const auto& each : calls)
            QCOMPARE(each.load(), 1);
        QCOMPARE(told, count);
    }
}

void TestManyFiles::aStopBeginsNoMore()
{
    std::stop_source source;
    std::atomic<int> calls { 0 };
    forEachIndex(
        100'000, 3, source.get_token(),
        [&](std::size_t) {
            ++calls;
            source.request_stop();
        },
        [](std::size_t) {});
    QVERIFY(calls >= 1 && calls <= 3);
}

void TestManyFiles::whatIsThrownOnAnyThreadComesBack()
{
    for (const int thrower : { 0, 999 }) {
        const auto work = [&](std::size_t i) {
            if (static_cast<int>(i) == thrower)
                throw std::runtime_error("x");
        };
        QVERIFY_THROWS_EXCEPTION(
            std::runtime_error, forEachIndex(1000, 4, {}, work, [](std::size_t) {}));
    }
}

QTEST_APPLESS_MAIN(TestManyFiles)
#include "tst_many_files.moc"
