#include "core/base/files.h"
#include "core/base/random.h"
#include "core/exporting/exporter.h"
#include "core/prediction/predictor.h"
#include "core/weights/model_file.h"
#include "core/weights/model_metadata.h"
#include "core/weights/zip_archive.h"
#include "tests/support/painted_picture.h"
#include "tests/support/protobuf_bytes.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tight_memory.h"
#include "tests/support/tiny_model.h"
#include "tests/support/zip_bytes.h"

#include <QTest>

#include <functional>

#include <torch/script.h>

using namespace vernier;
using namespace vernier::test;
using namespace std::string_literals;

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
    void anOnnxFileThatIsBuiltOtherwiseIsRefused_data();
    void anOnnxFileThatIsBuiltOtherwiseIsRefused();
    void anOnnxFileThatOthersSavedAgainIsRead();
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
    void anAbsurdDescriptionAllocatesNothing_data();
    void anAbsurdDescriptionAllocatesNothing();

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

/// The records of an exported model, to be written anew with changes.
std::vector<ZipPart> recordsOf(const std::filesystem::path& path)
{
    const auto archive = ZipArchive::open(path);
    std::vector<ZipPart> parts;
    for (const auto& [name, record] : archive->records()) {
        if (record.compressed) { // code, which is of no use here
            parts.push_back({ name });
            continue;
        }
        auto content = archive->text(name.substr(archive->folder().size()), 1 << 20);
        if (!content)
            qFatal("%s", content.error().text().c_str());
        parts.push_back({ name, std::move(*content) });
    }
    return parts;
}

/// That ends as `end` says.
ZipPart& record(std::vector<ZipPart>& parts, std::string_view end)
{
    const auto found
        = std::ranges::find_if(parts, [&](const auto& part) { return part.name.ends_with(end); });
    if (found == parts.end())
        qFatal("there is no record %s", std::string(end).c_str());
    return *found;
}

std::string binaryText(const std::string& text) { return "X" + little(text.size(), 4) + text; }

std::vector<float> answer(const Predictor& predictor)
{
    const auto picture = paintedPicture(32, 32);
    auto rows = predictor.probabilities(std::span(&picture, 1));
    return rows ? std::move(rows->front()) : std::vector<float>();
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
    QTest::newRow("zip_bomb.pt") << "numbers that are compressed";
    QTest::newRow("storages_have_4_bytes.pt") << "are not as many as it says";
    QTest::newRow("code_calls_itself_2_to_34_times.pt")
        << "has an attribute that Vernier's exports do not have";
    QTest::newRow("zip_without_a_model.pt") << "is no TorchScript file";
    QTest::newRow("python_state_dict.pt") << "is no TorchScript file";
    QTest::newRow("zip_with_a_path_upwards.pt") << "is no TorchScript file";
    QTest::newRow("onnx_start_only.onnx") << "does not say which classes it knows";
    QTest::newRow("onnx_field_longer_than_the_file.onnx") << "is no ONNX file, or is cut off";
    QTest::newRow("numbers_lie_twice.onnx") << "are not stored as Vernier's exports store them";
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
        const auto predictor = Predictor::open(m_folder.replace("cut", cut));
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
        if (const auto predictor = Predictor::open(m_folder.replace("changed", changed)))
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

void TestHostileModels::anOnnxFileThatIsBuiltOtherwiseIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("why");
    const auto content = contentOf(model(ExportFormat::Onnx));
    const std::string whole(reinterpret_cast<const char*>(content.data()), content.size());
    using Change = std::function<void(Message&)>;
    const auto inModel = [&](const char* name, const char* why, const Change& how) {
        auto message = messageOf(whole);
        how(message);
        QTest::newRow(name) << QByteArray::fromStdString(textOf(message)) << why;
    };
    const auto inGraph = [&](const char* name, const char* why, const Change& how) {
        inModel(name, why, [&](Message& message) { change(message, 7, how); });
    };
    const auto inTensor = [&](const char* name, const char* why, const Change& how) {
        inGraph(name, why, [&](Message& graph) {
            // The last one: the first have the normalization.
            std::ranges::reverse(graph);
            change(graph, 5, how);
            std::ranges::reverse(graph);
        });
    };
    const auto append
        = [](std::uint32_t field, const std::variant<std::uint64_t, std::string>& value) {
              return [=](Message& message) { message.push_back({ field, value }); };
          };
    const auto again = [](std::uint32_t field) {
        return [=](Message& message) {
            message.push_back(*std::ranges::find(message, field, &Field::field));
        };
    };
    const auto set
        = [](std::uint32_t field, const std::variant<std::uint64_t, std::string>& value) {
              return [=](Message& message) {
                  std::ranges::find(message, field, &Field::field)->value = value;
              };
          };
    constexpr auto stored = "are not stored as Vernier's exports store them";
    constexpr auto impossible = "has an impossible shape";
    constexpr auto parts = "has parts that none of them has";
    inTensor("numbers in float_data too", stored, append(4, std::string(4, '\0')));
    inTensor("one number in float_data", stored, append(4, std::uint64_t { 1 }));
    inTensor("numbers in int32_data too", stored, append(5, std::uint64_t { 1 }));
    inTensor("texts", stored, append(6, "text"));
    inTensor("numbers in int64_data too", stored, append(7, std::uint64_t { 1 }));
    inTensor("numbers in double_data too", stored, append(10, std::string(8, '\0')));
    inTensor("numbers in uint64_data too", stored, append(11, std::uint64_t { 1 }));
    inTensor("numbers in another file", stored, append(13, "x"));
    inTensor("a place for its numbers", stored, append(14, std::uint64_t { 1 }));
    inTensor("a part of a tensor", stored, append(3, ""));
    inTensor("numbers twice", stored, again(9));
    inTensor("two names", stored, again(8));
    inTensor("no numbers", stored,
        [](Message& tensor) { std::erase_if(tensor, [](auto& f) { return f.field == 9; }); });
    inTensor("numbers of another type", stored, set(2, std::uint64_t { 11 }));
    inTensor("fewer numbers", "bytes where its shape needs", set(9, "1234"));
    inTensor("an edge of -1", impossible, set(1, ~std::uint64_t { 0 }));
    inTensor("an edge of nothing", impossible, set(1, std::uint64_t { 0 }));
    inTensor("an edge of 2^62", impossible, set(1, std::uint64_t { 1 } << 62));
    inTensor("a thousand edges", impossible, append(1, std::string(1000, '\1')));
    inTensor("edges that are cut off", "cut off", append(1, "\x80"));
    inTensor(
        "another shape", "has the shape [7, 3], the network needs [3, 7]", [](Message& tensor) {
            std::uint64_t edge = 7;
            for (auto& field : tensor) {
                if (field.field == 1)
                    field.value = std::exchange(edge, 3);
            }
        });
    inGraph(
        "another normalization", "two different things of its normalization", [](Message& graph) {
            change(graph, 5, [](Message& tensor) {
                auto& numbers = std::ranges::find(tensor, 9U, &Field::field)->value;
                std::get<std::string>(numbers)[0] ^= 1;
            });
        });
    inGraph("a tensor twice", "comes twice", again(5));
    inGraph("a tensor that nothing takes", "it has numbers for extra",
        append(5,
            textOf({ { 1, std::uint64_t { 1 } }, { 2, std::uint64_t { 1 } }, { 8, "extra" },
                { 9, "1234" } })));
    inGraph("100,000 empty tensors", stored, [](Message& graph) {
        for (int i = 0; i < 100'000; ++i)
            graph.push_back({ 5, "" });
    });
    inGraph("a node more", "it has more nodes", again(1));
    inGraph("100,000 empty nodes", "node 1 differs", [](Message& graph) {
        graph.insert(graph.begin(), 100'000, { 1, "" });
    });
    inGraph("a node less", "differs", [](Message& graph) { graph.erase(graph.begin()); });
    inGraph("no node", "a part of it is missing",
        [](Message& graph) { std::erase_if(graph, [](auto& f) { return f.field == 1; }); });
    inGraph("no input", "a part of it is missing",
        [](Message& graph) { std::erase_if(graph, [](auto& f) { return f.field == 11; }); });
    inGraph("two inputs", "it takes something else", again(11));
    inGraph("two outputs", "it answers something else", again(12));
    inGraph("values between", parts, append(13, ""));
    inGraph("quantization", parts, append(14, ""));
    inGraph("sparse numbers", parts, append(15, ""));
    std::string nested;
    for (int i = 0; i < 20'000; ++i)
        nested = textOf({ { 5, textOf({ { 6, nested.substr(0, 100'000) } }) } });
    inGraph("a node of graphs of nodes", "it has more nodes", append(1, nested));
    constexpr auto others = "has parts that Vernier's exports do not have";
    constexpr auto version = "its operations are of another version";
    inModel("an older version", version, [](Message& message) {
        change(message, 8, [](Message& operations) {
            std::ranges::find(operations, 2U, &Field::field)->value = std::uint64_t { 11 };
        });
    });
    inModel("two versions", version, again(8));
    inModel("no version", "a part of it is missing",
        [](Message& message) { std::erase_if(message, [](auto& f) { return f.field == 8; }); });
    inModel("two graphs", others, again(7));
    inModel("training", others, append(20, ""));
    inModel("functions", others, append(25, ""));
    inModel("a field that nobody knows", others, append(1000, ""));
    inModel("something twice", "says something twice of itself", again(14));
    inModel("2,000 things of itself", "says more of itself than any model", [](Message& message) {
        for (int i = 0; i < 2000; ++i)
            message.push_back({ 14, textOf({ { 1, std::to_string(i) } }) });
    });
    inModel("no graph", "a part of it is missing",
        [](Message& message) { std::erase_if(message, [](auto& f) { return f.field == 7; }); });
}

void TestHostileModels::anOnnxFileThatIsBuiltOtherwiseIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, why);
    const auto path = m_folder.write("hostile.onnx", bytes.toStdString());
    const auto predictor = Predictor::open(path);
    QVERIFY(!predictor);
    const auto text = QString::fromStdString(predictor.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QCOMPARE(predictor.error().path, path);
}

void TestHostileModels::anOnnxFileThatOthersSavedAgainIsRead()
{
    const auto source = model(ExportFormat::Onnx);
    const auto content = contentOf(source);
    auto message = messageOf({ reinterpret_cast<const char*>(content.data()), content.size() });
    message.push_back({ 6, "with some words" });
    change(message, 7, [](Message& graph) {
        graph.push_back({ 10, "more words" });
        change(graph, 5, [](Message& tensor) {
            // Its edges as one packed field.
            std::string edges;
            for (const auto& field : tensor) {
                if (field.field == 1)
                    edges += varint(std::get<std::uint64_t>(field.value));
            }
            std::erase_if(tensor, [](auto& f) { return f.field == 1; });
            tensor.push_back({ 1, edges });
        });
    });
    const auto predictor = Predictor::open(m_folder.write("again.onnx", textOf(message)));
    QVERIFY2(predictor, predictor ? "" : predictor.error().text().c_str());
    QCOMPARE(answer(*predictor), answer(*Predictor::open(source)));
}

void TestHostileModels::theCodeOfAFileIsNeverRun_data()
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

void TestHostileModels::theCodeOfAFileIsNeverRun()
{
    QFETCH(QByteArray, code);
    const auto source = model(ExportFormat::TorchScript);
    auto parts = recordsOf(source);
    record(parts, "code/__torch__/vernier.py").content = code.toStdString();
    const auto predictor = Predictor::open(m_folder.write("hostile.pt", zipBytes(parts)));
    QVERIFY2(predictor, predictor ? "" : predictor.error().text().c_str());
    QCOMPARE(answer(*predictor), answer(*Predictor::open(source)));
    QVERIFY(!std::filesystem::exists("written-by-a-model"));
}

void TestHostileModels::aFileWhoseCodeIsHostileAnswersByItsNumbers_data()
{
    QTest::addColumn<QString>("file");
    for (const auto* file :
        { "code_calls_in_brackets.pt", "code_in_a_record_of_other_letter_case.pt",
            "code_in_a_folder_of_other_letter_case.pt", "pickle_has_a_memo_of_6_gb.pt" })
        QTest::newRow(file) << file;
}

void TestHostileModels::aFileWhoseCodeIsHostileAnswersByItsNumbers()
{
    QFETCH(QString, file);
    const auto predictor = Predictor::open(dataDir() / "models" / file.toStdString());
    QVERIFY2(predictor, predictor ? "" : predictor.error().text().c_str());
    QCOMPARE(predictor->classes(), (std::vector<std::string> { "a", "b", "c" }));
    QCOMPARE(answer(*predictor).size(), std::size_t { 3 });
    QVERIFY(!std::filesystem::exists("written-by-a-model"));
}

void TestHostileModels::aModuleThatIsNotVerniersIsRefused_data()
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

void TestHostileModels::aModuleThatIsNotVerniersIsRefused()
{
    QFETCH(QByteArray, pickle);
    QFETCH(QString, why);
    QFETCH(int, code);
    auto parts = recordsOf(model(ExportFormat::TorchScript));
    record(parts, "/data.pkl").content = pickle.toStdString();
    const auto path = m_folder.write("hostile.pt", zipBytes(parts));
    const auto predictor = Predictor::open(path);
    QVERIFY(!predictor);
    const auto text = QString::fromStdString(predictor.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QCOMPARE(static_cast<int>(predictor.error().code), code);
    QCOMPARE(predictor.error().path, path);
    QVERIFY(!std::filesystem::exists("written-by-a-model"));
}

void TestHostileModels::aPickleWithAnyByteChangedNeverCrashes()
{
    const auto whole = recordsOf(model(ExportFormat::TorchScript));
    Random random { 15, 2 };
    for (int i = 0; i < 300; ++i) {
        auto parts = whole;
        auto& pickle = record(parts, "/data.pkl").content;
        for (auto left = 1 + random.below(3); left > 0; --left)
            pickle[random.below(pickle.size())] = static_cast<char>(random.below(256));
        if (const auto predictor = Predictor::open(m_folder.write("changed.pt", zipBytes(parts))))
            static_cast<void>(answer(*predictor));
    }
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

void TestHostileModels::numbersMustBeWhatTheDescriptionAsksFor()
{
    const auto source = model(ExportFormat::TorchScript);
    const auto changed = [&](const char* layer, const char* name, const torch::Tensor& tensor) {
        auto module = torch::jit::load(source.native());
        if (*layer == 0)
            module.setattr(name, tensor);
        else
            module.attr(layer).toModule().setattr(name, tensor);
        const auto path = m_folder / "changed.pt";
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

void TestHostileModels::anAbsurdDescriptionAllocatesNothing_data()
{
    QTest::addColumn<int>("format");
    QTest::addColumn<QByteArray>("description");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const std::string& description, const char* why) {
        for (const auto format : kFormats)
            QTest::addRow("%s, %s", std::string(vernier::name(format)).c_str(), name)
                << static_cast<int>(format) << QByteArray::fromStdString(description) << why;
    };
    const auto described = [](const std::function<void(ModelDescription&)>& change) {
        auto model = tinyDescription();
        change(model);
        return toJson(model);
    };
    row("a large picture, flattened", described([](auto& model) { model.inputSize = 1024; }), "");
    row("large hidden layers", described([](auto& model) {
        model.head.dense = { 65536, 65536, 65536 };
    }),
        "");
    row("a hidden layer beyond all bounds",
        described([](auto& model) { model.head.dense = { 2'000'000'000 }; }), "head.dense");
    row("a thousand hidden layers",
        described([](auto& model) { model.head.dense.assign(1000, DenseSpec(8)); }),
        "at most 8 layers");
    row("a million classes", described([](auto& model) { model.classes.assign(1'000'000, "a"); }),
        "classes");
    row("a picture beyond all bounds", described([](auto& model) { model.inputSize = 1 << 30; }),
        "input_size");
    row("a negative picture", described([](auto& model) { model.inputSize = -32; }), "input_size");
    row("a real network", described([](auto& model) {
        model.backbone = "vgg16";
        model.transferLayer = "block5_pool";
        model.inputSize = 1024;
    }),
        "");
    row("lists nested 100,000 deep", std::string(100'000, '['), "");
    row("20 MB of itself", std::string(20 << 20, ' '), "");
}

void TestHostileModels::anAbsurdDescriptionAllocatesNothing()
{
    QFETCH(int, format);
    QFETCH(QByteArray, description);
    QFETCH(QString, why);
    const auto source = model(static_cast<ExportFormat>(format));
    const auto text = description.toStdString();
    const auto path = m_folder / "absurd";
    switch (static_cast<ExportFormat>(format)) {
    case ExportFormat::Safetensors:
        QVERIFY(writeTensors(path, tinyNetwork().state(), { { "vernier", text } }));
        break;
    case ExportFormat::TorchScript: {
        auto parts = recordsOf(source);
        auto& pickle = record(parts, "/data.pkl").content;
        const auto held = toJson(tinyDescription());
        const auto at = pickle.find(binaryText(held));
        QVERIFY(at != std::string::npos);
        pickle.replace(at, binaryText(held).size(), binaryText(text));
        m_folder.write("absurd", zipBytes(parts));
        break;
    }
    case ExportFormat::Onnx: {
        const auto content = contentOf(source);
        auto message = messageOf({ reinterpret_cast<const char*>(content.data()), content.size() });
        std::erase_if(message, [](const auto& field) { return field.field == 14; });
        message.push_back({ 14, textOf({ { 1, "vernier" }, { 2, text } }) });
        m_folder.write("absurd", textOf(message));
    }
    }
    const TightMemory memory(1 << 20);
    const auto predictor = Predictor::open(path);
    QVERIFY(!predictor);
    const auto error = QString::fromStdString(predictor.error().text());
    QVERIFY2(error.contains(why), qPrintable(error));
    QVERIFY(predictor.error().code != ErrorCode::OutOfMemory);
}

QTEST_APPLESS_MAIN(TestHostileModels)
#include "tst_hostile_models.moc"
