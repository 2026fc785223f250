#include "core/dataset/class_match.h"

#include <QTest>

using namespace vernier;

namespace {

SnapshotPtr pictures(std::vector<std::string> classes)
{
    auto snapshot = std::make_shared<DatasetSnapshot>();
    snapshot->classes = std::move(classes);
    for (std::size_t c = 0; c < snapshot->classes.size(); ++c) {
        for (std::size_t i = 0; i <= c; ++i)
            snapshot->images.push_back({ snapshot->classes[c] + "/" + std::to_string(i),
                static_cast<ClassIndex>(c), Split::Test, 1, 2, 3 });
    }
    return snapshot;
}

} // namespace

class TestClassMatch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSameClassesAreLeftAsTheyAre();
    void fewerClassesKeepTheirPlaceInTheModel();
    void unknownOnesAreLeftAwayAndNamed();
    void noneInCommonIsAMismatch();
};

void TestClassMatch::theSameClassesAreLeftAsTheyAre()
{
    const auto given = pictures({ "a", "b" });
    const auto matched = withClassesOf(given, { "a", "b" });
    QCOMPARE(matched->dataset, given);
    QVERIFY(matched->unknown.empty());
}

void TestClassMatch::fewerClassesKeepTheirPlaceInTheModel()
{
    const auto matched = withClassesOf(pictures({ "a", "c" }), { "d", "c", "b", "a" });
    QVERIFY(matched);
    const auto& dataset = *matched->dataset;
    QCOMPARE(dataset.classes, (std::vector<std::string> { "d", "c", "b", "a" }));
    QCOMPARE(dataset.count(3, Split::Test), 1);
    QCOMPARE(dataset.count(1, Split::Test), 2);
    for (const auto& image : dataset.images)
        QCOMPARE(dataset.classes[static_cast<std::size_t>(image.label)],
            image.path.parent_path().string());
    QVERIFY(matched->unknown.empty());
}

void TestClassMatch::unknownOnesAreLeftAwayAndNamed()
{
    const auto matched = withClassesOf(pictures({ "a", "b", "c" }), { "b", "z" });
    QVERIFY(matched);
    QCOMPARE(matched->dataset->images.size(), std::size_t { 2 });
    QCOMPARE(matched->unknown.size(), std::size_t { 2 });
    QCOMPARE(matched->unknown[1].name, std::string("c"));
    QCOMPARE(matched->unknown[1].pictures, 3);
}

void TestClassMatch::noneInCommonIsAMismatch()
{
    QCOMPARE(withClassesOf(pictures({ "A" }), { "a" }).error().code, ErrorCode::Mismatch);
}

QTEST_APPLESS_MAIN(TestClassMatch)
#include "tst_class_match.moc"
