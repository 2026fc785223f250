#include "tests/ui/painted_dataset.h"
#include "tests/ui/train/made_history.h"
#include "ui/base/theme.h"
#include "ui/session/run_history.h"
#include "ui/session/session.h"
#include "ui/train/curve_legend.h"
#include "ui/train/curve_view.h"
#include "ui/train/run_charts.h"
#include "ui/train/train_page.h"

#include <QChart>
#include <QGraphicsTextItem>
#include <QMouseEvent>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTest>
#include <QTextDocument>
#include <QValueAxis>
#include <QWheelEvent>

#include <algorithm>
#include <utility>

using namespace vernier;
using namespace vernier::ui;
using test::manyPhases;
using test::twoPhases;

namespace {

/// Pixels in a rectangle of a picture that are nearly of a colour.
int pixelsLike(const QImage& image, const QRect& where, const QColor& wanted)
{
    int count = 0;
    for (int y = where.top(); y <= where.bottom(); ++y) {
        for (int x = where.left(); x <= where.right(); ++x) {
            const QColor color = image.pixelColor(x, y);
            if (std::abs(color.red() - wanted.red()) < 40
                && std::abs(color.green() - wanted.green()) < 40
                && std::abs(color.blue() - wanted.blue()) < 40)
                ++count;
        }
    }
    return count;
}

/// Lines of a picture of a chart that differ from the surface over nearly the whole plot.
QList<int> gridLines(const CurveView& view, const QImage& image)
{
    const QRect plot = view.plot().toAlignedRect();
    const QColor surface = theme::surface();
    QList<int> lines;
    for (int y = 0; y < image.height(); ++y) {
        int drawn = 0;
        for (int x = plot.left() + 2; x < plot.right() - 2; ++x) {
            const QColor color = image.pixelColor(x, y);
            drawn += std::abs(color.green() - surface.green()) > 3 ? 1 : 0;
        }
        if (drawn > 0.9 * plot.width())
            lines << y;
    }
    return lines;
}

/// Where Qt Charts put the labels of an axis, by the number they tell.
QMap<double, QPointF> labelsOf(const CurveView& view, Qt::Orientation orientation)
{
    QMap<double, QPointF> labels;
    const QRectF plot = view.plot();
    for (const QGraphicsItem* item : view.scene()->items()) {
        const auto* text = qgraphicsitem_cast<const QGraphicsTextItem*>(item);
        if (!text || !text->isVisible() || text->document()->isEmpty())
            continue;
        const QPointF at = text->sceneBoundingRect().center();
        const bool isBelow = at.y() > plot.bottom() + 2;
        bool isNumber = false;
        const double value
            = text->toPlainText().remove(QLatin1Char('%')).trimmed().toDouble(&isNumber);
        if (isNumber && isBelow == (orientation == Qt::Horizontal))
            labels[value] = at;
    }
    return labels;
}

/// Grid and labels, as they are painted, stand where the curves have their values.
void compareAxesWithCurves(CurveView& view, bool showsEpochs)
{
    const QImage image = view.grab().toImage();
    const auto* axis = qobject_cast<QValueAxis*>(view.chart()->axes(Qt::Vertical).constFirst());
    const QList<int> lines = gridLines(view, image);
    const QMap<double, QPointF> labels = labelsOf(view, Qt::Vertical);
    int ticks = 0;
    for (double tick = 0; tick <= axis->max() + 1e-9; tick += axis->tickInterval()) {
        if (tick < axis->min() - 1e-9)
            continue;
        ++ticks;
        const double y = view.positionOf({ 0, tick }).y();
        QVERIFY2(std::any_of(lines.begin(), lines.end(),
                     [y](int line) { return std::abs(line - y) <= 1.5; }),
            qPrintable(QStringLiteral("no line at %1").arg(tick)));
        const bool labelled = std::any_of(labels.keyBegin(), labels.keyEnd(), [&](double value) {
            return std::abs(value - tick) < 1e-6 && std::abs(labels[value].y() - y) < 4;
        });
        QVERIFY2(labelled, qPrintable(QStringLiteral("no label at %1").arg(tick)));
    }
    QVERIFY(ticks >= 2);
    for (const int line : lines) {
        const double value = view.yAt(line) / axis->tickInterval();
        QVERIFY2(std::abs(value - std::round(value)) * axis->tickInterval()
                < 2.5 * std::abs(view.yAt(0) - view.yAt(1)),
            qPrintable(QStringLiteral("a line at %1").arg(view.yAt(line))));
    }
    if (!showsEpochs)
        return;
    const QMap<double, QPointF> epochs = labelsOf(view, Qt::Horizontal);
    QVERIFY(epochs.size() >= 2);
    for (const double epoch : epochs.keys())
        QVERIFY2(std::abs(epochs[epoch].x() - view.positionOf({ epoch, 0 }).x()) < 2,
            qPrintable(QStringLiteral("epoch %1").arg(epoch)));
}

void compareAxesWithCurves(const RunCharts& charts)
{
    compareAxesWithCurves(*charts.accuracy(), false);
    if (!QTest::currentTestFailed())
        compareAxesWithCurves(*charts.loss(), true);
}

void wheel(QWidget& widget, const QPointF& at, int notches)
{
    QWheelEvent event(at, widget.mapToGlobal(at), {}, { 0, 120 * notches }, Qt::NoButton,
        Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&widget, &event);
}

void moveTo(QWidget& widget, const QPointF& at)
{
    QMouseEvent event(
        QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

/// The charts of twoPhases() as they stand on the page.
class ShownCharts : public RunCharts {
public:
    ShownCharts()
    {
        resize(800, 600);
        setHistory(twoPhases());
        show();
    }
};

} // namespace

/// The two charts of a run and their legend: what they paint, and where.
class TestRunCharts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::startWithNothingRemembered();
        theme::apply(Scheme::Light);
    }

    void theChartHasAsManyPointsAsEpochs()
    {
        RunCharts charts;
        charts.setHistory(twoPhases());
        QCOMPARE(charts.accuracy()->pointCount(), 10);
        QCOMPARE(charts.loss()->pointCount(), 10);
    }

    void bothChartsHaveOneAxisInEpochs()
    {
        ShownCharts charts;
        QCOMPARE(charts.accuracy()->xRange(), charts.loss()->xRange());
        QCOMPARE(charts.accuracy()->plot().left(), charts.loss()->plot().left());
        QCOMPARE(charts.accuracy()->plot().right(), charts.loss()->plot().right());
    }

    void gridAndLabelsStandWhereTheCurvesHaveTheirValues()
    {
        ShownCharts charts;
        compareAxesWithCurves(charts);
    }

    void gridAndLabelsFollowAResize()
    {
        ShownCharts charts;
        QCoreApplication::processEvents();
        for (const QSize size : { QSize(1100, 800), QSize(520, 400), QSize(800, 401) }) {
            charts.resize(size);
            QCoreApplication::processEvents();
            compareAxesWithCurves(charts);
            if (QTest::currentTestFailed())
                return;
        }
    }

    void gridAndLabelsAreRightWhenARunWasOpenedUnseen()
    {
        Session session;
        QStackedWidget pages;
        auto* other = new QWidget;
        auto* page = new TrainPage(session);
        pages.addWidget(other);
        pages.addWidget(page);
        pages.resize(1184, 736);
        pages.show();
        QCoreApplication::processEvents();
        page->setHistory(twoPhases());
        QCoreApplication::processEvents();
        pages.setCurrentWidget(page);
        QCoreApplication::processEvents();
        compareAxesWithCurves(*page->charts());
        if (QTest::currentTestFailed())
            return;
        // And once more, over curves that are there already.
        pages.setCurrentWidget(other);
        pages.resize(1500, 900);
        QCoreApplication::processEvents();
        page->setHistory(twoPhases());
        pages.setCurrentWidget(page);
        QCoreApplication::processEvents();
        compareAxesWithCurves(*page->charts());
    }

    void chartsThatNobodyHasSeenAreSavedWithTheirAxesInPlace()
    {
        RunCharts charts;
        charts.resize(640, 480);
        charts.setHistory(twoPhases());
        QVERIFY(!charts.picture().isNull());
        compareAxesWithCurves(charts);
    }

    void aCurveIsPaintedWhereItsValuesAre()
    {
        ShownCharts charts;
        QCoreApplication::processEvents();
        charts.resize(900, 700);
        QCoreApplication::processEvents();
        const QImage image = charts.accuracy()->grab().toImage();
        // Where the validation is not painted over it.
        for (const int epoch : { 1, 3, 5 }) {
            const QPoint at
                = charts.accuracy()->positionOf({ double(epoch), 70.0 + 2 * epoch }).toPoint();
            QVERIFY(pixelsLike(image, QRect(at - QPoint(1, 1), at + QPoint(1, 1)), theme::accent())
                >= 3);
        }
    }

    void aLineIsDrawnWhereAPhaseBegins()
    {
        ShownCharts charts;
        QCOMPARE(charts.phaseLines().size(), 1);
        const int x = charts.phaseLines().front();
        QCOMPARE(x, charts.accuracy()->x() + int(charts.accuracy()->positionOf({ 6, 0 }).x()));
        const QImage with = charts.grab().toImage();
        const QRect strip(x - 1, 30, 3, charts.accuracy()->height() / 2);
        RunHistory one = twoPhases();
        one.phases.pop_back();
        one.phases.front().epochs = 10;
        charts.setHistory(one);
        QCOMPARE(charts.phaseLines().size(), 0);
        const QImage without = charts.grab().toImage();
        QVERIFY(pixelsLike(with, strip, theme::mutedText())
            > pixelsLike(without, strip, theme::mutedText()) + 10);
    }

    void trainingIsBlueAndValidationOrange()
    {
        ShownCharts charts;
        const QImage image = charts.grab().toImage();
        QVERIFY(pixelsLike(image, image.rect(), theme::accent()) > 300);
        QVERIFY(pixelsLike(image, image.rect(), theme::validation()) > 200);
        QCOMPARE(pixelsLike(image, image.rect(), theme::test()), 0);
        RunHistory finished = twoPhases();
        finished.ended = Finished { false, 10, 0.9, 153, 0.8, 120, {} };
        charts.setHistory(finished);
        const QImage tested = charts.grab().toImage();
        QVERIFY(pixelsLike(tested, tested.rect(), theme::test()) > 20);
    }

    void hoveringSnapsToAnEpochAndLeavingForgetsIt()
    {
        ShownCharts charts;
        const QPointF at = charts.accuracy()->positionOf({ 4.2, 80 }) + charts.accuracy()->pos();
        moveTo(charts, at);
        QCOMPARE(charts.hoveredEpoch(), 4);
        moveTo(charts, charts.loss()->positionOf({ 8.9, 0.3 }) + charts.loss()->pos());
        QCOMPARE(charts.hoveredEpoch(), 9);
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&charts, &leave);
        QCOMPARE(charts.hoveredEpoch(), 0);
    }

    void theWheelZoomsAboutThePointerAndADoubleClickShowsAll()
    {
        ShownCharts charts;
        QSignalSpy changes(&charts, &RunCharts::zoomChanged);
        const Bounds all = charts.accuracy()->xRange();
        const QPointF at = charts.accuracy()->positionOf({ 5, 85 }) + charts.accuracy()->pos();
        wheel(charts, at, 3);
        const Bounds zoomed = charts.accuracy()->xRange();
        QVERIFY(charts.zoomed());
        QVERIFY(zoomed.high - zoomed.low < 0.6 * (all.high - all.low));
        QVERIFY(zoomed.low < 5 && zoomed.high > 5);
        QCOMPARE(charts.loss()->xRange(), zoomed);
        // What comes meanwhile does not move what is looked at.
        charts.setHistory(twoPhases());
        QCOMPARE(charts.accuracy()->xRange(), zoomed);
        QTest::mouseDClick(&charts, Qt::LeftButton, {}, at.toPoint());
        QCOMPARE(charts.accuracy()->xRange(), all);
        QCOMPARE(changes.size(), 2);
        for (int i = 0; i < 40; ++i)
            wheel(charts, at, 2);
        QVERIFY(charts.accuracy()->xRange().high - charts.accuracy()->xRange().low > 0.5);
        wheel(charts, at, -80);
        QVERIFY(!charts.zoomed());
    }

    void theSavedPictureIsTwiceTheSizeAndCanBeReadElsewhere_data()
    {
        QTest::addColumn<Scheme>("scheme");
        QTest::newRow("light") << Scheme::Light;
        QTest::newRow("dark") << Scheme::Dark;
    }
    void theSavedPictureIsTwiceTheSizeAndCanBeReadElsewhere()
    {
        QFETCH(Scheme, scheme);
        theme::apply(scheme);
        const auto light = qScopeGuard([] { theme::apply(Scheme::Light); });
        RunCharts charts;
        charts.resize(640, 480);
        RunHistory history = twoPhases();
        charts.setHistory(history);
        const QImage image = charts.picture().toImage();
        QCOMPARE(image.width(), 1280);
        QCOMPARE(image.pixelColor(0, 0), theme::surface());
        QVERIFY(pixelsLike(image, image.rect(), theme::accent()) > 600);

        // The legend stands above the charts, as on the page.
        CurveLegend legend;
        legend.resize(legend.sizeHint());
        QPixmap expected(legend.size() * 2);
        expected.setDevicePixelRatio(2);
        expected.fill(theme::surface());
        legend.render(&expected, {}, {}, QWidget::DrawChildren);
        const QRect where(QPoint(1280 - 32 - expected.width(), 32), expected.size());
        const QImage shown = image.copy(where);
        QCOMPARE(shown.convertToFormat(QImage::Format_RGB32),
            expected.toImage().convertToFormat(QImage::Format_RGB32));

        // What the axes tell stands beside them, and the phases below.
        const int upper = where.bottom() + 2 * charts.accuracy()->geometry().center().y();
        const int lower = where.bottom() + 2 * charts.loss()->geometry().center().y();
        for (const int middle : { upper, lower })
            QVERIFY(pixelsLike(image, QRect(0, middle - 60, 40, 120), theme::mutedText()) > 30);
        const int bottom = where.bottom() + 16 + 960;
        QVERIFY(image.height() > bottom + 30);
        const QRect below(0, bottom, image.width(), image.height() - bottom);
        QVERIFY(pixelsLike(image, below, theme::mutedText()) > 200);
        history.phases.pop_back();
        charts.setHistory(history);
        QCOMPARE(charts.picture().height(), bottom + 1);
    }

    void aLegendThatIsWiderThanThePictureTakesTwoLinesInIt()
    {
        RunCharts charts;
        charts.resize(charts.minimumSizeHint());
        charts.setHistory(twoPhases());
        const QImage narrow = charts.picture().toImage();
        charts.resize(900, charts.height());
        const QImage wide = charts.picture().toImage();
        QVERIFY(narrow.height() > wide.height());
    }

    void nothingIsDrawnBetweenTheSamplesOfOneEpochAndTheNext()
    {
        RunHistory history;
        history.phases.emplace_back().epochs = 4;
        for (const auto& [epoch, step] : { std::pair(1, 10), { 1, 90 }, { 3, 20 }, { 3, 90 } }) {
            StepDone done;
            done.epoch = epoch;
            done.step = step;
            done.steps = 100;
            done.runningAccuracy = 0.63;
            done.runningLoss = 0.33;
            history.steps.push_back(done);
        }
        RunCharts charts;
        charts.resize(800, 600);
        charts.setHistory(history);
        charts.show();
        const auto drawn = [&](CurveView& view, double from, double to, double y) {
            const QImage image = view.grab().toImage();
            const QRectF line(view.positionOf({ from, y }), view.positionOf({ to, y }));
            return pixelsLike(
                image, line.toAlignedRect().adjusted(2, -1, -2, 1), theme::withinEpoch());
        };
        for (const auto& [view, y] :
            { std::pair(charts.accuracy(), 63.0), std::pair(charts.loss(), 0.33) }) {
            QVERIFY(drawn(*view, 0.1, 0.9, y) > 50);
            QVERIFY(drawn(*view, 2.2, 2.9, y) > 50);
            QCOMPARE(drawn(*view, 0.95, 2.15, y), 0);
        }
    }

    void aHighFirstLossIsPaintedWhereItIs()
    {
        RunHistory history = twoPhases();
        history.epochs.front().trainLoss = 12.4;
        RunCharts charts;
        charts.resize(800, 600);
        charts.setHistory(history);
        charts.show();
        CurveView& loss = *charts.loss();
        const QPoint at = loss.positionOf({ 1, 12.4 }).toPoint();
        QVERIFY(loss.plot().contains(at));
        const QImage image = loss.grab().toImage();
        QVERIFY(
            pixelsLike(image, QRect(at - QPoint(2, 2), at + QPoint(2, 2)), theme::accent()) >= 5);
    }

    void aPhaseTooNarrowForItsWordsIsToldByItsNumber()
    {
        RunCharts charts;
        charts.resize(640, 480);
        charts.setHistory(manyPhases(16));
        charts.show();
        const QImage image = charts.grab().toImage();
        for (const int x : charts.phaseLines())
            QVERIFY(pixelsLike(image, QRect(x + 4, 10, 20, 20), theme::mutedText()) > 3);
    }

    void anEmptyHistoryAfterALongOneLeavesNothing()
    {
        RunCharts charts;
        charts.resize(800, 600);
        charts.setHistory(twoPhases());
        wheel(charts, { 400, 200 }, 3);
        charts.setHistory({});
        QCOMPARE(charts.accuracy()->pointCount(), 0);
        QVERIFY(!charts.zoomed());
        QVERIFY(!charts.grab().isNull());
    }

    void theLegendTakesTwoLinesRatherThanBeCut()
    {
        CurveLegend legend;
        legend.setTestShown(true);
        const int line = legend.sizeHint().height();
        QCOMPARE(legend.heightForWidth(legend.sizeHint().width()), line);
        QCOMPARE(legend.heightForWidth(legend.sizeHint().width() - 1), 2 * line);
        QCOMPARE(legend.heightForWidth(legend.minimumSizeHint().width()), 2 * line);
        legend.resize(legend.minimumSizeHint().width(), 2 * line);
        const QImage image = legend.grab().toImage();
        // Nothing reaches the edge on the right, and the mark of the last entry is whole.
        const QRect edge(image.width() - 1, 0, 1, image.height());
        QCOMPARE(pixelsLike(image, edge, theme::mutedText()), 0);
        QVERIFY(pixelsLike(image, QRect(0, line, image.width(), line), theme::test()) > 30);
    }
};

QTEST_MAIN(TestRunCharts)
#include "tst_run_charts.moc"
