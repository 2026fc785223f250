#include "core/base/files.h"
#include "core/image/augmentation.h"
#include "tests/support/painted_picture.h"
#include "tests/support/source_dir.h"

#include <QTest>

#include <cmath>

#include <nlohmann/json.hpp>

using namespace vernier;
using namespace vernier::test;

namespace {

nlohmann::json golden()
{
    const auto text = readTextFile(dataDir() / "golden" / "keras_affine.json", 1 << 20);
    return text ? nlohmann::json::parse(*text) : nlohmann::json();
}

AugmentationDraw drawOf(const nlohmann::json& params)
{
    AugmentationDraw draw;
    draw.theta = params["theta"];
    draw.tx = params["tx"];
    draw.ty = params["ty"];
    draw.shear = params["shear"];
    draw.zx = params["zx"];
    draw.zy = params["zy"];
    return draw;
}

/// The card of the golden figures: channels differ, so that swapped ones would show.
Picture card()
{
    Picture picture { 16, 16, {} };
    for (int y = 0; y < 16; ++y) {
        for (int x = 0; x < 16; ++x) {
            for (int c = 0; c < 3; ++c)
                picture.rgb.push_back(
                    static_cast<std::uint8_t>((31 * y + 17 * x + 7 * c + x * y / 64) % 256));
        }
    }
    return picture;
}

std::vector<int> row(const Picture& picture, int y)
{
    std::vector<int> values;
    for (int x = 0; x < picture.width; ++x)
        values.push_back(picture.rgb[static_cast<std::size_t>((y * picture.width + x) * 3)]);
    return values;
}

Picture greys(const std::vector<int>& values)
{
    Picture picture { static_cast<int>(values.size()), 1, {} };
    for (const int value : values)
        picture.rgb.insert(picture.rgb.end(), 3, static_cast<std::uint8_t>(value));
    return picture;
}

} // namespace

class TestAugmentation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matricesAreKerass();
    void warpedPicturesAreKerass();
    void aShiftAlongTheWidthMovesColumns();
    void theCentreOfAnOblongStaysInPlace();
    void whatIsUncoveredIsFilled_data();
    void whatIsUncoveredIsFilled();
    void flipsMirror();
    void noChangeIsNoChange();
    void colourFactorsDoWhatTheySay();
    void drawsStayInTheirRanges();
    void oneRangeMoreLeavesTheOtherDraws();
    void oneKeyGivesOneDraw();
};

void TestAugmentation::matricesAreKerass()
{
    const auto cases = golden()["cases"];
    QCOMPARE(cases.size(), std::size_t { 5 });
    for (const auto& each : cases) {
        const auto matrix = outputToInput(drawOf(each["params"]), 16, 16);
        for (std::size_t i = 0; i < 9; ++i) {
            const double expected = each["output_to_input"][i / 3][i % 3];
            QVERIFY(std::abs(matrix[i] - expected) < 1e-9);
        }
    }
}

void TestAugmentation::warpedPicturesAreKerass()
{
    const auto cases = golden()["cases"];
    QCOMPARE(cases.size(), std::size_t { 5 });
    for (const auto& each : cases) {
        const auto picture = augmented(card(), drawOf(each["params"]), FillMode::Nearest);
        for (std::size_t y = 0; y < 16; ++y) {
            for (std::size_t x = 0; x < 16; ++x) {
                const double expected = each["warped"][y][x];
                const int value = picture.rgb[(y * 16 + x) * 3];
                // Pictures are 8 bits deep: the value must be Keras's, to 0.01, rounded.
                QVERIFY(
                    value == std::lround(expected - 0.01) || value == std::lround(expected + 0.01));
            }
        }
    }
}

void TestAugmentation::aShiftAlongTheWidthMovesColumns()
{
    AugmentationDraw shift;
    shift.tx = 2;
    QCOMPARE(row(augmented(greys({ 10, 20, 30, 40, 50 }), shift, FillMode::Nearest), 0),
        (std::vector<int> { 30, 40, 50, 50, 50 }));
}

void TestAugmentation::theCentreOfAnOblongStaysInPlace()
{
    AugmentationDraw turn;
    turn.theta = 37;
    turn.zx = 1.3;
    turn.zy = 0.8;
    const auto m = outputToInput(turn, 31, 101);
    QVERIFY(std::abs(m[0] * 50 + m[1] * 15 + m[2] - 50) < 1e-9);
    QVERIFY(std::abs(m[3] * 50 + m[4] * 15 + m[5] - 15) < 1e-9);
}

void TestAugmentation::whatIsUncoveredIsFilled_data()
{
    QTest::addColumn<int>("fill");
    QTest::addColumn<double>("shift");
    QTest::addColumn<std::vector<int>>("expected");
    QTest::newRow("nearest") << int(FillMode::Nearest) << 3.0
                             << std::vector<int> { 40, 50, 50, 50, 50 };
    QTest::newRow("constant") << int(FillMode::Constant) << 3.0
                              << std::vector<int> { 40, 50, 0, 0, 0 };
    QTest::newRow("reflect") << int(FillMode::Reflect) << 3.0
                             << std::vector<int> { 40, 50, 50, 40, 30 };
    QTest::newRow("reflect backwards")
        << int(FillMode::Reflect) << -2.0 << std::vector<int> { 20, 10, 10, 20, 30 };
    QTest::newRow("reflect between pixels")
        << int(FillMode::Reflect) << 2.5 << std::vector<int> { 35, 45, 50, 45, 35 };
    QTest::newRow("reflect far away")
        << int(FillMode::Reflect) << 103.0 << std::vector<int> { 40, 50, 50, 40, 30 };
    QTest::newRow("nearest far away")
        << int(FillMode::Nearest) << -1e12 << std::vector<int> { 10, 10, 10, 10, 10 };
}

void TestAugmentation::whatIsUncoveredIsFilled()
{
    QFETCH(int, fill);
    QFETCH(double, shift);
    QFETCH(std::vector<int>, expected);
    AugmentationDraw draw;
    draw.tx = shift;
    const auto picture
        = augmented(greys({ 10, 20, 30, 40, 50 }), draw, static_cast<FillMode>(fill));
    QCOMPARE(row(picture, 0), expected);
}

void TestAugmentation::flipsMirror()
{
    AugmentationDraw draw;
    draw.flipHorizontally = true;
    const auto picture = card();
    const auto mirrored = augmented(picture, draw, FillMode::Nearest);
    auto expected = row(picture, 3);
    std::reverse(expected.begin(), expected.end());
    QCOMPARE(row(mirrored, 3), expected);

    draw.flipVertically = true;
    const auto both = augmented(picture, draw, FillMode::Nearest);
    QCOMPARE(row(both, 15 - 3), expected);
}

void TestAugmentation::noChangeIsNoChange()
{
    QVERIFY(Augmentation {}.none());
    Augmentation reflecting;
    reflecting.fill = FillMode::Reflect;
    QVERIFY(reflecting.none());
    Augmentation zooming;
    zooming.zoomHigh = 1.1;
    QVERIFY(!zooming.none());
    const auto picture = card();
    QCOMPARE(augmented(picture, {}, FillMode::Nearest).rgb, picture.rgb);
    AugmentationDraw tiny;
    tiny.theta = 1e-7;
    QCOMPARE(augmented(picture, tiny, FillMode::Nearest).rgb, picture.rgb);
}

void TestAugmentation::colourFactorsDoWhatTheySay()
{
    Picture picture { 2, 1, { 100, 50, 20, 100, 150, 180 } };
    AugmentationDraw bright;
    bright.brightness = 2;
    QCOMPARE(augmented(picture, bright, FillMode::Nearest).rgb,
        (std::vector<std::uint8_t> { 200, 100, 40, 200, 255, 255 }));

    AugmentationDraw flat;
    flat.contrast = 0;
    const auto grey = augmented(picture, flat, FillMode::Nearest);
    QCOMPARE(grey.rgb, std::vector<std::uint8_t>(6, grey.rgb[0]));
    QVERIFY(std::abs(grey.rgb[0] - 100) < 2);

    AugmentationDraw pale;
    pale.saturation = 0;
    const auto faded = augmented(picture, pale, FillMode::Nearest);
    QCOMPARE(faded.rgb[0], faded.rgb[2]);
    QCOMPARE(int { faded.rgb[0] }, 62);
}

void TestAugmentation::drawsStayInTheirRanges()
{
    Augmentation ranges;
    ranges.rotation = 30;
    ranges.widthShift = 0.1;
    ranges.heightShift = 0.2;
    ranges.shear = 5;
    ranges.zoomLow = 0.9;
    ranges.zoomHigh = 1.5;
    ranges.horizontalFlip = true;
    ranges.brightness = 0.3;
    Random random { 1 };
    int flips = 0;
    double largestShift = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto d = draw(ranges, 100, 200, random);
        QVERIFY(std::abs(d.theta) <= 30 && std::abs(d.tx) <= 20 && std::abs(d.ty) <= 20);
        QVERIFY(std::abs(d.shear) <= 5 && d.zx >= 0.9 && d.zx <= 1.5 && d.zy >= 0.9 && d.zy <= 1.5);
        QVERIFY(!d.flipVertically && d.contrast == 1 && std::abs(d.brightness - 1) <= 0.3);
        flips += d.flipHorizontally ? 1 : 0;
        largestShift = std::max(largestShift, std::abs(d.tx));
    }
    QVERIFY(flips > 400 && flips < 600);
    QVERIFY(largestShift > 19);
}

void TestAugmentation::oneRangeMoreLeavesTheOtherDraws()
{
    Augmentation one;
    one.shear = 5;
    Augmentation two = one;
    two.rotation = 10;
    two.verticalFlip = true;
    Random a { 1, 2 };
    Random b { 1, 2 };
    for (int i = 0; i < 10; ++i)
        QCOMPARE(draw(one, 10, 10, a).shear, draw(two, 10, 10, b).shear);
}

void TestAugmentation::oneKeyGivesOneDraw()
{
    Augmentation ranges;
    ranges.rotation = 30;
    Random a { 4, 2 };
    Random b { 4, 2 };
    Random c { 4, 3 };
    const double first = draw(ranges, 10, 10, a).theta;
    QCOMPARE(draw(ranges, 10, 10, b).theta, first);
    QVERIFY(draw(ranges, 10, 10, c).theta != first);
}

QTEST_APPLESS_MAIN(TestAugmentation)
#include "tst_augmentation.moc"
