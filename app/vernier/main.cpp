#include "app/vernier/screenshots.h"
#include "core/base/version.h"
#include "ui/base/theme.h"
#include "ui/main_window.h"
#include "ui/session/feature_warmer.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <memory>
#include <string_view>

namespace {

/// What is asked for can be said without a display.
bool wantsWordsOnly(int argc, char* argv[])
{
    return std::any_of(argv + 1, argv + argc, [](std::string_view word) {
        return word == "-h" || word == "--help" || word == "--help-all" || word == "-v"
            || word == "--version";
    });
}

#ifdef Q_OS_LINUX
/// Qt would end in a core dump.
bool hasDisplay(int argc, char* argv[])
{
    const bool chosen = std::any_of(argv + 1, argv + argc,
        [](std::string_view word) { return word == "-platform" || word == "--platform"; });
    return chosen || !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")
        || !qEnvironmentVariableIsEmpty("DISPLAY")
        || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
}
#endif

} // namespace

int main(int argc, char* argv[])
{
    if (wantsWordsOnly(argc, argv))
        qputenv("QT_QPA_PLATFORM", "offscreen");
#ifdef Q_OS_LINUX
    if (!hasDisplay(argc, argv)) {
        std::fputs(
            "vernier: there is no display; vernier-cli does the same without a window\n", stderr);
        return 1;
    }
#endif
    QApplication app(argc, argv);
    // Qt takes the user's locale, and with it core would write numbers as "0,5" into files.
    std::setlocale(LC_NUMERIC, "C");
    QApplication::setOrganizationName(QStringLiteral("vernier"));
    QApplication::setApplicationName(QStringLiteral("vernier"));
    QApplication::setApplicationDisplayName(QStringLiteral("Vernier"));
    QApplication::setApplicationVersion(QString::fromStdString(vernier::vernierVersion()));
    QApplication::setDesktopFileName(QStringLiteral("vernier"));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Fine-tunes VGG16 on your photographs, on this computer."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption screenshots(QStringLiteral("screenshots"),
        QStringLiteral("Train shortly on FOLDER (or on the sample), save a picture of each page in "
                       "DIR, and end."),
        QStringLiteral("DIR"));
    parser.addOption(screenshots);
    parser.addPositionalArgument(QStringLiteral("folder"),
        QStringLiteral("A folder of pictures, a run, a model or a recipe to open."),
        QStringLiteral("[FOLDER]"));
    parser.process(app);
    const QStringList paths = parser.positionalArguments();

    if (parser.isSet(screenshots)) {
        // Settings, runs and recent folders of the user's stay as they are.
        QStandardPaths::setTestModeEnabled(true);
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope,
            QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation));
        QSettings().clear();
        QDir().mkpath(parser.value(screenshots));
    }
    vernier::ui::theme::apply(
        static_cast<vernier::ui::Scheme>(QSettings().value(QStringLiteral("scheme"), 0).toInt()));
    vernier::ui::MainWindow window;
    window.show();
    std::unique_ptr<vernier::Screenshots> tour;
    if (parser.isSet(screenshots)) {
        tour = std::make_unique<vernier::Screenshots>(
            window, parser.value(screenshots), paths.value(0));
    } else {
        window.session().warmer().setOn(true);
        if (!paths.isEmpty())
            window.open(paths.front());
    }
    return QApplication::exec();
}
