#include "core/dataset/edit.h"
#include "core/dataset/split.h"

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
    void whatWasSetByHandOutlastsEveryDraw();
    void aMoveThatIsTakenBackLeavesThePictureToTheDraw();
    void aPictureThatIsLeftOutIsInNoSplit();
    void anUnchangedDatasetHasNoEdits();
    void editsOfWhatIsAwayAreCarriedAlong();
    void editsOfAnotherReadingOfTheFoldersAreCarriedAlong();
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

void TestEdit::whatWasSetByHandOutlastsEveryDraw()
{
    const auto scanned = twoClasses();
    const auto drawn = [&](std::uint64_t seed) { return withValidation(scanned, { 0.5, seed }); };
    // A picture of the first class that one seed draws and another does not.
    const auto seedThat = [&](Split split) {
        std::uint64_t seed = 1;
        while (drawn(seed)->images[0].split != split)
            ++seed;
        return drawn(seed);
    };
    const auto trains = seedThat(Split::Train);
    const auto validates = seedThat(Split::Validation);
    for (const auto split : { Split::Train, Split::Validation, Split::Test }) {
        auto drawnLast = trains;
        auto edited = moved(drawnLast, { 0 }, split);
        for (const auto& next : { validates, trains, validates, trains }) {
            const auto back = withEdits(next, editsToJson(*drawnLast, *edited));
            QVERIFY(back);
            drawnLast = next;
            edited = *back;
            QCOMPARE(edited->images[0].split, split);
            // Nobody has chosen the others'.
            for (std::size_t i = 1; i < 4; ++i)
                QCOMPARE(edited->images[i].split, next->images[i].split);
        }
    }
}

void TestEdit::aMoveThatIsTakenBackLeavesThePictureToTheDraw()
{
    const auto original = twoClasses();
    const auto edited = moved(original, { 0 }, Split::Test);
    const auto& before = original->images[0];
    const auto back = moved(edited, { 0 }, before.split, before.splitByHand);
    QCOMPARE(editsToJson(*original, *back), editsToJson(*original, *original));
    // A run was trained with it, and it is taken back afterwards.
    const auto again = withEdits(edited, editsToJson(*edited, *back));
    QVERIFY(again);
    QCOMPARE((*again)->images[0].split, before.split);
    // What was drawn elsewhere is nobody's edit.
    QCOMPARE(editsToJson(*original, *moved(original, { 0 }, Split::Test, false)),
        editsToJson(*original, *original));
    // Moved there by hand, it is to stay there.
    const auto chosen = moved(edited, { 0 }, before.split);
    QVERIFY(editsToJson(*original, *chosen) != editsToJson(*original, *original));
}

void TestEdit::aPictureThatIsLeftOutIsInNoSplit()
{
    const auto original = twoClasses();
    const auto edited = moved(original, { 1, 3 }, Split::LeftOut);
    QCOMPARE(edited->images.size(), std::size_t { 4 });
    QCOMPARE(edited->count(Split::LeftOut), 2);
    std::int64_t used = 0;
    for (const auto split : kSplits)
        used += edited->count(split);
    QCOMPARE(used, 2);
    QVERIFY(drawnTrainingPictures(*edited, kAllOfClass, 1) == (std::vector<std::size_t> { 0, 2 }));
    // Whatever is drawn of the others.
    const auto drawn = withValidation(original, { 0.5, 1 });
    const auto back = withEdits(drawn, editsToJson(*original, *edited));
    QVERIFY(back);
    QCOMPARE((*back)->images[1].split, Split::LeftOut);
    QCOMPARE((*back)->images[3].split, Split::LeftOut);
    QCOMPARE(moved(*back, { 1, 3 }, Split::Train)->count(Split::LeftOut), 0);
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

void TestEdit::editsOfAnotherReadingOfTheFoldersAreCarriedAlong()
{
    const auto reading = [](std::vector<std::string> classes, std::vector<ClassIndex> labels) {
        auto snapshot = std::make_shared<DatasetSnapshot>();
        snapshot->classes = std::move(classes);
        const std::vector<std::string> files { "Testing/cat/0.jpg", "Testing/dog/1.jpg",
            "Training/cat/2.jpg" };
        for (std::size_t i = 0; i < files.size(); ++i)
            snapshot->images.push_back({ files[i], labels.at(i), Split::Train, 0, 1, 1 });
        return snapshot;
    };
    const SnapshotPtr asClasses = reading({ "Testing", "Training" }, { 0, 0, 1 });
    const SnapshotPtr asSplits = reading({ "cat", "dog" }, { 0, 1, 0 });
    auto json
        = editsToJson(*asClasses, *moved(relabelled(asClasses, { 0 }, 1), { 0 }, Split::Test));

    const auto otherwise = withEdits(asSplits, json);
    QVERIFY(otherwise);
    QCOMPARE((*otherwise)->images[0].label, 0);
    QCOMPARE((*otherwise)->images[0].split, Split::Test);
    // The same picture is given a class of this reading too, and another one.
    json = editsToJson(*asSplits, *relabelled(*otherwise, { 0, 2 }, 1), json);
    json = editsToJson(*asSplits, **withEdits(asSplits, json), json);

    const auto back = withEdits(asClasses, json);
    QVERIFY(back);
    QCOMPARE((*back)->images[0].label, 1);
    QCOMPARE((*back)->images[2].label, 1);
    QCOMPARE((*back)->images[0].split, Split::Test);
    // Taken back there, it is gone there.
    json = editsToJson(*asClasses, *relabelled(*back, { 0 }, 0), json);
    QCOMPARE((*withEdits(asClasses, json))->images[0].label, 0);
    const auto forth = withEdits(asSplits, json);
    QVERIFY(forth);
    QCOMPARE((*forth)->images[0].label, 1);
    QCOMPARE((*forth)->images[2].label, 1);
    QCOMPARE((*forth)->notes, std::vector<std::string> {});
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
            "1 edit could not be applied, and is kept: the picture or the class is not there." });

    // Of an edit whose class is gone, the split counts.
    const auto withoutClass = withEdits(original,
        R"({"version": 1, "edits": [{"path": "cat/0.jpg", "class": "owl", "split": "test"}]})");
    QVERIFY(withoutClass);
    QCOMPARE((*withoutClass)->images[0].split, Split::Test);
    QCOMPARE((*withoutClass)->notes.size(), std::size_t { 1 });
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
    const int deep = 60'000;
    QTest::newRow("nested so deeply that it overflows the stack") << R"({"version": 1, "edits": )"
            + QString("[").repeated(deep) + QString("]").repeated(deep) + "}";
}

void TestEdit::aBrokenFileIsAnError()
{
    QFETCH(QString, json);
    const auto back = withEdits(twoClasses(), json.toStdString());
    QVERIFY(!back);
    QCOMPARE(back.error().code, ErrorCode::Corrupt);
    // Nor are they carried along.
    const auto original = twoClasses();
    QCOMPARE(
        editsToJson(*original, *original, json.toStdString()), editsToJson(*original, *original));
}

QTEST_APPLESS_MAIN(TestEdit)
#include "tst_edit.moc"
