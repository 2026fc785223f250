#include "core/base/files.h"
#include "core/weights/fitted_weights.h"
#include "core/weights/hdf5_protocol.h"
#include "core/weights/pickle.h"
#include "core/weights/weight_formats.h"
#include "tests/support/protobuf_bytes.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/zip_bytes.h"

#include <QTest>

#include <cmath>

#include <sys/resource.h>

using namespace vernier;
using namespace vernier::test;

class TestWeightFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFormatGivesTheSameNumbers_data();
    void everyFormatGivesTheSameNumbers();
    void aTrunkIsReadWithoutItsTop();
    void whatAFileSaysItselfGoesBeforeItsNames();
    void namesDeriveFromTheLayers();
    void everyBackboneHasTorchvisionsNames_data();
    void everyBackboneHasTorchvisionsNames();
    void aBrokenFileIsRefusedAndSaysWhy_data();
    void aBrokenFileIsRefusedAndSaysWhy();
    void aSizeThatNothingExplainsIsNotBelieved();
    void aStrideThatIsNeverTakenMayBeAnyNumber();
    void nothingInAPickleIsRun();
    void aPickleThatHoldsItselfEnds();
    void namesBehindAPrefixAreFound_data();
    void namesBehindAPrefixAreFound();
    void aPrefixIsNeverGuessed();
    void theWeightsOfALargerNetworkAreRefused_data();
    void theWeightsOfALargerNetworkAreRefused();
    void layersWithoutNamesAreToldByTheirOrder_data();
    void layersWithoutNamesAreToldByTheirOrder();
    void whatHasNoOrderIsRefused_data();
    void whatHasNoOrderIsRefused();
    void aGraphThatIsAnotherNetworksIsRefused_data();
    void aGraphThatIsAnotherNetworksIsRefused();
    void aGraphThatIsTheSameInOtherWordsIsRead_data();
    void aGraphThatIsTheSameInOtherWordsIsRead();
    void whatAnOnnxFileSaysTwiceIsRefused_data();
    void whatAnOnnxFileSaysTwiceIsRefused();
    void namesGoBeforeTheOrder();
    void namesAreFoundInATimeThatTheirCountExplains();
    void anHdf5ReaderThatLiesIsNotBelieved_data();
    void anHdf5ReaderThatLiesIsNotBelieved();
    void aFileForAnotherNetworkSaysWhatItHas();
    void aFileThatIsCutOffIsRefused_data();
    void aFileThatIsCutOffIsRefused();
    void aFileWithAnyByteChangedNeverCrashes_data();
    void aFileWithAnyByteChangedNeverCrashes();
};

namespace {

std::filesystem::path sample(const std::string& name)
{
    return dataDir() / "weights" / "formats" / name;
}

std::vector<Layer> wholeNetwork()
{
    auto layers = tinyVgg().layers;
    layers.insert(layers.end(), tinyVgg().top.begin(), tinyVgg().top.end());
    return layers;
}

Result<FittedWeights> fit(const std::filesystem::path& path)
{
    const auto file = openWeights(path);
    if (!file)
        return tl::unexpected(file.error());
    return fitWeights(**file, tinyVgg(), wholeNetwork());
}

/// What make.py, which wrote the samples, says of a tensor.
torch::Tensor expectedNumbers(const torch::Tensor& like, std::size_t number)
{
    auto values = torch::empty({ like.numel() }, torch::kFloat);
    for (std::int64_t i = 0; i < like.numel(); ++i)
        values[i] = static_cast<float>(
            std::sin(static_cast<double>(i) + 7 * static_cast<double>(number)) / 8);
    return values.reshape(like.sizes());
}

constexpr std::array kWhole { "ours.safetensors", "torchvision.safetensors", "timm.safetensors",
    "torch_zip.pth", "torch_legacy.pth", "torch_very_old.pth", "torch_checkpoint.pth",
    "torch_strided.pth", "lightning.ckpt", "keras_applications.h5", "keras_model.h5",
    "keras_3.weights.h5", "keras_3.keras", "torchvision.onnx", "values_one_by_one.onnx" };

void wholeRows()
{
    QTest::addColumn<QString>("file");
    for (const auto* name : kWhole)
        QTest::newRow(name) << name;
}

std::filesystem::path currentSample() { return sample(QTest::currentDataTag()); }

} // namespace

void TestWeightFile::everyFormatGivesTheSameNumbers_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("naming");
    QTest::addColumn<QString>("normalization");
    const auto row = [](const char* name, const char* format, Naming naming) {
        QTest::newRow(name) << format << QString::fromStdString(std::string(vernier::name(naming)))
                            << (naming == Naming::Keras ? "unit" : "torch");
    };
    row("ours.safetensors", "safetensors", Naming::Keras);
    row("torchvision.safetensors", "safetensors", Naming::Torchvision);
    row("timm.safetensors", "safetensors", Naming::Timm);
    row("torch_zip.pth", "PyTorch", Naming::Torchvision);
    row("torch_legacy.pth", "PyTorch", Naming::Torchvision);
    row("torch_very_old.pth", "PyTorch", Naming::Torchvision);
    row("torch_checkpoint.pth", "PyTorch", Naming::Torchvision);
    row("torch_strided.pth", "PyTorch", Naming::Torchvision);
    row("lightning.ckpt", "PyTorch", Naming::Torchvision);
    row("keras_applications.h5", "Keras", Naming::Keras);
    row("keras_3.weights.h5", "Keras", Naming::Keras);
    row("keras_3.keras", "Keras", Naming::Keras);
    row("keras_model.h5", "Keras", Naming::Keras);
    row("torchvision.onnx", "ONNX", Naming::Torchvision);
    row("values_one_by_one.onnx", "ONNX", Naming::Torchvision);
}

void TestWeightFile::everyFormatGivesTheSameNumbers()
{
    QFETCH(QString, format);
    QFETCH(QString, naming);
    QFETCH(QString, normalization);
    const auto file = openWeights(currentSample());
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    QCOMPARE(QString::fromStdString(std::string((*file)->format())), format);
    const auto fitted = fitWeights(**file, tinyVgg(), wholeNetwork());
    QVERIFY2(fitted, fitted ? "" : fitted.error().text().c_str());
    QCOMPARE(QString::fromStdString(std::string(name(fitted->naming))), naming);
    QCOMPARE(QString::fromStdString(fitted->normalization), normalization);

    QCOMPARE(fitted->tensors.size(), 6U);
    std::size_t number = 0;
    for (const auto* name : { "block1_conv1.weight", "block1_conv1.bias", "block2_conv1.weight",
             "block2_conv1.bias", "predictions.weight", "predictions.bias" }) {
        const auto& values = fitted->tensors.at(name);
        QVERIFY2(values.allclose(expectedNumbers(values, number++), 0, 1e-7), name);
    }
    QVERIFY(fitted->tensors.at("predictions.weight").sizes() == at::IntArrayRef({ 10, 1024 }));
}

void TestWeightFile::aTrunkIsReadWithoutItsTop()
{
    const auto file = openWeights(sample("torch_zip.pth"));
    QVERIFY(file);
    const auto fitted = fitWeights(**file, tinyVgg(), tinyVgg().layers);
    QVERIFY(fitted);
    QCOMPARE(fitted->tensors.size(), 4U);
}

void TestWeightFile::whatAFileSaysItselfGoesBeforeItsNames()
{
    const TemporaryFolder folder;
    const auto file = SafetensorsFile::open(sample("ours.safetensors"));
    QVERIFY(file);
    QVERIFY(writeSafetensors(folder / "said", file->tensors(), { { "normalization", "torch" } }));
    QVERIFY(writeSafetensors(
        folder / "nonsense", file->tensors(), { { "normalization", "nonsense" } }));
    QCOMPARE(fit(folder / "said")->normalization, std::string("torch"));
    QCOMPARE(fit(folder / "nonsense")->normalization, tinyVgg().normalization);
}

void TestWeightFile::namesDeriveFromTheLayers()
{
    auto layers = vgg16().layers;
    layers.insert(layers.end(), vgg16().top.begin(), vgg16().top.end());
    const auto shape = vgg16().inputShape();
    const auto nameOf = [&](Naming naming, const char* ours) {
        for (const auto& parameter : parameterNames(layers, shape, naming)) {
            if (parameter.ours == ours)
                return parameter.theirs;
        }
        return std::string();
    };
    // As they stand in torchvision's and timm's own files.
    QCOMPARE(nameOf(Naming::Torchvision, "block1_conv2.weight"), std::string("features.2.weight"));
    QCOMPARE(nameOf(Naming::Torchvision, "block3_conv1.bias"), std::string("features.10.bias"));
    QCOMPARE(nameOf(Naming::Torchvision, "block5_conv3.weight"), std::string("features.28.weight"));
    QCOMPARE(nameOf(Naming::Torchvision, "fc1.weight"), std::string("classifier.0.weight"));
    QCOMPARE(nameOf(Naming::Torchvision, "fc2.weight"), std::string("classifier.3.weight"));
    QCOMPARE(nameOf(Naming::Torchvision, "predictions.bias"), std::string("classifier.6.bias"));
    QCOMPARE(nameOf(Naming::Timm, "block5_conv3.weight"), std::string("features.28.weight"));
    QCOMPARE(nameOf(Naming::Timm, "fc2.bias"), std::string("pre_logits.fc2.bias"));
    QCOMPARE(nameOf(Naming::Timm, "predictions.weight"), std::string("head.fc.weight"));
    QCOMPARE(nameOf(Naming::Keras, "fc1.weight"), std::string("fc1.weight"));
}

void TestWeightFile::everyBackboneHasTorchvisionsNames_data()
{
    QTest::addColumn<QString>("ours");
    QTest::addColumn<QString>("theirs");
    const auto row = [](const char* backbone, const char* ours, const char* theirs) {
        QTest::addRow("%s %s", backbone, ours) << ours << theirs;
    };
    row("vgg11", "block5_conv2.bias", "features.18.bias");
    row("vgg19", "block5_conv4.weight", "features.34.weight");
    row("vgg11_bn", "block1_bn1.running_mean", "features.1.running_mean");
    row("vgg16_bn", "block5_conv3.weight", "features.40.weight");
    row("vgg16_bn", "block5_bn3.running_var", "features.41.running_var");
    row("vgg16_bn", "predictions.weight", "classifier.6.weight");
    row("resnet18", "block1_conv.weight", "conv1.weight");
    row("resnet18", "block1_bn.bias", "bn1.bias");
    row("resnet18", "block2_unit2_conv2.weight", "layer1.1.conv2.weight");
    row("resnet18", "block3_unit1_shortcut_conv.weight", "layer2.0.downsample.0.weight");
    row("resnet34", "block4_unit6_bn2.running_var", "layer3.5.bn2.running_var");
    row("resnet50", "block2_unit1_shortcut_bn.running_mean", "layer1.0.downsample.1.running_mean");
    row("resnet50", "block5_unit3_conv3.weight", "layer4.2.conv3.weight");
    row("resnet50", "predictions.bias", "fc.bias");
}

void TestWeightFile::everyBackboneHasTorchvisionsNames()
{
    QFETCH(QString, ours);
    QFETCH(QString, theirs);
    const auto backbone = *findArchitecture(
        QString(QTest::currentDataTag()).section(QLatin1Char(' '), 0, 0).toStdString());
    auto layers = backbone->layers;
    layers.insert(layers.end(), backbone->top.begin(), backbone->top.end());
    const auto names = parameterNames(layers, backbone->inputShape(), Naming::Torchvision);
    const auto found = std::ranges::find(names, ours.toStdString(), &ParameterName::ours);
    QVERIFY(found != names.end());
    QCOMPARE(QString::fromStdString(found->theirs), theirs);
}

void TestWeightFile::aBrokenFileIsRefusedAndSaysWhy_data()
{
    QTest::addColumn<QString>("why");
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, const char* why, ErrorCode code = ErrorCode::Corrupt) {
        QTest::newRow(name) << why << static_cast<int>(code);
    };
    const auto unsupported = ErrorCode::Unsupported;
    row("calls_os_system.pth", "asks for the object os.system", unsupported);
    row("calls_os_system_by_stack.pth", "asks for the object os.system", unsupported);
    row("legacy_calls_os_system.pth", "asks for the object os.system", unsupported);
    row("builds_an_object.pth", "asks for the object torchvision.models.vgg.VGG", unsupported);
    row("loads_from_bytes.pth", "asks for the object torch.storage._load_from_bytes", unsupported);
    row("shape_is_huge.pth", "reaches beyond its numbers");
    row("shape_overflows.pth", "reaches beyond its numbers");
    row("shape_repeats_its_numbers.pth", "reaches beyond its numbers");
    row("stride_is_negative.pth", "a shape or stride that is no number from 0 on");
    row("stride_leaves_the_storage.pth", "reaches beyond its numbers");
    row("offset_leaves_the_storage.pth", "reaches beyond its numbers");
    row("offset_is_negative.pth", "reaches beyond its numbers");
    row("storage_says_too_much.pth", "features.0.weight are not as many as it says");
    row("legacy_storage_says_too_much.pth", "the file ends within its numbers");
    row("storage_is_missing.pth", "features.0.weight are not as many as it says");
    row("storage_is_complex.pth", "the object torch.ComplexFloatStorage", unsupported);
    row("dtype_is_wrong.pth", "features.0.weight are not as many as it says");
    row("list_holds_itself.pth", "holds no weights by name", unsupported);
    row("dictionary_holds_itself.pth", "holds no weights by name", unsupported);
    row("memo_is_empty.pth", "recalls what it has not remembered");
    row("stack_is_empty.pth", "ends a group that it has not begun");
    row("pickle_is_cut_off.pth", "is cut off");
    row("pickle_is_a_number.pth", "holds no weights by name", unsupported);
    row("name_comes_twice.pth", "the name a comes twice");
    row("lists_are_copied.pth", "too many entries", ErrorCode::TooLarge);
    row("keys_are_copied.pth", "numbers in an unknown way");
    row("big_endian.pth", "big-endian", unsupported);
    row("zip_bomb.pth", "numbers that are compressed", unsupported);
    row("zip_is_cut_off.pth", "is cut off or damaged");
    row("legacy_is_cut_off.pth", "the file ends within its numbers");
    row("compressed.h5", "compressed or lie elsewhere", unsupported);
    row("numbers_lie_elsewhere.h5", "compressed or lie elsewhere", unsupported);
    row("numbers_are_whole.h5", "is no list of 32-bit or 64-bit numbers", unsupported);
    row("links_to_another_file.h5", "holds no weights of Keras's", unsupported);
    row("group_holds_itself.h5", "is nested too deeply", ErrorCode::TooLarge);
    row("hdf5_is_cut_off.h5", "is cut off or damaged");
    row("library_reads_beyond_its_buffer.h5", "is damaged");
    row("library_frees_a_wild_pointer.h5", "is damaged");
    row("numbers_lie_elsewhere.onnx", "in another file", unsupported);
    row("shape_is_huge.onnx", "has an impossible shape");
    row("shape_is_negative.onnx", "has an impossible shape");
    row("numbers_are_missing.onnx", "has 0 bytes where its shape needs 24");
    row("numbers_lie_twice.onnx", "the numbers of features.0.weight more than once");
    row("onnx_is_cut_off.onnx", "is cut off");
    row("keras_3_is_packed.keras", "compressed", unsupported);
    row("keras_3_has_a_changed_byte.keras", "is damaged");
    row("tensor_needs_an_object.pth", "asks for the object mine.layers.Pruned", unsupported);
    row("weights_need_an_object.pth", "asks for the object mine.layers.Net", unsupported);
    row("make.py", "is no weight file that Vernier knows", unsupported);
}

void TestWeightFile::aBrokenFileIsRefusedAndSaysWhy()
{
    QFETCH(QString, why);
    QFETCH(int, code);
    const auto file = openWeights(currentSample());
    QVERIFY(!file);
    const auto text = QString::fromStdString(file.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QCOMPARE(static_cast<int>(file.error().code), code);
    QCOMPARE(file.error().path, currentSample());
    QVERIFY2(!file.error().advice.empty(), qPrintable(text));
}

void TestWeightFile::aSizeThatNothingExplainsIsNotBelieved()
{
    // What is compressed may say that it becomes any amount.
    const TemporaryFolder folder;
    const ZipPart weights { .name = "model.weights.h5",
        .content = "\x89HDF\r\n\x1a\n",
        .method = 8,
        .size = 0xfffffff0,
        .packed = 8,
        .localSize = 0xfffffff0 };
    auto bytes = zipBytes({ { "config.json", "{}" }, weights });
    // Before the content, too, it says how long it is packed.
    bytes.replace(bytes.find("model.weights.h5") - 12, 4, little(8, 4));
    const auto path = folder.write("untrue.keras", bytes);
    rlimit before {};
    ::getrlimit(RLIMIT_AS, &before);
    const rlimit tight { std::min<rlim_t>(before.rlim_max, rlim_t { 3 } << 30), before.rlim_max };
    ::setrlimit(RLIMIT_AS, &tight);
    const auto file = openWeights(path);
    ::setrlimit(RLIMIT_AS, &before);
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::Unsupported);
    QVERIFY2(file.error().text().find("numbers that are compressed") != std::string::npos,
        file.error().text().c_str());
}

void TestWeightFile::aStrideThatIsNeverTakenMayBeAnyNumber()
{
    const auto file = openWeights(sample("stride_of_one_row_is_huge.pth"));
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    QCOMPARE((*file)->entries().size(), std::size_t { 1 });
    std::array<float, 4> numbers {};
    QVERIFY((*file)->read(0, std::as_writable_bytes(std::span(numbers))));
    QCOMPARE(numbers, (std::array<float, 4> { 1, 3, 2, 4 }));
}

void TestWeightFile::nothingInAPickleIsRun()
{
    for (const auto* name :
        { "calls_os_system.pth", "calls_os_system_by_stack.pth", "legacy_calls_os_system.pth" })
        QVERIFY(!openWeights(sample(name)));
    QVERIFY(!std::filesystem::exists("run_by_a_pickle"));
}

void TestWeightFile::aPickleThatHoldsItselfEnds()
{
    using namespace std::string_view_literals;
    const auto pickle = readPickle("\x80\2]q\0h\0a."sv, "self");
    QVERIFY(pickle);
    QVERIFY(pickle->values[pickle->root].items == std::vector<std::uint32_t> { pickle->root });
    QCOMPARE(pickle->bytes, 9U);
}

namespace {

using Renamed = std::vector<std::pair<std::string, std::string>>; ///< new name, name in a sample

/// Tensors of a sample under other names.
std::filesystem::path renamed(const TemporaryFolder& folder, const char* from, const Renamed& names)
{
    const auto file = SafetensorsFile::open(sample(from));
    std::vector<TensorView> tensors;
    for (const auto& [name, old] : names) {
        tensors.push_back(*file->find(old));
        tensors.back().name = name;
    }
    const auto path = folder / "renamed.safetensors";
    return writeSafetensors(path, tensors, {}) ? path : std::filesystem::path();
}

Renamed allBehind(const std::string& prefix, const char* from = "torchvision.safetensors")
{
    Renamed names;
    const auto file = SafetensorsFile::open(sample(from));
    for (const auto& tensor : file->tensors())
        names.emplace_back(prefix + tensor.name, tensor.name);
    return names;
}

} // namespace

void TestWeightFile::namesBehindAPrefixAreFound_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("prefix");
    const auto row = [](const char* from, const char* prefix) {
        QTest::addRow("%s %s", from, prefix) << QString::fromLatin1(from) << prefix;
    };
    for (const auto* prefix : { "", "module.", "_orig_mod.", "model.", "backbone.", "net.",
             "module._orig_mod.", "model.encoder.0." })
        row("torchvision", prefix);
    row("timm", "module.");
    row("ours", "module.");
}

void TestWeightFile::namesBehindAPrefixAreFound()
{
    QFETCH(QString, from);
    QFETCH(QString, prefix);
    const TemporaryFolder folder;
    const auto source = from.toStdString() + ".safetensors";
    auto names = allBehind(prefix.toStdString(), source.c_str());
    // What else a checkpoint holds does not matter.
    names.emplace_back("criterion.weight", names.front().second);
    const auto fitted = fit(renamed(folder, source.c_str(), names));
    QVERIFY2(fitted, fitted ? "" : fitted.error().text().c_str());
    QCOMPARE(QString::fromStdString(fitted->prefix), prefix);
    QVERIFY(!fitted->byOrder);
    QVERIFY(fitted->naming
        == (from == QLatin1String("ours")       ? Naming::Keras
                : from == QLatin1String("timm") ? Naming::Timm
                                                : Naming::Torchvision));
    std::size_t number = 0;
    for (const auto* name : { "block1_conv1.weight", "block1_conv1.bias", "block2_conv1.weight",
             "block2_conv1.bias", "predictions.weight", "predictions.bias" }) {
        const auto& values = fitted->tensors.at(name);
        QVERIFY2(values.allclose(expectedNumbers(values, number++), 0, 1e-7), name);
    }
}

void TestWeightFile::aPrefixIsNeverGuessed()
{
    const TemporaryFolder folder;
    const auto refusal = [&](const Renamed& names) {
        const auto fitted = fit(renamed(folder, "torchvision.safetensors", names));
        return fitted ? std::string("taken from behind ") + fitted->prefix : fitted.error().text();
    };
    // Two networks, and none of them said to be the one.
    auto two = allBehind("student.");
    for (auto& name : allBehind("teacher."))
        two.push_back(std::move(name));
    const auto both = refusal(two);
    QVERIFY2(both.find("more than one network: student.features.0.weight and "
                       "teacher.features.0.weight")
            != std::string::npos,
        both.c_str());
    // One whose names stand behind different things.
    auto parted = allBehind("a.");
    parted[1].first.replace(0, 2, "b.");
    parted[3].first.replace(0, 2, "b.");
    const auto some = refusal(parted);
    QVERIFY2(some.find("has no weights for ") != std::string::npos, some.c_str());
    // A whole one beside a part of another.
    auto whole = allBehind("a.");
    whole.emplace_back("b.features.0.weight", "features.0.weight");
    QCOMPARE(QString::fromStdString(refusal(whole)), QStringLiteral("taken from behind a."));
    // What stands in front is part of a name, not a name that ends alike.
    const auto alike = refusal({ { "myfeatures.0.weight", "features.0.weight" } });
    QVERIFY2(alike.find("has neither") != std::string::npos, alike.c_str());
}

void TestWeightFile::theWeightsOfALargerNetworkAreRefused_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("more");
    QTest::newRow("ours") << "ours.safetensors"
                          << "block1_conv1.weight"
                          << "block2_conv9.weight";
    QTest::newRow("torchvision") << "torchvision.safetensors"
                                 << "features.0.weight"
                                 << "features.99.weight";
}

void TestWeightFile::theWeightsOfALargerNetworkAreRefused()
{
    QFETCH(QString, from);
    QFETCH(QString, first);
    QFETCH(QString, more);
    const TemporaryFolder folder;
    const auto source = from.toStdString();
    for (const std::string prefix : { "", "module." }) {
        auto names = allBehind(prefix, source.c_str());
        names.emplace_back(prefix + more.toStdString(), first.toStdString());
        const auto fitted = fit(renamed(folder, source.c_str(), names));
        QVERIFY(!fitted);
        QCOMPARE(fitted.error().code, ErrorCode::Mismatch);
        QVERIFY2(fitted.error().text().find(more.toStdString()) != std::string::npos,
            fitted.error().text().c_str());
    }
}

void TestWeightFile::layersWithoutNamesAreToldByTheirOrder_data()
{
    QTest::addColumn<QString>("normalization");
    QTest::newRow("keras_3_without_names.weights.h5") << "unit";
    QTest::newRow("keras_3_has_been_trained.weights.h5") << "unit";
    QTest::newRow("order_of_initializers.onnx") << "torch";
    QTest::newRow("order_of_constants.onnx") << "torch";
}

void TestWeightFile::layersWithoutNamesAreToldByTheirOrder()
{
    QFETCH(QString, normalization);
    const auto file = openWeights(currentSample());
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    const auto fitted = fitWeights(**file, tinyVgg(), tinyVgg().layers);
    QVERIFY2(fitted, fitted ? "" : fitted.error().text().c_str());
    QVERIFY(fitted->byOrder);
    QCOMPARE(QString::fromStdString(fitted->normalization), normalization);
    QCOMPARE(fitted->tensors.size(), 4U);
    std::size_t number = 0;
    for (const auto* name : { "block1_conv1.weight", "block1_conv1.bias", "block2_conv1.weight",
             "block2_conv1.bias" }) {
        const auto& values = fitted->tensors.at(name);
        QVERIFY2(values.allclose(expectedNumbers(values, number++), 0, 1e-7), name);
    }
    // Of what lies above the trunk the numbers say nothing.
    QVERIFY(!fitWeights(**file, tinyVgg(), wholeNetwork()));
    QVERIFY(!fitWeights(**file, vgg16(), vgg16().layers));
}

void TestWeightFile::whatHasNoOrderIsRefused_data()
{
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const char* why) {
        QTest::newRow(name) << QString::fromLatin1(why);
    };
    row("keras_3_two_models.weights.h5", "convolutions in more than one model");
    row("keras_3_in_another_order.weights.h5", "has the shape [3, 3, 8, 16]");
    row("keras_3_lacks_a_number.weights.h5", "convolution 2 is missing");
    row("keras_3_lacks_a_bias.weights.h5", "a convolution has no bias");
    row("keras_3_normalizes.weights.h5", "layers that this network has not");
    row("keras_3_normalizes_groups.weights.h5", "layers that this network has not");
    row("keras_3_names_disagree.weights.h5",
        "block2_conv1.weight stands where block1_conv1.weight should");
    row("order_is_swapped.onnx", "has the shape [16, 8, 3, 3]");
    row("order_has_branches.onnx", "the graph has branches");
    row("order_adds_the_picture.onnx", "the graph has branches");
    row("order_normalizes.onnx", "there is BatchNormalization between its convolutions");
    row("order_has_strides.onnx",
        "a convolution (window 3, step 2, padding 1) where this network has a convolution (window "
        "3, step 1, padding 1)");
    row("order_computes_its_weights.onnx", "a convolution computes its weights");
    row("order_lacks_a_bias.onnx", "a convolution has no bias");
    row("order_lacks_a_relu.onnx",
        "a pooling (window 2, step 2, padding 0) where this network has a ReLU");
    row("order_lacks_a_convolution.onnx", "there are 1 convolutions instead of 2");
    row("order_of_somebody.onnx", "nothing says what they expect of a picture");
}

void TestWeightFile::whatHasNoOrderIsRefused()
{
    QFETCH(QString, why);
    const auto file = openWeights(currentSample());
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    const auto fitted = fitWeights(**file, tinyVgg(), tinyVgg().layers);
    QVERIFY(!fitted);
    QCOMPARE(fitted.error().code, ErrorCode::Mismatch);
    const auto text = QString::fromStdString(fitted.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
}

namespace {

/// A graph's nodes; nodeOf() gives one by its first output.
using Nodes = std::vector<Message>;

Message& nodeOf(Nodes& nodes, const std::string& output)
{
    const auto found = std::ranges::find_if(nodes, [&](const Message& node) {
        return std::get<std::string>(std::ranges::find(node, 2U, &Field::field)->value) == output;
    });
    if (found == nodes.end())
        qFatal("there is no node %s", output.c_str());
    return *found;
}

Message node(const std::string& operation, const std::vector<std::string>& inputs,
    const std::string& output, const std::string& domain = {})
{
    Message message;
    for (const auto& input : inputs)
        message.push_back({ 1, input });
    message.push_back({ 2, output });
    message.push_back({ 4, operation });
    if (!domain.empty())
        message.push_back({ 7, domain });
    return message;
}

Field attribute(const std::string& name, const Message& value)
{
    Message message { { 1, name } };
    message.insert(message.end(), value.begin(), value.end());
    return { 5, textOf(message) };
}

Message ints(const std::vector<std::uint64_t>& values)
{
    Message message;
    for (const auto value : values)
        message.push_back({ 8, value });
    return message;
}

void drop(Message& node, const std::string& name)
{
    std::erase_if(node, [&](const Field& field) {
        return field.field == 5
            && std::get<std::string>(messageOf(std::get<std::string>(field.value)).front().value)
            == name;
    });
}

void set(Message& node, const std::string& name, const Message& value)
{
    drop(node, name);
    node.push_back(attribute(name, value));
}

/// The sample whose convolutions are told by their order, with other nodes: input, c1 (Conv),
/// r1 (Relu), p1 (MaxPool), c2, r2, p2.
std::string graphWith(const std::function<void(Nodes&)>& how)
{
    const auto bytes = readFile(sample("order_of_initializers.onnx"), 1 << 20);
    auto message = messageOf({ reinterpret_cast<const char*>(bytes->data()), bytes->size() });
    change(message, 7, [&](Message& graph) {
        Nodes nodes;
        for (const auto& field : graph) {
            if (field.field == 1)
                nodes.push_back(messageOf(std::get<std::string>(field.value)));
        }
        how(nodes);
        std::erase_if(graph, [](const Field& field) { return field.field == 1; });
        for (const auto& changed : nodes)
            graph.push_back({ 1, textOf(changed) });
    });
    return textOf(message);
}

using Change = std::function<void(Nodes&)>;

Result<FittedWeights> fitTrunk(const std::filesystem::path& path)
{
    const auto file = openWeights(path);
    if (!file)
        return tl::unexpected(file.error());
    return fitWeights(**file, tinyVgg(), tinyVgg().layers);
}

} // namespace

void TestWeightFile::aGraphThatIsAnotherNetworksIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const char* why, const Change& how) {
        QTest::newRow(name) << QByteArray::fromStdString(graphWith(how)) << why;
    };
    const auto inNode = [&](const char* name, const char* output, const char* why,
                            const std::function<void(Message&)>& how) {
        row(name, why, [&](Nodes& nodes) { how(nodeOf(nodes, output)); });
    };
    const auto with = [](const char* name, const Message& value) {
        return [=](Message& message) { set(message, name, value); };
    };
    const auto foreign = [](Message& message) { message.push_back({ 7, "com.example" }); };
    inNode("a first convolution of another domain", "c1",
        "there is com.example.Conv in front of its convolutions", foreign);
    inNode("a second one", "c2", "there are 1 convolutions instead of 2", foreign);
    inNode("a ReLU of another domain", "r1", "there is com.example.Relu between its convolutions",
        foreign);
    inNode("a last ReLU of another domain", "r2", "a ReLU is missing", foreign);
    row("weights that an operation of another domain gives", "a convolution computes its weights",
        [&](Nodes& nodes) {
            nodes.insert(nodes.begin(), node("Constant", {}, "w", "com.example"));
            std::ranges::find(nodeOf(nodes, "c1"), 1U, &Field::field)[1].value = "w";
        });
    // There is a ReLU, and it is nobody's.
    inNode("a ReLU beside the row", "p1",
        "a pooling (window 2, step 2, padding 0) where this network has a ReLU",
        [](Message& message) { message.front().value = "c1"; });
    inNode("a last ReLU beside the row", "r2", "a ReLU is missing", [](Message& message) {
        message.front().value = "r1";
        message[1].value = "r9";
        message.push_back({ 2, "r2" });
    });
    row("a pooling in front", "there is MaxPool in front of its convolutions", [](Nodes& nodes) {
        auto pool = nodeOf(nodes, "p1");
        pool[0].value = "input";
        pool[1].value = "p0";
        nodeOf(nodes, "c1").front().value = "p0";
        nodes.insert(nodes.begin(), pool);
    });
    row("no pooling between",
        "a convolution (window 3, step 1, padding 1) where this network has a pooling",
        [](Nodes& nodes) { nodeOf(nodes, "c2").front().value = "r1"; });
    row("a pooling twice", "a pooling (window 2, step 2, padding 0) where this network has a conv",
        [](Nodes& nodes) {
            auto pool = nodeOf(nodes, "p1");
            pool[0].value = "p1";
            pool[1].value = "p9";
            nodes.insert(nodes.begin() + 3, pool);
            nodeOf(nodes, "c2").front().value = "p9";
        });
    row("a ReLU behind the pooling", "a pooling (window 2, step 2, padding 0) where this network",
        [](Nodes& nodes) {
            nodeOf(nodes, "p1").front().value = "c1";
            nodeOf(nodes, "r1").front().value = "p1";
            std::swap(nodes[1], nodes[2]);
            nodeOf(nodes, "c2").front().value = "r1";
        });
    inNode("a picture without its edge", "c2",
        "a convolution (window 3, step 1, padding 0) where this network has a convolution (window "
        "3, step 1, padding 1)",
        [](Message& message) { drop(message, "pads"); });
    const char* leavesOut = "a convolution leaves out pixels or channels";
    inNode("another edge on each side", "c2", leavesOut, with("pads", ints({ 1, 1, 0, 0 })));
    inNode("pixels left out between", "c2", leavesOut, with("dilations", ints({ 2, 2 })));
    inNode("groups of channels", "c2", leavesOut, with("group", { { 3, std::uint64_t { 2 } } }));
    inNode("steps that differ", "c1", leavesOut, with("strides", ints({ 1, 2 })));
    inNode("a step of nothing", "c1", "(window 3, step 0, padding 1)",
        with("strides", ints({ 0, 0 })));
    inNode("steps in three directions", "c1", leavesOut, with("strides", ints({ 1, 1, 1 })));
    inNode("a step of 2^32 + 1", "c1", leavesOut,
        with("strides", ints({ (1ULL << 32) + 1, (1ULL << 32) + 1 })));
    inNode("strides twice", "c1", leavesOut, [](Message& message) {
        message.push_back(attribute("strides", ints({ 2, 2 })));
    });
    inNode("strides of two types", "c1", leavesOut,
        with("strides",
            { { 8, std::uint64_t { 1 } }, { 8, std::uint64_t { 1 } },
                { 3, std::uint64_t { 2 } } }));
    inNode("an edge as it is needed, of an even window", "c1", leavesOut, [](Message& message) {
        drop(message, "pads");
        set(message, "kernel_shape", ints({ 2, 2 }));
        set(message, "auto_pad", { { 4, "SAME_UPPER" } });
    });
    inNode("an edge twice", "c1", leavesOut, with("auto_pad", { { 4, "VALID" } }));
    const char* pool = "there is MaxPool between its convolutions";
    inNode("a pooling without a step", "p1", "a pooling (window 2, step 1, padding 0) where",
        [](Message& message) { drop(message, "strides"); });
    inNode("a larger pooling", "p1", "a pooling (window 3, step 2, padding 0) where",
        with("kernel_shape", ints({ 3, 3 })));
    inNode("a pooling with an edge", "p2", "a pooling (window 2, step 2, padding 1) where",
        with("pads", ints({ 1, 1, 1, 1 })));
    inNode(
        "a pooling that rounds up", "p1", pool, with("ceil_mode", { { 3, std::uint64_t { 1 } } }));
    inNode("a pooling that leaves out pixels", "p1", pool, with("dilations", ints({ 2, 2 })));
    inNode("a pooling without a window", "p1", pool,
        [](Message& message) { drop(message, "kernel_shape"); });
    row("two values of one name", "two values are called r1",
        [](Nodes& nodes) { nodes.insert(nodes.begin() + 2, node("Relu", { "input" }, "r1")); });
    row("a value that is called as a tensor", "two values are called onnx::Conv_16",
        [](Nodes& nodes) {
            nodes.insert(nodes.begin(), node("Relu", { "input" }, "onnx::Conv_16"));
        });
    row("a value that is taken before it is there", "two values are called r1",
        [](Nodes& nodes) { std::swap(nodes[1], nodes[2]); });
    row("a node with 2,000 inputs", "a node is larger than any", [](Nodes& nodes) {
        nodes.insert(nodes.begin(), node("Concat", std::vector<std::string>(2000, "input"), "x"));
    });
    auto functions = messageOf(graphWith([](Nodes&) {}));
    functions.push_back({ 25, textOf({ { 1, "Relu" } }) });
    QTest::newRow("operations of its own making")
        << QByteArray::fromStdString(textOf(functions)) << "operations of its own making";
}

void TestWeightFile::aGraphThatIsAnotherNetworksIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, why);
    const TemporaryFolder folder;
    const auto fitted = fitTrunk(folder.write("other.onnx", bytes.toStdString()));
    QVERIFY(!fitted);
    QCOMPARE(fitted.error().code, ErrorCode::Mismatch);
    const auto text = QString::fromStdString(fitted.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
}

void TestWeightFile::aGraphThatIsTheSameInOtherWordsIsRead_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, const Change& how) {
        QTest::newRow(name) << QByteArray::fromStdString(graphWith(how));
    };
    row("as it is", [](Nodes&) {});
    row("ONNX's own domain", [](Nodes& nodes) {
        for (auto& each : nodes)
            each.push_back({ 7, "ai.onnx" });
    });
    row("an edge as it is needed", [](Nodes& nodes) {
        for (const auto* output : { "c1", "c2" }) {
            drop(nodeOf(nodes, output), "pads");
            set(nodeOf(nodes, output), "auto_pad", { { 4, "SAME_UPPER" } });
        }
    });
    row("nothing of what goes without saying", [](Nodes& nodes) {
        for (const auto* output : { "c1", "c2" }) {
            for (const auto* name : { "strides", "dilations", "group", "kernel_shape" })
                drop(nodeOf(nodes, output), name);
        }
    });
    row("a scaled picture with other axes", [](Nodes& nodes) {
        nodes.insert(nodes.begin(), node("Transpose", { "input" }, "t"));
        nodes.insert(nodes.begin() + 1, node("Constant", {}, "mean"));
        nodes.insert(nodes.begin() + 2, node("Sub", { "t", "mean" }, "scaled"));
        nodeOf(nodes, "c1").front().value = "scaled";
    });
    row("a bias under another name", [](Nodes& nodes) {
        nodes.insert(nodes.begin(), node("Identity", { "onnx::Conv_17" }, "b"));
        nodeOf(nodes, "c1")[2].value = "b";
    });
    row("dropout between", [](Nodes& nodes) {
        nodes.insert(nodes.begin() + 3, node("Dropout", { "p1" }, "d"));
        nodeOf(nodes, "c2").front().value = "d";
    });
    row("without its end", [](Nodes& nodes) { nodes.resize(5); });
    row("with a head", [](Nodes& nodes) {
        nodes.push_back(node("Flatten", { "p2" }, "f"));
        nodes.push_back(node("Gemm", { "f", "onnx::Conv_16" }, "g"));
        nodes.push_back(node("Relu", { "g" }, "h"));
    });
}

void TestWeightFile::aGraphThatIsTheSameInOtherWordsIsRead()
{
    QFETCH(QByteArray, bytes);
    const TemporaryFolder folder;
    const auto fitted = fitTrunk(folder.write("same.onnx", bytes.toStdString()));
    QVERIFY2(fitted, fitted ? "" : fitted.error().text().c_str());
    QVERIFY(fitted->byOrder);
    const auto plain = fitTrunk(sample("order_of_initializers.onnx"));
    for (const auto& [name, values] : plain->tensors)
        QVERIFY2(fitted->tensors.at(name).equal(values), name.c_str());
}

void TestWeightFile::whatAnOnnxFileSaysTwiceIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("why");
    const auto whole = graphWith([](Nodes&) {});
    const auto inModel
        = [&](const char* name, const char* why, const std::function<void(Message&)>& how) {
              auto message = messageOf(whole);
              how(message);
              QTest::newRow(name) << QByteArray::fromStdString(textOf(message)) << why;
          };
    const auto inTensor
        = [&](const char* name, const char* why, const std::function<void(Message&)>& how) {
              inModel(name, why, [&](Message& message) {
                  change(message, 7, [&](Message& graph) { change(graph, 5, how); });
              });
          };
    const auto again = [](std::uint32_t field) {
        return [=](Message& message) {
            message.push_back(*std::ranges::find(message, field, &Field::field));
        };
    };
    const char* twice = "the numbers of onnx::Conv_19 more than once";
    inTensor("numbers", twice, again(9));
    for (const std::uint32_t field : { 4, 5, 6, 7, 10, 11 })
        inTensor(qPrintable(QStringLiteral("numbers in field %1").arg(field)), twice,
            [field](Message& tensor) {
                tensor.push_back({ field, std::string(8, '\0') });
            });
    inTensor("a name", "onnx::Conv_19 has a second name", again(8));
    inModel("a tensor", "the name onnx::Conv_19 comes twice",
        [&](Message& message) { change(message, 7, again(5)); });
    inModel("a tensor as a node", "the name onnx::Conv_19 comes twice", [&](Message& message) {
        change(message, 7, [](Message& graph) {
            auto constant = node("Constant", {}, "onnx::Conv_19");
            constant.push_back(
                attribute("value", { { 5, std::ranges::find(graph, 5U, &Field::field)->value } }));
            graph.push_back({ 1, textOf(constant) });
        });
    });
    inModel("a graph", "has its graph in two parts", again(7));
    inModel("something of itself", "says something twice of itself", [](Message& message) {
        for (const auto* value : { "torch", "caffe" })
            message.push_back({ 14, textOf({ { 1, "normalization" }, { 2, value } }) });
    });
}

void TestWeightFile::whatAnOnnxFileSaysTwiceIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, why);
    const TemporaryFolder folder;
    const auto file = openWeights(folder.write("twice.onnx", bytes.toStdString()));
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::Corrupt);
    const auto text = QString::fromStdString(file.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
}

void TestWeightFile::namesGoBeforeTheOrder()
{
    const auto fitted = fitTrunk(sample("keras_3_names_go_first.weights.h5"));
    QVERIFY2(fitted, fitted ? "" : fitted.error().text().c_str());
    QVERIFY(!fitted->byOrder);
    std::size_t number = 0;
    for (const auto* name : { "block1_conv1.weight", "block1_conv1.bias", "block2_conv1.weight",
             "block2_conv1.bias" }) {
        const auto& values = fitted->tensors.at(name);
        QVERIFY2(values.allclose(expectedNumbers(values, number++), 0, 1e-7), name);
    }
}

void TestWeightFile::namesAreFoundInATimeThatTheirCountExplains()
{
    // 100,000 names: what compares each with each takes minutes, and the test with it.
    const TemporaryFolder folder;
    const std::array<float, 1> one { 1 };
    std::vector<TensorView> tensors;
    for (int i = 0; i < 100'000; ++i)
        tensors.push_back({ "part." + std::to_string(i) + ".features.0.weight", DType::F32, { 1 },
            std::as_bytes(std::span(one)) });
    QVERIFY(writeSafetensors(folder / "many", tensors, {}));
    const auto fitted = fit(folder / "many");
    QVERIFY(!fitted);
    QCOMPARE(fitted.error().code, ErrorCode::Mismatch);
}

namespace {

/// What a reader answers of one dataset.
std::string listed(Hdf5Entry entry, const std::string& text,
    std::initializer_list<std::uint64_t> edges = {}, int textBytes = -1)
{
    entry.textBytes = static_cast<std::uint16_t>(textBytes < 0 ? text.size() : textBytes);
    std::string bytes(reinterpret_cast<const char*>(&entry), sizeof entry);
    bytes += text;
    for (const auto edge : edges)
        bytes.append(reinterpret_cast<const char*>(&edge), sizeof edge);
    return bytes;
}

} // namespace

void TestWeightFile::anHdf5ReaderThatLiesIsNotBelieved_data()
{
    QTest::addColumn<QByteArray>("list");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const std::string& list, const char* why) {
        QTest::newRow(name) << QByteArray(list.data(), static_cast<qsizetype>(list.size())) << why;
    };
    using Kind = Hdf5Entry::Kind;
    const std::string path = "/a/kernel:0";
    const Hdf5Entry good { .kind = Kind::F32, .rank = 1, .at = 0, .bytes = 8 };
    const auto changed = [&](auto change) {
        auto entry = good;
        change(entry);
        return entry;
    };
    const char* unreadable = "is damaged: it cannot be read";
    const char* impossible = "a.weight has an impossible shape";
    const auto whole = listed(good, path, { 2 });
    row("an entry that is cut off", whole.substr(0, whole.size() - 1), unreadable);
    row("an entry with a byte too many", whole + "x", unreadable);
    row("a text beyond the end", listed(good, path, { 2 }, 60'000), unreadable);
    row("edges beyond the end", listed(changed([](auto& e) { e.rank = 255; }), path, { 2 }),
        unreadable);
    row("an unknown kind",
        listed(changed([](auto& e) { e.kind = static_cast<Kind>(9); }), path, { 2 }), unreadable);
    row("a path with a zero", listed(good, std::string("/a\0b/kernel", 11), { 2 }), unreadable);
    row("a name without a group", listed({ .kind = Kind::Name }, "abc"), unreadable);
    row("twice the same", whole + whole, "the name a.weight comes twice");
    row("a shape of nothing", listed(good, path, { 0 }), impossible);
    row("a shape beyond the file",
        listed(changed([](auto& e) { e.bytes = 4ULL << 30; }), path, { 1 << 30 }), impossible);
    row("a shape that overflows",
        listed(changed([](auto& e) { e.rank = 3; }), path, { 1ULL << 62, 4, 2 }), impossible);
    row("other bytes than the shape", listed(changed([](auto& e) { e.bytes = 12; }), path, { 2 }),
        impossible);
    row("numbers beyond the file", listed(changed([](auto& e) { e.at = 1 << 20; }), path, { 2 }),
        impossible);
    row("numbers across the end", listed(changed([](auto& e) { e.at = ~0ULL - 3; }), path, { 2 }),
        impossible);
}

void TestWeightFile::anHdf5ReaderThatLiesIsNotBelieved()
{
    QFETCH(QByteArray, list);
    QFETCH(QString, why);
    const TemporaryFolder folder;
    const auto path = folder.write(
        "file.h5", std::string_view(list.constData(), static_cast<std::size_t>(list.size())));
    const auto file
        = openKeras(path, { 0, static_cast<std::uint64_t>(list.size()) }, STAND_IN_READER);
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::Corrupt);
    QVERIFY(file.error().path == path);
    QVERIFY2(file.error().text().find(why.toStdString()) != std::string::npos,
        file.error().text().c_str());
}

void TestWeightFile::aFileForAnotherNetworkSaysWhatItHas()
{
    const auto file = openWeights(sample("torch_zip.pth"));
    QVERIFY(file);
    const auto wrongShape = fitWeights(**file, vgg16(), vgg16().layers);
    QVERIFY(!wrongShape);
    QCOMPARE(wrongShape.error().code, ErrorCode::Mismatch);
    QVERIFY(wrongShape.error().text().find(
                "features.0.weight has the shape [8, 3, 3, 3], VGG16 needs [64, 3, 3, 3]")
        != std::string::npos);

    const TemporaryFolder folder;
    const std::array<float, 1> one { 1 };
    QVERIFY(writeSafetensors(folder / "other",
        { { "conv1.weight", DType::F32, { 1 }, std::as_bytes(std::span(one)) } }, {}));
    const auto unknown = fit(folder / "other");
    QVERIFY(!unknown);
    for (const auto* part : { "block1_conv1.weight (Keras)", "features.0.weight (torchvision)",
             "are called conv1.weight" })
        QVERIFY2(unknown.error().text().find(part) != std::string::npos, part);
}

void TestWeightFile::aFileThatIsCutOffIsRefused_data() { wholeRows(); }

/// Each of Keras's is read by a process of its own. In their place the fuzz programs look at
/// thousands of cases a second.
static bool hasReaderOfItsOwn()
{
    return currentSample().native().find("keras") != std::string::npos;
}

void TestWeightFile::aFileThatIsCutOffIsRefused()
{
    // Odd numbers meet each place within a number of 8 bytes.
    const std::size_t fine = hasReaderOfItsOwn() ? 5 : 1;
    const std::size_t coarse = hasReaderOfItsOwn() ? 997 : 499;
    const TemporaryFolder folder;
    const auto bytes = readFile(currentSample(), 1 << 20);
    QVERIFY(bytes);
    for (std::size_t length = 0; length < bytes->size(); length += length < 300 ? fine : coarse) {
        const auto path = folder.replace("cut", std::span(*bytes).first(length));
        QVERIFY2(!fit(path), qPrintable(QString::number(length)));
    }
}

void TestWeightFile::aFileWithAnyByteChangedNeverCrashes_data() { wholeRows(); }

void TestWeightFile::aFileWithAnyByteChangedNeverCrashes()
{
    const std::size_t fine = hasReaderOfItsOwn() ? 5 : 1;
    const std::size_t coarse = hasReaderOfItsOwn() ? 421 : 211;
    const TemporaryFolder folder;
    const auto bytes = readFile(currentSample(), 1 << 20);
    QVERIFY(bytes);
    std::size_t read = 0;
    for (std::size_t place = 0; place < bytes->size();
         place += place < 400 || place + 300 > bytes->size() ? fine : coarse) {
        auto changed = *bytes;
        changed[place] ^= place % 2 == 0 ? std::byte { 0xff } : std::byte { 0x01 };
        read += fit(folder.replace("changed", changed)).has_value();
    }
    // Most bytes are numbers.
    QVERIFY(read > 0);
}

QTEST_APPLESS_MAIN(TestWeightFile)
#include "tst_weight_file.moc"
