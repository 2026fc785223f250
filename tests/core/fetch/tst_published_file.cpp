#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/user_dirs.h"
#include "core/fetch/published_file.h"
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
    void aFolderMayBeWrittenInAnyWay_data();
    void aFolderMayBeWrittenInAnyWay();
    void whatLiesBesideTheFolderIsLeftAlone();
    void aLinkInPlaceOfItsOwnFolderIsNotFollowed();
    void aStopWhileUnpackingKeepsTheDownload();
    void aKeptArchiveThatIsNotTheDatasetsIsFetchedAnew();
    void nothingIsFetchedToAPlaceThatCannotBe_data();
    void nothingIsFetchedToAPlaceThatCannotBe();
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

/// A dataset, and the server that has it.
struct Served {
    std::string archive = readTextFile(dataDir() / "archives" / "good.tar.gz", 1 << 20).value();
    HttpServer server { [this](const auto& asked) { return fileReply(asked, archive, "\"1\""); } };
    PublishedFile dataset = [this] {
        PublishedFile file;
        file.kind = Kind::Dataset;
        file.url = server.url("/good.tar.gz");
        file.file = "good.tar.gz";
        file.aboutBytes = archive.size();
        return file;
    }();
};

QStringList namesIn(const std::filesystem::path& folder)
{
    QStringList names;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        names << QString::fromStdString(utf8(entry.path().filename()));
    names.sort();
    return names;
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

void TestPublishedFile::aFolderMayBeWrittenInAnyWay_data()
{
    QTest::addColumn<QString>("to");
    for (const char* to : { "pets", "pets/", "pets//", "pets/.", "new/pets/", "other/../pets/" })
        QTest::newRow(to) << to;
}

void TestPublishedFile::aFolderMayBeWrittenInAnyWay()
{
    QFETCH(const QString, to);
    for (const bool isThere : { false, true }) {
        const TemporaryFolder folder;
        const Served served;
        const auto place = folder.path() / to.toStdString();
        if (isThere)
            std::filesystem::create_directories(place.lexically_normal());
        const auto done = fetchDataset(served.dataset, place);
        QVERIFY2(done, done ? "" : done.error().text().c_str());
        const auto unpacked = place.lexically_normal();
        QVERIFY(std::filesystem::exists(unpacked / "forky" / "one.txt"));
        const auto above = unpacked.has_filename() ? unpacked.parent_path()
                                                   : unpacked.parent_path().parent_path();
        QCOMPARE(namesIn(above), QStringList("pets"));
    }
}

void TestPublishedFile::whatLiesBesideTheFolderIsLeftAlone()
{
    const TemporaryFolder folder;
    const Served served;
    for (const char* name : { "good.tar.gz", "good.tar.gz.part", "good.tar.gz.part-of" })
        folder.write(name, "mine");
    folder.write("to.fetching/mine", "mine");
    QVERIFY(fetchDataset(served.dataset, folder / "to"));
    for (const char* name : { "good.tar.gz", "good.tar.gz.part", "good.tar.gz.part-of" })
        QCOMPARE(readTextFile(folder / name, 100).value(), std::string("mine"));
    QCOMPARE(namesIn(folder / "to.fetching"), QStringList("mine"));
}

void TestPublishedFile::aLinkInPlaceOfItsOwnFolderIsNotFollowed()
{
    const TemporaryFolder folder;
    const Served served;
    std::filesystem::create_directory(folder / "elsewhere");
    for (const char* leadsTo : { "elsewhere", "nowhere" }) {
        std::filesystem::create_directory_symlink(folder / leadsTo, folder / "to.fetching");
        const auto done = fetchDataset(served.dataset, folder / "to");
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Invalid);
        QVERIFY(std::filesystem::is_symlink(folder / "to.fetching"));
        std::filesystem::remove(folder / "to.fetching");
    }
    QVERIFY(served.server.requests().empty());
    QCOMPARE(namesIn(folder.path()), QStringList("elsewhere"));
    QCOMPARE(namesIn(folder / "elsewhere"), QStringList());
}

void TestPublishedFile::aStopWhileUnpackingKeepsTheDownload()
{
    const TemporaryFolder folder;
    const Served served;
    std::stop_source source;
    const auto stopped
        = fetchDataset(served.dataset, folder / "to", source.get_token(), [&](const auto& at) {
              if (at.stage == "unpacking")
                  source.request_stop();
          });
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    QVERIFY(!std::filesystem::exists(folder / "to"));
    const auto done = fetchDataset(served.dataset, folder / "to");
    QVERIFY2(done, done ? "" : done.error().text().c_str());
    QVERIFY(done->download.resumed);
    QCOMPARE(done->unpacked.files, 3U);
    QCOMPARE(served.server.requests().size(), 1U);
    QCOMPARE(namesIn(folder.path()), QStringList("to"));
}

void TestPublishedFile::aKeptArchiveThatIsNotTheDatasetsIsFetchedAnew()
{
    const TemporaryFolder folder;
    Served served;
    served.dataset.sha256 = sha256(std::as_bytes(std::span(served.archive)));
    folder.write("to.fetching/good.tar.gz", "another one");
    const auto done = fetchDataset(served.dataset, folder / "to");
    QVERIFY2(done, done ? "" : done.error().text().c_str());
    QCOMPARE(served.server.requests().size(), 1U);
}

void TestPublishedFile::nothingIsFetchedToAPlaceThatCannotBe_data()
{
    QTest::addColumn<QString>("to");
    QTest::newRow("a file") << "file";
    QTest::newRow("an empty file") << "empty";
    QTest::newRow("below a file") << "file/pets";
    QTest::newRow("a link to nowhere") << "link";
    QTest::newRow("a folder with something in it") << ".";
    QTest::newRow("no name") << "";
}

void TestPublishedFile::nothingIsFetchedToAPlaceThatCannotBe()
{
    QFETCH(const QString, to);
    const TemporaryFolder folder;
    folder.write("file", "mine");
    folder.write("empty", "");
    std::filesystem::create_symlink(folder / "gone", folder / "link");
    const Served served;
    const auto place = to.isEmpty() ? std::filesystem::path() : folder.path() / to.toStdString();
    QVERIFY(!fetchDataset(served.dataset, place));
    QVERIFY(served.server.requests().empty());
    QCOMPARE(namesIn(folder.path()), QStringList({ "empty", "file", "link" }));
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
