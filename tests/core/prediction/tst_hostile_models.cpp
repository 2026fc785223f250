#include "core/base/random.h"
#include "core/weights/model_metadata.h"
#include "tests/core/prediction/exported_models.h"
#include "tests/support/protobuf_bytes.h"
#include "tests/support/source_dir.h"
#include "tests/support/tight_memory.h"

#include <functional>

using namespace vernier;
using namespace vernier::test;
using namespace std::string_literals;

/// Model files of every kind that are damaged, or promise absurd things.
class TestHostileModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_models.write(); }
    void aFileThatIsNoModelIsRefused_data();
    void aFileThatIsNoModelIsRefused();
    void aModelThatIsCutOffIsRefused_data();
    void aModelThatIsCutOffIsRefused();
    void aModelWithAnyByteChangedNeverCrashes_data();
    void aModelWithAnyByteChangedNeverCrashes();
    void anAbsurdDescriptionAllocatesNothing_data();
    void anAbsurdDescriptionAllocatesNothing();

private:
    ExportedModels m_models;
};

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
    const auto whole = contentOf(m_models.model(static_cast<ExportFormat>(format)));
    for (std::size_t part = 0; part < 40; ++part) {
        const auto cut = std::span(whole).first(whole.size() * part / 40);
        const auto predictor = Predictor::open(m_models.folder().replace("cut", cut));
        QVERIFY(!predictor);
        QVERIFY(predictor.error().text().find('\n') == std::string::npos);
    }
}

void TestHostileModels::aModelWithAnyByteChangedNeverCrashes_data() { formatRows(); }

void TestHostileModels::aModelWithAnyByteChangedNeverCrashes()
{
    QFETCH(int, format);
    const auto whole = contentOf(m_models.model(static_cast<ExportFormat>(format)));
    Random random { 1, 2, static_cast<std::uint64_t>(format) };
    Picture grey { 32, 32, std::vector<std::uint8_t>(32 * 32 * 3, 100) };
    for (int i = 0; i < 150; ++i) {
        auto changed = whole;
        // The numbers themselves are the longest part, and of the least interest.
        const auto spot = random.below(2) == 0 ? random.below(whole.size())
                                               : whole.size() - 1 - random.below(6000);
        changed[spot] ^= static_cast<std::byte>(1 + random.below(255));
        if (const auto predictor = Predictor::open(m_models.folder().replace("changed", changed)))
            static_cast<void>(predictor->probabilities(std::span(&grey, 1)));
    }
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
    const auto source = m_models.model(static_cast<ExportFormat>(format));
    const auto text = description.toStdString();
    const auto path = m_models.folder() / "absurd";
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
        m_models.folder().write("absurd", zipBytes(parts));
        break;
    }
    case ExportFormat::Onnx: {
        const auto content = contentOf(source);
        auto message = messageOf({ reinterpret_cast<const char*>(content.data()), content.size() });
        std::erase_if(message, [](const auto& field) { return field.field == 14; });
        auto& properties = message.emplace_back();
        properties.field = 14;
        properties.value = textOf({ { 1, "vernier" }, { 2, text } });
        m_models.folder().write("absurd", textOf(message));
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
