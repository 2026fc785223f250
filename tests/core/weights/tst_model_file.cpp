#include "core/base/hash.h"
#include "core/base/resource_dir.h"
#include "core/weights/catalogue.h"
#include "core/weights/model_file.h"
#include "core/weights/model_metadata.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <cmath>

#include <cstdlib>

using namespace vernier;
using namespace vernier::test;

class TestModelFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aModelIsReadBackAsItWasWritten();
    void tensorsKeepTheirTypes();
    void aChannelsLastTensorIsWrittenRowMajor();
    void aWeightFileWithoutADescriptionIsNoModel();
    void aHeadForOtherClassesIsAMismatch();
    void classesGivenTwiceMustAgree();
    void aDescriptionOfAHugeHeadAllocatesNothing();
    void integersAreNoWeights();
    void whatIsNoNumberIsDamage();
    void theBuiltInWeightsAreWhole();
    void damagedBuiltInWeightsAreRefused();
    void unknownBuiltInWeightsAreNotFound();
    void importingHalvesTheNumbers();
    void importingKeepsOnlyTheBackbone();
    void whatFp16CannotHoldIsNotImported_data();
    void whatFp16CannotHoldIsNotImported();
    void aFileForAnotherBackboneIsNotImported();
    void importingKeepsWhatTorchvisionsWeightsExpect();
};

namespace {

NamedTensors trunkTensors(double scale = 1)
{
    NamedTensors tensors;
    for (const auto& [name, tensor] : tinyNetwork().state()) {
        if (!name.starts_with("head_"))
            tensors.emplace_back(name, tensor * scale);
    }
    return tensors;
}

} // namespace

void TestModelFile::aModelIsReadBackAsItWasWritten()
{
    const TemporaryFolder folder;
    const auto network = tinyNetwork();
    QVERIFY(writeModel(folder / "m", network, 7));
    const auto read = readModel(folder / "m");
    QVERIFY(read);
    QCOMPARE(read->epoch, 7);
    QVERIFY(read->network.description() == network.description());
    const auto before = network.state();
    const auto after = read->network.state();
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
        QCOMPARE(after[i].first, before[i].first);
        QVERIFY(after[i].second.equal(before[i].second));
    }
}

void TestModelFile::tensorsKeepTheirTypes()
{
    const TemporaryFolder folder;
    NamedTensors tensors;
    for (const auto type : { torch::kDouble, torch::kFloat, torch::kHalf, torch::kBFloat16,
             torch::kLong, torch::kInt, torch::kShort, torch::kChar, torch::kByte, torch::kBool })
        tensors.emplace_back(c10::toString(type), torch::ones({ 2, 3 }, type));
    QVERIFY(writeTensors(folder / "t", tensors, {}));
    const auto file = SafetensorsFile::open(folder / "t");
    QVERIFY(file);
    const auto read = toTensors(*file);
    for (const auto& [name, tensor] : tensors) {
        QVERIFY(read.at(name).scalar_type() == tensor.scalar_type());
        QVERIFY(read.at(name).equal(tensor));
    }
    QCOMPARE(writeTensors(folder / "c", { { "c", torch::ones({ 2 }, torch::kComplexFloat) } }, {})
                 .error()
                 .code,
        ErrorCode::Unsupported);
}

void TestModelFile::aChannelsLastTensorIsWrittenRowMajor()
{
    const TemporaryFolder folder;
    const auto plain = torch::arange(24).reshape({ 1, 2, 3, 4 }).to(torch::kFloat);
    const auto turned = plain.contiguous(at::MemoryFormat::ChannelsLast);
    QVERIFY(writeTensors(folder / "t", { { "x", turned } }, {}));
    const auto file = SafetensorsFile::open(folder / "t");
    QVERIFY(file);
    QVERIFY(std::memcmp(file->find("x")->data.data(), plain.const_data_ptr(), plain.nbytes()) == 0);
}

void TestModelFile::aWeightFileWithoutADescriptionIsNoModel()
{
    const TemporaryFolder folder;
    QVERIFY(writeTensors(folder / "m", tinyNetwork().state(), {}));
    const auto read = readModel(folder / "m");
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::Unsupported);
    QCOMPARE(read.error().path, folder / "m");
}

void TestModelFile::aHeadForOtherClassesIsAMismatch()
{
    const TemporaryFolder folder;
    auto description = tinyDescription();
    description.classes.push_back("one more");
    QVERIFY(writeTensors(folder / "m", tinyNetwork().state(), modelMetadata(description, 1)));
    const auto read = readModel(folder / "m");
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::Mismatch);
    // Said before a network was made: its size is only believed where the file bears it out.
    QVERIFY(read.error().text().find(
                "head_predictions.weight has the shape [3, 7], the network needs [4, 7]")
        != std::string::npos);
}

void TestModelFile::classesGivenTwiceMustAgree()
{
    const TemporaryFolder folder;
    auto metadata = modelMetadata(tinyDescription(), 1);
    metadata[metadata_keys::kClasses] = "[\"other\"]";
    QVERIFY(writeTensors(folder / "m", tinyNetwork().state(), metadata));
    QCOMPARE(readModel(folder / "m").error().code, ErrorCode::Mismatch);
}

void TestModelFile::aDescriptionOfAHugeHeadAllocatesNothing()
{
    const TemporaryFolder folder;
    auto description = tinyDescription();
    description.head.dense = { 65536, 65536, 65536 };
    QVERIFY(writeTensors(folder / "m", tinyNetwork().state(), modelMetadata(description, 1)));
    QCOMPARE(readModel(folder / "m").error().code, ErrorCode::Mismatch);
}

void TestModelFile::integersAreNoWeights()
{
    const TemporaryFolder folder;
    auto tensors = tinyNetwork().state();
    tensors.front().second = tensors.front().second.to(torch::kInt);
    QVERIFY(writeTensors(folder / "m", tensors, modelMetadata(tinyDescription(), 1)));
    QCOMPARE(readModel(folder / "m").error().code, ErrorCode::Unsupported);
}

void TestModelFile::whatIsNoNumberIsDamage()
{
    const TemporaryFolder folder;
    for (const double wrong : { std::nan(""), HUGE_VAL }) {
        auto tensors = tinyNetwork().state();
        tensors.back().second = tensors.back().second.clone();
        tensors.back().second.view(-1)[0] = wrong;
        QVERIFY(writeTensors(folder / "m", tensors, modelMetadata(tinyDescription(), 1)));
        const auto read = readModel(folder / "m");
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Corrupt);
        QVERIFY(read.error().detail.find(tensors.back().first) != std::string::npos);
    }
}

void TestModelFile::theBuiltInWeightsAreWhole()
{
    const auto path = builtInWeights("imagenet");
    QVERIFY2(path, path ? "" : path.error().text().c_str());
    const auto file = SafetensorsFile::open(*path);
    QVERIFY(file);
    QCOMPARE(file->tensors().size(), 26U);
    QCOMPARE(file->find("block5_conv3.weight")->dtype, DType::F16);
    QCOMPARE(sha256(file->bytes()), knownWeights().front().sha256);
}

void TestModelFile::damagedBuiltInWeightsAreRefused()
{
    const TemporaryFolder folder;
    const auto name = "weights/" + knownWeights().front().file;
    ::setenv("VERNIER_RESOURCE_DIR", folder.path().c_str(), 1);
    QCOMPARE(builtInWeights("imagenet").error().code, ErrorCode::NotFound);
    folder.write(name, "damaged");
    QCOMPARE(builtInWeights("imagenet").error().code, ErrorCode::Corrupt);
    ::unsetenv("VERNIER_RESOURCE_DIR");
    QVERIFY(builtInWeights("imagenet"));
}

void TestModelFile::unknownBuiltInWeightsAreNotFound()
{
    const auto path = builtInWeights("imagnet");
    QCOMPARE(path.error().code, ErrorCode::NotFound);
    QVERIFY(path.error().text().find("imagenet") != std::string::npos);
}

void TestModelFile::importingHalvesTheNumbers()
{
    const TemporaryFolder folder;
    QVERIFY(writeTensors(folder / "from", trunkTensors(), {}));
    const auto imported = importWeights(folder / "from", "tinyvgg", folder / "to");
    QVERIFY(imported);
    QVERIFY(imported->error > 0);
    QVERIFY(imported->error < 5e-4);
    QCOMPARE(imported->naming, std::string("Keras"));
    QCOMPARE(imported->normalization, tinyVgg().normalization);
    const auto file = SafetensorsFile::open(folder / "to");
    QVERIFY(file);
    QCOMPARE(file->tensors().front().dtype, DType::F16);
    auto network = tinyNetwork();
    QVERIFY(network.load(toTensors(*file), true, folder / "to"));
}

void TestModelFile::importingKeepsOnlyTheBackbone()
{
    const TemporaryFolder folder;
    QVERIFY(writeTensors(folder / "from", tinyNetwork().state(), {}));
    QVERIFY(importWeights(folder / "from", "tinyvgg", folder / "to"));
    const auto file = SafetensorsFile::open(folder / "to");
    QVERIFY(file);
    QCOMPARE(file->tensors().size(), 4U);
    QVERIFY(!file->find("head_predictions.weight"));
}

void TestModelFile::whatFp16CannotHoldIsNotImported_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<int>("code");
    QTest::newRow("too large") << 70000. << static_cast<int>(ErrorCode::Unsupported);
    QTest::newRow("infinite") << qInf() << static_cast<int>(ErrorCode::Corrupt);
    QTest::newRow("not a number") << qQNaN() << static_cast<int>(ErrorCode::Corrupt);
}

void TestModelFile::whatFp16CannotHoldIsNotImported()
{
    QFETCH(double, value);
    QFETCH(int, code);
    const TemporaryFolder folder;
    auto tensors = trunkTensors();
    tensors.back().second = tensors.back().second.clone();
    tensors.back().second[0] = value;
    QVERIFY(writeTensors(folder / "from", tensors, {}));
    const auto error = importWeights(folder / "from", "tinyvgg", folder / "to");
    QVERIFY(!error);
    QCOMPARE(static_cast<int>(error.error().code), code);
    QVERIFY(error.error().text().find(tensors.back().first) != std::string::npos);
    QVERIFY(!std::filesystem::exists(folder / "to"));
}

void TestModelFile::aFileForAnotherBackboneIsNotImported()
{
    const TemporaryFolder folder;
    QVERIFY(writeTensors(folder / "from", trunkTensors(), {}));
    QCOMPARE(
        importWeights(folder / "from", "vgg16", folder / "to").error().code, ErrorCode::Mismatch);
    QCOMPARE(
        importWeights(folder / "from", "vgg99", folder / "to").error().code, ErrorCode::NotFound);
}

void TestModelFile::importingKeepsWhatTorchvisionsWeightsExpect()
{
    const TemporaryFolder folder;
    const auto from = dataDir() / "weights" / "formats" / "torch_legacy.pth";
    const auto imported = importWeights(from, "tinyvgg", folder / "to");
    QVERIFY(imported);
    QCOMPARE(imported->naming, std::string("torchvision"));
    QCOMPARE(imported->format, std::string("PyTorch"));
    QCOMPARE(imported->normalization, std::string("torch"));
    // The written file has our names and says what it expects.
    const auto again = importWeights(folder / "to", "tinyvgg", folder / "again");
    QVERIFY(again);
    QCOMPARE(again->naming, std::string("Keras"));
    QCOMPARE(again->normalization, std::string("torch"));
}

QTEST_APPLESS_MAIN(TestModelFile)
#include "tst_model_file.moc"
