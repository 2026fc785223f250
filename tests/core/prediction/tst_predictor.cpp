#include "core/prediction/backend.h"
#include "core/weights/model_file.h"
#include "core/weights/model_metadata.h"
#include "tests/support/painted_picture.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include <sys/stat.h>

using namespace vernier;
using namespace vernier::test;

class TestPredictor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theAnswersAreTheNetworks();
    void aRunFolderMeansItsBestModel();
    void aRunWithoutAFinishedEpochSaysSo();
    void anUnknownDeviceIsInvalid();
    void anAnswerDoesNotDependOnItsCompany_data();
    void anAnswerDoesNotDependOnItsCompany();
    void aPictureThatCannotBeReadIsListedAndTheRestGoesOn();
    void progressCountsEveryPicture();
    void aStopEndsAndKeepsWhatWasSaid();
    void noPicturesAreNoWork();
    void aPictureOfAnotherSizeIsInvalid();
    void answersThatAreNoNumbersAreAnError();
    void twoThreadsTakeTurns();
    void whatIsNoFileIsNoModel();
};

namespace {

std::filesystem::path writeTiny(
    const TemporaryFolder& folder, const Network& network, int epoch = 3)
{
    auto path = folder / "model.safetensors";
    if (!writeModel(path, network, epoch))
        qFatal("the model could not be written");
    return path;
}

std::vector<std::filesystem::path> paint(const TemporaryFolder& folder, int count)
{
    std::vector<std::filesystem::path> paths;
    for (int i = 0; i < count; ++i)
        paths.push_back(folder.write("pictures/" + std::to_string(i) + ".png",
            paintedPng(40, 30, static_cast<std::uint64_t>(i))));
    return paths;
}

float largestDifference(const std::vector<float>& a, const std::vector<float>& b)
{
    float largest = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
        largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

} // namespace

void TestPredictor::theAnswersAreTheNetworks()
{
    const TemporaryFolder folder;
    const auto network = tinyNetwork();
    const auto predictor = Predictor::open(writeTiny(folder, network), "cpu", true);
    QVERIFY(predictor);
    QCOMPARE(predictor->format(), std::string("safetensors"));
    QCOMPARE(predictor->classes(), tinyDescription().classes);
    QCOMPARE(predictor->inputSize(), 32);
    QCOMPARE(predictor->epoch(), 3);

    const auto picture = paintedPicture(32, 32);
    const auto answers = predictor->probabilities(std::span(&picture, 1));
    QVERIFY(answers);
    auto rgb = torch::empty({ 1, 32, 32, 3 }, torch::kByte);
    std::copy(picture.rgb.begin(), picture.rgb.end(), rgb.data_ptr<std::uint8_t>());
    const torch::NoGradGuard noGrad;
    auto x = network.normalized(rgb.permute({ 0, 3, 1, 2 }), torch::kFloat);
    const auto expected
        = network.head(network.backbone(x, 0, network.backboneLayers().size()), false).softmax(1);
    for (int c = 0; c < 3; ++c)
        QVERIFY(std::abs(expected[0][c].item<float>() - (*answers)[0][static_cast<std::size_t>(c)])
            < 1e-6F);
}

void TestPredictor::aRunFolderMeansItsBestModel()
{
    const TemporaryFolder folder;
    QVERIFY(writeModel(folder / kBestModelFile, tinyNetwork(), 9));
    const auto predictor = Predictor::open(folder.path());
    QVERIFY(predictor);
    QCOMPARE(predictor->epoch(), 9);
}

void TestPredictor::aRunWithoutAFinishedEpochSaysSo()
{
    const TemporaryFolder folder;
    const auto predictor = Predictor::open(folder.path());
    QCOMPARE(predictor.error().code, ErrorCode::NotFound);
    QVERIFY(predictor.error().text().find("finished epoch") != std::string::npos);
    QCOMPARE(Predictor::open(folder / "gone").error().code, ErrorCode::NotFound);
}

void TestPredictor::anUnknownDeviceIsInvalid()
{
    const TemporaryFolder folder;
    const auto path = writeTiny(folder, tinyNetwork());
    for (const char* device : { "gpu", "cuda:", "cuda:x", "cuda:-1", "cudaX1", "" })
        QCOMPARE(Predictor::open(path, device).error().code, ErrorCode::Invalid);
    QCOMPARE(Predictor::open(path, "cuda:99").error().code, ErrorCode::Device);
}

void TestPredictor::anAnswerDoesNotDependOnItsCompany_data()
{
    QTest::addColumn<int>("count");
    for (const int count : { 2, 15, 16, 17, 33 })
        QTest::addRow("%d pictures", count) << count;
}

void TestPredictor::anAnswerDoesNotDependOnItsCompany()
{
    QFETCH(int, count);
    const TemporaryFolder folder;
    const auto predictor = Predictor::open(writeTiny(folder, tinyNetwork()), "cpu", true);
    QVERIFY(predictor);
    std::vector<Picture> pictures;
    for (int i = 0; i < count; ++i)
        pictures.push_back(paintedPicture(32, 32, static_cast<std::uint64_t>(i)));
    const auto together = predictor->probabilities(pictures);
    QVERIFY(together);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const auto alone = predictor->probabilities(std::span(pictures).subspan(i, 1));
        QVERIFY(alone);
        QVERIFY(largestDifference((*together)[i], alone->front()) < 1e-6F);
    }
}

void TestPredictor::aPictureThatCannotBeReadIsListedAndTheRestGoesOn()
{
    const TemporaryFolder folder;
    const auto predictor = Predictor::open(writeTiny(folder, tinyNetwork()));
    QVERIFY(predictor);
    auto paths = paint(folder, 35);
    paths.insert(paths.begin(), folder.write("broken.jpg", "no picture"));
    paths.insert(paths.begin() + 20, folder / "gone.jpg");
    std::vector<Prediction> answers;
    QVERIFY(predictor->predict(paths, [&](Prediction p) { answers.push_back(std::move(p)); }));
    QCOMPARE(answers.size(), paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
        QCOMPARE(answers[i].path, paths[i]);
        QCOMPARE(answers[i].error.has_value(), i == 0 || i == 20);
        QCOMPARE(answers[i].probabilities.size(), answers[i].error ? 0U : 3U);
    }
}

void TestPredictor::progressCountsEveryPicture()
{
    const TemporaryFolder folder;
    const auto predictor = Predictor::open(writeTiny(folder, tinyNetwork()));
    QVERIFY(predictor);
    std::vector<std::int64_t> done;
    QVERIFY(predictor->predict(
        paint(folder, 5), [](const Prediction&) {}, {},
        [&](const Progress& progress) {
            QCOMPARE(progress.total, 5);
            done.push_back(progress.done);
        }));
    QCOMPARE(done, (std::vector<std::int64_t> { 0, 1, 2, 3, 4, 5 }));
}

void TestPredictor::aStopEndsAndKeepsWhatWasSaid()
{
    const TemporaryFolder folder;
    const auto predictor = Predictor::open(writeTiny(folder, tinyNetwork()));
    QVERIFY(predictor);
    const auto paths = paint(folder, 60);
    std::stop_source source;
    std::size_t answers = 0;
    const auto result = predictor->predict(
        paths,
        [&](const Prediction&) {
            if (++answers == 1)
                source.request_stop();
        },
        source.get_token());
    QCOMPARE(result.error().code, ErrorCode::Cancelled);
    QVERIFY(answers >= 1);
    QVERIFY(answers < paths.size());
}

void TestPredictor::noPicturesAreNoWork()
{
    const TemporaryFolder folder;
    const auto predictor = Predictor::open(writeTiny(folder, tinyNetwork()));
    QVERIFY(predictor);
    QVERIFY(predictor->predict({}, [](const Prediction&) { QFAIL("there is none"); }));
    QVERIFY(predictor->probabilities({})->empty());
}

void TestPredictor::aPictureOfAnotherSizeIsInvalid()
{
    const TemporaryFolder folder;
    const auto predictor = Predictor::open(writeTiny(folder, tinyNetwork()));
    QVERIFY(predictor);
    const auto picture = paintedPicture(33, 32);
    QCOMPARE(predictor->probabilities(std::span(&picture, 1)).error().code, ErrorCode::Invalid);
}

void TestPredictor::answersThatAreNoNumbersAreAnError()
{
    const TemporaryFolder folder;
    const auto network = tinyNetwork();
    // Numbers each; their products are none.
    for (auto& [name, tensor] : network.state())
        tensor.fill_(std::numeric_limits<float>::max());
    const auto predictor = Predictor::open(writeTiny(folder, network));
    QVERIFY(predictor);
    const auto picture = paintedPicture(32, 32);
    QCOMPARE(predictor->probabilities(std::span(&picture, 1)).error().code, ErrorCode::Corrupt);
}

void TestPredictor::twoThreadsTakeTurns()
{
    // Slow enough for two to meet in it, if they can.
    struct Slow : Predictor::Backend {
        Result<ProbabilityRows> run(std::span<const Picture> pictures) override
        {
            most = std::max(most.load(), ++inside);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            --inside;
            ++runs;
            return ProbabilityRows(pictures.size(), { 0.25F, 0.75F });
        }
        std::atomic<int> inside = 0;
        std::atomic<int> most = 0;
        std::atomic<int> runs = 0;
    };
    auto backend = std::make_unique<Slow>();
    const auto& slow = *backend;
    backend->identity.description.classes = { "a", "b" };
    backend->identity.description.inputSize = 32;
    const Predictor predictor(std::move(backend));
    const std::vector<Picture> pictures(10, paintedPicture(32, 32));
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { static_cast<void>(predictor.probabilities(pictures)); });
    }
    QCOMPARE(slow.runs.load(), 40);
    QCOMPARE(slow.most.load(), 1);
}

void TestPredictor::whatIsNoFileIsNoModel()
{
    // A pipe would be waited for, a device read for ever.
    const TemporaryFolder folder;
    const auto pipe = folder / "pipe";
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    QCOMPARE(Predictor::open(pipe).error().code, ErrorCode::Unsupported);
    QCOMPARE(Predictor::open("/dev/zero").error().code, ErrorCode::Unsupported);
    QCOMPARE(::mkfifo((folder / kBestModelFile).c_str(), 0600), 0);
    QCOMPARE(Predictor::open(folder.path()).error().code, ErrorCode::NotFound);
    QCOMPARE(Predictor::open(folder.write("empty", "")).error().code, ErrorCode::Unsupported);
}

QTEST_APPLESS_MAIN(TestPredictor)
#include "tst_predictor.moc"
