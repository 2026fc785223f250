#include "tests/ui/inspect/made_evaluation.h"
#include "ui/base/format.h"
#include "ui/base/value_sorter.h"
#include "ui/inspect/class_table_model.h"
#include "ui/inspect/confusion_model.h"
#include "ui/inspect/scored_gallery_model.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/mend.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

class TestInspectModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyModelKeepsQtsRules_data();
    void everyModelKeepsQtsRules();
    void rowsAreTrueClassesAndColumnsPredictedOnes();
    void aRowWithoutPicturesHasSharesOfZero();
    void theSentenceOfACellSaysCountShareAndBothClasses();
    void classesCanBeOrderedByPicturesAndByErrors();
    void aSearchKeepsAClassAndWhatItIsConfusedWith();
    void aSearchForNothingKnownShowsNothing();

    void aFigureThatDoesNotExistIsADash();
    void dashesAreLastInBothDirections();
    void picturesAreSortedAsNumbers();

    void wrongPicturesComeMostConfidentFirst();
    void aRowShowsItsWrongPicturesBeforeTheRightOnes();
    void aCellAColumnAndEverythingFilter();
    void theDearestComeFirstByLoss();
    void picturesCanBeSortedByName();
    void aCaptionSaysTrueThenPredictedAndProbability();
    void picturesOfARunAreToldInTheOpenDataset();
    void onlyWrongPicturesAreOutlined();
};

static QStringList names(const ScoredGalleryModel& model)
{
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
        names.append(model.index(row).data(PathRole).toString().section(QLatin1Char('/'), -1));
    return names;
}

static QStringList columns(const ConfusionModel& model)
{
    QStringList names;
    for (int column = 0; column < model.columnCount(); ++column)
        names.append(model.headerData(column, Qt::Horizontal).toString());
    return names;
}

void TestInspectModels::everyModelKeepsQtsRules_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("perClass");
    QTest::newRow("2 classes") << 2 << 5;
    QTest::newRow("12 classes") << 12 << 3;
    QTest::newRow("13 classes") << 13 << 3;
    QTest::newRow("100 classes") << 100 << 2;
    QTest::newRow("no pictures") << 2 << 0;
}

void TestInspectModels::everyModelKeepsQtsRules()
{
    QFETCH(int, classes);
    QFETCH(int, perClass);
    const auto made = madeEvaluation(classes, perClass);
    const auto mode = QAbstractItemModelTester::FailureReportingMode::QtTest;
    ConfusionModel confusion;
    ClassTableModel table;
    ValueSorter sorter;
    sorter.setSourceModel(&table);
    ScoredGalleryModel pictures;
    QAbstractItemModelTester confusionTester(&confusion, mode);
    QAbstractItemModelTester tableTester(&table, mode);
    QAbstractItemModelTester sorterTester(&sorter, mode);
    QAbstractItemModelTester picturesTester(&pictures, mode);

    confusion.setEvaluation(*made.evaluation);
    table.setEvaluation(*made.evaluation);
    pictures.setEvaluation(made.evaluation, made.dataset);
    QCOMPARE(confusion.rowCount(), classes);
    QCOMPARE(confusion.columnCount(), classes);
    QCOMPARE(table.rowCount(), classes);
    QCOMPARE(pictures.rowCount(), perClass > 0 ? classes : 0);

    confusion.setOrder(ClassOrder::Errors);
    confusion.setSearch(QStringLiteral("class 1"));
    sorter.sort(ClassTableModel::F1, Qt::DescendingOrder);
    pictures.setFilter({ {}, false });
    QCOMPARE(pictures.rowCount(), classes * perClass);
    pictures.setOrder(GalleryOrder::Loss);

    confusion.setEvaluation({});
    table.setEvaluation({});
    pictures.setEvaluation(nullptr, nullptr);
    QCOMPARE(confusion.rowCount(), 0);
    QCOMPARE(table.rowCount(), 0);
    QCOMPARE(pictures.rowCount(), 0);
}

void TestInspectModels::rowsAreTrueClassesAndColumnsPredictedOnes()
{
    ConfusionModel model;
    model.setEvaluation(*antsAndBees().evaluation);
    QCOMPARE(model.index(0, 1).data(ConfusionModel::CountRole).toLongLong(), 1);
    QCOMPARE(model.index(1, 0).data(ConfusionModel::CountRole).toLongLong(), 2);
    QCOMPARE(model.index(0, 0).data(ConfusionModel::ShareRole).toDouble(), 2.0 / 3);
    QVERIFY(model.index(0, 0).data(ConfusionModel::DiagonalRole).toBool());
    QVERIFY(!model.index(1, 0).data(ConfusionModel::DiagonalRole).toBool());
}

void TestInspectModels::aRowWithoutPicturesHasSharesOfZero()
{
    ConfusionModel model;
    model.setEvaluation(*antsAndBees().evaluation);
    for (int column = 0; column < model.columnCount(); ++column) {
        QCOMPARE(model.index(2, column).data(ConfusionModel::ShareRole).toDouble(), 0.0);
        const QString sentence = model.sentence(2, column);
        QVERIFY2(
            !sentence.contains(QStringLiteral("nan"), Qt::CaseInsensitive), qPrintable(sentence));
        QVERIFY(sentence.contains(QStringLiteral("owls")));
    }
}

void TestInspectModels::theSentenceOfACellSaysCountShareAndBothClasses()
{
    ConfusionModel model;
    model.setEvaluation(*antsAndBees().evaluation);
    QCOMPARE(model.sentence(0, 1),
        QStringLiteral("1 of 3\u00a0pictures of ants (%1) was taken for bees.")
            .arg(ui::format::percent(1.0 / 3)));
    QCOMPARE(model.sentence(0, 0),
        QStringLiteral("2 of 3\u00a0pictures of ants (%1) were recognized.")
            .arg(ui::format::percent(2.0 / 3)));
    QCOMPARE(model.index(0, 1).data(Qt::AccessibleTextRole).toString(), model.sentence(0, 1));
}

void TestInspectModels::classesCanBeOrderedByPicturesAndByErrors()
{
    ConfusionModel model;
    model.setEvaluation(*antsAndBees().evaluation);
    model.setOrder(ClassOrder::Errors);
    QCOMPARE(columns(model), QStringList({ "bees", "ants", "owls" }));
    // Rows follow, so that the diagonal stays the diagonal.
    QCOMPARE(model.index(0, 1).data(ConfusionModel::CountRole).toLongLong(), 2);
    QCOMPARE(model.sectionOf(1), 0);
    model.setOrder(ClassOrder::Count);
    QCOMPARE(columns(model), QStringList({ "ants", "bees", "owls" }));
}

void TestInspectModels::aSearchKeepsAClassAndWhatItIsConfusedWith()
{
    ConfusionModel model;
    model.setEvaluation(*madeEvaluation(100, 2).evaluation);
    model.setSearch(QStringLiteral(" CLASS 50 "));
    QCOMPARE(columns(model), QStringList({ "class 49", "class 50", "class 51" }));
    QCOMPARE(model.classCount(), 100);
    QCOMPARE(model.sectionOf(0), -1);
    model.setSearch({});
    QCOMPARE(model.rowCount(), 100);
}

void TestInspectModels::aSearchForNothingKnownShowsNothing()
{
    ConfusionModel model;
    model.setEvaluation(*madeEvaluation(13, 2).evaluation);
    model.setSearch(QStringLiteral("zebra"));
    QCOMPARE(model.rowCount(), 0);
}

void TestInspectModels::aFigureThatDoesNotExistIsADash()
{
    ClassTableModel model;
    model.setEvaluation(*antsAndBees().evaluation);
    const auto text
        = [&](int row, int column) { return model.index(row, column).data().toString(); };
    QCOMPARE(text(0, ClassTableModel::Count), QStringLiteral("3"));
    QCOMPARE(text(0, ClassTableModel::Recall), ui::format::percent(2.0 / 3));
    QCOMPARE(text(1, ClassTableModel::Recall), ui::format::percent(0));
    for (const int column :
        { ClassTableModel::Precision, ClassTableModel::Recall, ClassTableModel::F1 })
        QCOMPARE(text(2, column), QStringLiteral("–"));
}

void TestInspectModels::dashesAreLastInBothDirections()
{
    ClassTableModel model;
    model.setEvaluation(*antsAndBees().evaluation);
    ValueSorter sorter;
    sorter.setSourceModel(&model);
    for (const Qt::SortOrder order : { Qt::AscendingOrder, Qt::DescendingOrder }) {
        sorter.sort(ClassTableModel::Recall, order);
        QCOMPARE(sorter.index(2, ClassTableModel::Name).data().toString(), QStringLiteral("owls"));
    }
    QCOMPARE(sorter.index(0, ClassTableModel::Name).data().toString(), QStringLiteral("ants"));
}

void TestInspectModels::picturesAreSortedAsNumbers()
{
    std::vector<Scored> pictures(9, Scored { 0, 0 });
    pictures.insert(pictures.end(), 10, Scored { 1, 1 });
    ClassTableModel model;
    model.setEvaluation(*madeEvaluation({ "a", "b" }, pictures).evaluation);
    ValueSorter sorter;
    sorter.setSourceModel(&model);
    sorter.sort(ClassTableModel::Count, Qt::DescendingOrder);
    QCOMPARE(sorter.index(0, ClassTableModel::Count).data().toString(), QStringLiteral("10"));
}

void TestInspectModels::wrongPicturesComeMostConfidentFirst()
{
    const auto made = antsAndBees();
    ScoredGalleryModel model;
    model.setEvaluation(made.evaluation, made.dataset);
    QCOMPARE(names(model), QStringList({ "a.jpg", "b.jpg", "e.jpg" }));
}

void TestInspectModels::aRowShowsItsWrongPicturesBeforeTheRightOnes()
{
    const auto made = antsAndBees();
    ScoredGalleryModel model;
    model.setEvaluation(made.evaluation, made.dataset);
    model.setFilter({ { 0, {} }, false });
    QCOMPARE(names(model), QStringList({ "b.jpg", "d.jpg", "c.jpg" }));
}

void TestInspectModels::aCellAColumnAndEverythingFilter()
{
    const auto made = antsAndBees();
    ScoredGalleryModel model;
    model.setEvaluation(made.evaluation, made.dataset);
    model.setFilter({ { 1, 0 }, false });
    QCOMPARE(names(model), QStringList({ "a.jpg", "e.jpg" }));
    model.setFilter({ { {}, 1 }, false });
    QCOMPARE(names(model), QStringList({ "b.jpg" }));
    model.setFilter({ { 2, 2 }, false });
    QVERIFY(names(model).isEmpty());
    model.setFilter({ {}, false });
    QCOMPARE(model.rowCount(), 5);
}

void TestInspectModels::theDearestComeFirstByLoss()
{
    const auto made = antsAndBees();
    ScoredGalleryModel model;
    model.setEvaluation(made.evaluation, made.dataset);
    model.setFilter({ {}, false });
    model.setOrder(GalleryOrder::Loss);
    for (int row = 1; row < model.rowCount(); ++row)
        QVERIFY(model.scored(row - 1).loss >= model.scored(row).loss);
    QCOMPARE(names(model).first(), QStringLiteral("a.jpg"));
    QCOMPARE(names(model).last(), QStringLiteral("d.jpg"));
}

void TestInspectModels::picturesCanBeSortedByName()
{
    const auto made = antsAndBees();
    ScoredGalleryModel model;
    model.setEvaluation(made.evaluation, made.dataset);
    model.setFilter({ {}, false });
    model.setOrder(GalleryOrder::Name);
    QCOMPARE(names(model), QStringList({ "a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg" }));
}

void TestInspectModels::picturesOfARunAreToldInTheOpenDataset()
{
    const auto made = antsAndBees();
    ScoredGalleryModel model;
    model.setEvaluation(made.evaluation, made.dataset);
    // The surest mistake is a.jpg, the fourth picture.
    QCOMPARE(model.index(0).data(ImageRole).toInt(), 3);
    QCOMPARE(model.index(0).data(ProposalRole).toString(), QStringLiteral("ants"));
    // What is open has it at another place, and not all of them.
    auto open = std::make_shared<DatasetSnapshot>(*made.dataset);
    open->images.erase(open->images.begin(), open->images.begin() + 2);
    open->images[1].confirmed = true;
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setOpen(open, open);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(model.index(0).data(ImageRole).toInt(), 1);
    QCOMPARE(model.index(0).data(MendRole).toInt(), static_cast<int>(Mend::Confirmed));
    QVERIFY(!model.index(1).data(ImageRole).isValid());
    QVERIFY(!model.index(1).data(MendRole).isValid());
    model.setOpen(nullptr, nullptr);
    QVERIFY(!model.index(0).data(ImageRole).isValid());
}

void TestInspectModels::aCaptionSaysTrueThenPredictedAndProbability()
{
    const auto made = antsAndBees();
    ScoredGalleryModel model;
    model.setEvaluation(made.evaluation, made.dataset);
    const QString caption = model.index(0).data(CaptionRole).toString();
    QVERIFY(caption.indexOf(QStringLiteral("bees")) < caption.indexOf(QStringLiteral("→ ants")));
    QVERIFY(caption.contains(ui::format::percent(0.95)));
    const QString spoken = model.index(0).data(Qt::AccessibleTextRole).toString();
    QVERIFY(spoken.contains(QStringLiteral("a.jpg is bees and was taken for ants")));
}

void TestInspectModels::onlyWrongPicturesAreOutlined()
{
    const auto made = antsAndBees();
    ScoredGalleryModel model;
    model.setEvaluation(made.evaluation, made.dataset);
    model.setFilter({ { 0, {} }, false });
    QVERIFY(model.index(0).data(WrongRole).toBool());
    QVERIFY(!model.index(1).data(WrongRole).toBool());
}

QTEST_MAIN(TestInspectModels)
#include "tst_inspect_models.moc"
