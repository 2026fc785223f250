#include "ui/session/device_choice.h"

#include <QtTest>

using namespace vernier;
using namespace vernier::ui;

class TestDeviceChoice : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theDeviceIsTheOneThatAutoPicks()
    {
        Recipe recipe;
        const Device cpu { "cpu", "AMD EPYC", 0, 0, true, {} };
        Device gpu { "cuda:0", "NVIDIA H100", 0, 0, true, {} };
        QCOMPARE(deviceLabel(recipe, { cpu }), QStringLiteral("CPU bf16"));
        QCOMPARE(deviceLabel(recipe, { cpu, gpu }), QStringLiteral("NVIDIA H100 bf16"));
        gpu.problem = "its driver is too old";
        QCOMPARE(deviceLabel(recipe, { cpu, gpu }), QStringLiteral("CPU bf16"));
        recipe.precision = Precision::Fp32;
        QCOMPARE(deviceLabel(recipe, { cpu }), QStringLiteral("CPU fp32"));
        QCOMPARE(deviceLabel(recipe, {}), QString());
    }
};

QTEST_GUILESS_MAIN(TestDeviceChoice)
#include "tst_device_choice.moc"
