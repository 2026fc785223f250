#include "core/weights/model_metadata.h"
#include "tests/core/prediction/exported_models.h"
#include "tests/support/protobuf_bytes.h"

#include <functional>

using namespace vernier;
using namespace vernier::test;
using namespace std::string_literals;

/// ONNX files that say something else than their description.
class TestHostileOnnx : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_models.write(); }
    void anOnnxFileThatWasMeddledWithSaysWhy_data();
    void anOnnxFileThatWasMeddledWithSaysWhy();
    void anOnnxFileThatIsBuiltOtherwiseIsRefused_data();
    void anOnnxFileThatIsBuiltOtherwiseIsRefused();
    void anOnnxFileThatOthersSavedAgainIsRead();

private:
    ExportedModels m_models;
};

void TestHostileOnnx::anOnnxFileThatWasMeddledWithSaysWhy_data()
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

void TestHostileOnnx::anOnnxFileThatWasMeddledWithSaysWhy()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(bool, last);
    QFETCH(QString, why);
    auto bytes = contentOf(m_models.model(ExportFormat::Onnx));
    QVERIFY(replaced(bytes, from.toStdString(), to.toStdString(), last));
    const auto predictor = Predictor::open(m_models.folder().write("meddled.onnx", bytes));
    QVERIFY(!predictor);
    const auto text = QString::fromStdString(predictor.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
}

void TestHostileOnnx::anOnnxFileThatIsBuiltOtherwiseIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("why");
    const auto content = contentOf(m_models.model(ExportFormat::Onnx));
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

void TestHostileOnnx::anOnnxFileThatIsBuiltOtherwiseIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, why);
    const auto path = m_models.folder().write("hostile.onnx", bytes.toStdString());
    const auto predictor = Predictor::open(path);
    QVERIFY(!predictor);
    const auto text = QString::fromStdString(predictor.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QCOMPARE(predictor.error().path, path);
}

void TestHostileOnnx::anOnnxFileThatOthersSavedAgainIsRead()
{
    const auto source = m_models.model(ExportFormat::Onnx);
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
    const auto predictor = Predictor::open(m_models.folder().write("again.onnx", textOf(message)));
    QVERIFY2(predictor, predictor ? "" : predictor.error().text().c_str());
    QCOMPARE(answer(*predictor), answer(*Predictor::open(source)));
}

QTEST_APPLESS_MAIN(TestHostileOnnx)
#include "tst_hostile_onnx.moc"
