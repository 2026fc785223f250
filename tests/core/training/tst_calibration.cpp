#include "core/training/calibration.h"
#include "tests/core/training/training_bench.h"

using namespace vernier;
using namespace vernier::test;

class TestCalibration : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aMeasuredSpeedIsPlausible()
    {
        const auto speed = measureSpeed(TrainingBench().recipe, {});
        QVERIFY2(speed, speed ? "" : speed.error().text().c_str());
        for (const double each : { speed->prefix, speed->suffix, speed->head })
            QVERIFY(each > 1e5 && each < 1e16);
        std::stop_source stopped;
        stopped.request_stop();
        QCOMPARE(measureSpeed(TrainingBench().recipe, stopped.get_token()).error().code,
            ErrorCode::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestCalibration)
#include "tst_calibration.moc"
