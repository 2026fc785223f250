#include "tests/support/painted_picture.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/pictures/picture_pane.h"
#include "ui/pictures/probability_bars.h"

#include <QPainter>
#include <QSignalSpy>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

// What a picture and its probabilities are shown with.
class TestScoredPicture : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }

    void aPictureThatIsGoneSaysSo()
    {
        TemporaryFolder folder;
        const auto file = folder.write("there.jpg", paintedJpeg(120, 90));
        PicturePane pane;
        pane.resize(300, 300);
        QSignalSpy loaded(&pane, &PicturePane::loaded);
        pane.setPath(ui::format::path(file));
        QVERIFY(loaded.wait());
        QCOMPARE(pane.image().size(), QSize(120, 90));
        const QImage picture = pane.grab().toImage();
        pane.setPath(ui::format::path(folder / "gone.jpg"));
        QVERIFY(loaded.wait());
        QVERIFY(pane.image().isNull());
        QVERIFY(pane.grab().toImage() != picture);
    }

    void aBarIsAsLongAsItsProbability()
    {
        QImage image(100, 6, QImage::Format_RGB32);
        image.fill(theme::surface());
        QPainter painter(&image);
        paintProbabilityBar(painter, QRectF(0, 0, 100, 6), 0.7, 4);
        painter.end();
        QCOMPARE(QColor(image.pixel(60, 3)), theme::classColor(4));
        QCOMPARE(QColor(image.pixel(80, 3)), theme::disabledFill());
    }

    void barsThatAreScrolledToArePainted()
    {
        QStringList classes;
        std::vector<float> probabilities;
        for (int i = 0; i < 50; ++i) {
            classes.append(QStringLiteral("class %1").arg(i));
            probabilities.push_back(0.02F);
        }
        ProbabilityBars bars;
        bars.setProbabilities(classes, probabilities);
        bars.resize(bars.sizeHint());
        const QImage whole = bars.grab().toImage();
        const QRect part(0, 1000, bars.width(), 200);
        QCOMPARE(bars.grab(part).toImage(), whole.copy(part));
    }
};

QTEST_MAIN(TestScoredPicture)
#include "tst_scored_picture.moc"
