#include "tests/core/weights/weight_samples.h"
#include "tests/support/protobuf_bytes.h"

using namespace vernier;
using namespace vernier::test;

/// Layers without names, told by their order.
class TestWeightOrder : public QObject {
    Q_OBJECT

private Q_SLOTS:
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
};

void TestWeightOrder::layersWithoutNamesAreToldByTheirOrder_data()
{
    QTest::addColumn<QString>("normalization");
    QTest::newRow("keras_3_without_names.weights.h5") << "unit";
    QTest::newRow("keras_3_has_been_trained.weights.h5") << "unit";
    QTest::newRow("order_of_initializers.onnx") << "torch";
    QTest::newRow("order_of_constants.onnx") << "torch";
}

void TestWeightOrder::layersWithoutNamesAreToldByTheirOrder()
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

void TestWeightOrder::whatHasNoOrderIsRefused_data()
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

void TestWeightOrder::whatHasNoOrderIsRefused()
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

void TestWeightOrder::aGraphThatIsAnotherNetworksIsRefused_data()
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

void TestWeightOrder::aGraphThatIsAnotherNetworksIsRefused()
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

void TestWeightOrder::aGraphThatIsTheSameInOtherWordsIsRead_data()
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

void TestWeightOrder::aGraphThatIsTheSameInOtherWordsIsRead()
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

void TestWeightOrder::whatAnOnnxFileSaysTwiceIsRefused_data()
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

void TestWeightOrder::whatAnOnnxFileSaysTwiceIsRefused()
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

void TestWeightOrder::namesGoBeforeTheOrder()
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

QTEST_APPLESS_MAIN(TestWeightOrder)
#include "tst_weight_order.moc"
