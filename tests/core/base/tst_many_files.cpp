#include "core/base/file_hash.h"
#include "core/base/parallel.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thread_limit.h"

#include <QTest>

#include <atomic>
#include <latch>
#include <numeric>
#include <stdexcept>
#include <system_error>

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
    void whatTellThrowsBeginsNoMoreAndComesBack();
    void fewerThreadsThanWantedAreEnough_data();
    void fewerThreadsThanWantedAreEnough();
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
    // All at once.
    for (int round = 0; round < 50; ++round) {
        std::latch together(4);
        const auto work = [&](std::size_t) {
            together.arrive_and_wait();
            throw std::runtime_error("x");
        };
        QVERIFY_THROWS_EXCEPTION(
            std::runtime_error, forEachIndex(4, 4, {}, work, [](std::size_t) {}));
    }
}

void TestManyFiles::whatTellThrowsBeginsNoMoreAndComesBack()
{
    constexpr int count = 100'000'000;
    std::atomic<int> calls { 0 };
    std::atomic<int> under { 0 };
    const auto work = [&](std::size_t) {
        ++under;
        ++calls;
        --under;
    };
    const auto tell = [](std::size_t) { throw std::runtime_error("x"); };
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, forEachIndex(count, 4, {}, work, tell));
    QCOMPARE(under.load(), 0);
    QVERIFY2(calls < count, std::to_string(calls).c_str());
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, forEachIndex(1, 1, {}, work, tell));
}

void TestManyFiles::fewerThreadsThanWantedAreEnough_data()
{
    QTest::addColumn<int>("left");
    for (const int left : { 0, 1, 3 })
        QTest::addRow("%d", left) << left;
}

void TestManyFiles::fewerThreadsThanWantedAreEnough()
{
    QFETCH(const int, left);
    constexpr std::size_t count = 1000;
    std::vector<std::atomic<int>> calls(count);
    std::size_t told = 0;
    {
        const ThreadLimit limit(left);
        forEachIndex(
            count, 8, {}, [&](std::size_t i) { ++calls[i]; },
            [&](std::size_t done) { told = done; });
    }
    for (const auto& each : calls)
        QCOMPARE(each.load(), 1);
    QCOMPARE(told, count);

    const ThreadLimit limit(left);
    std::atomic<int> begun { 0 };
    const auto work = [&](const std::stop_token&) { ++begun; };
    if (left == 0)
        QVERIFY_THROWS_EXCEPTION(std::system_error, startThreads(8, work));
    else
        QCOMPARE(startThreads(8, work).size(), static_cast<std::size_t>(left));
    QCOMPARE(begun.load(), left);
}

QTEST_APPLESS_MAIN(TestManyFiles)
#include "tst_many_files.moc"
