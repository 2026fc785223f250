#include "core/base/files.h"
#include "core/prediction/original_network.h"
#include "core/prediction/predictor.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <nlohmann/json.hpp>

using namespace vernier;
using namespace vernier::test;

class TestOriginalNetwork : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void itAnswersAsPyTorchDoesWhateverTheFormat_data();
    void itAnswersAsPyTorchDoesWhateverTheFormat();
    void kerasFilesAnswerAlike();
    void weightsThatAreNotThereAreSaidSo();
    void classesThatDoNotFitAreSaidSo();
    void theRealOneHasAThousandClasses();
    void aFileOfThatNameGoesFirst();

private:
    /// As if these weights of tinyvgg's had been fetched.
    void fetched(const std::string& sample)
    {
        m_folder->write("catalogue.json",
            "{\"datasets\":[],\"weights\":[{\"name\":\"tiny\",\"title\":\"Tiny\",\"backbone\":"
            "\"tinyvgg\",\"top\":true,\"url\":\"https://example.org/x\",\"file\":\"x\","
            "\"about_bytes\":1,\"hash_from\":\"\",\"licence\":\"\",\"about\":\"\"}]}");
        m_folder->write(
            "data/weights/x", *readFile(dataDir() / "weights" / "formats" / sample, 1 << 20));
    }
    std::optional<TemporaryFolder> m_folder;
};

namespace {

std::vector<Picture> pictures()
{
    Picture picture;
    picture.width = picture.height = 32;
    for (int y = 0; y < 32; ++y) {
        for (int x = 0; x < 32; ++x) {
            for (int c = 0; c < 3; ++c)
                picture.rgb.push_back(static_cast<std::uint8_t>((7 * x + 13 * y + 50 * c) % 256));
        }
    }
    return { picture };
}

std::vector<float> answers()
{
    const auto predictor = Predictor::open("tinyvgg-imagenet", "cpu", true);
    if (!predictor)
        qFatal("%s", predictor.error().text().c_str());
    return predictor->probabilities(pictures())->front();
}

void compare(const std::vector<float>& is, const std::vector<float>& wanted)
{
    QCOMPARE(is.size(), wanted.size());
    for (std::size_t i = 0; i < is.size(); ++i)
        QVERIFY2(std::abs(is[i] - wanted[i]) < 1e-5f, qPrintable(QString::number(i)));
}

} // namespace

void TestOriginalNetwork::init()
{
    m_folder.emplace();
    qputenv("VERNIER_CATALOGUE", (*m_folder / "catalogue.json").c_str());
    qputenv("VERNIER_DATA", (*m_folder / "data").c_str());
    qputenv("VERNIER_RESOURCE_DIR", m_folder->path().c_str());
    m_folder->write(
        "labels/imagenet.txt", "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
}

void TestOriginalNetwork::cleanup()
{
    qunsetenv("VERNIER_CATALOGUE");
    qunsetenv("VERNIER_DATA");
    qunsetenv("VERNIER_RESOURCE_DIR");
}

void TestOriginalNetwork::itAnswersAsPyTorchDoesWhateverTheFormat_data()
{
    QTest::addColumn<QString>("file");
    for (const auto* name :
        { "torch_zip.pth", "torch_legacy.pth", "torch_very_old.pth", "torch_strided.pth",
            "torchvision.safetensors", "timm.safetensors", "torchvision.onnx" })
        QTest::newRow(name) << name;
}

void TestOriginalNetwork::itAnswersAsPyTorchDoesWhateverTheFormat()
{
    fetched(QTest::currentDataTag());
    const auto golden = readTextFile(dataDir() / "weights" / "formats" / "answers.json", 10'000);
    compare(answers(), nlohmann::json::parse(*golden).get<std::vector<float>>());
    const auto predictor = Predictor::open("tinyvgg-imagenet", "cpu");
    QCOMPARE(predictor->classes()[3], std::string("three"));
    QCOMPARE(predictor->geometry(), Geometry::Crop);
}

void TestOriginalNetwork::kerasFilesAnswerAlike()
{
    fetched("ours.safetensors");
    const auto wanted = answers();
    fetched("keras_applications.h5");
    compare(answers(), wanted);
    fetched("keras_model.h5");
    compare(answers(), wanted);
    // They expect other pixels than torchvision's.
    fetched("torch_zip.pth");
    QVERIFY(answers() != wanted);
}

void TestOriginalNetwork::weightsThatAreNotThereAreSaidSo()
{
    fetched("torch_zip.pth");
    std::filesystem::remove(*m_folder / "data" / "weights" / "x");
    const auto none = Predictor::open("tinyvgg-imagenet", "cpu");
    QCOMPARE(none.error().code, ErrorCode::NotFound);
    QVERIFY(none.error().text().find("vernier-cli weights fetch tiny") != std::string::npos);
    QCOMPARE(Predictor::open("vgg61-imagenet", "cpu").error().code, ErrorCode::NotFound);
}

void TestOriginalNetwork::classesThatDoNotFitAreSaidSo()
{
    fetched("torch_zip.pth");
    m_folder->write("labels/imagenet.txt", "zero\none\n");
    const auto wrong = Predictor::open("tinyvgg-imagenet", "cpu");
    QCOMPARE(wrong.error().code, ErrorCode::Mismatch);
    QVERIFY(wrong.error().text().find("names 2 classes, Tiny VGG has 10") != std::string::npos);
}

void TestOriginalNetwork::theRealOneHasAThousandClasses()
{
    qunsetenv("VERNIER_RESOURCE_DIR");
    const auto model = describeOriginal(vgg16(), "torch");
    QVERIFY2(model, model ? "" : model.error().text().c_str());
    QCOMPARE(model->classes.size(), 1000U);
    QCOMPARE(model->classes[0], std::string("tench"));
    QCOMPARE(model->classes[281], std::string("tabby"));
    QCOMPARE(model->classes[999], std::string("toilet tissue"));
    QCOMPARE(model->head, (HeadSpec { Pooling::Flatten, { 4096, 4096 }, 0 }));
    QCOMPARE(model->transferLayer, std::string("block5_pool"));
    QCOMPARE(originalNetworkOf("vgg16-imagenet"), &vgg16());
    QCOMPARE(originalNetworkName(vgg16()), std::string("vgg16-imagenet"));
}

void TestOriginalNetwork::aFileOfThatNameGoesFirst()
{
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(m_folder->path());
    m_folder->write("tinyvgg-imagenet", "no model");
    const auto opened = Predictor::open("tinyvgg-imagenet", "cpu");
    std::filesystem::current_path(before);
    QCOMPARE(opened.error().code, ErrorCode::Unsupported);
}

QTEST_APPLESS_MAIN(TestOriginalNetwork)
#include "tst_original_network.moc"
