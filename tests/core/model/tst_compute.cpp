#include "core/model/compute.h"

#include <QtTest>

using namespace vernier;

namespace {

/// A machine with one GPU for each answer of the probe.
std::function<Gpus()> gpus(std::vector<std::string> problems)
{
    return [problems] {
        return Gpus { static_cast<int>(problems.size()),
            [problems](int index) { return problems.at(static_cast<std::size_t>(index)); } };
    };
}

QString found(std::string_view id, const std::function<Gpus()>& machine)
{
    const auto device = findDevice(id, machine);
    return QString::fromStdString(device ? device->str() : device.error().text());
}

} // namespace

class TestCompute : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aGpuThatCannotComputeIsPassedOver_data()
    {
        using Problems = std::vector<std::string>;
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<std::vector<std::string>>("problems");
        QTest::addColumn<QString>("device");
        const std::string old = "no kernel image is available";
        const auto row = [](const char* id, const Problems& problems, const char* device) {
            QTest::addRow("%s, %zu GPUs: %s", id, problems.size(), device)
                << QByteArray(id) << problems << QString::fromLatin1(device);
        };
        row("auto", {}, "cpu");
        row("auto", { "" }, "cuda:0");
        row("auto", { old, "" }, "cuda:1");
        row("auto", { old, old }, "cpu");
        row("cuda", { old, "" }, "cuda:1");
        row("cuda", { old },
            "GPU 0 cannot be used: no kernel image is available; use the device cpu or auto");
        row("cuda", {}, "no usable NVIDIA GPU was found; use the device cpu or auto");
        row("cuda:1", { "", "" }, "cuda:1");
        row("cuda:1", { "", old },
            "GPU 1 cannot be used: no kernel image is available; use the device cpu or auto");
        row("cuda:2", { "", "" },
            "there is no GPU 2; the highest number is 1; use the device cuda:1");
    }
    void aGpuThatCannotComputeIsPassedOver()
    {
        QFETCH(QByteArray, id);
        QFETCH(std::vector<std::string>, problems);
        QTEST(found(id.toStdString(), gpus(problems)), "device");
    }
    void theCpuIsFoundWithoutAskingForGpus()
    {
        bool asked = false;
        const auto machine = [&] {
            asked = true;
            return Gpus {};
        };
        QCOMPARE(found("cpu", machine), QStringLiteral("cpu"));
        QVERIFY(!asked);
    }
    void anotherWordIsNoDevice_data()
    {
        QTest::addColumn<QByteArray>("id");
        for (const char* id : { "", "c", "gpu", "cpu0", "cuda:", "cuda0", "cuda1:0", "cuda:-1",
                 "cuda:1x", "cuda: 1", "cuda:99999999999", "auto:0" })
            QTest::addRow("%s", *id ? id : "empty") << QByteArray(id);
    }
    void anotherWordIsNoDevice()
    {
        QFETCH(QByteArray, id);
        const auto device = findDevice(id.toStdString(), gpus({ "", "" }));
        QVERIFY(!device);
        QCOMPARE(device.error().code, ErrorCode::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestCompute)
#include "tst_compute.moc"
