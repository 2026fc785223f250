#include "core/dataset/edit.h"

#include <QTest>

using namespace vernier;

namespace {

SnapshotPtr twoClasses()
{
    auto snapshot = std::make_shared<DatasetSnapshot>();
    snapshot->classes = { "cat", "dog" };
    for (int i = 0; i < 4; ++i)
        snapshot->images.push_back({ (i < 2 ? "cat/" : "dog/") + std::to_string(i) + ".jpg",
            i < 2 ? 0 : 1, Split::Train, 0, 1, 1 });
    return snapshot;
}

} // namespace

class TestEdit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anEditGivesANewSnapshotAndKeepsTheOld();
    void editsComeBackFromTheirFile();
    void anUnchangedDatasetHasNoEdits();
    void editsOfWhatIsAwayAreCarriedAlong();
    void editsOfWhatIsGoneAreNoted();
    void aBrokenFileIsAnError_data();
    void aBrokenFileIsAnError();
};

void TestEdit::anEditGivesANewSnapshotAndKeepsTheOld()
{
    const auto original = twoClasses();
    const auto edited = moved(relabelled(original, { 0, 2 }, 1), { 3 }, Split::Test);
    QCOMPARE(original->images[0].label, 0);
    QCOMPARE(edited->images[0].label, 1);
    QCOMPARE(edited->images[1].label, 0);
    QCOMPARE(edited->images[2].label, 1);
    QCOMPARE(edited->images[3].split, Split::Test);
    QCOMPARE(original->images[3].split, Split::Train);
    for (std::size_t i = 0; i < 4; ++i)
        QCOMPARE(edited->images[i].path, original->images[i].path);
}

void TestEdit::editsComeBackFromTheirFile()
{
    const auto original = twoClasses();
    const auto edited = moved(relabelled(original, { 1 }, 1), { 1, 2 }, Split::Validation);
    const auto back = withEdits(original, editsToJson(*original, *edited));
    QVERIFY(back);
    for (std::size_t i = 0; i < 4; ++i) {
        QCOMPARE((*back)->images[i].label, edited->images[i].label);
        QCOMPARE((*back)->images[i].split, edited->images[i].split);
    }
    QVERIFY((*back)->notes.empty());
}

void TestEdit::anUnchangedDatasetHasNoEdits()
{
    const auto original = twoClasses();
    const auto json = editsToJson(*original, *original);
    QVERIFY(json.find("cat") == std::string::npos);
    QVERIFY(withEdits(original, json));
}

void TestEdit::editsOfWhatIsAwayAreCarriedAlong()
{
    const auto original = twoClasses();
    const auto json = editsToJson(*original, *moved(original, { 0, 3 }, Split::Test));
    auto fewer = std::make_shared<DatasetSnapshot>(*original);
    fewer->images.pop_back();
    const auto edited = relabelled(*withEdits(fewer, json), { 1 }, 1);
    const auto back = withEdits(original, editsToJson(*fewer, *edited, json));
    QVERIFY(back);
    QCOMPARE((*back)->images[0].split, Split::Test);
    QCOMPARE((*back)->images[1].label, 1);
    QCOMPARE((*back)->images[3].split, Split::Test);
    // What is known as no list of edits changes nothing.
    QCOMPARE(editsToJson(*original, *original, "[}"), editsToJson(*original, *original));
}

void TestEdit::editsOfWhatIsGoneAreNoted()
{
    const auto original = twoClasses();
    const auto json = editsToJson(*original, *moved(original, { 0, 3 }, Split::Test));
    auto fewer = std::make_shared<DatasetSnapshot>(*original);
    fewer->images.pop_back();
    const auto back = withEdits(fewer, json);
    QVERIFY(back);
    QCOMPARE((*back)->images[0].split, Split::Test);
    QCOMPARE((*back)->notes,
        std::vector<std::string> {
            "1 edit could not be applied: the picture or the class is no longer there." });
}

void TestEdit::aBrokenFileIsAnError_data()
{
    QTest::addColumn<QString>("json");
    QTest::newRow("empty") << "";
    QTest::newRow("no JSON") << "{\"version\": 1,";
    QTest::newRow("a list") << "[]";
    QTest::newRow("a later version") << R"({"version": 2, "edits": []})";
    QTest::newRow("no edits") << R"({"version": 1})";
    QTest::newRow("edits of a wrong type") << R"({"version": 1, "edits": {}})";
    QTest::newRow("no path") << R"({"version": 1, "edits": [{"class": "dog"}]})";
    QTest::newRow("a number") << R"({"version": 1, "edits": [7]})";
    QTest::newRow("a class that is a number")
        << R"({"version": 1, "edits": [{"path": "cat/0.jpg", "class": 1}]})";
    QTest::newRow("a split that is none")
        << R"({"version": 1, "edits": [{"path": "cat/0.jpg", "split": "all"}]})";
    QTest::newRow("a split that is a list")
        << R"({"version": 1, "edits": [{"path": "cat/0.jpg", "split": []}]})";
}

void TestEdit::aBrokenFileIsAnError()
{
    QFETCH(QString, json);
    const auto back = withEdits(twoClasses(), json.toStdString());
    QVERIFY(!back);
    QCOMPARE(back.error().code, ErrorCode::Corrupt);
}

QTEST_APPLESS_MAIN(TestEdit)
#include "tst_edit.moc"
