#include "tests/ui/predict/made_predictions.h"
#include "ui/base/format.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/mend.h"
#include "ui/predict/prediction_model.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

static const QStringList kClasses { QStringLiteral("forky"), QStringLiteral("knifey"),
    QStringLiteral("spoony") };

class TestPredictionModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itKeepsQtsRules();
    void rowsStandInTheOrderInWhichTheyCame();
    void severalDropsAppend();
    void aRowShowsItsThreeMostProbableClasses();
    void twoClassesHaveNoThird();
    void anUnreadableFileHasItsReasonAndNoProbability();
    void aPredictionOfOtherClassesIsNoRowOfNonsense();
    void namesAreSortedAsPeopleCount();
    void unreadableOnesAreLastInBothDirections();
    void sortingByClassPutsTheSurestFirst();
    void rowsThatComeWhileSortedGoToTheirPlaces_data();
    void rowsThatComeWhileSortedGoToTheirPlaces();
    void theSelectionFollowsASort();
    void classesAreFiltered();
    void whatDatasetFolderOrAPersonSayIsJudged();
    void aProbabilityIsFiltered();
    void unreadableOnesAreFiltered();
    void filteredRowsThatComeLaterStayHidden();
    void csvIsWhatCoreWrites();
    void csvHoldsOnlyWhatIsShownInItsOrder();
    void copiedTextHasAHeadingAndPaths();
    void tenThousandRowsTellOfAFilterOnce();
    void newClassesStartAnew();
};

static QStringList names(const PredictionModel& model)
{
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
        names.append(model.index(row, PredictionModel::File).data().toString());
    return names;
}

static QString text(const PredictionModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

void TestPredictionModel::itKeepsQtsRules()
{
    PredictionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setClasses(kClasses);
    const auto six = sixPictures();
    model.append(six);
    model.sort(PredictionModel::Probability, Qt::DescendingOrder);
    model.append(six);
    model.setFilter({ { 1 }, true, 0.5 });
    model.append(six);
    model.sort(PredictionModel::File, Qt::AscendingOrder);
    model.sort(-1);
    model.setFilter({});
    QCOMPARE(model.rowCount(), 18);
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void TestPredictionModel::rowsStandInTheOrderInWhichTheyCame()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    QCOMPARE(names(model),
        QStringList({ "a10.jpg", "a2.jpg", "broken.jpg", "a1.jpg", "B3.jpg", "with, comma.jpg" }));
}

void TestPredictionModel::severalDropsAppend()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    const std::vector<Prediction> later { prediction("later.jpg", { 0, 0, 1 }) };
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    model.append(later);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(names(model).last(), QStringLiteral("later.jpg"));
    QCOMPARE(model.countOf(2), 2);
}

void TestPredictionModel::whatDatasetFolderOrAPersonSayIsJudged()
{
    PredictionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setClasses({ QStringLiteral("ants"), QStringLiteral("bees") });
    model.append(std::vector { prediction("bees/1.jpg", { 0.9F, 0.1F }),
        prediction("ants/2.jpg", { 0.9F, 0.1F }), prediction("3.jpg", { 0.9F, 0.1F }),
        unreadable("ants/4.jpg", "it is empty") });
    const auto verdict = [&](int row) {
        return model.index(row, PredictionModel::Class)
            .data(PredictionModel::VerdictRole)
            .toString();
    };
    QCOMPARE(verdict(0), QStringLiteral("wrong: bees"));
    QVERIFY(model.index(0, 0).data(WrongRole).toBool());
    QCOMPARE(verdict(1), QStringLiteral("right"));
    QCOMPARE(verdict(2), QString());
    QCOMPARE(verdict(3), QString());
    QCOMPARE(model.judged(), 2);
    QCOMPARE(model.right(), 1);
    // Where it is open, its dataset knows better than its folder.
    auto open = std::make_shared<DatasetSnapshot>();
    open->root = "/pictures";
    open->classes = { "ants", "wasps" };
    ImageEntry entry;
    entry.path = "bees/1.jpg";
    open->images.push_back(entry);
    model.setOpen(open, open);
    QCOMPARE(verdict(0), QStringLiteral("right"));
    QCOMPARE(model.right(), 2);
    auto mended = std::make_shared<DatasetSnapshot>(*open);
    mended->images[0].label = 1;
    model.setOpen(mended, open);
    QCOMPARE(verdict(0), QStringLiteral("wrong: wasps"));
    QCOMPARE(model.index(0, 0).data(MendRole).toInt(), static_cast<int>(Mend::Changed));
    QCOMPARE(model.right(), 1);
    // And a person better than both.
    model.say(0, true);
    model.say(2, false);
    QCOMPARE(verdict(0), QStringLiteral("right"));
    QCOMPARE(verdict(2), QStringLiteral("wrong"));
    QCOMPARE(model.judged(), 3);
    QCOMPARE(model.right(), 2);
    model.say(0, std::nullopt);
    QCOMPARE(verdict(0), QStringLiteral("wrong: wasps"));
    model.setClasses({ QStringLiteral("ants") });
    QCOMPARE(model.judged(), 0);
    QCOMPARE(model.right(), 0);
}

void TestPredictionModel::aRowShowsItsThreeMostProbableClasses()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    QCOMPARE(text(model, 1, PredictionModel::Class), QStringLiteral("knifey"));
    QCOMPARE(text(model, 1, PredictionModel::Probability), ui::format::percent(0.6));
    QCOMPARE(text(model, 1, PredictionModel::Second),
        QStringLiteral("spoony %1").arg(ui::format::percent(0.3)));
    QCOMPARE(text(model, 1, PredictionModel::Third),
        QStringLiteral("forky %1").arg(ui::format::percent(0.1)));
    QCOMPARE(model.index(1, 0).data(PathRole).toString(), QStringLiteral("/pictures/a2.jpg"));
}

void TestPredictionModel::twoClassesHaveNoThird()
{
    PredictionModel model;
    model.setClasses({ QStringLiteral("ants"), QStringLiteral("bees") });
    model.append(std::vector<Prediction> { prediction("x.jpg", { 0.2F, 0.8F }) });
    QCOMPARE(text(model, 0, PredictionModel::Class), QStringLiteral("bees"));
    QVERIFY(text(model, 0, PredictionModel::Third).isEmpty());
    QVERIFY(!model.index(0, PredictionModel::Third).data(PredictionModel::ClassRole).isValid());
}

void TestPredictionModel::anUnreadableFileHasItsReasonAndNoProbability()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    QCOMPARE(model.unreadable(), 1);
    QCOMPARE(
        text(model, 2, PredictionModel::Class), QStringLiteral("cut off: the picture ends early"));
    QVERIFY(text(model, 2, PredictionModel::Probability).isEmpty());
    QVERIFY(!model.index(2, PredictionModel::Class).data(PredictionModel::ClassRole).isValid());
}

void TestPredictionModel::aPredictionOfOtherClassesIsNoRowOfNonsense()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(
        std::vector<Prediction> { prediction("x.jpg", { 0.5F, 0.5F }), prediction("y.jpg", {}) });
    QCOMPARE(model.unreadable(), 2);
    QVERIFY(!model.index(0, 0).data(PredictionModel::ReasonRole).toString().isEmpty());
}

void TestPredictionModel::namesAreSortedAsPeopleCount()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    model.sort(PredictionModel::File, Qt::AscendingOrder);
    QCOMPARE(names(model),
        QStringList({ "a1.jpg", "a2.jpg", "a10.jpg", "B3.jpg", "broken.jpg", "with, comma.jpg" }));
}

void TestPredictionModel::unreadableOnesAreLastInBothDirections()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    for (const int column : { PredictionModel::Class, PredictionModel::Probability,
             PredictionModel::Second, PredictionModel::Third }) {
        for (const Qt::SortOrder order : { Qt::AscendingOrder, Qt::DescendingOrder }) {
            model.sort(column, order);
            QCOMPARE(names(model).last(), QStringLiteral("broken.jpg"));
        }
    }
    model.sort(PredictionModel::Probability, Qt::DescendingOrder);
    QCOMPARE(names(model).first(), QStringLiteral("B3.jpg"));
    model.sort(PredictionModel::Probability, Qt::AscendingOrder);
    QCOMPARE(names(model).first(), QStringLiteral("with, comma.jpg"));
}

void TestPredictionModel::sortingByClassPutsTheSurestFirst()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    model.sort(PredictionModel::Class, Qt::AscendingOrder);
    QCOMPARE(names(model).mid(0, 4), QStringList({ "B3.jpg", "a10.jpg", "a1.jpg", "a2.jpg" }));
    model.sort(PredictionModel::Class, Qt::DescendingOrder);
    QCOMPARE(names(model).mid(0, 3), QStringList({ "with, comma.jpg", "a1.jpg", "a2.jpg" }));
}

void TestPredictionModel::rowsThatComeWhileSortedGoToTheirPlaces_data()
{
    QTest::addColumn<int>("column");
    QTest::addColumn<Qt::SortOrder>("order");
    for (int column = 0; column < PredictionModel::ColumnCount; ++column) {
        for (const Qt::SortOrder order : { Qt::AscendingOrder, Qt::DescendingOrder })
            QTest::addRow("column %d, %s", column, order == Qt::AscendingOrder ? "up" : "down")
                << column << order;
    }
}

void TestPredictionModel::rowsThatComeWhileSortedGoToTheirPlaces()
{
    QFETCH(int, column);
    QFETCH(Qt::SortOrder, order);
    std::mt19937 draw(7);
    std::vector<Prediction> all;
    for (int i = 0; i < 300; ++i) {
        const auto first = static_cast<float>(draw() % 100) / 200;
        const auto second = static_cast<float>(draw() % 100) / 200;
        const std::string file = std::to_string(draw() % 500) + ".jpg";
        all.push_back(i % 29 == 0 ? unreadable(file, "empty")
                                  : prediction(file, { first, second, 1 - first - second }));
    }
    PredictionModel atOnce;
    atOnce.setClasses(kClasses);
    atOnce.append(all);
    atOnce.sort(column, order);

    PredictionModel bit;
    QAbstractItemModelTester tester(&bit, QAbstractItemModelTester::FailureReportingMode::QtTest);
    bit.setClasses(kClasses);
    bit.sort(column, order);
    const std::span<const Prediction> span(all);
    for (std::size_t i = 0; i < all.size(); i += 20)
        bit.append(span.subspan(i, 20));
    QCOMPARE(names(bit), names(atOnce));
}

void TestPredictionModel::theSelectionFollowsASort()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    const QPersistentModelIndex kept(model.index(4, PredictionModel::File));
    model.sort(PredictionModel::Probability, Qt::DescendingOrder);
    QCOMPARE(kept.row(), 0);
    QCOMPARE(kept.data().toString(), QStringLiteral("B3.jpg"));
}

void TestPredictionModel::classesAreFiltered()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    model.setFilter({ { 1 }, false, 0 });
    QCOMPARE(names(model), QStringList({ "a2.jpg", "a1.jpg" }));
    model.setFilter({ { 1, 2 }, false, 0 });
    QCOMPARE(model.rowCount(), 3);
    model.setFilter({});
    QCOMPARE(model.rowCount(), 6);
}

void TestPredictionModel::aProbabilityIsFiltered()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    model.setFilter({ {}, false, 0.65 });
    QCOMPARE(names(model), QStringList({ "a10.jpg", "a1.jpg", "B3.jpg" }));
    model.setFilter({ { 0 }, false, 0.9 });
    QCOMPARE(names(model), QStringList({ "B3.jpg" }));
}

void TestPredictionModel::unreadableOnesAreFiltered()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    model.setFilter({ {}, true, 0.9 });
    QCOMPARE(names(model), QStringList({ "broken.jpg" }));
    model.setFilter({ { 2 }, true, 0 });
    QCOMPARE(names(model), QStringList({ "broken.jpg", "with, comma.jpg" }));
}

void TestPredictionModel::filteredRowsThatComeLaterStayHidden()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.setFilter({ { 2 }, false, 0 });
    model.append(sixPictures());
    QCOMPARE(names(model), QStringList({ "with, comma.jpg" }));
    QCOMPARE(model.total(), 6);
    QCOMPARE(model.countOf(0), 2);
}

void TestPredictionModel::csvIsWhatCoreWrites()
{
    PredictionModel model;
    model.setClasses(kClasses);
    const auto six = sixPictures();
    model.append(six);
    std::string expected = csvHeader(3);
    for (const Prediction& row : six)
        expected += csvRow(row, { "forky", "knifey", "spoony" }, 3);
    QCOMPARE(QByteArray::fromStdString(model.csv()), QByteArray::fromStdString(expected));
    QVERIFY(model.csv().find("\"/pictures/with, comma.jpg\"") != std::string::npos);
}

void TestPredictionModel::csvHoldsOnlyWhatIsShownInItsOrder()
{
    PredictionModel model;
    model.setClasses(kClasses);
    const auto six = sixPictures();
    model.append(six);
    model.setFilter({ { 1 }, false, 0 });
    model.sort(PredictionModel::Probability, Qt::DescendingOrder);
    const std::vector<std::string> classes { "forky", "knifey", "spoony" };
    QCOMPARE(QByteArray::fromStdString(model.csv()),
        QByteArray::fromStdString(
            csvHeader(3) + csvRow(six[3], classes, 3) + csvRow(six[1], classes, 3)));
}

void TestPredictionModel::copiedTextHasAHeadingAndPaths()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    const QStringList lines = model.text({ 0, 2 }).split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 3);
    QVERIFY(lines[0].startsWith(QStringLiteral("File\tClass\tProbability")));
    QVERIFY(lines[1].startsWith(QStringLiteral("/pictures/a10.jpg\tforky\t")));
    QVERIFY(lines[2].contains(QStringLiteral("cut off")));
}

void TestPredictionModel::tenThousandRowsTellOfAFilterOnce()
{
    std::vector<Prediction> many;
    for (int i = 0; i < 10000; ++i) {
        const auto share = static_cast<float>(i % 97) / 97;
        many.push_back(prediction(std::to_string(i) + ".jpg", { share, 1 - share, 0 }));
    }
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(many);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    model.setFilter({ {}, false, 0.9 });
    QVERIFY(model.rowCount() > 0 && model.rowCount() < 10000);
    QCOMPARE(resets.size(), 1);
    QCOMPARE(removed.size() + inserted.size(), 0);
}

void TestPredictionModel::newClassesStartAnew()
{
    PredictionModel model;
    model.setClasses(kClasses);
    model.append(sixPictures());
    model.setFilter({ { 2 }, false, 0 });
    model.setClasses({ QStringLiteral("ants"), QStringLiteral("bees") });
    QCOMPARE(model.total(), 0);
    QCOMPARE(model.unreadable(), 0);
    QVERIFY(model.filter() == PredictionFilter {});
}

QTEST_MAIN(TestPredictionModel)
#include "tst_prediction_model.moc"
