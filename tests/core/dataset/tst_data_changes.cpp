#include "core/dataset/data_changes.h"
#include "core/dataset/edit.h"

#include <QTest>

using namespace vernier;

namespace {

std::shared_ptr<DatasetSnapshot> sixPictures()
{
    auto snapshot = std::make_shared<DatasetSnapshot>();
    snapshot->classes = { "cat", "dog" };
    for (int i = 0; i < 6; ++i)
        snapshot->images.push_back({ std::to_string(i) + ".jpg", i % 2,
            i < 4 ? Split::Train : Split::Validation, 0, 1, 1 });
    return snapshot;
}

} // namespace

class TestDataChanges : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingHasChangedInTheSamePictures()
    {
        QCOMPARE(changesBetween(*sixPictures(), *sixPictures()), DataChanges {});
        // Nor where a class has only another number.
        auto renumbered = sixPictures();
        renumbered->classes = { "ant", "cat", "dog" };
        for (auto& image : renumbered->images)
            ++image.label;
        QCOMPARE(changesBetween(*sixPictures(), *renumbered), DataChanges {});
    }

    void eachPictureCountsOnce()
    {
        const auto earlier = moved(sixPictures(), { 5 }, Split::LeftOut);
        auto later = std::make_shared<DatasetSnapshot>(
            *moved(relabelled(moved(relabelled(sixPictures(), { 0 }, 1), { 1, 2 }, Split::LeftOut),
                       { 2 }, 1),
                { 3 }, Split::Test));
        later->images.erase(later->images.begin() + 4);
        later->images.push_back({ "new.jpg", 0, Split::Train, 0, 1, 1 });
        DataChanges expected;
        expected.added = 1;
        expected.gone = 1;
        expected.leftOut = 2;
        expected.takenIn = 1;
        expected.relabelled = 1;
        expected.moved = 1;
        QCOMPARE(changesBetween(*earlier, *later), expected);
        QCOMPARE(expected.count(), std::int64_t { 7 });
    }

    void whatWasTrainedOnJudgesNothingWhenTheRunGoesOn()
    {
        const auto trained = moved(sixPictures(), { 1 }, Split::LeftOut);
        auto today = std::make_shared<DatasetSnapshot>(*trained);
        today->images[0].split = Split::Validation; // it has trained
        today->images[1].split = Split::Test; // it may have, before it was left out
        today->images[5].split = Split::Train;
        today->images.push_back({ "new.jpg", 0, Split::Validation, 0, 1, 1 });
        const auto goesOn = withoutSeen(today, *trained);
        QCOMPARE(goesOn->images[0].split, Split::LeftOut);
        QCOMPARE(goesOn->images[1].split, Split::LeftOut);
        QCOMPARE(goesOn->images[2].split, Split::Train);
        QCOMPARE(goesOn->images[4].split, Split::Validation);
        QCOMPARE(goesOn->images[5].split, Split::Train);
        QCOMPARE(goesOn->images[6].split, Split::Validation);
        QCOMPARE(withoutSeen(trained, *trained), trained);
    }

    void aRunIsJudgedByTodaysLabelsInItsOwnSplits()
    {
        const SnapshotPtr run = sixPictures();
        auto today = std::make_shared<DatasetSnapshot>(
            *moved(confirmed(relabelled(run, { 4 }, 1), { 4 }), { 0 }, Split::Validation));
        // Drawn otherwise by now, by nobody's hand.
        today->images[1].split = Split::Validation;
        today->classes.push_back("owl");
        today->images[5].label = 2;
        today->images.erase(today->images.begin() + 2);
        const auto judged = judgedBy(run, *today);
        QCOMPARE(judged->images.size(), run->images.size());
        QCOMPARE(judged->classes, run->classes);
        QCOMPARE(judged->images[4].label, 1);
        QCOMPARE(judged->images[4].found, std::optional<ClassIndex>(0));
        QVERIFY(judged->images[4].confirmed);
        QCOMPARE(judged->images[4].split, Split::Validation);
        QCOMPARE(judged->images[0].split, Split::LeftOut); // it was trained on
        QCOMPARE(judged->images[1].split, Split::Train);
        QCOMPARE(judged->images[2].split, Split::LeftOut); // gone
        QCOMPARE(judged->images[5].split, Split::LeftOut); // of a class that it does not know
        QCOMPARE(run->images[4].label, 0);
    }
};

QTEST_APPLESS_MAIN(TestDataChanges)
#include "tst_data_changes.moc"
