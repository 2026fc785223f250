#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/fetch/download.h"
#include "tests/support/http_server.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <atomic>

using namespace vernier;
using namespace vernier::test;

class TestDownload : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aFileComesWholeAndLeavesNothingBeside();
    void aFileOfThisMachineComesToo();
    void aBreakGoesOnFromWhereItWas();
    void aServerThatCannotGoOnBeginsAnew();
    void anotherCallGoesOnAfterACancel();
    void aFileThatChangedMeanwhileBeginsAnew();
    void partsOfTwoFilesAreNotTaken();
    void aPartOfAnotherAddressIsNotUsed();
    void aPartThatIsTooLongBeginsAnew();
    void aBusyServerIsAskedAgain();
    void anotherLengthIsRefusedBeforeItComes();
    void aLengthThatIsNeverKeptIsGivenUp();
    void moreThanIsAllowedIsNotTaken();
    void whatIsNotThereIsSaidSo();
    void redirectionsAreFollowedWhereTheyAreSafe();
    void redirectionsElsewhereAreRefused_data();
    void redirectionsElsewhereAreRefused();
    void wrongBytesAreThrownAway_data();
    void wrongBytesAreThrownAway();
    void hashesThatAreRightPass();
    void aServerThatIsNotThereIsSaidSo();
    void aSilentServerCanBeLeft();
    void aFullDiskIsSaidBeforehand();
    void onlyOneFetchesToAPlace();
};

namespace {

std::string content()
{
    std::string text;
    for (int i = 0; text.size() < 300'000; ++i)
        text += std::to_string(i * i) + "\n";
    return text;
}

const std::string kContent = content();
const std::string kTag = "\"one\"";

Download request(const TemporaryFolder& folder, const std::string& url)
{
    Download request;
    request.url = url;
    request.to = folder / "target";
    request.bytes = kContent.size();
    request.sha256 = sha256(std::as_bytes(std::span(kContent)));
    request.firstWait = std::chrono::milliseconds(1);
    return request;
}

std::string textOf(const std::filesystem::path& path)
{
    return readTextFile(path, 1 << 20).value_or("(none)");
}

bool onlyTheTarget(const TemporaryFolder& folder)
{
    const std::filesystem::directory_iterator begin(folder.path());
    return std::distance(begin, {}) == 1 && std::filesystem::exists(folder / "target");
}

} // namespace

void TestDownload::initTestCase()
{
    // Whatever stands between this machine and the internet has no part in this.
    qputenv("no_proxy", "*");
}

void TestDownload::aFileComesWholeAndLeavesNothingBeside()
{
    const TemporaryFolder folder;
    HttpServer server([](const auto& asked) { return fileReply(asked, kContent, kTag); });
    std::int64_t done = -1;
    std::int64_t total = 0;
    auto wanted = request(folder, server.url("/file"));
    wanted.to = folder / "new" / "folder" / "target";
    const auto got = download(wanted, {}, [&](const Progress& progress) {
        QVERIFY(progress.done >= done);
        done = progress.done;
        total = progress.total;
    });
    QVERIFY2(got, got ? "" : got.error().text().c_str());
    QCOMPARE(got->bytes, kContent.size());
    QCOMPARE(got->sha256, wanted.sha256);
    QVERIFY(!got->resumed);
    QCOMPARE(textOf(wanted.to), kContent);
    QCOMPARE(done, std::int64_t(kContent.size()));
    QCOMPARE(total, done);
    QCOMPARE(server.requests().size(), 1U);
    QVERIFY(!server.requests()[0].headers.contains("range"));
    QVERIFY(!std::filesystem::exists(folder / "new" / "folder" / "target.part"));
    QVERIFY(!std::filesystem::exists(folder / "new" / "folder" / "target.part-of"));
}

void TestDownload::aFileOfThisMachineComesToo()
{
    const TemporaryFolder folder;
    const TemporaryFolder from;
    from.write("source", kContent);
    const auto got = download(request(folder, "file://" + (from / "source").string()));
    QVERIFY2(got, got ? "" : got.error().text().c_str());
    QCOMPARE(textOf(folder / "target"), kContent);
    const auto none = download(request(folder, "file://" + (from / "none").string()));
    QCOMPARE(none.error().code, ErrorCode::NotFound);
}

void TestDownload::aBreakGoesOnFromWhereItWas()
{
    const TemporaryFolder folder;
    std::atomic<int> asked = 0;
    HttpServer server([&](const HttpRequest& request) {
        auto reply = fileReply(request, kContent, kTag);
        return asked++ < 2 ? brokenOff(reply, 100'000) : reply;
    });
    const auto got = download(request(folder, server.url("/file")));
    QVERIFY2(got, got ? "" : got.error().text().c_str());
    QCOMPARE(textOf(folder / "target"), kContent);
    const auto requests = server.requests();
    QCOMPARE(requests.size(), 3U);
    QCOMPARE(requests[1].headers.at("range"), std::string("bytes=100000-"));
    QCOMPARE(requests[1].headers.at("if-range"), kTag);
    QCOMPARE(requests[2].headers.at("range"), std::string("bytes=200000-"));
    QVERIFY(onlyTheTarget(folder));
}

void TestDownload::aServerThatCannotGoOnBeginsAnew()
{
    const TemporaryFolder folder;
    std::atomic<int> asked = 0;
    HttpServer server([&](const HttpRequest&) {
        const auto reply = httpReply(200, kContent, { { "ETag", kTag } });
        return asked++ == 0 ? brokenOff(reply, 100'000) : reply;
    });
    const auto got = download(request(folder, server.url("/file")));
    QVERIFY2(got, got ? "" : got.error().text().c_str());
    QCOMPARE(textOf(folder / "target"), kContent);
    QCOMPARE(server.requests().size(), 2U);
}

void TestDownload::anotherCallGoesOnAfterACancel()
{
    const TemporaryFolder folder;
    std::atomic<bool> first = true;
    HttpServer server([&](const HttpRequest& request) {
        auto reply = fileReply(request, kContent, kTag);
        if (first.exchange(false)) {
            reply = brokenOff(reply, 100'000);
            reply.hangs = true;
        }
        return reply;
    });
    const auto wanted = request(folder, server.url("/file"));
    std::stop_source stop;
    const auto cancelledOne = download(wanted, stop.get_token(), [&](const Progress& progress) {
        if (progress.done == 100'000)
            stop.request_stop();
    });
    QCOMPARE(cancelledOne.error().code, ErrorCode::Cancelled);
    QVERIFY(!std::filesystem::exists(wanted.to));
    QCOMPARE(std::filesystem::file_size(folder / "target.part"), 100'000U);

    const auto got = download(wanted);
    QVERIFY2(got, got ? "" : got.error().text().c_str());
    QVERIFY(got->resumed);
    QCOMPARE(textOf(wanted.to), kContent);
    QCOMPARE(server.requests().back().headers.at("range"), std::string("bytes=100000-"));
    QVERIFY(onlyTheTarget(folder));
}

void TestDownload::aFileThatChangedMeanwhileBeginsAnew()
{
    const TemporaryFolder folder;
    HttpServer server([](const auto& asked) { return fileReply(asked, kContent, "\"two\""); });
    const auto wanted = request(folder, server.url("/file"));
    folder.write("target.part", std::string(100'000, 'x'));
    folder.write("target.part-of", wanted.url + "\n" + kTag);
    const auto got = download(wanted);
    QVERIFY2(got, got ? "" : got.error().text().c_str());
    QVERIFY(!got->resumed);
    QCOMPARE(textOf(wanted.to), kContent);
    QCOMPARE(server.requests().size(), 1U);
}

void TestDownload::partsOfTwoFilesAreNotTaken()
{
    const TemporaryFolder folder;
    // The part was damaged on disk, and the server cannot know.
    HttpServer server([](const auto& asked) { return fileReply(asked, kContent, kTag); });
    const auto wanted = request(folder, server.url("/file"));
    folder.write("target.part", std::string(100'000, 'x'));
    folder.write("target.part-of", wanted.url + "\n" + kTag);
    const auto got = download(wanted);
    QVERIFY2(got, got ? "" : got.error().text().c_str());
    QCOMPARE(textOf(wanted.to), kContent);
    QCOMPARE(server.requests().size(), 2U);
    QVERIFY(!server.requests()[1].headers.contains("range"));
}

void TestDownload::aPartOfAnotherAddressIsNotUsed()
{
    const TemporaryFolder folder;
    HttpServer server([](const auto& asked) { return fileReply(asked, kContent, kTag); });
    const auto wanted = request(folder, server.url("/file"));
    folder.write("target.part", std::string(100'000, 'x'));
    folder.write("target.part-of", server.url("/other") + "\n" + kTag);
    QVERIFY(download(wanted));
    QCOMPARE(server.requests().size(), 1U);
    QVERIFY(!server.requests()[0].headers.contains("range"));
}

void TestDownload::aPartThatIsTooLongBeginsAnew()
{
    const TemporaryFolder folder;
    HttpServer server([](const auto& asked) { return fileReply(asked, kContent, kTag); });
    auto wanted = request(folder, server.url("/file"));
    const auto part = [&](std::size_t bytes) {
        folder.write("target.part", std::string(bytes, 'x'));
        folder.write("target.part-of", wanted.url + "\n" + kTag);
    };
    part(kContent.size() + 1);
    QVERIFY(download(wanted));
    QCOMPARE(textOf(wanted.to), kContent);
    // The same where only the server knows how long it is.
    wanted.bytes = 0;
    part(kContent.size() + 1);
    QVERIFY(download(wanted));
    QCOMPARE(textOf(wanted.to), kContent);
}

void TestDownload::aBusyServerIsAskedAgain()
{
    const TemporaryFolder folder;
    std::atomic<int> asked = 0;
    HttpServer server([&](const HttpRequest& request) {
        return asked++ < 2 ? httpReply(503, "busy") : fileReply(request, kContent, kTag);
    });
    QVERIFY(download(request(folder, server.url("/file"))));
    QCOMPARE(server.requests().size(), 3U);
}

void TestDownload::anotherLengthIsRefusedBeforeItComes()
{
    const TemporaryFolder folder;
    HttpServer server([](const auto& asked) { return fileReply(asked, kContent, kTag); });
    auto wanted = request(folder, server.url("/file"));
    wanted.bytes += 1;
    const auto got = download(wanted);
    QCOMPARE(got.error().code, ErrorCode::Mismatch);
    QVERIFY(got.error().text().find(std::to_string(kContent.size()) + " bytes instead of")
        != std::string::npos);
    QVERIFY(!std::filesystem::exists(wanted.to));
}

void TestDownload::aLengthThatIsNeverKeptIsGivenUp()
{
    const TemporaryFolder folder;
    HttpServer server([](const HttpRequest& asked) {
        const auto reply = fileReply(asked, kContent, kTag);
        return asked.headers.contains("range") ? brokenOff(reply, 0) : brokenOff(reply, 1000);
    });
    const auto got = download(request(folder, server.url("/file")));
    QVERIFY(!got);
    QCOMPARE(got.error().code, ErrorCode::Unreadable);
    QVERIFY(got.error().text().starts_with(server.url("/file")));
    QCOMPARE(server.requests().size(), 5U);
    QVERIFY(!std::filesystem::exists(folder / "target"));

    // Without a length, only ours tells that something is missing.
    HttpServer vague([](const HttpRequest&) {
        return httpReply(200, "short", { { "Content-Length", "" } });
    });
    const auto shortOne = download(request(folder, vague.url("/file")));
    QCOMPARE(shortOne.error().code, ErrorCode::Corrupt);
    QVERIFY(shortOne.error().text().find("ends after 5 of") != std::string::npos);
}

void TestDownload::moreThanIsAllowedIsNotTaken()
{
    const TemporaryFolder folder;
    HttpServer server([](const HttpRequest&) {
        return httpReply(200, kContent, { { "Content-Length", "" } });
    });
    auto wanted = request(folder, server.url("/file"));
    wanted.bytes = 0;
    wanted.most = 1000;
    QCOMPARE(download(wanted).error().code, ErrorCode::TooLarge);
    wanted.bytes = 2000;
    QCOMPARE(download(wanted).error().code, ErrorCode::TooLarge);
    HttpServer honest([](const auto& asked) { return fileReply(asked, kContent, kTag); });
    wanted = request(folder, honest.url("/file"));
    wanted.bytes = 0;
    wanted.most = 1000;
    QCOMPARE(download(wanted).error().code, ErrorCode::TooLarge);
    QVERIFY(!std::filesystem::exists(folder / "target"));
    QVERIFY(std::filesystem::file_size(folder / "target.part") <= 1000);
}

void TestDownload::whatIsNotThereIsSaidSo()
{
    const TemporaryFolder folder;
    HttpServer server([](const HttpRequest&) { return httpReply(404, "<html>no</html>"); });
    const auto got = download(request(folder, server.url("/file")));
    QCOMPARE(got.error().code, ErrorCode::NotFound);
    QVERIFY(got.error().text().starts_with(server.url("/file") + ": there is no such file"));
    QCOMPARE(server.requests().size(), 1U);
    QVERIFY(!std::filesystem::exists(folder / "target"));
}

void TestDownload::redirectionsAreFollowedWhereTheyAreSafe()
{
    const TemporaryFolder folder;
    HttpServer server([](const HttpRequest& asked) {
        return asked.path == "/file" ? httpReply(302, "over there", { { "Location", "/moved" } })
                                     : fileReply(asked, kContent, kTag);
    });
    const auto got = download(request(folder, server.url("/file")));
    QVERIFY2(got, got ? "" : got.error().text().c_str());
    QCOMPARE(textOf(folder / "target"), kContent);
}

void TestDownload::redirectionsElsewhereAreRefused_data()
{
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("why");
    // An address that belongs to nobody (RFC 5737).
    QTest::newRow("not secured") << "http://192.0.2.1/file"
                                 << "not secured";
    QTest::newRow("file") << "file:///etc/passwd"
                          << "not secured";
    QTest::newRow("another protocol") << "ftp://127.0.0.1/file"
                                      << "not secured";
    QTest::newRow("in circles") << "/file"
                                << "from one address to the next";
}

void TestDownload::redirectionsElsewhereAreRefused()
{
    QFETCH(QString, to);
    QFETCH(QString, why);
    const TemporaryFolder folder;
    HttpServer server([&](const HttpRequest&) {
        return httpReply(302, "", { { "Location", to.toStdString() } });
    });
    const auto got = download(request(folder, server.url("/file")));
    QVERIFY(!got);
    const auto text = QString::fromStdString(got.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QVERIFY(server.requests().size() <= 6);
    QVERIFY(!std::filesystem::exists(folder / "target"));
}

void TestDownload::wrongBytesAreThrownAway_data()
{
    QTest::addColumn<QString>("hash");
    QTest::newRow("SHA-256") << "SHA-256";
    QTest::newRow("MD5") << "MD5";
}

void TestDownload::wrongBytesAreThrownAway()
{
    QFETCH(QString, hash);
    const TemporaryFolder folder;
    folder.write("target", "the old one");
    auto other = kContent;
    other[1000] ^= 1;
    HttpServer server([&](const auto& asked) { return fileReply(asked, other, kTag); });
    auto wanted = request(folder, server.url("/file"));
    if (hash == "MD5") {
        wanted.sha256.clear();
        wanted.md5 = std::string(32, '0');
    }
    const auto got = download(wanted);
    QCOMPARE(got.error().code, ErrorCode::Corrupt);
    QVERIFY(QString::fromStdString(got.error().text()).contains("the " + hash + " of what came"));
    QCOMPARE(textOf(folder / "target"), std::string("the old one"));
    QVERIFY(onlyTheTarget(folder));
}

void TestDownload::hashesThatAreRightPass()
{
    const TemporaryFolder folder;
    const std::string text = "The quick brown fox jumps over the lazy dog";
    HttpServer server([&](const auto& asked) { return fileReply(asked, text, kTag); });
    Download wanted;
    wanted.url = server.url("/file");
    wanted.to = folder / "target";
    wanted.sha256 = "d7a8fbb3"; // its first digits, as torchvision has them in file names
    wanted.md5 = "9e107d9d372bb6826bd81d3542a419d6";
    const auto got = download(wanted);
    QVERIFY2(got, got ? "" : got.error().text().c_str());
    QCOMPARE(got->sha256,
        std::string("d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"));
}

void TestDownload::aServerThatIsNotThereIsSaidSo()
{
    const TemporaryFolder folder;
    std::string url;
    {
        HttpServer gone([](const HttpRequest&) { return httpReply(200, ""); });
        url = gone.url("/file");
    }
    const auto got = download(request(folder, url));
    QCOMPARE(got.error().code, ErrorCode::Unreadable);
    QVERIFY(got.error().text().find("the server cannot be reached; check the network")
        != std::string::npos);
}

void TestDownload::aSilentServerCanBeLeft()
{
    const TemporaryFolder folder;
    std::stop_source stop;
    HttpServer server([&](const HttpRequest&) {
        stop.request_stop();
        return HttpReply { "", true };
    });
    const auto got = download(request(folder, server.url("/file")), stop.get_token());
    QCOMPARE(got.error().code, ErrorCode::Cancelled);
}

void TestDownload::aFullDiskIsSaidBeforehand()
{
    const TemporaryFolder folder;
    HttpServer server([](const auto& asked) { return fileReply(asked, kContent, kTag); });
    auto wanted = request(folder, server.url("/file"));
    wanted.bytes = 1'000'000'000'000'000'000;
    QCOMPARE(download(wanted).error().code, ErrorCode::NoSpace);
    QVERIFY(server.requests().empty());
}

void TestDownload::onlyOneFetchesToAPlace()
{
    const TemporaryFolder folder;
    HttpServer server([](const auto& asked) { return fileReply(asked, kContent, kTag); });
    auto other = AppendFile::create(folder / "target.part");
    QVERIFY(other);
    const auto got = download(request(folder, server.url("/file")));
    QCOMPARE(got.error().code, ErrorCode::Unreadable);
    QVERIFY(got.error().text().find("wait until the other download") != std::string::npos);
    QVERIFY(server.requests().empty());
}

QTEST_APPLESS_MAIN(TestDownload)
#include "tst_download.moc"
