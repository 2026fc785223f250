#include "tests/ui/painted_dataset.h"
#include "tests/ui/walk.h"

#include <QTest>

#include <cstdio>
#include <random>

using namespace vernier;

class TestWalk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Another walk every time. VERNIER_WALK_SEED takes one again, VERNIER_WALK_SECONDS makes it
    /// longer or shorter.
    void whateverSomebodyDoesTheWindowHolds()
    {
        bool given = false;
        auto seed = qEnvironmentVariableIntValue("VERNIER_WALK_SEED", &given);
        if (!given)
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
