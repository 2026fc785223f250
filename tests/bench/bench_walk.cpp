// Somebody who does anything with the window, for as long as one likes: tests/ui/walk.h.

#include "tests/support/temporary_folder.h"
#include "tests/ui/painted_dataset.h"
#include "tests/ui/walk.h"

#include <QApplication>
#include <QCommandLineParser>

#include <cstdio>
#include <cstdlib>
#include <random>

namespace {

int run(int argc, char* argv[])
{
    QApplication app(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Does anything with the window, and looks at what must hold."));
    parser.addHelpOption();
    const QCommandLineOption seed(QStringLiteral("seed"),
        QStringLiteral("The walk to take again (default: another each time)."), QStringLiteral("N"),
        QString::number(std::random_device()() >> 1));
    const QCommandLineOption minutes(QStringLiteral("minutes"), QStringLiteral("For how long."),
        QStringLiteral("N"), QStringLiteral("10"));
    const QCommandLineOption quick(QStringLiteral("quick"), QStringLiteral("One minute."));
    parser.addOptions({ seed, minutes, quick });
    parser.process(app);

    vernier::test::startWithNothingRemembered();
    vernier::ui::theme::apply(vernier::ui::Scheme {});
    std::printf("seed %s\n", qPrintable(parser.value(seed)));
    vernier::test::Walk walk(parser.value(seed).toUInt());
    const QString wrong
        = walk.run(std::chrono::minutes(parser.isSet(quick) ? 1 : parser.value(minutes).toInt()));
    std::printf("%s\n", qPrintable(walk.reached()));
    if (wrong.isEmpty())
        return 0;
    std::printf("%s\n%s\n", qPrintable(wrong), qPrintable(walk.story()));
    return 1;
}

} // namespace

int main(int argc, char* argv[])
{
    // Settings, runs and caches of whoever runs it stay as they are.
    const vernier::test::TemporaryFolder home;
    for (const char* name : { "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME" })
        ::setenv(name, home.path().c_str(), 1);
    ::unsetenv("VERNIER_CACHE");
    ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
    return run(argc, argv);
}
