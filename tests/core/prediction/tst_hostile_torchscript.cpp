#include "core/base/random.h"
#include "core/weights/model_metadata.h"
#include "tests/core/prediction/exported_models.h"
#include "tests/support/source_dir.h"

#include <functional>
#include <torch/script.h>

using namespace vernier;
using namespace vernier::test;
using namespace std::string_literals;

/// TorchScript files whose code, objects or numbers are made to do harm.
class TestHostileTorchscript : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_models.write(); }
    void theCodeOfAFileIsNeverRun_data();
    void theCodeOfAFileIsNeverRun();
    void aFileWhoseCodeIsHostileAnswersByItsNumbers_data();
    void aFileWhoseCodeIsHostileAnswersByItsNumbers();
    void aModuleThatIsNotVerniersIsRefused_data();
    void aModuleThatIsNotVerniersIsRefused();
    void aPickleWithAnyByteChangedNeverCrashes();
    void numbersOutsideOfTheirStorageAreRefused();
    void attributesMustAgreeWithTheDescription();
    void numbersMustBeWhatTheDescriptionAsksFor();

private:
    ExportedModels m_models;
};

void TestHostileTorchscript::theCodeOfAFileIsNeverRun_data()
{
    QTest::addColumn<QByteArray>("code");
    const std::string header = "class Model(Module):\n  __parameters__ = []\n  def forward(self: "
                               "__torch__.vernier.Model, image: Tensor) -> Tensor:\n";
    const auto row = [](const char* name, const std::string& code) {
        QTest::newRow(name) << QByteArray::fromStdString(code);
    };
    row("writes a file", header + "    return (torch.save)(image, \"written-by-a-model\")\n");
    row("a loop without end",
        header + "    while True:\n        image = torch.relu(image)\n    return image\n");
    row("runs while it is loaded",
        header
            + "    return image\n  def __setstate__(self, state: int) -> None:\n"
              "    torch.save(state, \"written-by-a-model\")\n");
    row("fills the memory", header + "    return torch.zeros([1000000, 1000000])\n");
    std::string nested;
    for (int i = 0; i < 60'000; ++i)
        nested += "List[";
    row("a type nested 60,000 deep",
        "class Model(Module):\n  a : " + nested + "int" + std::string(60'000, ']') + "\n");
    row("brackets nested 60,000 deep",
        header + "    return " + std::string(60'000, '(') + "image" + std::string(60'000, ')'));
    row("no code at all", "");
    row("no text", std::string("\0\xff\x80", 3));
}

void TestHostileTorchscript::theCodeOfAFileIsNeverRun()
{
    QFETCH(QByteArray, code);
    const auto source = m_models.model(ExportFormat::TorchScript);
    auto parts = recordsOf(source);
    record(parts, "code/__torch__/vernier.py").content = code.toStdString();
    const auto predictor = Predictor::open(m_models.folder().write("hostile.pt", zipBytes(parts)));
    QVERIFY2(predictor, predictor ? "" : predictor.error().text().c_str());
    QCOMPARE(answer(*predictor), answer(*Predictor::open(source)));
    QVERIFY(!std::filesystem::exists("written-by-a-model"));
}

void TestHostileTorchscript::aFileWhoseCodeIsHostileAnswersByItsNumbers_data()
{
    QTest::addColumn<QString>("file");
    for (const auto* file :
        { "code_calls_in_brackets.pt", "code_in_a_record_of_other_letter_case.pt",
            "code_in_a_folder_of_other_letter_case.pt", "pickle_has_a_memo_of_6_gb.pt" })
        QTest::newRow(file) << file;
}

void TestHostileTorchscript::aFileWhoseCodeIsHostileAnswersByItsNumbers()
{
    QFETCH(QString, file);
    const auto predictor = Predictor::open(dataDir() / "models" / file.toStdString());
    QVERIFY2(predictor, predictor ? "" : predictor.error().text().c_str());
    QCOMPARE(predictor->classes(), (std::vector<std::string> { "a", "b", "c" }));
    QCOMPARE(answer(*predictor).size(), std::size_t { 3 });
    QVERIFY(!std::filesystem::exists("written-by-a-model"));
}

void TestHostileTorchscript::aModuleThatIsNotVerniersIsRefused_data()
{
    QTest::addColumn<QByteArray>("pickle");
    QTest::addColumn<QString>("why");
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, const std::string& pickle, const char* why,
                         ErrorCode code = ErrorCode::Corrupt) {
        QTest::newRow(name) << QByteArray::fromStdString("\x80\x02" + pickle) << why
                            << static_cast<int>(code);
    };
    constexpr auto unsupported = ErrorCode::Unsupported;
    const std::string model = "c__torch__.vernier\nModel\n)\x81";
    const auto holding
        = [&](const std::string& attributes) { return model + "}(" + attributes + "ub."; };
    row("nothing", "N.", "it holds no module", unsupported);
    row("a dictionary", "}.", "it holds no module", unsupported);
    row("a class alone", "c__torch__.vernier\nModel\n.", "it holds no module", unsupported);
    row("no attributes", model + ".", "does not say which classes it knows", unsupported);
    row("another program", "cos\nsystem\n" + binaryText("touch written-by-a-model") + "\x85R.",
        "asks for the object os.system", unsupported);
    row("another class", "c__torch__.torch\nclasses.a.B\n)\x81.", "asks for the object",
        unsupported);
    row("a class of TorchBind's", "c__torch__\ntorch.classes.a.B\n)\x81.", "asks for the object",
        unsupported);
    row("a class like ours", "c__torch__.vernierish\nModel\n)\x81.", "asks for the object",
        unsupported);
    row("a class called with arguments", "c__torch__.vernier\nModel\nN\x85\x81.",
        "calls a function in an unknown way");
    row("a type restored of nothing", "ctorch.jit._pickle\nrestore_type_tag\nNN\x86R.",
        "calls a function in an unknown way");
    row("attributes that are none", model + ")b.", "gives attributes to what has none");
    row("attributes of a list", "]}b.", "gives attributes to what has none");
    row("attributes twice", model + "}b}b.", "gives attributes to what has none");
    row("an attribute of nothing", "}b.", "gives attributes to what has none");
    row("an attribute without a name", holding("NN"), "without a name", unsupported);
    row("an attribute twice", holding(binaryText("a") + "N" + binaryText("a") + "N"),
        "the name a comes twice");
    row("an attribute that ours do not have", holding(binaryText("a") + "K\1"), "do not have (a)",
        unsupported);
    row("classes that are no texts", holding(binaryText("classes") + "](K\1e"),
        "do not have (classes)", unsupported);
    row("a module that holds itself",
        "c__torch__.vernier\nModel\n)\x81q\0}("s + binaryText("a") + "h\0ub."s, "do not have (a.a)",
        unsupported);
    std::string deep;
    for (int i = 0; i < 60'000; ++i)
        deep += model + "}" + binaryText("a");
    for (int i = 0; i < 60'000; ++i)
        deep += (i == 0 ? "N" : "") + "sb"s;
    row("modules nested 60,000 deep", deep + ".", "do not have (a.a)", unsupported);
    std::string type;
    for (int i = 0; i < 60'000; ++i)
        type += "List[";
    row("a type nested 60,000 deep",
        holding(binaryText("classes") + "ctorch.jit._pickle\nrestore_type_tag\n]" + binaryText(type)
            + "\x86R"),
        "does not say which classes it knows", unsupported);
    row("tuples nested 60,000 deep", ")" + std::string(60'000, '\x85') + ".", "it holds no module",
        unsupported);
    std::string recalled = binaryText("a") + binaryText(std::string(4000, 'x')) + "q"s + '\0';
    for (int i = 0; i < 3000; ++i)
        recalled += binaryText(std::to_string(i)) + "h"s + '\0';
    row("a long text under 3,000 names", holding(recalled), "builds more than its length explains",
        ErrorCode::TooLarge);
    row("a memo of 2 GB", "Nr\xff\xff\xff\x7f.", "it holds no module", unsupported);
    row("a memo that recalls nothing", "j\xff\xff\xff\x7f.", "has not remembered");
    row("an operation of Python's alone", "I1\n.", "asks for the operation", unsupported);
    row("a text longer than the file", "X\xff\xff\xff\xff.", "is cut off");
    row("nothing but its start", "", "is cut off");
    row("an empty stack", "0.", "takes more than it has put");
}

void TestHostileTorchscript::aModuleThatIsNotVerniersIsRefused()
{
    QFETCH(QByteArray, pickle);
    QFETCH(QString, why);
    QFETCH(int, code);
    auto parts = recordsOf(m_models.model(ExportFormat::TorchScript));
    record(parts, "/data.pkl").content = pickle.toStdString();
    const auto path = m_models.folder().write("hostile.pt", zipBytes(parts));
    const auto predictor = Predictor::open(path);
    QVERIFY(!predictor);
    const auto text = QString::fromStdString(predictor.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QCOMPARE(static_cast<int>(predictor.error().code), code);
    QCOMPARE(predictor.error().path, path);
    QVERIFY(!std::filesystem::exists("written-by-a-model"));
}

void TestHostileTorchscript::aPickleWithAnyByteChangedNeverCrashes()
{
    const auto whole = recordsOf(m_models.model(ExportFormat::TorchScript));
    Random random { 15, 2 };
    for (int i = 0; i < 300; ++i) {
        auto parts = whole;
        auto& pickle = record(parts, "/data.pkl").content;
        for (auto left = 1 + random.below(3); left > 0; --left)
            pickle[random.below(pickle.size())] = static_cast<char>(random.below(256));
        if (const auto predictor
            = Predictor::open(m_models.folder().write("changed.pt", zipBytes(parts))))
            static_cast<void>(answer(*predictor));
    }
}

void TestHostileTorchscript::numbersOutsideOfTheirStorageAreRefused()
{
    auto module = torch::jit::load(m_models.model(ExportFormat::TorchScript).native());
    auto weight = module.attr("head_predictions").toModule().attr("weight").toTensor();
    weight.storage().unsafeGetStorageImpl()->set_nbytes(8);
    const auto path = m_models.folder() / "outside.pt";
    module.save(path.native());
    const auto predictor = Predictor::open(path);
    QVERIFY(!predictor);
    QCOMPARE(predictor.error().code, ErrorCode::Corrupt);
}

void TestHostileTorchscript::numbersMustBeWhatTheDescriptionAsksFor()
{
    const auto source = m_models.model(ExportFormat::TorchScript);
    const auto changed = [&](const char* layer, const char* name, const torch::Tensor& tensor) {
        auto module = torch::jit::load(source.native());
        if (*layer == 0)
            module.setattr(name, tensor);
        else
            module.attr(layer).toModule().setattr(name, tensor);
        const auto path = m_models.folder() / "changed.pt";
        module.save(path.native());
        return Predictor::open(path);
    };
    const auto weight = torch::rand({ 3, 7 });
    // As LibTorch may well keep them: the numbers are what counts.
    QVERIFY(changed("head_predictions", "weight", weight));
    const auto turned = changed("head_predictions", "weight", weight.t().contiguous().t());
    const auto straight = changed("head_predictions", "weight", weight);
    QVERIFY(turned && straight);
    QCOMPARE(answer(*turned), answer(*straight));
    QVERIFY(changed("head_predictions", "weight", weight.to(torch::kHalf)));

    const auto code = [&](const char* layer, const char* name, const torch::Tensor& tensor) {
        const auto predictor = changed(layer, name, tensor);
        return predictor ? ErrorCode::Internal : predictor.error().code;
    };
    QCOMPARE(code("head_predictions", "weight", torch::rand({ 7, 3 })), ErrorCode::Mismatch);
    QCOMPARE(code("head_predictions", "weight", torch::rand({ 3, 1 }).expand({ 3, 7 })),
        ErrorCode::Corrupt);
    QCOMPARE(code("head_predictions", "weight", torch::ones({ 3, 7 }, torch::kInt)),
        ErrorCode::Unsupported);
    QCOMPARE(code("", "mean", torch::ones({ 1, 3, 1, 1 })), ErrorCode::Mismatch);
    QCOMPARE(code("", "deviation", torch::ones({ 3 })), ErrorCode::Mismatch);
}

void TestHostileTorchscript::attributesMustAgreeWithTheDescription()
{
    const auto source = m_models.model(ExportFormat::TorchScript).native();
    const auto changed = [&](const char* attribute, const c10::IValue& value) {
        auto module = torch::jit::load(source);
        module.setattr(attribute, value);
        const auto path = m_models.folder() / "changed.pt";
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

QTEST_APPLESS_MAIN(TestHostileTorchscript)
#include "tst_hostile_torchscript.moc"
