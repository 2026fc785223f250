#include "core/base/files.h"
#include "core/features/tensor_augmentation.h"
#include "tests/support/painted_picture.h"
#include "tests/support/source_dir.h"

#include <QtTest>

#include <cmath>

#include <nlohmann/json.hpp>

using namespace vernier;
using namespace vernier::test;

namespace {

torch::Tensor tensorOf(const std::vector<Picture>& pictures)
{
    std::vector<torch::Tensor> rows;
    for (const auto& picture : pictures)
        rows.push_back(
            torch::tensor(picture.rgb, torch::kByte).view({ picture.height, picture.width, 3 }));
    return torch::stack(rows);
}

/// Grey levels between the two ways, at the worst place; and how many places differ at all.
std::pair<int, int> difference(const torch::Tensor& tensors, const std::vector<Picture>& pictures)
{
    const auto apart = (tensors.to(torch::kInt) - tensorOf(pictures).to(torch::kInt)).abs();
    return { apart.max().item<int>(), apart.ne(0).sum().item<int>() };
}

Augmentation everything()
{
    Augmentation ranges;
    ranges.rotation = 40;
    ranges.widthShift = 0.3;
    ranges.heightShift = 0.2;
    ranges.shear = 20;
    ranges.zoomLow = 0.6;
    ranges.zoomHigh = 1.6;
    ranges.horizontalFlip = true;
    ranges.verticalFlip = true;
    return ranges;
}

} // namespace

class TestTensorAugmentation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aBatchIsAugmentedLikeEachOfItsPictures_data()
    {
        QTest::addColumn<int>("fill");
        QTest::addColumn<bool>("colours");
        for (const bool colours : { false, true }) {
            const std::string with = colours ? ", recoloured" : "";
            QTest::newRow(("nearest" + with).c_str()) << int(FillMode::Nearest) << colours;
            QTest::newRow(("reflect" + with).c_str()) << int(FillMode::Reflect) << colours;
            QTest::newRow(("constant" + with).c_str()) << int(FillMode::Constant) << colours;
        }
    }
    void aBatchIsAugmentedLikeEachOfItsPictures()
    {
        QFETCH(int, fill);
        QFETCH(bool, colours);
        const auto mode = static_cast<FillMode>(fill);
        auto ranges = everything();
        if (colours)
            ranges.brightness = ranges.contrast = ranges.saturation = 0.5;
        Random random { 5 };
        std::vector<Picture> pictures, expected;
        std::vector<AugmentationDraw> draws;
        for (int i = 0; i < 12; ++i) {
            pictures.push_back(paintedPicture(61, 47, i * 20));
            // One that stays as it is, and one that is only mirrored, so that it meets its edges.
            auto drawn = i == 0 ? AugmentationDraw {} : draw(ranges, 47, 61, random);
            if (i == 1) {
                drawn = {};
                drawn.flipHorizontally = drawn.flipVertically = true;
            }
            draws.push_back(drawn);
            expected.push_back(augmented(pictures.back(), drawn, mode));
        }
        const auto result = augmented(tensorOf(pictures), draws, mode);
        QCOMPARE(result.scalar_type(), torch::kByte);
        const auto [worst, places] = difference(result, expected);
        qInfo("%d grey levels at the worst of %d places", worst, places);
        QVERIFY(worst <= 1);
        // Without a sum over the picture nothing is rounded another way.
        QVERIFY(colours || places == 0);
        // The pictures themselves stay.
        QCOMPARE(difference(tensorOf(pictures), pictures).first, 0);
    }
    void warpedPicturesAreKerass()
    {
        const auto text = readTextFile(dataDir() / "golden" / "keras_affine.json", 1 << 20);
        QVERIFY(text);
        const auto cases = nlohmann::json::parse(*text)["cases"];
        std::vector<AugmentationDraw> draws;
        for (const auto& each : cases) {
            const auto& params = each["params"];
            AugmentationDraw draw;
            draw.theta = params["theta"];
            draw.tx = params["tx"];
            draw.ty = params["ty"];
            draw.shear = params["shear"];
            draw.zx = params["zx"];
            draw.zy = params["zy"];
            draws.push_back(draw);
        }
        QCOMPARE(draws.size(), std::size_t { 5 });
        auto card = torch::empty({ 5, 16, 16, 3 }, torch::kByte);
        for (int y = 0; y < 16; ++y) {
            for (int x = 0; x < 16; ++x) {
                for (int c = 0; c < 3; ++c)
                    card.select(1, y).select(1, x).select(1, c).fill_(
                        (31 * y + 17 * x + 7 * c + x * y / 64) % 256);
            }
        }
        const auto result = augmented(card, draws, FillMode::Nearest);
        for (std::size_t i = 0; i < cases.size(); ++i) {
            for (std::size_t y = 0; y < 16; ++y) {
                for (std::size_t x = 0; x < 16; ++x) {
                    const double expected = cases[i]["warped"][y][x];
                    const int value
                        = result
                              .index({ static_cast<std::int64_t>(i), static_cast<std::int64_t>(y),
                                  static_cast<std::int64_t>(x), 0 })
                              .item<int>();
                    QVERIFY(value == std::lround(expected - 0.01)
                        || value == std::lround(expected + 0.01));
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestTensorAugmentation)
#include "tst_tensor_augmentation.moc"
