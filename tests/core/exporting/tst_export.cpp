#include "core/base/files.h"
#include "core/exporting/export_network.h"
#include "core/exporting/exporter.h"
#include "core/exporting/onnx_writer.h"
#include "core/exporting/unproven.h"
#include "core/weights/catalogue.h"
#include "core/weights/model_file.h"
#include "core/weights/model_metadata.h"
#include "tests/support/painted_picture.h"
#include "tests/support/protobuf_bytes.h"
#include "tests/support/source_dir.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <csignal>

#include <nlohmann/json.hpp>
#include <sys/resource.h>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

class TestExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFormatGivesTheSameAnswersAndSaysTheSame_data();
    void everyFormatGivesTheSameAnswersAndSaysTheSame();
    void picturesOfThePersonsAreCompared();
    void whatIsLeftOutIsNotCompared();
    void aFileThatAnswersDifferentlyIsNotKept_data();
    void aFileThatAnswersDifferentlyIsNotKept();
    void anOlderExportSurvivesAFailedOne();
    void aFolderThatDoesNotExistIsNamed();
    void aDiskThatIsFullIsAnError_data();
    void aDiskThatIsFullIsAnError();
    void aStopLeavesNothing();
    void theNextExportRemovesWhatADeadOneHasLeft();
    void whatAnOnnxFileCannotHoldIsTooLarge();
    void theRealNetworkIsExported();
    void theModelThatFuzzingBeginsWithIsAnExport();
    void namesGoBothWays();
};

namespace {

constexpr std::array kFormats { ExportFormat::TorchScript, ExportFormat::Onnx,
    ExportFormat::Safetensors };

struct Variant {
    const char* name;
    Pooling pooling;
    const char* normalization;
    std::vector<DenseSpec> dense;
    Geometry geometry;
    const char* transfer;
    const char* backbone = "tinyvgg";
    int size = 32;
};

ModelDescription described(const Variant& variant)
{
    auto model = tinyDescription();
    model.head.pooling = variant.pooling;
    model.head.dense = variant.dense;
    model.normalization = *findNormalization(variant.normalization);
    model.geometry = variant.geometry;
    model.transferLayer = variant.transfer;
    model.backbone = variant.backbone;
    model.inputSize = variant.size;
    return model;
}

const std::array<Variant, 9> kVariants { {
    { "flattened, BGR", Pooling::Flatten, "caffe", { 7 }, Geometry::Stretch, "block2_pool" },
    { "averaged, unit", Pooling::Average, "unit", { 6, 5 }, Geometry::Crop, "block2_pool" },
    { "no hidden layer, torch", Pooling::Flatten, "torch", {}, Geometry::Stretch, "block1_pool" },
    { "hidden layers of all kinds", Pooling::Average, "unit",
        { { 6, Activation::Tanh }, { 5, Activation::Sigmoid, 0.2 }, { 4, Activation::None } },
        Geometry::Stretch, "block2_pool" },
    { "averaged convolution", Pooling::Average, "caffe", { 4 }, Geometry::Crop, "block2_conv1" },
    { "batch normalization", Pooling::Flatten, "torch", { 5 }, Geometry::Stretch, "block2_pool",
        "tinyvgg_bn" },
    { "residual units", Pooling::Average, "torch", { 5 }, Geometry::Crop, "block3_unit2",
        "tinyresnet" },
    { "larger pictures, flattened", Pooling::Flatten, "unit", { 5 }, Geometry::Stretch,
        "block2_pool", "tinyvgg", 96 },
    { "larger pictures, averaged", Pooling::Average, "unit", { 5 }, Geometry::Crop, "block2_pool",
        "tinyvgg", 64 },
} };

void variantRows()
{
    QTest::addColumn<int>("format");
    QTest::addColumn<int>("variant");
    for (const auto format : kFormats) {
        for (std::size_t v = 0; v < kVariants.size(); ++v)
            QTest::addRow("%s, %s", std::string(name(format)).c_str(), kVariants[v].name)
                << static_cast<int>(format) << static_cast<int>(v);
    }
}

void formatRows()
{
    QTest::addColumn<int>("format");
    for (const auto format : kFormats)
        QTest::newRow(std::string(name(format)).c_str()) << static_cast<int>(format);
}

/// Files below a folder but for the run's own.
int filesIn(const TemporaryFolder& folder)
{
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder.path()))
        count += entry.path().filename() != kBestModelFile;
    return count;
}

} // namespace

void TestExport::everyFormatGivesTheSameAnswersAndSaysTheSame_data() { variantRows(); }

void TestExport::everyFormatGivesTheSameAnswersAndSaysTheSame()
{
    QFETCH(int, format);
    QFETCH(int, variant);
    const auto kind = static_cast<ExportFormat>(format);
    const TemporaryFolder folder;
    const auto model = described(kVariants[static_cast<std::size_t>(variant)]);
    QVERIFY(writeModel(folder / kBestModelFile, tinyNetwork(model), 4));
    const auto file = folder / ("m" + std::string(extension(kind)));
    const auto report = exportModel(folder.path(), kind, file, {});
    QVERIFY2(report, report ? "" : report.error().text().c_str());
    QCOMPARE(report->parity.count, kParityPictures);
    QVERIFY(report->parity.noise);
    QVERIFY(report->parity.maxDifference < 1e-5);
    QCOMPARE(report->bytes, fs::file_size(file));
    QCOMPARE(filesIn(folder), 2);

    const auto text = readTextFile(file.native() + ".report.json", 1 << 16);
    QVERIFY(text);
    const auto json = nlohmann::json::parse(*text);
    QCOMPARE(json["format"].get<std::string>(), std::string(name(kind)));
    QCOMPARE(json["parity"]["count"].get<int>(), kParityPictures);

    // Several pictures at once, in an order of their own.
    const auto own = Predictor::open(folder.path(), "cpu", true);
    const auto read = Predictor::open(file, "cpu", true);
    QVERIFY(own);
    QVERIFY(read);
    QCOMPARE(read->format(), std::string(name(kind)));
    QCOMPARE(read->classes(), model.classes);
    QCOMPARE(read->geometry(), model.geometry);
    QCOMPARE(read->inputSize(), model.inputSize);
    QCOMPARE(read->epoch(), 4);
    std::vector<Picture> pictures;
    for (std::uint64_t i = 0; i < 19; ++i)
        pictures.push_back(paintedPicture(model.inputSize, model.inputSize, i));
    const auto expected = own->probabilities(pictures);
    const auto answers = read->probabilities(pictures);
    QVERIFY(answers);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        for (std::size_t c = 0; c < 3; ++c)
            QVERIFY(std::abs((*expected)[i][c] - (*answers)[i][c]) < 1e-5F);
    }
}

void TestExport::picturesOfThePersonsAreCompared()
{
    const TemporaryFolder folder;
    QVERIFY(writeModel(folder / kBestModelFile, tinyNetwork(), 1));
    std::vector<fs::path> pictures { folder / "gone.png" };
    for (std::uint64_t i = 0; i < 3; ++i)
        pictures.push_back(folder.write(std::to_string(i) + ".png", paintedPng(40, 50, i)));
    std::vector<std::string> stages;
    const auto report = exportModel(folder.path(), ExportFormat::Onnx, folder / "m.onnx", pictures,
        {}, [&](const Progress& progress) { stages.emplace_back(progress.stage); });
    QVERIFY(report);
    QCOMPARE(report->parity.count, 3);
    QVERIFY(!report->parity.noise);
    QCOMPARE(report->parity.reader, std::string("OpenCV dnn"));
    QCOMPARE(stages.front(), std::string("loading the model"));
    QCOMPARE(stages.back(), std::string("comparing"));
}

void TestExport::whatIsLeftOutIsNotCompared()
{
    DatasetSnapshot dataset;
    dataset.root = "/pictures";
    dataset.classes = { "a" };
    for (const auto split : { Split::Train, Split::LeftOut }) {
        ImageEntry image;
        image.path = std::string(name(split)) + ".jpg";
        image.split = split;
        dataset.images.push_back(image);
    }
    QCOMPARE(parityPictures(dataset), std::vector<std::filesystem::path> { "/pictures/train.jpg" });
    dataset.images.front().split = Split::Validation;
    QCOMPARE(parityPictures(dataset).size(), std::size_t { 1 });
}

void TestExport::aFileThatAnswersDifferentlyIsNotKept_data() { formatRows(); }

void TestExport::aFileThatAnswersDifferentlyIsNotKept()
{
    QFETCH(int, format);
    const TemporaryFolder folder;
    const auto network = tinyNetwork();
    QVERIFY(writeModel(folder / kBestModelFile, network, 1));
    const auto own = Predictor::open(folder.path(), "cpu", true);
    QVERIFY(own);
    network.state().back().second[0] += 0.1F; // one bias, after the run's model was written
    const auto report = exportNetwork(
        network, 1, *own, static_cast<ExportFormat>(format), folder / "m", {}, {}, {});
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::Mismatch);
    QCOMPARE(report.error().path, folder / "m");
    QCOMPARE(filesIn(folder), 0);
}

void TestExport::anOlderExportSurvivesAFailedOne()
{
    const TemporaryFolder folder;
    const auto network = tinyNetwork();
    QVERIFY(writeModel(folder / kBestModelFile, network, 1));
    QVERIFY(exportModel(folder.path(), ExportFormat::Onnx, folder / "m.onnx", {}));
    const auto own = Predictor::open(folder.path(), "cpu", true);
    network.state().back().second[0] += 0.1F;
    QVERIFY(!exportNetwork(network, 1, *own, ExportFormat::Onnx, folder / "m.onnx", {}, {}, {}));
    QVERIFY(Predictor::open(folder / "m.onnx"));
    QCOMPARE(filesIn(folder), 2);
}

void TestExport::aFolderThatDoesNotExistIsNamed()
{
    const TemporaryFolder folder;
    QVERIFY(writeModel(folder / kBestModelFile, tinyNetwork(), 1));
    for (const auto format : kFormats) {
        const auto report = exportModel(folder.path(), format, folder / "none/m", {});
        QCOMPARE(report.error().code, ErrorCode::NotFound);
        QCOMPARE(report.error().path, folder / "none/m");
    }
    QCOMPARE(exportModel(folder.path(), ExportFormat::Onnx, folder.path(), {}).error().code,
        ErrorCode::Invalid);
    QCOMPARE(exportModel(folder / "gone", ExportFormat::Onnx, folder / "m", {}).error().code,
        ErrorCode::NotFound);
}

void TestExport::aDiskThatIsFullIsAnError_data() { formatRows(); }

void TestExport::aDiskThatIsFullIsAnError()
{
    QFETCH(int, format);
    const TemporaryFolder folder;
    QVERIFY(writeModel(folder / kBestModelFile, tinyNetwork(), 1));
    // Files may not grow beyond a few bytes, as on a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit few { 5000, before.rlim_max };
    ::setrlimit(RLIMIT_FSIZE, &few);
    const auto report
        = exportModel(folder.path(), static_cast<ExportFormat>(format), folder / "m", {});
    ::setrlimit(RLIMIT_FSIZE, &before);
    QVERIFY(!report);
    QCOMPARE(report.error().path, folder / "m");
    QVERIFY2(report.error().detail.starts_with("writing failed"), report.error().text().c_str());
    QCOMPARE(filesIn(folder), 0);
}

void TestExport::aStopLeavesNothing()
{
    const TemporaryFolder folder;
    QVERIFY(writeModel(folder / kBestModelFile, tinyNetwork(), 1));
    std::stop_source source;
    const auto report = exportModel(folder.path(), ExportFormat::TorchScript, folder / "m.pt", {},
        source.get_token(), [&](const Progress& progress) {
            if (progress.done == 3)
                source.request_stop();
        });
    QCOMPARE(report.error().code, ErrorCode::Cancelled);
    QCOMPARE(filesIn(folder), 0);
}

void TestExport::theNextExportRemovesWhatADeadOneHasLeft()
{
    const TemporaryFolder folder;
    const TemporaryFolder elsewhere;
    QVERIFY(writeModel(folder / kBestModelFile, tinyNetwork(), 1));
    // As a kill leaves them: while it was written, while it was proven, and before either.
    folder.write("m.pt.unproven00112233/m.pt.tmp00112233", "a part");
    folder.write("n.onnx.unproven44556677/n.onnx", "a whole one");
    fs::create_directory(folder / "m.pt.unproven8899aabb");
    // Not ours, or not known to be dead.
    const auto alive = Unproven::make(folder / "m.pt");
    QVERIFY(alive);
    folder.write(fs::relative(alive->path(), folder.path()), "of another program");
    folder.write("m.pt.unproven01234567/m.pt", "with something of somebody's");
    folder.write("m.pt.unproven01234567/notes.txt", "of somebody's");
    folder.write("m.pt.unproven0000000x/m.pt", "of another name");
    folder.write("m.pt.unproven89abcdef", "a file");
    elsewhere.write("m.pt", "behind a link");
    fs::create_symlink(elsewhere.path(), folder / "m.pt.unproven76543210");
    const auto isThere = [&](const fs::path& path) { return fs::exists(folder / path); };

    QVERIFY(exportModel(folder.path(), ExportFormat::Safetensors, folder / "m.safetensors", {}));
    for (const auto* gone :
        { "m.pt.unproven00112233", "n.onnx.unproven44556677", "m.pt.unproven8899aabb" })
        QVERIFY2(!isThere(gone), gone);
    for (const auto* kept : { "m.pt.unproven01234567/m.pt", "m.pt.unproven01234567/notes.txt",
             "m.pt.unproven0000000x/m.pt", "m.pt.unproven89abcdef", "m.pt.unproven76543210/m.pt" })
        QVERIFY2(isThere(kept), kept);
    QVERIFY(fs::exists(alive->path()));
    QVERIFY(alive->accept());
    QVERIFY(isThere("m.pt"));
}

void TestExport::whatAnOnnxFileCannotHoldIsTooLarge()
{
    const TemporaryFolder folder;
    // Never read: the sizes alone are enough.
    const float none = 0;
    const std::span<const float> huge(&none, std::size_t { 1 } << 29);
    const auto written
        = writeOnnx(folder / "m.onnx", tinyDescription(), { { "x", { { 1 << 29 }, huge } } }, {});
    QCOMPARE(written.error().code, ErrorCode::TooLarge);
    QVERIFY(fs::is_empty(folder.path()));
}

void TestExport::theRealNetworkIsExported()
{
    const TemporaryFolder folder;
    ModelDescription model;
    model.head.dense = { 64 };
    model.classes = { "ant", "bee" };
    model.normalization = *findNormalization("caffe");
    auto network = tinyNetwork(model);
    const auto weights = builtInWeights("imagenet");
    QVERIFY(weights);
    const auto file = SafetensorsFile::open(*weights);
    QVERIFY(file);
    QVERIFY(network.load(toTensors(*file), true, *weights));
    // Activations of this network are large: a head that was never trained would say 0 or 1 to all.
    network.parameters("head").front().mul_(0.01F);
    QVERIFY(writeModel(folder / kBestModelFile, network, 1));
    const auto own = Predictor::open(folder.path(), "cpu", true);
    QVERIFY(own);

    const std::vector<fs::path> pictures { folder.write("1.jpg", paintedJpeg(500, 375)) };
    const auto painted = decodeFitted(pictures.front(), 224, Geometry::Stretch);
    const auto answer = own->probabilities(std::span(&*painted, 1));
    QVERIFY(answer);
    QVERIFY(answer->front()[0] > 0.01F && answer->front()[0] < 0.99F);
    for (const auto format : kFormats) {
        const auto report = exportNetwork(network, 1, *own, format, folder / "m", pictures, {}, {});
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QCOMPARE(report->parity.count, 1);
        QVERIFY(report->parity.maxDifference < kMaxParityDifference);
    }
}

void TestExport::theModelThatFuzzingBeginsWithIsAnExport()
{
    auto model = tinyDescription();
    model.head.pooling = Pooling::Average;
    const TemporaryFolder folder;
    QVERIFY(writeModel(folder / kBestModelFile, tinyNetwork(model), 3));
    const auto file = folder / "model.onnx";
    QVERIFY(exportModel(folder.path(), ExportFormat::Onnx, file, {}));
    const auto kept = dataDir() / "models" / "whole.onnx";
    // But for Vernier's version, and for the numbers, whose last bits machines may draw otherwise.
    const auto contentOf = [](const fs::path& path) {
        const auto bytes = readTextFile(path, 16 << 10);
        if (!bytes)
            qFatal("%s", bytes.error().text().c_str());
        auto message = messageOf(*bytes);
        std::get<std::string>(std::ranges::find(message, 3U, &Field::field)->value).clear();
        change(message, 7, [](Message& graph) {
            for (auto& field : graph) {
                if (field.field != 5)
                    continue;
                auto tensor = messageOf(std::get<std::string>(field.value));
                for (auto& part : tensor) {
                    if (part.field == 9)
                        std::ranges::fill(std::get<std::string>(part.value), '\0');
                }
                field.value = textOf(tensor);
            }
        });
        return textOf(message);
    };
    QVERIFY(contentOf(kept) == contentOf(file));
    const auto predictor = Predictor::open(kept);
    QVERIFY2(predictor, predictor ? "" : predictor.error().text().c_str());
    QCOMPARE(predictor->classes(), model.classes);
}

void TestExport::namesGoBothWays()
{
    for (const auto format : kFormats)
        QCOMPARE(*exportFormatFromName(name(format)), format);
    QCOMPARE(exportFormatFromName("keras").error().code, ErrorCode::Invalid);
}

QTEST_APPLESS_MAIN(TestExport)
#include "tst_export.moc"
