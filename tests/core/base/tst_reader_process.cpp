#include "core/base/reader_process.h"
#include "core/base/reader_protocol.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <cerrno>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace vernier;
using namespace vernier::test;
using namespace std::chrono_literals;

class TestReaderProcess : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void questionsAreAnswered();
    void aReaderThatGoesWrongIsAnErrorThatNamesTheFile_data();
    void aReaderThatGoesWrongIsAnErrorThatNamesTheFile();
    void whatItRefusesWithNeverReachesATerminalRaw();
    void aMissingReaderIsNamed();
    void nothingIsHandedDown();
    void nothingElseIsInReach();
    void theRealReaderIsFoundAndConfined();

private:
    Result<ReaderProcess> start(const char* format, std::chrono::milliseconds wall = 20s) const
    {
        return ReaderProcess::start(
            STAND_IN_READER, format, m_file, { 0, 7 }, { 1 << 30, 20s, wall });
    }

    const TemporaryFolder m_folder;
    const std::filesystem::path m_file = m_folder.write("a file", "content");
};

namespace {

std::span<const std::byte> bytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string textOf(const std::vector<std::byte>& bytes)
{
    return { reinterpret_cast<const char*>(bytes.data()), bytes.size() };
}

std::size_t openDescriptors()
{
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool hasChildren() { return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

} // namespace

void TestReaderProcess::questionsAreAnswered()
{
    const auto before = openDescriptors();
    {
        auto reader = start("echoes");
        QVERIFY2(reader, reader ? "" : reader.error().text().c_str());
        const std::string longest(kMostQuestionBytes, 'x');
        for (const auto& text : { std::string("abc"), std::string(), longest }) {
            const auto answer = reader->ask(1, bytesOf(text), kMostQuestionBytes);
            QVERIFY2(answer, answer ? "" : answer.error().text().c_str());
            QVERIFY(textOf(*answer) == text);
        }
        std::array<std::byte, 3> into {};
        auto moved = std::move(*reader);
        QVERIFY(moved.ask(2, bytesOf("abc"), into));
        QVERIFY(into[2] == std::byte { 'c' });
        QVERIFY(hasChildren());
    }
    QVERIFY(!hasChildren());
    QCOMPARE(openDescriptors(), before);
}

void TestReaderProcess::aReaderThatGoesWrongIsAnErrorThatNamesTheFile_data()
{
    QTest::addColumn<bool>("waits");
    for (const auto* format :
        { "dies at once", "is killed half way", "crashes", "answers too much", "answers too little",
            "answers nonsense", "answers no frame", "refuses endlessly", "refuses without a word" })
        QTest::newRow(format) << false;
    for (const auto* format : { "hangs", "hangs half way", "drips" })
        QTest::newRow(format) << true;
}

void TestReaderProcess::aReaderThatGoesWrongIsAnErrorThatNamesTheFile()
{
    QFETCH(bool, waits);
    const auto before = openDescriptors();
    const auto* format = QTest::currentDataTag();
    {
        auto reader = start(format, waits ? 300ms : 20'000ms);
        QVERIFY2(reader, reader ? "" : reader.error().text().c_str());
        std::array<std::byte, 4> into {};
        const auto first = reader->ask(1, bytesOf("x"), into);
        // It is given up at once, and not asked again.
        QVERIFY(!hasChildren());
        const auto second = reader->ask(1, bytesOf("x"), 100);
        for (const auto& error : { first.error(), second.error() }) {
            QCOMPARE(error.code, ErrorCode::Corrupt);
            QCOMPARE(QString::fromStdString(error.detail),
                QStringLiteral("is damaged: it cannot be read"));
            QVERIFY(error.path == m_file);
            QVERIFY(!error.advice.empty());
        }
    }
    QCOMPARE(openDescriptors(), before);
}

void TestReaderProcess::whatItRefusesWithNeverReachesATerminalRaw()
{
    auto reader = start("refuses with commands");
    QVERIFY(reader);
    const auto answer = reader->ask(1, {}, 100);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, ErrorCode::Unsupported);
    QCOMPARE(QString::fromStdString(answer.error().detail), QStringLiteral("?[2Jab?"));
}

void TestReaderProcess::aMissingReaderIsNamed()
{
    const auto gone = m_folder / "vernier-reader";
    for (const auto& program : { gone, std::filesystem::path() }) {
        const auto reader
            = ReaderProcess::start(program, "echoes", m_file, { 0, 1 }, readerLimitsFor(1));
        QVERIFY(!reader);
        QCOMPARE(reader.error().code, ErrorCode::NotFound);
        QVERIFY(reader.error().text().find("vernier-reader") != std::string::npos);
        QVERIFY(reader.error().path == program);
    }
}

void TestReaderProcess::nothingIsHandedDown()
{
    // Neither a low number that is one of the reader's own, nor a blocked signal.
    const Descriptor inherited(::open("/dev/null", O_RDONLY));
    QVERIFY(inherited);
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto reader = start("says what it sees");
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    QVERIFY(reader);
    const auto answer = reader->ask(1, {}, 1000);
    QVERIFY2(answer, answer ? "" : answer.error().text().c_str());
    QCOMPARE(QString::fromStdString(textOf(*answer)), QString());
}

void TestReaderProcess::nothingElseIsInReach()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a sanitizer itself needs what is forbidden");
#endif
    auto reader = start("tries to leave");
    QVERIFY(reader);
    const auto answer = reader->ask(1, {}, 1000);
    QVERIFY2(answer, answer ? "" : answer.error().text().c_str());
    QCOMPARE(QString::fromStdString(textOf(*answer)), QString());
}

void TestReaderProcess::theRealReaderIsFoundAndConfined()
{
    const auto program = readerProgram();
    QVERIFY(!program.empty());
    QCOMPARE(QString::fromStdString(program.filename()), QStringLiteral("vernier-reader"));
    auto reader = ReaderProcess::start(program, "hdf5", m_file, { 0, 7 }, readerLimitsFor(7));
    QVERIFY2(reader, reader ? "" : reader.error().text().c_str());
    const auto answer = reader->ask(1, {}, 1000);
    QVERIFY(!answer);
    QCOMPARE(QString::fromStdString(answer.error().detail),
        QStringLiteral("is no HDF5 file, or is cut off or damaged"));
    // A part that the file does not have.
    auto beyond = ReaderProcess::start(program, "hdf5", m_file, { 3, 100 }, readerLimitsFor(7));
    QVERIFY(beyond);
    QVERIFY(!beyond->ask(1, {}, 1000));
}

QTEST_APPLESS_MAIN(TestReaderProcess)
#include "tst_reader_process.moc"
