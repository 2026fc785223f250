#include "core/dataset/split.h"

#include <QTest>

#include <algorithm>
#include <map>

using namespace vernier;

namespace {

SnapshotPtr snapshotOf(const std::vector<int>& perClass)
{
    auto snapshot = std::make_shared<DatasetSnapshot>();
    for (std::size_t label = 0; label < perClass.size(); ++label) {
        snapshot->classes.push_back("class " + std::to_string(label));
        for (int i = 0; i < perClass[label]; ++i)
            snapshot->images.push_back(
                { snapshot->classes.back() + "/" + std::to_string(i) + ".jpg",
                    static_cast<ClassIndex>(label), Split::Train, 0, 1, 1 });
    }
    return snapshot;
}

std::map<std::string, Split> splitsOf(const DatasetSnapshot& snapshot)
{
    std::map<std::string, Split> splits;
    for (const auto& image : snapshot.images)
        splits[image.path] = image.split;
    return splits;
}

} // namespace

class TestSplit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachClassGivesItsShare();
    void aSmallClassGivesOneAndKeepsOne();
    void testIsNeverTouched();
    void testIsMovedToTrainOnlyWhenAsked();
    void aGivenValidationIsLeftAsItIs();
    void oneSeedGivesOneDraw();
    void theOrderOfFilesDoesNotMatter();
    void anotherClassMovesNoPicture();
    void noDrawMovesWhatWasSetByHand();
    void whatWasTrainedOnStaysWhereItWasWhateverComes();
    void aBalancedSubsetHasAsManyOfEachClass();
    void aSubsetIsDrawnBySeedAndNames();
    void theSurplusIsWhatASubsetLeavesOver();
    void balancedWeightsAreTheTutorials();
    void aClassWithoutPicturesWeighsNothing();
    void namesOfSplitsGoBothWays();
};

void TestSplit::eachClassGivesItsShare()
{
    const auto split = withValidation(snapshotOf({ 100, 40, 10 }), {});
    QVERIFY(split->validationDrawn);
    QCOMPARE(split->count(0, Split::Validation), 15);
    QCOMPARE(split->count(1, Split::Validation), 6);
    QCOMPARE(split->count(2, Split::Validation), 2);
    QCOMPARE(split->count(Split::Train), 127);
}

void TestSplit::aSmallClassGivesOneAndKeepsOne()
{
    const auto split
        = withValidation(snapshotOf({ 0, 1, 2, 3 }), { .validationFraction = 0.01, .seed = 5 });
    QCOMPARE(split->count(1, Split::Validation), 0);
    QCOMPARE(split->count(2, Split::Validation), 1);
    QCOMPARE(split->count(3, Split::Validation), 1);
    const auto most
        = withValidation(snapshotOf({ 2, 3 }), { .validationFraction = 0.9, .seed = 5 });
    QCOMPARE(most->count(0, Split::Train), 1);
    QCOMPARE(most->count(1, Split::Train), 1);
}

void TestSplit::testIsNeverTouched()
{
    auto snapshot = std::make_shared<DatasetSnapshot>(*snapshotOf({ 20, 20 }));
    for (std::size_t i = 0; i < snapshot->images.size(); i += 4)
        snapshot->images[i].split = Split::Test;
    const auto split = withValidation(snapshot, { .validationFraction = 0.5 });
    for (std::size_t i = 0; i < snapshot->images.size(); ++i)
        QCOMPARE(split->images[i].split == Split::Test, i % 4 == 0);
}

void TestSplit::testIsMovedToTrainOnlyWhenAsked()
{
    auto snapshot = std::make_shared<DatasetSnapshot>(*snapshotOf({ 20, 40 }));
    for (std::size_t i = 0; i < snapshot->images.size(); ++i)
        snapshot->images[i].split = i % 2 == 0 ? Split::Test : Split::Validation;
    QVERIFY(withValidation(snapshot, { 0.15, 1 }) == snapshot);
    const auto moved = withValidation(snapshot, { 0.15, 1, 0.3 });
    QCOMPARE(moved->count(0, Split::Train), 3);
    QCOMPARE(moved->count(1, Split::Train), 6);
    QCOMPARE(moved->count(Split::Test), 21);
    QCOMPARE(moved->count(Split::Validation), 30);
    QVERIFY(!moved->validationDrawn);
    QCOMPARE(
        moved->notes, std::vector<std::string> { "9 pictures of the test split train instead." });
    QVERIFY(splitsOf(*moved) == splitsOf(*withValidation(snapshot, { 0.15, 1, 0.3 })));
    QVERIFY(splitsOf(*moved) != splitsOf(*withValidation(snapshot, { 0.15, 2, 0.3 })));
}

void TestSplit::aGivenValidationIsLeftAsItIs()
{
    auto snapshot = std::make_shared<DatasetSnapshot>(*snapshotOf({ 20, 20 }));
    snapshot->images[3].split = Split::Validation;
    const SnapshotPtr given = snapshot;
    QCOMPARE(withValidation(given, {}).get(), given.get());
}

void TestSplit::oneSeedGivesOneDraw()
{
    const auto snapshot = snapshotOf({ 30, 30 });
    QCOMPARE(splitsOf(*withValidation(snapshot, { .seed = 3 })),
        splitsOf(*withValidation(snapshot, { .seed = 3 })));
    QVERIFY(splitsOf(*withValidation(snapshot, { .seed = 3 }))
        != splitsOf(*withValidation(snapshot, { .seed = 4 })));
}

void TestSplit::theOrderOfFilesDoesNotMatter()
{
    const auto snapshot = snapshotOf({ 30, 30 });
    auto backwards = std::make_shared<DatasetSnapshot>(*snapshot);
    std::reverse(backwards->images.begin(), backwards->images.end());
    QCOMPARE(splitsOf(*withValidation(snapshot, {})), splitsOf(*withValidation(backwards, {})));
}

void TestSplit::anotherClassMovesNoPicture()
{
    const auto two = snapshotOf({ 30, 30 });
    auto three = std::make_shared<DatasetSnapshot>(*two);
    three->classes.insert(three->classes.begin(), "another");
    for (auto& image : three->images)
        ++image.label;
    three->images.push_back({ "another/1.jpg", 0, Split::Train, 0, 1, 1 });
    const auto after = splitsOf(*withValidation(three, {}));
    for (const auto& [path, split] : splitsOf(*withValidation(two, {})))
        QCOMPARE(after.at(path), split);
}

void TestSplit::noDrawMovesWhatWasSetByHand()
{
    auto edited = std::make_shared<DatasetSnapshot>(*snapshotOf({ 20, 20 }));
    for (std::size_t i = 0; i < edited->images.size(); i += 2) {
        edited->images[i].split = i % 4 == 0 ? Split::Train : Split::Test;
        edited->images[i].splitByHand = true;
    }
    // Moved there by hand, it is no validation split that the folder has.
    edited->images[1].split = Split::Validation;
    edited->images[1].splitByHand = true;
    // Those that are to stay take no place of the share.
    auto mostByHand = std::make_shared<DatasetSnapshot>(*snapshotOf({ 8 }));
    for (std::size_t i = 2; i < mostByHand->images.size(); ++i)
        mostByHand->images[i].splitByHand = true;
    for (std::uint64_t seed = 1; seed < 9; ++seed)
        QCOMPARE(withValidation(mostByHand, { 0.15, seed })->count(Split::Validation), 1);

    const auto drawn = withValidation(edited, { 0.5, 1, 0.5 });
    QVERIFY(drawn->validationDrawn);
    QVERIFY(drawn->count(Split::Validation) > 1);
    for (std::size_t i = 0; i < edited->images.size(); ++i) {
        if (edited->images[i].splitByHand)
            QCOMPARE(drawn->images[i].split, edited->images[i].split);
    }
}

void TestSplit::whatWasTrainedOnStaysWhereItWasWhateverComes()
{
    const auto run = withValidation(snapshotOf({ 20, 30 }), {});
    // Files have come that change the draw, one is gone, and one was moved by hand for the run.
    auto more = std::make_shared<DatasetSnapshot>(*snapshotOf({ 40, 31 }));
    const auto gone = more->images.front().path;
    more->images.erase(more->images.begin());
    auto earlier = std::make_shared<DatasetSnapshot>(*run);
    const auto byHand = earlier->images.back().path;
    earlier->images.back().split = Split::Test;
    earlier->images.back().splitByHand = true;
    const auto drawn = splitsOf(*withValidation(more, {}));
    const auto kept = splitsOf(*withSplitsOf(more, {}, *earlier));
    std::size_t otherwise = 0;
    for (const auto& [path, split] : splitsOf(*run)) {
        if (path == gone || path == byHand)
            continue;
        QCOMPARE(kept.at(path), split);
        otherwise += drawn.at(path) == split ? 0 : 1;
    }
    QVERIFY(otherwise > 0);
    QCOMPARE(kept.at(byHand), drawn.at(byHand));
    QVERIFY(withSplitsOf(more, {}, *earlier)->validationDrawn);
    // What is chosen by hand now counts.
    auto now = std::make_shared<DatasetSnapshot>(*more);
    now->images.front().split = Split::Test;
    now->images.front().splitByHand = true;
    QCOMPARE(withSplitsOf(now, {}, *earlier)->images.front().split, Split::Test);
}

void TestSplit::aBalancedSubsetHasAsManyOfEachClass()
{
    auto snapshot = std::make_shared<DatasetSnapshot>(*snapshotOf({ 30, 0, 7, 12 }));
    for (std::size_t i = 0; i < 5; ++i)
        snapshot->images[i].split = Split::Test;
    const auto perClass = [&](int wanted) {
        std::vector<int> counts(4);
        const auto drawn = drawnTrainingPictures(*snapshot, wanted, 1);
        for (const auto image : drawn) {
            if (snapshot->images[image].split == Split::Train)
                ++counts[static_cast<std::size_t>(snapshot->images[image].label)];
        }
        if (!std::is_sorted(drawn.begin(), drawn.end())
            || drawnTrainingCount(*snapshot, wanted) != static_cast<std::int64_t>(drawn.size()))
            counts.clear();
        return counts;
    };
    QCOMPARE(perClass(kBalancedClasses), (std::vector<int> { 7, 0, 7, 7 }));
    QCOMPARE(perClass(10), (std::vector<int> { 10, 0, 7, 10 }));
    QCOMPARE(perClass(kAllOfClass), (std::vector<int> { 25, 0, 7, 12 }));
}

void TestSplit::aSubsetIsDrawnBySeedAndNames()
{
    const auto snapshot = snapshotOf({ 30, 9 });
    const auto drawn = drawnTrainingPictures(*snapshot, kBalancedClasses, 1);
    QVERIFY(drawn == drawnTrainingPictures(*snapshot, kBalancedClasses, 1));
    QVERIFY(drawn != drawnTrainingPictures(*snapshot, kBalancedClasses, 2));
    // Another class, as small, moves no picture of the others.
    QVERIFY(drawn == [&] {
        auto more = drawnTrainingPictures(*snapshotOf({ 30, 9, 9 }), kBalancedClasses, 1);
        more.resize(drawn.size());
        return more;
    }());
}

void TestSplit::theSurplusIsWhatASubsetLeavesOver()
{
    auto snapshot = std::make_shared<DatasetSnapshot>(*snapshotOf({ 30, 0, 7, 12 }));
    for (std::size_t i = 0; i < 5; ++i)
        snapshot->images[i].split = i % 2 == 0 ? Split::Test : Split::LeftOut;
    QVERIFY(surplusTrainingPictures(*snapshot, kAllOfClass, 1).empty());
    const auto surplus = surplusTrainingPictures(*snapshot, kBalancedClasses, 1);
    QCOMPARE(surplus.size(), std::size_t { 25 - 7 + 12 - 7 });
    QVERIFY(surplus != surplusTrainingPictures(*snapshot, kBalancedClasses, 2));
    for (const auto image : surplus)
        snapshot->images[image].split = Split::LeftOut;
    for (const ClassIndex label : { 0, 2, 3 })
        QCOMPARE(snapshot->count(label, Split::Train), 7);
}

void TestSplit::balancedWeightsAreTheTutorials()
{
    const auto weights = balancedClassWeights({ 994, 1210, 1966 });
    QCOMPARE(weights.size(), std::size_t { 3 });
    QVERIFY(std::abs(weights[0] - 1.3983903420523138) < 1e-12);
    QVERIFY(std::abs(weights[1] - 1.1487603305785123) < 1e-12);
    QVERIFY(std::abs(weights[2] - 0.7070193285859614) < 1e-12);
}

void TestSplit::aClassWithoutPicturesWeighsNothing()
{
    QCOMPARE(balancedClassWeights({ 4, 0 }), (std::vector<double> { 0.5, 0 }));
    QCOMPARE(balancedClassWeights({ 0, 0 }), (std::vector<double> { 0, 0 }));
}

void TestSplit::namesOfSplitsGoBothWays()
{
    for (const auto split : kSplits)
        QCOMPARE(*splitFromName(name(split)), split);
    QCOMPARE(splitFromName("all").error().code, ErrorCode::Invalid);
    // Only of a picture; a folder of that name is a class.
    QVERIFY(!splitFromName(name(Split::LeftOut)));
    for (const auto split : { Split::Train, Split::Test, Split::LeftOut })
        QCOMPARE(*splitOfPicture(name(split)), split);
    QCOMPARE(splitOfPicture("all").error().code, ErrorCode::Invalid);
}

QTEST_APPLESS_MAIN(TestSplit)
#include "tst_split.moc"
