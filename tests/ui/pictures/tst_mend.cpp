#include "core/dataset/edit.h"
#include "ui/pictures/mend.h"
#include "ui/pictures/picture_index.h"

#include <QTest>

using namespace vernier;
using namespace vernier::ui;

namespace {

SnapshotPtr fourPictures(const std::string& root = "/pictures")
{
    auto made = std::make_shared<DatasetSnapshot>();
    made->root = root;
    made->classes = { "ants", "bees" };
    for (int i = 0; i < 4; ++i)
        made->images.push_back({ (i < 2 ? "ants/" : "bees/") + std::to_string(i) + ".jpg",
            i < 2 ? 0 : 1, Split::Train, 1, 1, 1 });
    return made;
}

} // namespace

class TestMend : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatAPersonDidIsToldAndWhatWasDrawnIsNot()
    {
        const SnapshotPtr found = fourPictures();
        SnapshotPtr now = relabelled(found, { 0 }, 1);
        now = moved(now, { 1 }, Split::Validation, false);
        now = moved(now, { 2 }, Split::LeftOut);
        now = confirmed(now, { 3 });
        const auto text = [&](std::size_t image) { return mendText(*now, found.get(), image); };
        const auto mend = [&](std::size_t image) { return mendOf(*now, found.get(), image); };
        QCOMPARE(mend(0), Mend::Changed);
        QCOMPARE(text(0), QStringLiteral("was ants"));
        QCOMPARE(mend(1), Mend::None);
        QCOMPARE(text(1), QString());
        QCOMPARE(mend(2), Mend::Changed);
        QCOMPARE(text(2), QStringLiteral("left out"));
        QCOMPARE(mend(3), Mend::Confirmed);
        QCOMPARE(text(3), QStringLiteral("said to be right"));

        now = confirmed(moved(now, { 0 }, Split::Test), { 0 });
        QCOMPARE(text(0), QStringLiteral("was ants, was in train, said to be right"));
        // Of what was found nothing is known: what it says itself counts.
        QCOMPARE(mendOf(*now, nullptr, 0), Mend::Confirmed);
    }

    void aFileIsToldByItsPathAndAnEditChangesNone()
    {
        PictureIndex index;
        QVERIFY(!index.find("/pictures/ants/1.jpg"));
        const SnapshotPtr found = fourPictures();
        QVERIFY(index.setDataset(found));
        QCOMPARE(index.find("/pictures/ants/1.jpg"), std::optional<std::size_t>(1));
        QCOMPARE(index.find("/pictures/bees/../ants/1.jpg"), std::optional<std::size_t>(1));
        QVERIFY(!index.find("/elsewhere/ants/1.jpg"));
        QVERIFY(!index.setDataset(relabelled(found, { 1 }, 1)));
        QVERIFY(index.setDataset(fourPictures("/elsewhere")));
        QVERIFY(index.find("/elsewhere/ants/1.jpg"));
        QVERIFY(!index.find("/pictures/ants/1.jpg"));
        // The same folder, read again with one file less.
        auto fewer = std::make_shared<DatasetSnapshot>(*fourPictures("/elsewhere"));
        fewer->images.erase(fewer->images.begin());
        QVERIFY(index.setDataset(fewer));
        QCOMPARE(index.find("/elsewhere/ants/1.jpg"), std::optional<std::size_t>(0));
        QVERIFY(index.setDataset(nullptr));
        QVERIFY(!index.find("/elsewhere/ants/1.jpg"));
    }
};

QTEST_APPLESS_MAIN(TestMend)
#include "tst_mend.moc"
