#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/published_file.h"
#include "core/base/user_dirs.h"
#include "tests/support/http_server.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

using namespace vernier;
using namespace vernier::test;

using Kind = PublishedFile::Kind;

class TestPublishedFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void theCatalogueSaysWhatThePublishersDo();
    void aNameThatIsNotThereListsThoseThatAre();
    void aBrokenCatalogueNamesTheKey_data();
    void aBrokenCatalogueNamesTheKey();
    void weightsAreFetchedKeptAndRemoved();
    void aDatasetIsFetchedAndUnpacked();
    void aDatasetThatIsNoArchiveLeavesNothing();
    void foldersOfTheUserAreFoundByTheEnvironment();
};

namespace {

/// An entry that is right, with one of its values replaced or added.
std::string entry(const std::string& key = {}, const std::string& value = {})
{
    std::map<std::string, std::string> values { { "name", "\"one\"" }, { "title", "\"One\"" },
        { "backbone", "\"vgg16\"" }, { "top", "true" }, { "url", "\"https://example.org/one.h5\"" },
        { "file", "\"one.h5\"" }, { "bytes", "5" }, { "hash_from", "\"nobody\"" },
        { "licence", "\"none\"" }, { "about", "\"a test\"" } };
    if (!key.empty())
        values[key] = value;
    std::string json;
    for (const auto& [name, each] : values)
        json += (json.empty() ? "" : ",") + ("\"" + name + "\":") + each;
    return "{" + json + "}";
}

void useCatalogue(
    const TemporaryFolder& folder, const std::string& weights, const std::string& datasets = {})
{
    const auto file = folder.write(
        "catalogue.json", "{\"weights\":[" + weights + "],\"datasets\":[" + datasets + "]}");
    qputenv("VERNIER_CATALOGUE", file.c_str());
    qputenv("VERNIER_DATA", (folder / "data").c_str());
}

} // namespace

void TestPublishedFile::initTestCase() { qputenv("no_proxy", "*"); }

void TestPublishedFile::cleanup()
{
    qunsetenv("VERNIER_CATALOGUE");
    qunsetenv("VERNIER_DATA");
}

void TestPublishedFile::theCatalogueSaysWhatThePublishersDo()
{
    const auto files = publishedFiles();
    QVERIFY2(files, files ? "" : files.error().text().c_str());
    QVERIFY(files->size() >= 4);
    for (const auto& file : *files) {
        QVERIFY2(file.url.starts_with("https://"), file.name.c_str());
        QVERIFY2(!file.licence.empty() && !file.about.empty(), file.name.c_str());
        QVERIFY2(!file.hashFrom.empty(), file.name.c_str());
        QVERIFY2(!placeOf(file).empty(), file.name.c_str());
    }
    // Keras's own tables (keras/src/applications/vgg16.py), torchvision's file name.
    QCOMPARE(findPublished(Kind::Weights, "vgg16-keras")->md5,
        std::string("64373286793e3c8b2b4e3219cbf3544b"));
    QCOMPARE(findPublished(Kind::Weights, "vgg16-keras-notop")->md5,
        std::string("6d6bbae143d832006294945121d1f1fc"));
    const auto torchvision = findPublished(Kind::Weights, "vgg16-torchvision");
    QVERIFY(torchvision->sha256.starts_with("397923af"));
    QVERIFY(torchvision->hasTop);
    QCOMPARE(findPublished(Kind::Dataset, "knifey-spoony")->url,
        std::string("https://github.com/Hvass-Labs/knifey-spoony/raw/master/knifey-spoony.tar.gz"));
}

void TestPublishedFile::aNameThatIsNotThereListsThoseThatAre()
{
    const auto none = findPublished(Kind::Weights, "vgg61");
    QCOMPARE(none.error().code, ErrorCode::NotFound);
    QVERIFY(none.error().text().find("vgg16-keras, vgg16-keras-notop") != std::string::npos);
    // A dataset is no weights.
    QVERIFY(!findPublished(Kind::Weights, "knifey-spoony"));
}

void TestPublishedFile::aBrokenCatalogueNamesTheKey_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    const auto row = [](const char* name, const char* key, const char* value) {
        QTest::newRow(name) << key << value;
    };
    row("a path upwards", "file", "\"../../one.h5\"");
    row("a hidden file", "file", "\".one\"");
    row("no file", "file", "\"\"");
    row("another protocol", "url", "\"ftp://example.org/one.h5\"");
    row("no hexadecimal digits", "sha256", "\"xyzxyzxyz\"");
    row("too few digits", "sha256", "\"abc\"");
    row("half an MD5", "md5", "\"abcdef\"");
    row("a length that is none", "bytes", "-5");
    row("no length at all", "bytes", "0");
    row("far too long", "bytes", "1000000000000000");
    row("an unknown key", "nonsense", "1");
    row("a number for a name", "name", "1");
}

void TestPublishedFile::aBrokenCatalogueNamesTheKey()
{
    QFETCH(QString, key);
    QFETCH(QString, value);
    const TemporaryFolder folder;
    useCatalogue(folder, entry());
    QVERIFY(publishedFiles());
    useCatalogue(folder, entry() + "," + entry(key.toStdString(), value.toStdString()));
    const auto files = publishedFiles();
    QVERIFY(!files);
    const auto text = QString::fromStdString(files.error().text());
    QVERIFY2(text.contains("weights.1." + key), qPrintable(text));
}

void TestPublishedFile::weightsAreFetchedKeptAndRemoved()
{
    const TemporaryFolder folder;
    HttpServer server([](const auto& asked) { return fileReply(asked, "hello", "\"1\""); });
    useCatalogue(folder, entry("url", "\"" + server.url("/one.h5") + "\""));
    const auto weights = findPublished(Kind::Weights, "one");
    QVERIFY2(weights, weights ? "" : weights.error().text().c_str());
    QVERIFY(!isFetched(*weights));
    const auto done = fetchWeights(*weights);
    QVERIFY2(done, done ? "" : done.error().text().c_str());
    QVERIFY(isFetched(*weights));
    QCOMPARE(placeOf(*weights), folder / "data" / "weights" / "one.h5");
    QCOMPARE(readTextFile(placeOf(*weights), 100).value(), std::string("hello"));
    // Another version of the file, as the catalogue has it, is not there.
    auto other = *weights;
    other.bytes = 6;
    QVERIFY(!isFetched(other));
    folder.write("data/weights/one.h5.part", "half");
    QVERIFY(removeFetched(*weights));
    QVERIFY(std::filesystem::is_empty(folder / "data" / "weights"));
    QVERIFY(removeFetched(*weights));
}

void TestPublishedFile::aDatasetIsFetchedAndUnpacked()
{
    const TemporaryFolder folder;
    const auto archive = readTextFile(dataDir() / "archives" / "good.tar.gz", 1 << 20).value();
    HttpServer server([&](const auto& asked) { return fileReply(asked, archive, "\"1\""); });
    PublishedFile dataset;
    dataset.kind = Kind::Dataset;
    dataset.url = server.url("/good.tar.gz");
    dataset.file = "good.tar.gz";
    dataset.aboutBytes = archive.size();
    std::vector<std::string> stages;
    const auto done = fetchDataset(dataset, folder / "to", {}, [&](const Progress& progress) {
        if (stages.empty() || stages.back() != progress.stage)
            stages.emplace_back(progress.stage);
    });
    QVERIFY2(done, done ? "" : done.error().text().c_str());
    QCOMPARE(done->unpacked.files, 3U);
    QCOMPARE(done->download.sha256, sha256(std::as_bytes(std::span(archive))));
    QVERIFY((stages == std::vector<std::string> { "downloading", "unpacking" }));
    QVERIFY(std::filesystem::exists(folder / "to" / "forky" / "one.txt"));
    QVERIFY(!std::filesystem::exists(folder / "good.tar.gz"));
    // Nothing is fetched where it could not be put.
    QCOMPARE(fetchDataset(dataset, folder / "to").error().code, ErrorCode::Exists);
    QCOMPARE(server.requests().size(), 1U);
}

void TestPublishedFile::aDatasetThatIsNoArchiveLeavesNothing()
{
    const TemporaryFolder folder;
    HttpServer server([](const auto& asked) { return fileReply(asked, "<html>", "\"1\""); });
    PublishedFile dataset;
    dataset.kind = Kind::Dataset;
    dataset.url = server.url("/good.tar.gz");
    dataset.file = "good.tar.gz";
    dataset.aboutBytes = 6;
    QCOMPARE(fetchDataset(dataset, folder / "to").error().code, ErrorCode::Corrupt);
    QVERIFY(std::filesystem::is_empty(folder.path()));
}

void TestPublishedFile::foldersOfTheUserAreFoundByTheEnvironment()
{
    const auto dataHome = qgetenv("XDG_DATA_HOME");
    qputenv("XDG_DATA_HOME", "/somewhere");
    QCOMPARE(userDataDir(), std::filesystem::path("/somewhere/vernier"));
    qputenv("XDG_DATA_HOME", "not/absolute");
    QCOMPARE(userDataDir(),
        std::filesystem::path(qgetenv("HOME").toStdString()) / ".local/share/vernier");
    qputenv("VERNIER_DATA", "/mine");
    QCOMPARE(userDataDir(), std::filesystem::path("/mine"));
    qputenv("XDG_DATA_HOME", dataHome);
}

QTEST_APPLESS_MAIN(TestPublishedFile)
#include "tst_published_file.moc"
