#include "tests/ui/painted_dataset.h"
#include "tests/ui/walk.h"

#include <QTest>

#include <cstdio>
#include <random>

using namespace vernier;

class TestWalk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Half of its steps depend on what the window is just doing, so one seed is many walks; but a
    /// change is not judged by the throw of a die as well. VERNIER_WALK_SEED takes another way (0:
    /// any), VERNIER_WALK_SECONDS a longer one.
    void whateverSomebodyDoesTheWindowHolds()
    {
        bool given = false;
        auto seed = qEnvironmentVariableIntValue("VERNIER_WALK_SEED", &given);
        if (!given)
            seed = 1;
        else if (seed == 0)
            seed = static_cast<int>(std::random_device()() >> 1);
        auto seconds = qEnvironmentVariableIntValue("VERNIER_WALK_SECONDS", &given);
        if (!given)
            seconds = 20;
        test::startWithNothingRemembered();
        ui::theme::apply(ui::Scheme::Light);
        std::printf("seed %d\n", seed);
        test::Walk walk(static_cast<unsigned>(seed));
        const QString wrong = walk.run(std::chrono::seconds(seconds));
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong + QLatin1Char('\n') + walk.story()));
        QVERIFY(walk.steps() > 1);
        std::printf("%s\n", qPrintable(walk.reached()));
        if (qEnvironmentVariableIsSet("VERNIER_WALK_TELL"))
            std::printf("%s\n", qPrintable(walk.story()));
    }
};

QTEST_MAIN(TestWalk)
#include "tst_walk.moc"
