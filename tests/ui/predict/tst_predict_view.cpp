#include "core/base/files.h"
#include "tests/support/painted_picture.h"
#include "tests/ui/painted_dataset.h"
#include "tests/ui/predict/made_predictions.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/chip.h"
#include "ui/base/commands.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/picture_actions.h"
#include "ui/pictures/probability_bars.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/predict/predict_page.h"
#include "ui/predict/prediction_model.h"
#include "ui/session/session.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>
#include <QTableView>
#include <QTest>
#include <QTimer>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

static const QStringList kClasses { QStringLiteral("forky"), QStringLiteral("knifey"),
    QStringLiteral("spoony") };

class TestPredictView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void withoutAModelItSaysHowToGetOne();
    void withAModelItSaysWhereToDrop();
    void theModelAndItsClassesStandOnTop();
    void manyClassesAreCountedInsteadOfNamed();
    void severalDropsAppend();
    void aClassChipFilters();
    void theSliderFilters();
    void aFilterThatHidesAllOffersToShowAll();
    void unreadableFilesHaveAChipAndTheirReason();
    void clearIsASignalAndEmptiesNothingByItself();
    void whilePredictingItSaysHowFarAndStops();
    void twoClassesHideTheThirdColumn();
    void csvOnDiskEqualsCores();
    void aCsvThatCannotBeWrittenSaysWhy();
    void copyTakesTheSelectionOrEverything();
    void whereNoRowIsShownNoneIsCopied();
    void aDoubleClickShowsThePictureWithAllClasses();
    void picturesOfTheOpenDatasetAreMendedByKeys();
    void rightAndWrongAreSaidByAKeyAndCounted();
    void aLargePictureFollowsWhatIsAddedToTheTable_data();
    void aLargePictureFollowsWhatIsAddedToTheTable();
    void theNextDialogBeginsWhereTheLastOneEnded();
    void aLongNameOfAModelTakesNoMoreRoomThanThereIs();
    void onlyVisibleRowsAskForThumbnails();
    void aLongerBarIsPaintedForAHigherProbability();
    void anUnreadableRowPaintsItsReasonOverTheAnswer();
    void everyControlSaysWhatItIs();
    void thePageOfASessionWithoutAModelSaysHowToGetOne();

private:
    template <class T> T* child() { return m_view->findChild<T*>(); }
    QTableView* table() { return child<QTableView>(); }
    Chip* chip(const QString& text)
    {
        for (auto* chip : m_view->findChildren<Chip*>()) {
            if (chip->text() == text)
                return chip;
        }
        return nullptr;
    }
    QPushButton* visibleButton(const QString& text)
    {
        for (auto* button : m_view->findChildren<QPushButton*>()) {
            if (button->text() == text && button->isVisible())
                return button;
        }
        return nullptr;
    }
    bool says(const QString& text)
    {
        const auto labels = m_view->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text().contains(text);
        });
    }
    void showSix()
    {
        m_view->setModel(QStringLiteral("This run"), kClasses, true);
        m_view->setPredictions(sixPictures(), kClasses);
        m_view->resize(1192, 704);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }

    std::unique_ptr<ThumbnailService> m_thumbnails;
    std::unique_ptr<PredictView> m_view;
};

void TestPredictView::initTestCase() { theme::apply(Scheme::Light); }

void TestPredictView::init()
{
    m_thumbnails = std::make_unique<ThumbnailService>();
    m_view = std::make_unique<PredictView>(*m_thumbnails);
}

void TestPredictView::cleanup()
{
    m_view.reset();
    m_thumbnails.reset();
}

void TestPredictView::withoutAModelItSaysHowToGetOne()
{
    m_view->show();
    QVERIFY(says(QStringLiteral("Train once, or open a model")));
    QVERIFY(!visibleButton(QStringLiteral("Add pictures…"))->isEnabled());
    QVERIFY(visibleButton(QStringLiteral("Open model…"))->isEnabled());
}

void TestPredictView::withAModelItSaysWhereToDrop()
{
    m_view->setModel(QStringLiteral("This run"), kClasses, true);
    m_view->show();
    QVERIFY(says(QStringLiteral("Drop pictures or a folder here.")));
    QVERIFY(!table()->isVisible());
}

void TestPredictView::theModelAndItsClassesStandOnTop()
{
    showSix();
    QVERIFY(says(QStringLiteral("This run")));
    QVERIFY(says(QStringLiteral("forky  ·  knifey  ·  spoony")));
}

void TestPredictView::manyClassesAreCountedInsteadOfNamed()
{
    QStringList classes;
    for (int i = 0; i < 100; ++i)
        classes.append(QStringLiteral("class %1").arg(i));
    m_view->setModel(QStringLiteral("m"), classes, true);
    m_view->setPredictions({}, classes);
    m_view->show();
    QVERIFY(says(ui::format::plural(100, "class", "classes")));
    std::vector<float> probabilities(100, 0.001F);
    probabilities[42] = 0.9F;
    m_view->addPredictions(std::vector<Prediction> { prediction("x.jpg", probabilities) });
    QVERIFY(chip(QStringLiteral("class 42"))->isVisible());
    QVERIFY(!chip(QStringLiteral("class 41")));
    probabilities[41] = 1;
    m_view->addPredictions(std::vector<Prediction> { prediction("y.jpg", probabilities) });
    QVERIFY(chip(QStringLiteral("class 41"))->x() < chip(QStringLiteral("class 42"))->x());
}

void TestPredictView::severalDropsAppend()
{
    showSix();
    m_view->addPredictions(sixPictures());
    QCOMPARE(m_view->model()->rowCount(), 12);
    QCOMPARE(chip(QStringLiteral("All"))->count(), 12);
    QCOMPARE(chip(QStringLiteral("knifey"))->count(), 4);
}

void TestPredictView::aClassChipFilters()
{
    showSix();
    QTest::mouseClick(chip(QStringLiteral("knifey")), Qt::LeftButton);
    QCOMPARE(m_view->model()->rowCount(), 2);
    QVERIFY(!chip(QStringLiteral("All"))->isChecked());
    QVERIFY(says(QStringLiteral("2 of %1").arg(ui::format::plural(6, "picture", "pictures"))));
    QTest::mouseClick(chip(QStringLiteral("spoony")), Qt::LeftButton);
    QCOMPARE(m_view->model()->rowCount(), 3);
    QTest::mouseClick(chip(QStringLiteral("All")), Qt::LeftButton);
    QCOMPARE(m_view->model()->rowCount(), 6);
    QVERIFY(!chip(QStringLiteral("knifey"))->isChecked());
}

void TestPredictView::theSliderFilters()
{
    showSix();
    auto* slider = child<QSlider>();
    slider->setValue(65);
    QCOMPARE(m_view->model()->rowCount(), 3);
    QVERIFY(says(ui::format::percent(0.65, 0)));
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_End);
    QCOMPARE(m_view->model()->rowCount(), 0);
    QTest::keyClick(slider, Qt::Key_Home);
    QCOMPARE(m_view->model()->rowCount(), 6);
}

void TestPredictView::aFilterThatHidesAllOffersToShowAll()
{
    showSix();
    child<QSlider>()->setValue(100);
    QVERIFY(!table()->isVisible());
    QVERIFY(says(QStringLiteral("No picture passes the filter.")));
    QVERIFY(says(QStringLiteral("a probability of at least ") + ui::format::percent(1, 0)));
    QTest::mouseClick(chip(QStringLiteral("knifey")), Qt::LeftButton);
    QTest::mouseClick(chip(QStringLiteral("spoony")), Qt::LeftButton);
    QVERIFY(says(QStringLiteral("No picture is most probably knifey or spoony with at least ")));
    QTest::mouseClick(visibleButton(QStringLiteral("Show all")), Qt::LeftButton);
    QVERIFY(table()->isVisible());
    QCOMPARE(child<QSlider>()->value(), 0);
}

void TestPredictView::unreadableFilesHaveAChipAndTheirReason()
{
    showSix();
    auto* unreadable = chip(QStringLiteral("Unreadable"));
    QVERIFY(unreadable->isVisible());
    QCOMPARE(unreadable->count(), 1);
    QTest::mouseClick(unreadable, Qt::LeftButton);
    QCOMPARE(m_view->model()->rowCount(), 1);
    QCOMPARE(table()->model()->index(0, PredictionModel::Class).data().toString(),
        QStringLiteral("cut off: the picture ends early"));
    m_view->setPredictions(std::vector<Prediction> { prediction("x.jpg", { 1, 0, 0 }) }, kClasses);
    QVERIFY(!unreadable->isVisible());
}

void TestPredictView::clearIsASignalAndEmptiesNothingByItself()
{
    showSix();
    QSignalSpy wishes(m_view.get(), &PredictView::clearRequested);
    QTest::mouseClick(visibleButton(QStringLiteral("Clear")), Qt::LeftButton);
    QCOMPARE(wishes.size(), 1);
    QCOMPARE(m_view->model()->rowCount(), 6);
    m_view->setPredictions({}, kClasses);
    QVERIFY(says(QStringLiteral("Drop pictures or a folder here.")));
}

void TestPredictView::whilePredictingItSaysHowFarAndStops()
{
    showSix();
    m_view->setProgress(QStringLiteral("Predicting 6 of 90 pictures"));
    QVERIFY(says(QStringLiteral("6 of 90")));
    // A new epoch's weights change the model's name, not what is under way.
    m_view->setModel(QStringLiteral("This run, epoch 3"), kClasses, true);
    QVERIFY(says(QStringLiteral("6 of 90")));
    QSignalSpy cleared(m_view.get(), &PredictView::clearRequested);
    QSignalSpy stopped(m_view.get(), &PredictView::stopRequested);
    QVERIFY(!visibleButton(QStringLiteral("Clear")));
    QTest::mouseClick(visibleButton(QStringLiteral("Stop")), Qt::LeftButton);
    QCOMPARE(stopped.size(), 1);
    QCOMPARE(cleared.size(), 0);
    m_view->setProgress({});
    QVERIFY(says(kClasses.join(QStringLiteral("  ·  "))));
    QVERIFY(visibleButton(QStringLiteral("Clear")));
    m_view->setStopped(6, 90);
    QVERIFY(says(QStringLiteral("stopped after 6 of 90")));
    m_view->setStopped(0, 0);
    QVERIFY(!says(QStringLiteral("stopped")));
}

void TestPredictView::twoClassesHideTheThirdColumn()
{
    m_view->setPredictions({}, { QStringLiteral("ants"), QStringLiteral("bees") });
    QVERIFY(table()->isColumnHidden(PredictionModel::Third));
    QVERIFY(!table()->isColumnHidden(PredictionModel::Second));
    m_view->setPredictions({}, kClasses);
    QVERIFY(!table()->isColumnHidden(PredictionModel::Third));
}

void TestPredictView::csvOnDiskEqualsCores()
{
    showSix();
    TemporaryFolder folder;
    const auto file = folder / "näme, with comma.csv";
    QSignalSpy saved(m_view.get(), &PredictView::csvSaved);
    m_view->saveCsv(ui::format::path(file));
    QVERIFY(saved.wait());
    std::string expected = csvHeader(3);
    for (const Prediction& row : sixPictures())
        expected += csvRow(row, { "forky", "knifey", "spoony" }, 3);
    QCOMPARE(readTextFile(file, 1 << 20).value(), expected);
    QVERIFY(says(QStringLiteral("näme, with comma.csv")));
}

void TestPredictView::aCsvThatCannotBeWrittenSaysWhy()
{
    showSix();
    TemporaryFolder folder;
    m_view->saveCsv(ui::format::path(folder / "no such folder" / "x.csv"));
    auto* message = m_view->findChild<QLabel*>(QStringLiteral("message"));
    QTRY_VERIFY(!message->text().isEmpty());
    QVERIFY(message->text().contains(QStringLiteral("no such folder")));
    QVERIFY(!message->text().contains(QStringLiteral("Saved")));
}

void TestPredictView::copyTakesTheSelectionOrEverything()
{
    showSix();
    m_view->copy();
    QCOMPARE(QApplication::clipboard()->text().count(QLatin1Char('\n')), 6);
    table()->selectRow(1);
    m_view->copy();
    const QString text = QApplication::clipboard()->text();
    QCOMPARE(text.count(QLatin1Char('\n')), 1);
    QVERIFY(text.contains(QStringLiteral("a2.jpg")));
}

void TestPredictView::whereNoRowIsShownNoneIsCopied()
{
    const auto obstacle
        = [this] { return m_view->findChild<Commands*>()->obstacle(CommandId::CopyPredictions); };
    QVERIFY(!obstacle().isEmpty());
    showSix();
    QVERIFY(obstacle().isEmpty());
    child<QSlider>()->setValue(100);
    QVERIFY(!obstacle().isEmpty());
}

void TestPredictView::aDoubleClickShowsThePictureWithAllClasses()
{
    showSix();
    Q_EMIT table()->activated(table()->model()->index(1, 0));
    auto* large = child<LargeView>();
    QVERIFY(large->isVisible());
    auto* bars = large->findChild<ProbabilityBars*>();
    QVERIFY(bars->accessibleDescription().startsWith(QStringLiteral("knifey")));
    QTest::keyClick(large, Qt::Key_Right);
    QVERIFY(bars->accessibleDescription().isEmpty());
    QVERIFY(says(QStringLiteral("cut off")));
    // It stays the same picture where the rows move under it.
    QVERIFY(says(QStringLiteral("3 of 6")));
    m_view->model()->sort(PredictionModel::Probability, Qt::DescendingOrder);
    QVERIFY(large->isVisible());
    QVERIFY(says(QStringLiteral("6 of 6")));
    QVERIFY(says(QStringLiteral("cut off")));
    QTest::keyClick(large, Qt::Key_Escape);
    QVERIFY(table()->isVisible());
}

void TestPredictView::picturesOfTheOpenDatasetAreMendedByKeys()
{
    auto open = std::make_shared<DatasetSnapshot>();
    open->root = "/pictures";
    open->classes = { "forky", "knifey", "plate" };
    for (const char* name : { "a1.jpg", "a2.jpg", "with, comma.jpg" }) {
        ImageEntry entry;
        entry.path = name;
        open->images.push_back(entry);
    }
    showSix();
    m_view->model()->setOpen(open, open);
    PictureActions& pictures = m_view->pictures();
    pictures.setDataset(open, open);
    m_view->activateWindow();
    table()->setFocus();
    QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
    QSignalSpy relabels(&pictures, &PictureActions::relabelRequested);
    QSignalSpy confirms(&pictures, &PictureActions::confirmRequested);
    QSignalSpy moves(&pictures, &PictureActions::moveRequested);
    const auto wish = [&] {
        const auto all = relabels.takeFirst()[0].value<std::vector<Relabelling>>();
        return std::pair(all.front().images, all.front().label);
    };
    using Images = std::vector<std::size_t>;
    // The second row is a2.jpg, a knife as the model has it.
    table()->selectRow(1);
    QTest::keyClick(table(), Qt::Key_Return);
    QCOMPARE(relabels.size(), 1);
    QCOMPARE(wish(), std::pair(Images { 1 }, 1));
    // On to the next row, which is no picture of the dataset.
    QCOMPARE(pictures.selectedRows(), std::vector { 2 });
    QTest::keyClick(table(), Qt::Key_1);
    QCOMPARE(relabels.size(), 0);
    QVERIFY(says(QStringLiteral("This picture is not in the open dataset.")));
    table()->selectRow(3);
    QTest::keyClick(table(), Qt::Key_3);
    QCOMPARE(wish(), std::pair(Images { 0 }, 2));
    table()->selectRow(3);
    QTest::keyClick(table(), Qt::Key_Space);
    QCOMPARE(confirms.size(), 1);
    table()->selectRow(3);
    QTest::keyClick(table(), Qt::Key_Delete);
    QCOMPARE(moves.size(), 1);
    QCOMPARE(moves[0][0].value<Images>(), Images { 0 });
    // A spoon, of which the dataset has no class.
    table()->selectRow(5);
    QTest::keyClick(table(), Qt::Key_Return);
    QVERIFY(says(QStringLiteral("The open dataset has no class “spoony”.")));
    QCOMPARE(relabels.size(), 0);
    // Pictures that come later are known too, and none where nothing is open.
    m_view->addPredictions(std::vector { prediction("a1.jpg", { 1, 0, 0 }) });
    QCOMPARE(m_view->model()->index(6, 0).data(ImageRole).toInt(), 0);
    m_view->model()->setOpen(nullptr, nullptr);
    QVERIFY(!m_view->model()->index(6, 0).data(ImageRole).isValid());
}

void TestPredictView::rightAndWrongAreSaidByAKeyAndCounted()
{
    showSix();
    m_view->activateWindow();
    table()->setFocus();
    QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
    QVERIFY(!says(QStringLiteral("right,")));
    const auto press = [this](Qt::Key key) { QTest::keyClick(table(), key, Qt::ShiftModifier); };
    const auto rows = [this] { return m_view->pictures().selectedRows(); };
    // Not as a click with the Shift of the keys would.
    const auto choose = [this](int row) {
        table()->selectionModel()->setCurrentIndex(table()->model()->index(row, 0),
            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    };
    press(Qt::Key_R);
    QVERIFY(says(QStringLiteral("Choose a picture first.")));
    choose(0);
    press(Qt::Key_R);
    QVERIFY(says(QStringLiteral("1 of 1 right, ")));
    QCOMPARE(rows(), std::vector { 1 });
    press(Qt::Key_W);
    QVERIFY(says(QStringLiteral("1 of 2 right, ")));
    // What could not be read is neither.
    QCOMPARE(rows(), std::vector { 2 });
    press(Qt::Key_W);
    QVERIFY(says(QStringLiteral("It could not be read.")));
    QVERIFY(says(QStringLiteral("1 of 2 right, ")));
    // Large, the same keys.
    Q_EMIT table()->activated(table()->model()->index(3, 0));
    QTest::keyClick(child<LargeView>(), Qt::Key_R, Qt::ShiftModifier);
    QTest::keyClick(child<LargeView>(), Qt::Key_Escape);
    QVERIFY(says(QStringLiteral("2 of 3 right, ")));
    // Once more takes it back.
    choose(3);
    press(Qt::Key_R);
    QVERIFY(says(QStringLiteral("1 of 2 right, ")));
    QCOMPARE(rows(), std::vector { 3 });
}

void TestPredictView::aLargePictureFollowsWhatIsAddedToTheTable_data()
{
    QTest::addColumn<int>("sortedBy");
    QTest::addColumn<QString>("position"); // of the same picture when five more have come
    QTest::addColumn<QString>("next");
    QTest::newRow("below") << -1 << "1 of 6"
                           << "a2.jpg";
    QTest::newRow("above") << static_cast<int>(PredictionModel::File) << "3 of 6"
                           << "B3.jpg";
}

void TestPredictView::aLargePictureFollowsWhatIsAddedToTheTable()
{
    QFETCH(int, sortedBy);
    QFETCH(QString, position);
    QFETCH(QString, next);
    auto pictures = sixPictures();
    pictures[2] = prediction("broken.jpg", { 1, 0, 0 });
    const auto later = std::span(pictures).subspan(1);
    m_view->setPredictions(std::span(pictures).first(1), kClasses);
    m_view->model()->sort(sortedBy);
    m_view->show();
    Q_EMIT table()->activated(table()->model()->index(0, 0));
    auto* large = child<LargeView>();
    const auto isSaid = [&](const QString& text) {
        const auto labels = large->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
            [&](const QLabel* label) { return label->text() == text; });
    };
    QVERIFY(isSaid(QStringLiteral("1 of 1")));
    m_view->addPredictions(later);
    QVERIFY(large->isVisible());
    QVERIFY(isSaid(position));
    QVERIFY(isSaid(QStringLiteral("a10.jpg")));
    QTest::keyClick(large, Qt::Key_Right);
    QVERIFY(isSaid(next));
    QCOMPARE(test::silentControls(*large), QString());
}

void TestPredictView::theNextDialogBeginsWhereTheLastOneEnded()
{
    test::startWithNothingRemembered();
    TemporaryFolder folder;
    std::filesystem::create_directories(folder / "holidays" / "beach");
    m_view->setModel(QStringLiteral("This run"), kClasses, true);
    m_view->show();
    const auto press = [this](const QString& text, const std::function<void(QFileDialog&)>& act) {
        QTimer::singleShot(0, m_view.get(), [act] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            QVERIFY(dialog);
            act(*dialog);
        });
        visibleButton(text)->click();
    };
    QSignalSpy added(m_view.get(), &PredictView::picturesAdded);
    press(QStringLiteral("Add folder…"), [&](QFileDialog& dialog) {
        dialog.setDirectory(ui::format::path(folder / "holidays"));
        dialog.selectFile(QStringLiteral("beach"));
        QMetaObject::invokeMethod(&dialog, "accept");
    });
    QCOMPARE(added.size(), 1);
    QString begun;
    const auto look = [&](QFileDialog& dialog) {
        begun = dialog.directory().absolutePath();
        dialog.reject();
    };
    m_view = std::make_unique<PredictView>(*m_thumbnails);
    m_view->setModel(QStringLiteral("This run"), kClasses, true);
    m_view->show();
    press(QStringLiteral("Add pictures…"), look);
    QCOMPARE(begun, ui::format::path(folder / "holidays"));
    // A model is somewhere else.
    press(QStringLiteral("Open model…"), look);
    QVERIFY(begun != ui::format::path(folder / "holidays"));
}

void TestPredictView::aLongNameOfAModelTakesNoMoreRoomThanThereIs()
{
    showSix();
    const int before = m_view->minimumSizeHint().width();
    const QString name(300, QLatin1Char('m'));
    m_view->setModel(name, { name, name }, true);
    QCoreApplication::processEvents();
    QCOMPARE(m_view->minimumSizeHint().width(), before);
    QVERIFY(says(name));
}

void TestPredictView::onlyVisibleRowsAskForThumbnails()
{
    TemporaryFolder folder;
    std::vector<Prediction> many;
    for (int i = 0; i < 1000; ++i) {
        Prediction made = prediction("", { 1, 0, 0 });
        made.path = folder / (std::to_string(i) + ".jpg");
        many.push_back(made);
    }
    const auto bytes = paintedJpeg(64, 64);
    folder.write("0.jpg", bytes);
    folder.write("999.jpg", bytes);
    m_view->setModel(QStringLiteral("m"), kClasses, true);
    m_view->setPredictions(many, kClasses);
    m_view->resize(1192, 704);
    QSignalSpy ready(m_thumbnails.get(), &ThumbnailService::ready);
    m_view->show();
    const auto seen = [&](int number) {
        const QString path = ui::format::path(many[static_cast<std::size_t>(number)].path);
        return std::any_of(ready.begin(), ready.end(),
            [&](const QVariantList& arguments) { return arguments.first().toString() == path; });
    };
    QTRY_VERIFY(seen(0));
    QTRY_COMPARE(m_thumbnails->queued(), std::size_t { 0 });
    QVERIFY(!seen(999));
    QVERIFY2(ready.size() < 40, qPrintable(QString::number(ready.size())));
    table()->scrollToBottom();
    QTRY_VERIFY(seen(999));
    QVERIFY(!seen(500));
}

void TestPredictView::aLongerBarIsPaintedForAHigherProbability()
{
    m_view->setModel(QStringLiteral("m"), kClasses, true);
    m_view->setPredictions(std::vector<Prediction> { prediction("a.jpg", { 0, 0.95F, 0.05F }),
                               prediction("b.jpg", { 0.2F, 0.5F, 0.3F }) },
        kClasses);
    m_view->resize(1192, 704);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    const QImage image = table()->viewport()->grab().toImage();
    const auto length = [&](int row) {
        const QRect cell
            = table()->visualRect(table()->model()->index(row, PredictionModel::Probability));
        int pixels = 0;
        for (int x = cell.left(); x <= cell.right(); ++x)
            pixels += QColor(image.pixel(x, cell.center().y() + 1)) == theme::classColor(1);
        return pixels;
    };
    QVERIFY(length(1) > 20);
    QVERIFY2(length(0) > length(1) * 3 / 2,
        qPrintable(QStringLiteral("%1 and %2").arg(length(0)).arg(length(1))));
}

void TestPredictView::anUnreadableRowPaintsItsReasonOverTheAnswer()
{
    m_view->setModel(QStringLiteral("m"), kClasses, true);
    m_view->resize(1192, 704);
    m_view->show();
    const auto picture = [&](const std::string& reason) {
        m_view->setPredictions(std::vector<Prediction> { unreadable("a.jpg", reason) }, kClasses);
        const QRect first = table()->visualRect(table()->model()->index(0, PredictionModel::Class));
        const QRect second
            = table()->visualRect(table()->model()->index(0, PredictionModel::Probability));
        return table()->viewport()->grab(first.united(second)).toImage();
    };
    QVERIFY(picture("the file is empty") != picture("it ends after 12 of 40 bytes"));
}

void TestPredictView::everyControlSaysWhatItIs()
{
    QCOMPARE(test::silentControls(*m_view), QString());
    m_view->setModel(QStringLiteral("run"), kClasses, true);
    QCOMPARE(test::silentControls(*m_view), QString());
    showSix();
    QCOMPARE(test::silentControls(*m_view), QString());
}

void TestPredictView::thePageOfASessionWithoutAModelSaysHowToGetOne()
{
    Session session;
    PredictPage page(session, *m_thumbnails);
    page.show();
    const auto labels = page.findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->isVisible() && label->text() == QStringLiteral("There is no model yet.");
    }));
}

QTEST_MAIN(TestPredictView)
#include "tst_predict_view.moc"
