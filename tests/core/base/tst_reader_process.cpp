#include "core/base/reader_process.h"
#include "core/base/reader_protocol.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
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
    void aReaderThatDoesNotStartIsNoFaultOfTheFile_data();
    void aReaderThatDoesNotStartIsNoFaultOfTheFile();
    void theReaderIsLookedForBesideTheProgram();
    void nothingIsHandedDown();
    void nothingElseIsInReach();
    void theRealReaderIsFoundAndAnswers();
    void theRealReaderIsConfined();

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

std::string contentOf(const std::filesystem::path& path)
{
    std::ifstream stream(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(stream), {} };
}

/// The kernel can restrict system calls: https://man7.org/linux/man-pages/man2/seccomp.2.html
bool canRestrictCalls()
{
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr) == 0 || errno == EFAULT;
}

/// What is said of a running process: "Seccomp" gives "2". Empty where it says nothing.
std::string said(const std::string& text, const std::string& name)
{
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(name))
            continue;
        const auto start = line.find_first_not_of(": \t", name.size());
        return start == std::string::npos
            ? ""
            : line.substr(start, line.find_first_of(" \t", start) - start);
    }
    return {};
}

/// The only process that this one has started.
std::string onlyChild()
{
    std::string child;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const auto name = entry.path().filename().native();
        if (name.find_first_not_of("0123456789") == std::string::npos
            && said(contentOf(entry.path() / "status"), "PPid") == std::to_string(::getpid()))
            child = child.empty() ? name : "several";
    }
    return child;
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
    for (const auto* format : { "dies at once", "is killed half way", "crashes", "answers too much",
             "answers too little", "answers nonsense", "is ready twice", "answers no frame",
             "refuses endlessly", "refuses without a word" })
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

void TestReaderProcess::aReaderThatDoesNotStartIsNoFaultOfTheFile_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<int>("wall");
    // That it is gone is seen at once, whatever it may take.
    constexpr int kHour = 3'600'000;
    const auto stands = QString::fromLatin1(STAND_IN_READER);
    for (const auto* format : { "does not start", "starts with nonsense" })
        QTest::newRow(format) << stands << kHour;
    QTest::newRow("hangs before it starts") << stands << 300;

    const auto written = [&](const char* name, std::string_view content, bool executable = true) {
        const auto path = m_folder.write(name, content);
        if (executable)
            std::filesystem::permissions(
                path, std::filesystem::perms::owner_exec, std::filesystem::perm_options::add);
        return QString::fromStdString(path);
    };
    // As the dynamic loader does: it has said why where nobody sees it.
    QTest::newRow("a program that ends") << written("ends", "#!/bin/sh\nexit 127\n") << kHour;
    QTest::newRow("no program") << written("no-program", "text\n") << kHour;
    QTest::newRow("a program that must not be run")
        << written("not-executable", "#!/bin/sh\n", false) << kHour;
    auto lame = contentOf(readerProgram());
    const std::string_view library = "libhdf5";
    const auto found = lame.find(library);
    QVERIFY(found != std::string::npos);
    lame[found + 3] = 'X';
    QTest::newRow("a missing library") << written("lame", lame) << kHour;
}

void TestReaderProcess::aReaderThatDoesNotStartIsNoFaultOfTheFile()
{
    QFETCH(QString, program);
    QFETCH(int, wall);
    const auto before = openDescriptors();
    const std::filesystem::path path = program.toStdString();
    const auto reader = ReaderProcess::start(path, QTest::currentDataTag(), m_file, { 0, 7 },
        { 1 << 30, 20s, std::chrono::milliseconds(wall) });
    QVERIFY(!reader);
    QCOMPARE(reader.error().code, ErrorCode::Internal);
    QVERIFY2(reader.error().detail.starts_with("Vernier's reader program could not be started"),
        reader.error().detail.c_str());
    QVERIFY(reader.error().path == path);
    QVERIFY(!reader.error().advice.empty());
    QVERIFY(!hasChildren());
    QCOMPARE(openDescriptors(), before);
}

void TestReaderProcess::theReaderIsLookedForBesideTheProgram()
{
    const TemporaryFolder folder;
    const auto tree = folder.path();
    for (const auto* place : { "tree/bin", "tree/tests", "tree/libexec/vernier" })
        std::filesystem::create_directories(tree / place);
    const auto program = tree / "tree/tests/vernier-cli";
    // Least of all where it was built, which on another machine is whoever's.
    QCOMPARE(readerProgramFor(program), std::filesystem::path());
    for (const auto* place : { "tree/bin", "tree/libexec/vernier", "tree/tests" }) {
        const auto reader = folder.write(std::string(place) + "/vernier-reader", "");
        QCOMPARE(readerProgramFor(program), reader);
    }
    // One that does not know where it lies would take what lies in whoever's folder this is.
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(tree / "tree/tests");
    const auto relative = readerProgramFor("vernier-cli");
    const auto nameless = readerProgramFor({});
    std::filesystem::current_path(tree / "tree");
    const auto below = readerProgramFor("tests/vernier-cli");
    std::filesystem::current_path(before);
    for (const auto& found : { relative, nameless, below })
        QCOMPARE(found, std::filesystem::path());
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
    if (!canRestrictCalls())
        QSKIP("this kernel has no seccomp: nothing but the limits holds a reader");
    auto reader = start("tries to leave");
    QVERIFY(reader);
    const auto answer = reader->ask(1, {}, 1000);
    QVERIFY2(answer, answer ? "" : answer.error().text().c_str());
    QCOMPARE(QString::fromStdString(textOf(*answer)), QString());
}

void TestReaderProcess::theRealReaderIsFoundAndAnswers()
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
    QVERIFY2(beyond, beyond ? "" : beyond.error().text().c_str());
    const auto none = beyond->ask(1, {}, 1000);
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::Corrupt);
}

void TestReaderProcess::theRealReaderIsConfined()
{
    // It waits for a question, and nothing of the file has been looked at.
    const ReaderLimits limits { 300 << 20, 17s, 20s };
    auto reader = ReaderProcess::start(readerProgram(), "hdf5", m_file, { 0, 7 }, limits);
    QVERIFY2(reader, reader ? "" : reader.error().text().c_str());
    const auto child = onlyChild();
    QVERIFY2(child.find_first_not_of("0123456789") == std::string::npos && !child.empty(),
        child.c_str());
    const auto status = contentOf("/proc/" + child + "/status");
    const auto limited = contentOf("/proc/" + child + "/limits");
    QCOMPARE(said(status, "NoNewPrivs"), std::string("1"));
    QCOMPARE(said(limited, "Max core file size"), std::string("0"));
    QCOMPARE(said(limited, "Max file size"), std::string("0"));
    QCOMPARE(said(limited, "Max cpu time"), std::string("17"));
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a sanitizer itself needs what is forbidden");
#endif
    QCOMPARE(said(limited, "Max open files"), std::string("0"));
    QCOMPARE(said(limited, "Max address space"), std::to_string(300 << 20));
    if (!canRestrictCalls())
        QSKIP("this kernel has no seccomp: nothing but the limits holds a reader");
    QCOMPARE(said(status, "Seccomp"), std::string("2"));
}

QTEST_APPLESS_MAIN(TestReaderProcess)
#include "tst_reader_process.moc"
