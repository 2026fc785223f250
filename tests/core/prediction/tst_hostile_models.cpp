#include "core/base/files.h"
#include "core/base/random.h"
#include "core/exporting/exporter.h"
#include "core/prediction/predictor.h"
#include "core/prediction/torchscript_code.h"
#include "core/prediction/torchscript_pickle.h"
#include "core/weights/model_file.h"
#include "core/weights/model_metadata.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <torch/script.h>

using namespace vernier;
using namespace vernier::test;

// LibTorch keeps 216 bytes of each zip file that turns out to hold no model.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:mz_zip_reader\n"; }

class TestHostileModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aFileThatIsNoModelIsRefused_data();
    void aFileThatIsNoModelIsRefused();
    void aModelThatIsCutOffIsRefused_data();
    void aModelThatIsCutOffIsRefused();
    void aModelWithAnyByteChangedNeverCrashes_data();
    void aModelWithAnyByteChangedNeverCrashes();
    void anOnnxFileThatWasMeddledWithSaysWhy_data();
    void anOnnxFileThatWasMeddledWithSaysWhy();
    void codeThatIsNotVerniersIsNeverRun_data();
    void codeThatIsNotVerniersIsNeverRun();
    void onlyCodeLikeVerniersPasses();
    void aPickleIsReadBeforeItBuildsAnything();
    void numbersOutsideOfTheirStorageAreRefused();
    void attributesMustAgreeWithTheDescription();

private:
    std::filesystem::path model(ExportFormat format) const
    {
        return m_folder / ("model" + std::string(extension(format)));
    }
    const TemporaryFolder m_folder;
};

namespace {

constexpr std::array kFormats { ExportFormat::TorchScript, ExportFormat::Onnx,
    ExportFormat::Safetensors };

void formatRows()
{
    QTest::addColumn<int>("format");
    for (const auto format : kFormats)
        QTest::newRow(std::string(name(format)).c_str()) << static_cast<int>(format);
}

std::vector<std::byte> contentOf(const std::filesystem::path& path)
{
    auto bytes = readFile(path, 1 << 20);
    if (!bytes)
        qFatal("%s", bytes.error().text().c_str());
    return std::move(*bytes);
}

/// Replaces the first place that holds `from`, or the last.
bool replaced(std::vector<std::byte>& bytes, std::string_view from, std::string_view to, bool last)
{
    const auto wanted = std::as_bytes(std::span(from));
    const auto found = last
        ? std::find_end(bytes.begin(), bytes.end(), wanted.begin(), wanted.end())
        : std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
    if (found == bytes.end() || from.size() != to.size())
        return false;
    std::ranges::copy(std::as_bytes(std::span(to)), found);
    return true;
}

torch::jit::Module scripted(const std::string& methods)
{
    torch::jit::Module module("__torch__.vernier.M");
    module.register_attribute("text", c10::StringType::get(), "x");
    module.define(methods);
    return module;
}

} // namespace

void TestHostileModels::initTestCase()
{
    QVERIFY(writeModel(m_folder / kBestModelFile, tinyNetwork(), 1));
    for (const auto format : kFormats) {
        const auto report = exportModel(m_folder.path(), format, model(format), {});
        QVERIFY2(report, report ? "" : report.error().text().c_str());
    }
}

void TestHostileModels::aFileThatIsNoModelIsRefused_data()
{
    QTest::addColumn<QString>("why");
    QTest::newRow("zip_bomb.pt") << "unpacks to more than the file holds";
    QTest::newRow("zip_without_a_model.pt") << "is no TorchScript file";
    QTest::newRow("python_state_dict.pt") << "is no TorchScript file";
    QTest::newRow("zip_with_a_path_upwards.pt") << "is no TorchScript file";
    QTest::newRow("onnx_start_only.onnx") << "does not say which classes it knows";
    QTest::newRow("onnx_field_longer_than_the_file.onnx") << "is no ONNX file, or is cut off";
    QTest::newRow("text.safetensors") << "is no model file that Vernier knows";
}

void TestHostileModels::aFileThatIsNoModelIsRefused()
{
    QFETCH(QString, why);
    const auto path = dataDir() / "models" / QTest::currentDataTag();
    const auto predictor = Predictor::open(path);
    QVERIFY(!predictor);
    const auto text = QString::fromStdString(predictor.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QCOMPARE(predictor.error().path, path);
    QVERIFY(!text.contains('\n'));
}

void TestHostileModels::aModelThatIsCutOffIsRefused_data() { formatRows(); }

void TestHostileModels::aModelThatIsCutOffIsRefused()
{
    QFETCH(int, format);
    const auto whole = contentOf(model(static_cast<ExportFormat>(format)));
    for (std::size_t part = 0; part < 40; ++part) {
        const auto cut = std::span(whole).first(whole.size() * part / 40);
        const auto predictor = Predictor::open(m_folder.write("cut", cut));
        QVERIFY(!predictor);
        QVERIFY(predictor.error().text().find('\n') == std::string::npos);
    }
}

void TestHostileModels::aModelWithAnyByteChangedNeverCrashes_data() { formatRows(); }

void TestHostileModels::aModelWithAnyByteChangedNeverCrashes()
{
    QFETCH(int, format);
    const auto whole = contentOf(model(static_cast<ExportFormat>(format)));
    Random random { 1, 2, static_cast<std::uint64_t>(format) };
    Picture grey { 32, 32, std::vector<std::uint8_t>(32 * 32 * 3, 100) };
    for (int i = 0; i < 150; ++i) {
        auto changed = whole;
        // The numbers themselves are the longest part, and of the least interest.
        const auto spot = random.below(2) == 0 ? random.below(whole.size())
                                               : whole.size() - 1 - random.below(6000);
        changed[spot] ^= static_cast<std::byte>(1 + random.below(255));
        if (const auto predictor = Predictor::open(m_folder.write("changed", changed)))
            static_cast<void>(predictor->probabilities(std::span(&grey, 1)));
    }
}

void TestHostileModels::anOnnxFileThatWasMeddledWithSaysWhy_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<bool>("last");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const QByteArray& from, const QByteArray& to, bool last,
                         const char* why) { QTest::newRow(name) << from << to << last << why; };
    constexpr auto graph = "the graph is not the one that Vernier writes";
    row("no description", "\x07vernier\x12", "\x07vernoer\x12", false, "which classes it knows");
    row("other classes", "[\"forky\"", "[\"corky\"", false, "two different things of its classes");
    row("an unknown backbone", "backbone\":\"tinyvgg", "backbone\":\"hugevgg", false, "hugevgg");
    row("another operator", "Relu", "Sqrt", false, graph);
    row("another input", "image", "imige", false, graph);
    row("a weight that no layer has", "head_dense1.weight", "head_dense9.weight", false, graph);
    row("a missing weight", "head_dense1.weight", "head_dense9.weight", true,
        "has no weights for head_dense1.weight");
    // Two strides, as the format packs them: a step of 0 would divide by it.
    row("a stride of nothing", QByteArray("strides@\x02@\x02", 11), QByteArray("strides@\0@\0", 11),
        false, graph);
    row("a stride of nothing in a convolution", QByteArray("strides@\x01@\x01", 11),
        QByteArray("strides@\0@\0", 11), true, graph);
}

void TestHostileModels::anOnnxFileThatWasMeddledWithSaysWhy()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(bool, last);
    QFETCH(QString, why);
    auto bytes = contentOf(model(ExportFormat::Onnx));
    QVERIFY(replaced(bytes, from.toStdString(), to.toStdString(), last));
    const auto predictor = Predictor::open(m_folder.write("meddled.onnx", bytes));
    QVERIFY(!predictor);
    const auto text = QString::fromStdString(predictor.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
}

void TestHostileModels::codeThatIsNotVerniersIsNeverRun_data()
{
    QTest::addColumn<QString>("methods");
    const QString header = "def forward(self, image: Tensor) -> Tensor:\n";
    QTest::newRow("another operator") << header + "    return torch.exp(image)\n";
    QTest::newRow("a loop without end")
        << header + "    while True:\n        image = torch.relu(image)\n    return image\n";
    QTest::newRow("writes a file")
        << header + "    torch.save(image, \"written\")\n    return image\n";
    QTest::newRow("fills the memory") << header + "    return torch.zeros([1000000, 1000000])\n";
    QTest::newRow("arithmetic on a list")
        << header + "    x = [1] * 1000000000000\n    return torch.flip(image, x)\n";
    QTest::newRow("runs while it is loaded")
        << "def __getstate__(self):\n    return 1\n"
           "def __setstate__(self, state: int) -> None:\n    print(state)\n"
            + header + "    return image\n";
    QTest::newRow("a branch") << header
            + "    if self.text == \"y\":\n        return image\n    return torch.relu(image)\n";
}

void TestHostileModels::codeThatIsNotVerniersIsNeverRun()
{
    QFETCH(QString, methods);
    const auto path = m_folder / "hostile.pt";
    scripted(methods.toStdString()).save(path.native());
    const auto predictor = Predictor::open(path);
    QVERIFY(!predictor);
    const auto text = QString::fromStdString(predictor.error().text());
    QVERIFY2(text.contains("code that Vernier's exports do not have"), qPrintable(text));
    QVERIFY(!std::filesystem::exists("written"));
}

void TestHostileModels::onlyCodeLikeVerniersPasses()
{
    QVERIFY(checkTorchScriptCode("class Layer(Module):\n"
                                 "  __parameters__ = [\"weight\", \"bias\", ]\n"
                                 "  weight : Tensor\n"
                                 "  def forward(self: __torch__.vernier.Layer,\n"
                                 "    image: Tensor) -> Tensor:\n"
                                 "    return torch.softmax(image, 1)\n",
        {}));
    QVERIFY(!checkTorchScriptCode("class exec(Enum):\n", {}));
    QVERIFY(!checkTorchScriptCode("x = torch.save (y)\n", {}));
    QVERIFY(!checkTorchScriptCode("x = ops.aten.save(y)\n", {}));
    QVERIFY(!checkTorchScriptCode("x = torch.relu\n(torch.from_file\n  (y))\n", {}));
    QVERIFY(!checkTorchScriptCode("a : __torch__.torch.classes.foo.Bar\n", {}));
    QVERIFY(!checkTorchScriptCode("x = " + std::string(100, '(') + "y", {}));
    QVERIFY(!checkTorchScriptCode("x = y))", {}));
    std::string chain = "x = y";
    for (int i = 0; i < 1000; ++i)
        chain += "[0]";
    QVERIFY(!checkTorchScriptCode(chain, {}));
    QVERIFY(!checkTorchScriptCode("x = (" + chain.substr(4) + "\n)\n", {}));
}

void TestHostileModels::aPickleIsReadBeforeItBuildsAnything()
{
    const auto verdict = [](const std::string& pickle) -> std::optional<ErrorCode> {
        const auto checked = checkTorchScriptPickle(pickle, {});
        return checked ? std::nullopt : std::optional(checked.error().code);
    };
    const std::string start = "\x80\x02";
    QVERIFY(!verdict(start + ")."));
    QVERIFY(!verdict(start + "ccollections\nOrderedDict\n)R."));
    QVERIFY(!verdict(start + "c__torch__.vernier\nModel\n)\x81."));
    QCOMPARE(verdict(start + "cos\nsystem\n."), ErrorCode::Unsupported);
    QCOMPARE(verdict(start + "c__torch__.torch\nclasses.a.B\n)\x81."), ErrorCode::Unsupported);
    QCOMPARE(verdict(start + "c__torch__\ntorch.classes.a.B\n)\x81."), ErrorCode::Unsupported);
    QCOMPARE(verdict(start + "Iknown to Python alone\n."), ErrorCode::Unsupported);
    QCOMPARE(verdict(start + ")" + std::string(100'000, '\x85') + "."), ErrorCode::TooLarge);
    std::string type;
    for (int i = 0; i < 1000; ++i)
        type += "List[";
    const auto length = static_cast<char>(type.size() % 256);
    const auto rest = static_cast<char>(type.size() / 256);
    QCOMPARE(verdict(start + "X" + length + rest + std::string(2, '\0') + type + "."),
        ErrorCode::Unsupported);
    for (const std::string cut : { "", "X", "X\xff\xff\xff\xff", "X\x05zzzab", "J\x01", "ctorch",
             "ctorch\n", "ctorch\nFloatStorage", "h", "))" })
        QCOMPARE(verdict(start + cut), ErrorCode::Corrupt);
}

void TestHostileModels::numbersOutsideOfTheirStorageAreRefused()
{
    auto module = torch::jit::load(model(ExportFormat::TorchScript).native());
    auto weight = module.attr("head_predictions").toModule().attr("weight").toTensor();
    weight.storage().unsafeGetStorageImpl()->set_nbytes(8);
    const auto path = m_folder / "outside.pt";
    module.save(path.native());
    const auto predictor = Predictor::open(path);
    QVERIFY(!predictor);
    QCOMPARE(predictor.error().code, ErrorCode::Corrupt);
}

void TestHostileModels::attributesMustAgreeWithTheDescription()
{
    const auto source = model(ExportFormat::TorchScript).native();
    const auto changed = [&](const char* attribute, const c10::IValue& value) {
        auto module = torch::jit::load(source);
        module.setattr(attribute, value);
        const auto path = m_folder / "changed.pt";
        module.save(path.native());
        return Predictor::open(path);
    };
    QCOMPARE(changed("geometry", "crop").error().code, ErrorCode::Mismatch);
    QCOMPARE(
        changed("classes", c10::List<std::string>({ "a", "b" })).error().code, ErrorCode::Mismatch);
    QCOMPARE(changed("epoch", "many").error().code, ErrorCode::Corrupt);
    QCOMPARE(changed("vernier", "{}").error().code, ErrorCode::Invalid);
    auto wider = tinyDescription();
    wider.head.dense = { 8 };
    QCOMPARE(changed("vernier", toJson(wider)).error().code, ErrorCode::Mismatch);
}

QTEST_APPLESS_MAIN(TestHostileModels)
#include "tst_hostile_models.moc"
