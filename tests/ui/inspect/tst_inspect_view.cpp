#include "tests/ui/inspect/made_evaluation.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/chip.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/inspect/confusion_view.h"
#include "ui/inspect/inspect_page.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/probability_bars.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/session/session.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

Q_DECLARE_METATYPE(vernier::Split)

class TestInspectView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void withoutAnEvaluationItSaysWhatToDo();
    void anUnevaluatedRunOffersToEvaluateIt();
    void theTopSaysAccuracyIntervalCountSplitAndEpoch();
    void anEmptyEvaluationHasADashAndNoNan();
    void atFirstAllWrongPicturesAreShown();
    void aClickOnACellShowsItsPictures();
    void nothingToShowSaysWhyAndOffersAll();
    void aClickOnARowHeaderShowsTheRow();
    void aClickOnAColumnHeaderShowsTheColumn();
    void theKeyboardPicksCellsRowsAndColumns();
    void escapeShowsAllWrongPicturesAgain();
    void aClickOnAClassShowsItsRow();
    void aSelectionSurvivesANewEvaluationOfTheSameClasses();
    void otherClassesClearTheSelection();
    void upToTwelveClassesFitAndMoreAreSearched_data();
    void upToTwelveClassesFitAndMoreAreSearched();
    void theCellUnderTheFocusIsSpoken();
    void aSearchThatFindsNoClassSaysSo();

    void aSplitIsAskedForByItsChip();
    void testIsLookedAtOnlyAfterAWarning();
    void aSplitWithoutPicturesCannotBeChosen();
    void whileTrainingNoOtherSplitCanBeChosen();

    void aDoubleClickOpensThePictureWithAllProbabilities();
    void bothFiguresAreToldAndOneClickFromEachOther();

    void aCellIsDarkerTheLargerItsShare();
    void theDiagonalIsFramed();
    void theSelectionIsOutlined();
    void everyControlSaysWhatItIs();
    void theEmptyStateTellsHowFarTheEvaluationIs();
    void thePageOfASessionWithoutARunAsksToTrain();

private:
    template <class T> T* child(const char* name = nullptr)
    {
        return m_view->findChild<T*>(QString::fromLatin1(name));
    }
    ConfusionView* matrix() { return child<ConfusionView>(); }
    GalleryView* gallery() { return child<GalleryView>(); }
    int shown() { return gallery()->model()->rowCount(); }
    void show(const MadeEvaluation& made)
    {
        m_view->setEvaluation(made.evaluation, made.dataset);
        m_view->resize(1192, 704);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }
    void clickCell(int row, int column)
    {
        const QRect cell = matrix()->visualRect(matrix()->model()->index(row, column));
        QTest::mouseClick(matrix()->viewport(), Qt::LeftButton, {}, cell.center());
    }
    QString allText()
    {
        QStringList texts;
        for (const QLabel* label : m_view->findChildren<QLabel*>())
            texts.append(label->text());
        return texts.join(QLatin1Char('\n'));
    }

    std::unique_ptr<ThumbnailService> m_thumbnails;
    std::unique_ptr<InspectView> m_view;
};

void TestInspectView::initTestCase() { theme::apply(Scheme::Light); }

void TestInspectView::init()
{
    m_thumbnails = std::make_unique<ThumbnailService>();
    m_view = std::make_unique<InspectView>(*m_thumbnails);
}

void TestInspectView::cleanup()
{
    m_view.reset();
    m_thumbnails.reset();
}

void TestInspectView::withoutAnEvaluationItSaysWhatToDo()
{
    m_view->show();
    const auto labels = m_view->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->isVisible()
            && label->text() == QStringLiteral("Train once, then see here what went wrong.");
    }));
    QVERIFY(!matrix()->isVisible());
    show(antsAndBees());
    QVERIFY(matrix()->isVisible());
    m_view->setEvaluation(nullptr, nullptr);
    QVERIFY(!matrix()->isVisible());
}

void TestInspectView::anUnevaluatedRunOffersToEvaluateIt()
{
    m_view->show();
    QSignalSpy wishes(m_view.get(), &InspectView::splitRequested);
    const auto button = [this] {
        for (auto* candidate : m_view->findChildren<QPushButton*>()) {
            if (candidate->text() == QStringLiteral("Evaluate"))
                return candidate;
        }
        return static_cast<QPushButton*>(nullptr);
    };
    QVERIFY(!button()->isVisible());
    m_view->setNoEvaluation(NoEvaluation::NotEvaluated);
    QTest::mouseClick(button(), Qt::LeftButton);
    QCOMPARE(wishes.size(), 1);
    m_view->setNoEvaluation(NoEvaluation::Evaluating);
    QVERIFY(!button()->isVisible());
}

void TestInspectView::theTopSaysAccuracyIntervalCountSplitAndEpoch()
{
    auto made = antsAndBees();
    auto evaluation = std::make_shared<Evaluation>(*made.evaluation);
    evaluation->epoch = 6;
    made.evaluation = evaluation;
    show(made);
    const QString text = allText();
    QVERIFY(text.contains(ui::format::percent(0.4)));
    QVERIFY(text.contains(QStringLiteral("2 of %1 right on validation")
                              .arg(ui::format::plural(5, "picture", "pictures"))));
    QVERIFY(text.contains(ui::format::percent(evaluation->interval.low)));
    QVERIFY(text.contains(ui::format::percent(evaluation->interval.high)));
    QVERIFY(text.contains(QStringLiteral("epoch 6")));
}

void TestInspectView::anEmptyEvaluationHasADashAndNoNan()
{
    show(madeEvaluation(2, 0));
    QVERIFY(allText().contains(QStringLiteral("–")));
    QVERIFY(!allText().contains(QStringLiteral("nan"), Qt::CaseInsensitive));
    QVERIFY(!m_view->grab().isNull());
}

void TestInspectView::atFirstAllWrongPicturesAreShown()
{
    show(antsAndBees());
    QCOMPARE(shown(), 3);
}

void TestInspectView::aClickOnACellShowsItsPictures()
{
    show(antsAndBees());
    clickCell(1, 0);
    QCOMPARE(shown(), 2);
    clickCell(0, 0);
    QCOMPARE(shown(), 2);
    clickCell(0, 1);
    QCOMPARE(shown(), 1);
    clickCell(2, 2);
    QCOMPARE(shown(), 0);
    QVERIFY(!gallery()->isVisible());
}

void TestInspectView::nothingToShowSaysWhyAndOffersAll()
{
    show(antsAndBees());
    const auto showAll = [this] {
        for (auto* button : m_view->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Show all") && button->isVisible())
                return button;
        }
        return static_cast<QPushButton*>(nullptr);
    };
    QVERIFY(!showAll());
    m_view->setTarget(ConfusionTarget { 0, 2 });
    QVERIFY(allText().contains(QStringLiteral("No picture of ants was taken for owls.")));
    m_view->setTarget(ConfusionTarget { 1, 1 });
    QVERIFY(allText().contains(QStringLiteral("No picture of bees was recognized.")));
    m_view->setTarget(ConfusionTarget { {}, 2 });
    QVERIFY(allText().contains(QStringLiteral("No picture was taken for owls.")));
    m_view->setTarget(ConfusionTarget { 2, {} });
    QVERIFY(allText().contains(QStringLiteral("There is no picture of owls in validation.")));
    QCOMPARE(test::silentControls(*m_view), QString());
    QTest::mouseClick(showAll(), Qt::LeftButton);
    QCOMPARE(shown(), 5);
    QVERIFY(gallery()->isVisible());

    const auto right = madeEvaluation({ "ants", "bees" }, { { 0, 0 }, { 1, 1 } });
    m_view->setEvaluation(right.evaluation, right.dataset);
    QVERIFY(allText().contains(QStringLiteral("Nothing is wrong here.")));
    QTest::mouseClick(showAll(), Qt::LeftButton);
    QCOMPARE(shown(), 2);

    const auto none = madeEvaluation(3, 0);
    m_view->setEvaluation(none.evaluation, none.dataset);
    QVERIFY(allText().contains(QStringLiteral("No picture was evaluated.")));
    QVERIFY(!showAll());
}

void TestInspectView::aClickOnARowHeaderShowsTheRow()
{
    show(antsAndBees());
    auto* header = matrix()->verticalHeader();
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
        QPoint(10, header->sectionViewportPosition(0) + header->sectionSize(0) / 2));
    QCOMPARE(shown(), 3);
    QCOMPARE(gallery()->model()->index(0, 0).data(Qt::AccessibleTextRole).toString().left(5),
        QStringLiteral("b.jpg"));
}

void TestInspectView::aClickOnAColumnHeaderShowsTheColumn()
{
    show(antsAndBees());
    auto* header = matrix()->horizontalHeader();
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
        QPoint(header->sectionViewportPosition(0) + header->sectionSize(0) / 2, 5));
    QCOMPARE(shown(), 4);
}

void TestInspectView::theKeyboardPicksCellsRowsAndColumns()
{
    show(antsAndBees());
    matrix()->setFocus();
    clickCell(0, 0);
    QTest::keyClick(matrix(), Qt::Key_Right);
    QCOMPARE(shown(), 1);
    QTest::keyClick(matrix(), Qt::Key_Down);
    QTest::keyClick(matrix(), Qt::Key_Left);
    QCOMPARE(shown(), 2);
    QTest::keyClick(matrix(), Qt::Key_Space, Qt::ControlModifier);
    QCOMPARE(shown(), 4);
    QTest::keyClick(matrix(), Qt::Key_Up);
    QTest::keyClick(matrix(), Qt::Key_Space, Qt::ShiftModifier);
    QCOMPARE(shown(), 3);
    QTest::keyClick(matrix(), Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(shown(), 5);
}

void TestInspectView::escapeShowsAllWrongPicturesAgain()
{
    show(antsAndBees());
    clickCell(0, 0);
    QTest::keyClick(matrix(), Qt::Key_Escape);
    QCOMPARE(shown(), 3);
    QVERIFY(!matrix()->selectionModel()->hasSelection());
}

void TestInspectView::aClickOnAClassShowsItsRow()
{
    show(antsAndBees());
    QTableView* table = nullptr;
    for (auto* candidate : m_view->findChildren<QTableView*>()) {
        if (candidate != matrix())
            table = candidate;
    }
    QVERIFY(table);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
        table->visualRect(table->model()->index(1, 1)).center());
    QCOMPARE(shown(), 2);
    QCOMPARE(matrix()->selectionModel()->selectedRows().size(), 1);
}

void TestInspectView::aSelectionSurvivesANewEvaluationOfTheSameClasses()
{
    auto made = antsAndBees();
    show(made);
    clickCell(1, 0);
    const auto mended = madeEvaluation({ "ants", "bees", "owls" }, { { 1, 0 }, { 1, 1 } });
    m_view->setEvaluation(mended.evaluation, mended.dataset);
    QCOMPARE(shown(), 1);
    QVERIFY(matrix()->selectionModel()->isSelected(matrix()->model()->index(1, 0)));
}

void TestInspectView::otherClassesClearTheSelection()
{
    show(madeEvaluation(5, 2));
    clickCell(4, 0);
    const auto made = madeEvaluation(2, 3);
    m_view->setEvaluation(made.evaluation, made.dataset);
    QCOMPARE(shown(), 2);
    QVERIFY(!matrix()->selectionModel()->hasSelection());
}

void TestInspectView::upToTwelveClassesFitAndMoreAreSearched_data()
{
    QTest::addColumn<int>("classes");
    QTest::newRow("2") << 2;
    QTest::newRow("12") << 12;
    QTest::newRow("13") << 13;
    QTest::newRow("100") << 100;
}

void TestInspectView::upToTwelveClassesFitAndMoreAreSearched()
{
    QFETCH(int, classes);
    show(madeEvaluation(classes, 2));
    const QRect last = matrix()->visualRect(matrix()->model()->index(classes - 1, classes - 1));
    auto* search = child<QLineEdit>();
    QCOMPARE(search->isVisible(), classes > 12);
    QCOMPARE(matrix()->viewport()->rect().contains(last), classes <= 12);
    if (classes <= 12)
        return;
    QTest::keyClicks(search, QStringLiteral("class 13"));
    QVERIFY(matrix()->model()->rowCount() < classes);
    search->clear();
    QCOMPARE(matrix()->model()->rowCount(), classes);
    // Hidden by a search, a picked cell stays picked for the gallery and comes back.
    clickCell(0, 1);
    const int before = shown();
    search->setText(QStringLiteral("class 7"));
    QCOMPARE(shown(), before);
    search->clear();
    QVERIFY(matrix()->selectionModel()->isSelected(matrix()->model()->index(0, 1)));
}

void TestInspectView::theCellUnderTheFocusIsSpoken()
{
    show(antsAndBees());
    auto* sentence = child<QLabel>("matrixSentence");
    clickCell(1, 0);
    QVERIFY(sentence->text().contains(QStringLiteral("taken for ants")));
    QTest::keyClick(matrix(), Qt::Key_Right);
    QVERIFY(sentence->text().contains(QStringLiteral("taken for bees"))
        || sentence->text().contains(QStringLiteral("recognized")));
}

void TestInspectView::aSearchThatFindsNoClassSaysSo()
{
    show(madeEvaluation(13, 2));
    auto* sentence = child<QLabel>("matrixSentence");
    const QString hint = sentence->text();
    child<QLineEdit>()->setText(QStringLiteral("zebra"));
    QCOMPARE(sentence->text(), QStringLiteral("No class has “zebra” in its name."));
    child<QLineEdit>()->clear();
    QCOMPARE(sentence->text(), hint);
}

/// antsAndBees with pictures in all splits.
static MadeEvaluation withAllSplits()
{
    auto made = antsAndBees();
    auto dataset = std::make_shared<DatasetSnapshot>(*made.dataset);
    dataset->images.push_back({ "t.jpg", 0, Split::Train, 0, 0, 0 });
    dataset->images.push_back({ "u.jpg", 0, Split::Test, 0, 0, 0 });
    made.dataset = dataset;
    return made;
}

void TestInspectView::aSplitIsAskedForByItsChip()
{
    show(withAllSplits());
    QSignalSpy wishes(m_view.get(), &InspectView::splitRequested);
    auto* train = child<Chip>("split-train");
    QTest::mouseClick(train, Qt::LeftButton);
    QCOMPARE(wishes.size(), 1);
    m_view->setPending(Split::Train);
    QVERIFY(train->isChecked());
    QTest::mouseClick(train, Qt::LeftButton);
    QCOMPARE(wishes.size(), 1);
    // It failed: what is shown is still validation.
    m_view->setPending(std::nullopt);
    QVERIFY(!train->isChecked());
    QVERIFY(child<Chip>("split-validation")->isChecked());
}

void TestInspectView::testIsLookedAtOnlyAfterAWarning()
{
    show(withAllSplits());
    QSignalSpy wishes(m_view.get(), &InspectView::splitRequested);
    QTest::mouseClick(child<Chip>("split-test"), Qt::LeftButton);
    QCOMPARE(wishes.size(), 0);
    QVERIFY(child<QFrame>("testNotice")->isVisible());
    QTest::mouseClick(child<Chip>("split-validation"), Qt::LeftButton);
    QVERIFY(!child<QFrame>("testNotice")->isVisible());
    QVERIFY(child<Chip>("split-validation")->isChecked());
    QTest::mouseClick(child<Chip>("split-test"), Qt::LeftButton);
    QTest::mouseClick(child<QPushButton>("lookAtTest"), Qt::LeftButton);
    QCOMPARE(wishes.size(), 1);
    QCOMPARE(wishes.first().first().value<Split>(), Split::Test);
}

void TestInspectView::aSplitWithoutPicturesCannotBeChosen()
{
    show(antsAndBees());
    QVERIFY(!child<Chip>("split-test")->isEnabled());
    QVERIFY(child<Chip>("split-test")->toolTip().contains(QStringLiteral("no test split")));
    QVERIFY(child<Chip>("split-validation")->isEnabled());
}

void TestInspectView::whileTrainingNoOtherSplitCanBeChosen()
{
    show(withAllSplits());
    m_view->setCanEvaluate(false);
    QVERIFY(!child<Chip>("split-train")->isEnabled());
    m_view->setCanEvaluate(true);
    QVERIFY(child<Chip>("split-train")->isEnabled());
}

void TestInspectView::aDoubleClickOpensThePictureWithAllProbabilities()
{
    show(antsAndBees());
    auto* large = child<LargeView>();
    QVERIFY(!large->isVisible());
    const auto place = [this] { return gallery()->visualRect(gallery()->model()->index(0, 0)); };
    QTRY_VERIFY(!place().isEmpty());
    const QPoint first = place().center();
    QTest::mouseClick(gallery()->viewport(), Qt::LeftButton, {}, first);
    QTest::mouseDClick(gallery()->viewport(), Qt::LeftButton, {}, first);
    QVERIFY(large->isVisible());
    QVERIFY(allText().contains(QStringLiteral("a.jpg")));
    const QString said = large->findChild<ProbabilityBars*>()->accessibleDescription();
    for (const char* name : { "ants", "bees", "owls" })
        QVERIFY(said.contains(QLatin1String(name)));
    QVERIFY(said.startsWith(QStringLiteral("ants %1").arg(ui::format::percent(0.95))));
    QVERIFY(allText().contains(
        QStringLiteral("Taken for ants with %1.").arg(ui::format::percent(0.95))));
    QTest::keyClick(large, Qt::Key_Right);
    QVERIFY(allText().contains(QStringLiteral("b.jpg")));
    QTest::keyClick(large, Qt::Key_Escape);
    QVERIFY(gallery()->isVisible());
}

void TestInspectView::bothFiguresAreToldAndOneClickFromEachOther()
{
    show(antsAndBees());
    auto* own = m_view->findChild<Chip*>(QStringLiteral("asTrained"));
    auto* today = m_view->findChild<Chip*>(QStringLiteral("asMended"));
    QVERIFY(!own->isVisible() && !today->isVisible());
    m_view->setLabels(InspectView::Labels { 0.5, 0.75, true, QStringLiteral("2 labels changed") });
    QVERIFY(own->isVisible() && today->isVisible());
    QVERIFY(own->isChecked() && !today->isChecked());
    QVERIFY(own->text().contains(ui::format::percent(0.5)));
    QVERIFY(today->text().contains(ui::format::percent(0.75)));
    QVERIFY(today->toolTip().contains(QStringLiteral("2 labels changed")));
    QSignalSpy wishes(m_view.get(), &InspectView::ownLabelsRequested);
    today->click();
    own->click();
    QCOMPARE(wishes.size(), 2);
    QCOMPARE(wishes[0][0].toBool(), false);
    QCOMPARE(wishes[1][0].toBool(), true);
    m_view->setLabels(std::nullopt);
    QVERIFY(!own->isVisible());
}

static double lightness(const QImage& image, const QRect& rect)
{
    double sum = 0;
    for (int y = rect.top(); y <= rect.bottom(); ++y) {
        for (int x = rect.left(); x <= rect.right(); ++x)
            sum += QColor(image.pixel(x, y)).lightnessF();
    }
    return sum / (rect.width() * rect.height());
}

void TestInspectView::aCellIsDarkerTheLargerItsShare()
{
    show(madeEvaluation({ "a", "b" },
        { { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 } }));
    const QImage image = matrix()->viewport()->grab().toImage();
    const auto corner = [&](int row, int column) {
        const QRect cell = matrix()->visualRect(matrix()->model()->index(row, column));
        return lightness(image, QRect(cell.left() + 6, cell.top() + 6, 12, 8));
    };
    QVERIFY(corner(1, 1) < corner(0, 0));
    QVERIFY(corner(0, 0) < corner(0, 1));
    QVERIFY(corner(0, 1) < corner(1, 0));
}

void TestInspectView::theDiagonalIsFramed()
{
    show(madeEvaluation({ "a", "b" }, { { 0, 0 }, { 0, 1 }, { 1, 1 }, { 1, 0 } }));
    const QImage image = matrix()->viewport()->grab().toImage();
    const auto edgeDiffers = [&](int row, int column) {
        const QRect cell = matrix()->visualRect(matrix()->model()->index(row, column));
        const int y = cell.center().y();
        return image.pixel(cell.left() + 1, y) != image.pixel(cell.left() + 6, y);
    };
    QVERIFY(edgeDiffers(0, 0));
    QVERIFY(edgeDiffers(1, 1));
    QVERIFY(!edgeDiffers(0, 1));
    QVERIFY(!edgeDiffers(1, 0));
}

void TestInspectView::theSelectionIsOutlined()
{
    show(antsAndBees());
    const QRect cell = matrix()->visualRect(matrix()->model()->index(0, 1));
    const auto edge = [&] {
        return matrix()->viewport()->grab().toImage().copy(cell.left(), cell.center().y(), 2, 1);
    };
    const QImage before = edge();
    clickCell(0, 1);
    QVERIFY(edge() != before);
    const QColor ink(edge().pixel(1, 0));
    QVERIFY(ink.lightness() < 80);
}

void TestInspectView::everyControlSaysWhatItIs()
{
    QCOMPARE(test::silentControls(*m_view), QString());
    show(madeEvaluation(13, 2));
    QVERIFY(matrix()->isVisible());
    QCOMPARE(test::silentControls(*m_view), QString());
    Q_EMIT gallery()->activated(gallery()->model()->index(0, 0));
    QVERIFY(child<LargeView>()->isVisible());
    QCOMPARE(test::silentControls(*m_view), QString());
}

void TestInspectView::theEmptyStateTellsHowFarTheEvaluationIs()
{
    m_view->setNoEvaluation(NoEvaluation::Evaluating, QStringLiteral("37 of 153 pictures"));
    const auto said = [this](const QString& text) {
        const auto labels = m_view->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisibleTo(m_view.get()) && label->text() == text;
        });
    };
    QVERIFY(said(QStringLiteral("37 of 153 pictures")));
    m_view->setNoEvaluation(NoEvaluation::Evaluating);
    QVERIFY(said(QStringLiteral("What went wrong is shown here in a moment.")));
}

void TestInspectView::thePageOfASessionWithoutARunAsksToTrain()
{
    Session session;
    InspectPage page(session, *m_thumbnails);
    page.show();
    const auto labels = page.findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->isVisible()
            && label->text() == QStringLiteral("Train once, then see here what went wrong.");
    }));
}

QTEST_MAIN(TestInspectView)
#include "tst_inspect_view.moc"
