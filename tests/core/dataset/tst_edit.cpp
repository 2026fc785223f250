#include "core/dataset/edit.h"
#include "core/dataset/journal.h"
#include "core/dataset/split.h"

#include "core/base/files.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <thread>

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
    void whatIsSaidStandsInTheSnapshot();
    void aConfirmedLabelComesBackForThatLabelOnly();
    void whatIsSaidLaterStandsLast();
    void twoWhoEditAtTheSameTimeBothCount();
    void aJournalIsKeptInItsFile();
    void whileAnotherProgramWritesNothingIsLost();
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
    const auto read = editsFromJson(toJson(editsOf(*edited)));
    QVERIFY(read);
    const auto back = withEdits(original, *read);
    for (std::size_t i = 0; i < 4; ++i) {
        QCOMPARE(back->images[i].label, edited->images[i].label);
        QCOMPARE(back->images[i].split, edited->images[i].split);
    }
    QVERIFY(back->notes.empty());
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
            const auto back = withEdits(next, editsOf(*edited));
            drawnLast = next;
            edited = back;
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
    QCOMPARE(editsOf(*back), editsOf(*original));
    // What was drawn elsewhere is nobody's edit.
    QCOMPARE(editsOf(*moved(original, { 0 }, Split::Test, false)), editsOf(*original));
    // Moved there by hand, it is to stay there.
    const auto chosen = moved(edited, { 0 }, before.split);
    QVERIFY(editsOf(*chosen) != editsOf(*original));
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
    const auto back = withEdits(drawn, editsOf(*edited));
    QCOMPARE(back->images[1].split, Split::LeftOut);
    QCOMPARE(back->images[3].split, Split::LeftOut);
    QCOMPARE(moved(back, { 1, 3 }, Split::Train)->count(Split::LeftOut), 0);
}

void TestEdit::anUnchangedDatasetHasNoEdits()
{
    const auto original = twoClasses();
    QVERIFY(editsOf(*original).empty());
    // Nor has one in which all was taken back.
    const auto back = confirmed(
        relabelled(confirmed(relabelled(original, { 0 }, 1), { 1 }), { 0 }, 0), { 1 }, false);
    QVERIFY(editsOf(*back).empty());
    QVERIFY(
        editsOf(*withoutEdits(moved(relabelled(original, { 0 }, 1), { 2 }, Split::Test))).empty());
}

void TestEdit::whatIsSaidStandsInTheSnapshot()
{
    const auto original = twoClasses();
    auto edited = relabelled(original, { 0 }, 1);
    QCOMPARE(edited->images[0].found, std::optional<ClassIndex>(0));
    QVERIFY(isEdited(edited->images[0]));
    QVERIFY(!isEdited(edited->images[1]));
    edited = confirmed(edited, { 0, 1 });
    QVERIFY(edited->images[1].confirmed);
    // What was right was the other label.
    edited = relabelled(edited, { 0 }, 0);
    QVERIFY(!edited->images[0].found);
    QVERIFY(!edited->images[0].confirmed);
    QVERIFY(isEdited(edited->images[1]));
}

void TestEdit::aConfirmedLabelComesBackForThatLabelOnly()
{
    const auto original = twoClasses();
    const auto edits = editsOf(*confirmed(relabelled(original, { 0 }, 1), { 0, 3 }));
    const auto back = withEdits(original, edits);
    QVERIFY(back->images[0].confirmed);
    QVERIFY(back->images[3].confirmed);
    QVERIFY(!back->images[1].confirmed);
    // The folder of the picture is another now.
    auto elsewhere = std::make_shared<DatasetSnapshot>(*original);
    elsewhere->images[3].label = 0;
    QVERIFY(!withEdits(elsewhere, edits)->images[3].confirmed);
}

void TestEdit::whatIsSaidLaterStandsLast()
{
    const auto original = twoClasses();
    const auto first = relabelled(original, { 2 }, 0);
    auto edits = editsOf(*first);
    const auto second = relabelled(first, { 0 }, 1);
    edits = editsOf(*second, edits);
    QCOMPARE(edits.size(), std::size_t { 2 });
    QCOMPARE(edits[0].path, std::string("dog/2.jpg"));
    QCOMPARE(edits[1].path, std::string("cat/0.jpg"));
    edits = editsOf(*moved(second, { 2 }, Split::Test), edits);
    QCOMPARE(edits.size(), std::size_t { 2 });
    QCOMPARE(edits[1].path, std::string("dog/2.jpg"));
}

void TestEdit::twoWhoEditAtTheSameTimeBothCount()
{
    const Edit a { "a", "cat" };
    const Edit b { "b", {}, Split::Test };
    const Edit c { "c", "dog" };
    const Edit otherA { "a", "dog" };
    const Edits base { a, b };
    QCOMPARE(merged(base, { a, b, c }, base), (Edits { a, b, c }));
    QCOMPARE(merged(base, base, { a, b, c }), (Edits { a, b, c }));
    QCOMPARE(merged(base, { a, b, c }, { otherA, b }), (Edits { otherA, b, c }));
    // Taken back by one of them; both have changed another.
    QCOMPARE(merged(base, { b, otherA }, { a, c }), (Edits { c, otherA }));
    QCOMPARE(withOlder({ otherA }, { a, c }), (Edits { c, otherA }));
}

void TestEdit::aJournalIsKeptInItsFile()
{
    test::TemporaryFolder folder;
    const auto file = journalFile(folder / "kept", "/pictures/one");
    QVERIFY(file != journalFile(folder / "kept", "/pictures/two"));
    QCOMPARE(*readJournal(file), Edits {});
    const Edits first { { "a", "cat", Split::LeftOut, "cat" } };
    QCOMPARE(*writeJournal(file, {}, first), first);
    QCOMPARE(*readJournal(file), first);
    // Somebody else has written there.
    const Edits other { first[0], { "b", "dog" } };
    QVERIFY(writeJournal(file, first, other));
    const Edits ours { first[0], { "c", "dog" } };
    const auto both = writeJournal(file, first, ours);
    QVERIFY(both);
    QCOMPARE(both->size(), std::size_t { 3 });
    QCOMPARE(*readJournal(file), *both);
    // What cannot be read is not written over.
    folder.write(file, "{ \"version\": 2 }");
    const auto broken = writeJournal(file, {}, ours);
    QVERIFY(!broken);
    QCOMPARE(broken.error().path, file);
    QCOMPARE(*readTextFile(file, 100), std::string("{ \"version\": 2 }"));
    QVERIFY(!writeJournal({}, {}, ours));
}

void TestEdit::whileAnotherProgramWritesNothingIsLost()
{
    test::TemporaryFolder folder;
    const auto file = journalFile(folder.path(), "/pictures");
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back([&file, writer] {
            Edits known;
            for (int i = 0; i < 5; ++i) {
                auto ours = known;
                ours.push_back({ std::to_string(writer) + "/" + std::to_string(i), "cat" });
                if (auto written = writeJournal(file, known, ours))
                    known = *written;
            }
        });
    }
    for (auto& writer : writers)
        writer.join();
    QCOMPARE(readJournal(file)->size(), std::size_t { 20 });
}

void TestEdit::editsOfWhatIsAwayAreCarriedAlong()
{
    const auto original = twoClasses();
    const auto edits = editsOf(*moved(original, { 0, 3 }, Split::Test));
    auto fewer = std::make_shared<DatasetSnapshot>(*original);
    fewer->images.pop_back();
    const auto edited = relabelled(withEdits(fewer, edits), { 1 }, 1);
    const auto back = withEdits(original, editsOf(*edited, edits));
    QCOMPARE(back->images[0].split, Split::Test);
    QCOMPARE(back->images[1].label, 1);
    QCOMPARE(back->images[3].split, Split::Test);
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
    auto edits = editsOf(*moved(relabelled(asClasses, { 0 }, 1), { 0 }, Split::Test));

    const auto otherwise = withEdits(asSplits, edits);
    QCOMPARE(otherwise->images[0].label, 0);
    QCOMPARE(otherwise->images[0].split, Split::Test);
    // The same picture is given a class of this reading too, and another one.
    edits = editsOf(*relabelled(otherwise, { 0, 2 }, 1), edits);
    edits = editsOf(*withEdits(asSplits, edits), edits);

    const auto back = withEdits(asClasses, edits);
    QCOMPARE(back->images[0].label, 1);
    QCOMPARE(back->images[2].label, 1);
    QCOMPARE(back->images[0].split, Split::Test);
    // Taken back there, it is gone there.
    edits = editsOf(*relabelled(back, { 0 }, 0), edits);
    QCOMPARE(withEdits(asClasses, edits)->images[0].label, 0);
    const auto forth = withEdits(asSplits, edits);
    QCOMPARE(forth->images[0].label, 1);
    QCOMPARE(forth->images[2].label, 1);
}

void TestEdit::editsOfWhatIsGoneAreNoted()
{
    const auto original = twoClasses();
    const auto edits = editsOf(*moved(original, { 0, 3 }, Split::Test));
    auto fewer = std::make_shared<DatasetSnapshot>(*original);
    fewer->images.pop_back();
    const auto back = withEdits(fewer, edits);
    QCOMPARE(back->images[0].split, Split::Test);
    QCOMPARE(back->notes,
        std::vector<std::string> {
            "1 edit could not be applied, and is kept: the picture or the class is not there." });

    // Of an edit whose class is gone, the split counts.
    const auto withoutClass = withEdits(original, { { "cat/0.jpg", "owl", Split::Test } });
    QCOMPARE(withoutClass->images[0].split, Split::Test);
    QCOMPARE(withoutClass->notes.size(), std::size_t { 1 });
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
    QTest::newRow("a label that is right and a number")
        << R"({"version": 1, "edits": [{"path": "cat/0.jpg", "right": 1}]})";
    QTest::newRow("a split that is a list")
        << R"({"version": 1, "edits": [{"path": "cat/0.jpg", "split": []}]})";
    const int deep = 60'000;
    QTest::newRow("nested so deeply that it overflows the stack") << R"({"version": 1, "edits": )"
            + QString("[").repeated(deep) + QString("]").repeated(deep) + "}";
}

void TestEdit::aBrokenFileIsAnError()
{
    QFETCH(QString, json);
    const auto back = editsFromJson(json.toStdString());
    QVERIFY(!back);
    QCOMPARE(back.error().code, ErrorCode::Corrupt);
}

QTEST_APPLESS_MAIN(TestEdit)
#include "tst_edit.moc"
