// Whether the window stays alive while the real network trains on all cores, how soon it is there,
// and how it bears a folder of very many pictures. One line of JSON a figure on stdout, the same
// for people on stderr.

#include "core/recipe/recipe.h"
#include "core/sample/sample.h"
#include "tests/bench/figures.h"
#include "tests/bench/latency_probe.h"
#include "tests/bench/stall_watch.h"
#include "tests/support/give_up.h"
#include "tests/support/painted_picture.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/data/data_page.h"
#include "ui/main_window.h"
#include "ui/pictures/gallery_view.h"
#include "ui/session/current_run.h"
#include "ui/session/feature_warmer.h"
#include "ui/train/run_charts.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QMouseEvent>
#include <QProcess>
#include <QScrollBar>
#include <QTextStream>
#include <QWheelEvent>

#include <ctime>
#include <fstream>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace vernier::bench {

namespace {

constexpr double kGoalShare = 0.99;
constexpr double kGoalMs = 50;
constexpr double kGoalMaxMs = 200;
constexpr int kFrameMs = 16;

struct Options {
    QString folder;
    int pictures = 100'000;
    int seconds = 20; ///< for each thing that is done while training
    bool stacks = false;
};

qint64 monotonicNs()
{
    timespec now {};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return qint64 { now.tv_sec } * 1'000'000'000 + now.tv_nsec;
}

void say(const QString& line) { QTextStream(stderr) << line << Qt::endl; }

void orGiveUp(const Status& status)
{
    if (!status)
        test::giveUp("bench_window: " + status.error().text());
}

/// Lets the event loop run for a while.
void spin(int ms)
{
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

/// Lets the event loop run until something holds.
void spinUntil(const std::function<bool()>& holds, int seconds, const char* what)
{
    QElapsedTimer since;
    since.start();
    while (!holds()) {
        if (since.elapsed() > qint64 { seconds } * 1000)
            test::giveUp(std::string("bench_window: waited in vain for ") + what);
        spin(5);
    }
}

/// Does something every frame for a while.
void everyFrame(int ms, const std::function<void(int)>& act)
{
    QTimer timer;
    int frame = 0;
    timer.callOnTimeout([&] { act(frame++); });
    timer.start(kFrameMs);
    spin(ms);
}

double memoryMb(const char* key)
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(key))
            return std::stod(line.substr(line.find(':') + 1)) / 1024;
    }
    return 0;
}

// --- start to first paint

/// Tells when the window has been painted.
class FirstPaint : public QObject {
public:
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint)
            QMetaObject::invokeMethod(qApp, &QCoreApplication::quit, Qt::QueuedConnection);
        return false;
    }
};

/// What vernier's own main() does, up to the first paint; the parent reads the line.
int paintOnce(QApplication& app, qint64 startedAtNs)
{
    ui::theme::apply(ui::Scheme {});
    ui::MainWindow window;
    window.session().warmer().setOn(true);
    FirstPaint watch;
    window.installEventFilter(&watch);
    window.show();
    app.exec();
    const double seconds = static_cast<double>(monotonicNs() - startedAtNs) / 1e9;
    QFile maps(QStringLiteral("/proc/self/maps"));
    const bool cuda = maps.open(QIODevice::ReadOnly) && maps.readAll().contains("libtorch_cuda");
    QTextStream(stdout) << seconds << (cuda ? " cuda" : " plain") << Qt::endl;
    return 0;
}

void measureStart()
{
    constexpr int kTimes = 7;
    std::vector<double> seconds;
    for (int i = 0; i < kTimes; ++i) {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(),
            { QStringLiteral("--first-paint"), QString::number(monotonicNs()) });
        if (!child.waitForFinished(60'000))
            test::giveUp("bench_window: the window was not painted within a minute");
        const auto words = child.readAllStandardOutput().simplified().split(' ');
        if (words.size() != 2)
            test::giveUp("bench_window: the window did not start");
        if (words[1] == "cuda")
            say(QStringLiteral("   CUDA's libraries were loaded before the first paint"));
        seconds.push_back(words[0].toDouble());
    }
    printFigure("first_paint", "s", seconds);
    say(QStringLiteral("start to first paint: %1 s (goal 0.6 s)").arg(median(seconds), 0, 'f', 2));
}

// --- alive while training

void sendWheel(QWidget* to, int notches)
{
    const QPointF at = QRectF(to->rect()).center();
    QWheelEvent event(at, to->mapToGlobal(at), {}, { 0, notches * 120 }, Qt::NoButton,
        Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(to, &event);
}

void sendMouse(QWidget* to, QEvent::Type type, const QPointF& at, Qt::MouseButtons held)
{
    const auto button = type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton;
    QMouseEvent event(type, at, to->mapToGlobal(at), button, held, Qt::NoModifier);
    QApplication::sendEvent(to, &event);
}

/// Up and down through the whole of it.
void scrollBy(QScrollBar* bar, int frame, int step)
{
    if (bar->maximum() <= 0)
        return;
    const qint64 way = qint64 { frame } * step % (2 * bar->maximum());
    bar->setValue(static_cast<int>(way <= bar->maximum() ? way : 2 * bar->maximum() - way));
}

void moveCharts(ui::RunCharts* charts, int frame)
{
    const QPointF middle = QRectF(charts->rect()).center();
    const int beat = frame % 120;
    if (beat < 6)
        sendWheel(charts, 1);
    else if (beat == 6)
        sendMouse(charts, QEvent::MouseButtonPress, middle, Qt::LeftButton);
    else if (beat < 60)
        sendMouse(
            charts, QEvent::MouseMove, middle + QPointF(beat % 27 * 4 - 54, 0), Qt::LeftButton);
    else if (beat == 60)
        sendMouse(charts, QEvent::MouseButtonRelease, middle, Qt::NoButton);
    else if (beat < 110)
        sendMouse(charts, QEvent::MouseMove, middle + QPointF((beat - 85) * 8, 0), Qt::NoButton);
    else if (beat == 110)
        charts->resetZoom();
}

void report(const LatencyProbe& probe)
{
    bool met = true;
    for (const auto& stretch : probe.stretches()) {
        const double p50 = quantile(stretch.gaps, 0.5);
        const double p99 = quantile(stretch.gaps, kGoalShare);
        const double most = quantile(stretch.gaps, 1);
        met = met && p99 <= kGoalMs && most <= kGoalMaxMs;
        std::cout << nlohmann::json { { "who", "vernier" }, { "work", "gaps" },
            { "doing", stretch.name.toStdString() }, { "unit", "ms" },
            { "count", stretch.gaps.size() }, { "p50", p50 }, { "p99", p99 }, { "max", most } }
                  << std::endl;
        say(QStringLiteral("%1 p50 %2  p99 %3  max %4 ms   %5")
                .arg(stretch.name, -34)
                .arg(p50, 5, 'f', 1)
                .arg(p99, 5, 'f', 1)
                .arg(most, 5, 'f', 1)
                .arg(histogram(stretch.gaps)));
    }
    say(QStringLiteral("goal: 99 % of the gaps under %1 ms, none over %2 ms: %3")
            .arg(kGoalMs)
            .arg(kGoalMaxMs)
            .arg(met ? QStringLiteral("met") : QStringLiteral("NOT MET")));
}

/// VGG16 on all cores without an end: fresh views, so that nothing is ever cached, and blocks 4 and
/// 5 in a second phase; short epochs, so that charts grow and checkpoints are written.
Recipe busyRecipe(const Recipe& from)
{
    Recipe recipe = from;
    recipe.augmentation.horizontalFlip = true;
    recipe.views = 0;
    recipe.phases = { { { 1e-4, {} }, 4, 2 },
        { { 1e-5, { { "block4", 1e-5 }, { "block5", 1e-5 } } }, 10000, 2 } };
    return recipe;
}

void measureWhileTraining(const Options& options)
{
    using ui::Page;
    ui::MainWindow window;
    window.session().warmer().setOn(true);
    window.resize(1280, 800);
    window.show();
    ui::Session& session = window.session();
    const QString folder = options.folder + QStringLiteral("/sample");
    orGiveUp(paintSample(ui::format::path(folder), { 200, 40, 256, 1 }));

    LatencyProbe probe;
    std::optional<StallWatch> watch;
    if (options.stacks)
        watch.emplace(probe, kGoalMs);
    probe.begin(QStringLiteral("opening 720 pictures"));
    session.openFolder(folder);
    spinUntil([&] { return session.dataset() != nullptr && session.idle(); }, 60, "the folder");
    spin(1000);

    session.setRecipe(busyRecipe(session.recipe()), {});
    auto* grid = window.findChild<ui::DataPage*>()->findChild<ui::GalleryView*>();
    auto* charts = window.findChild<ui::RunCharts*>();
    probe.begin(QStringLiteral("pressing Train"));
    session.train();
    spinUntil([&] { return session.run().history().step.has_value(); }, 300, "the first step");

    const int ms = options.seconds * 1000;
    const auto whileTraining
        = [&](const QString& name, Page page, const std::function<void(int)>& act) {
              window.showPage(page);
              probe.begin(name);
              everyFrame(ms, act);
          };
    whileTraining(QStringLiteral("training, hands off"), Page::Train, [](int) {});
    whileTraining(QStringLiteral("training, scrolling the grid"), Page::Data,
        [&](int frame) { scrollBy(grid->verticalScrollBar(), frame, 40); });
    spinUntil([&] { return !session.run().history().epochs.empty(); }, 600, "the first epoch");
    whileTraining(QStringLiteral("training, moving the charts"), Page::Train,
        [&](int frame) { moveCharts(charts, frame); });
    whileTraining(QStringLiteral("training, switching pages"), Page::Train, [&](int frame) {
        if (frame % 20 == 0)
            window.showPage(ui::kPages[static_cast<std::size_t>(frame / 20) % ui::kPages.size()]);
    });
    probe.begin(QStringLiteral("stopping"));
    session.stop();
    spinUntil([&] { return session.idle(); }, 600, "the run to stop");
    spin(1000);
    watch.reset();
    report(probe);
}

// --- very many pictures

QString paintMany(const Options& options)
{
    const QString folder = QStringLiteral("%1/many-%2").arg(options.folder).arg(options.pictures);
    if (QDir(folder).exists())
        return folder;
    say(QStringLiteral("painting %1 small pictures into %2").arg(options.pictures).arg(folder));
    const std::filesystem::path partial = ui::format::path(folder + QStringLiteral(".partial"));
    std::filesystem::remove_all(partial);
    constexpr int kClasses = 10;
    // Files of their own, but painting is not what is measured.
    constexpr int kDifferent = 300;
    std::vector<std::vector<std::byte>> painted;
    for (int i = 0; i < std::min(kDifferent, options.pictures); ++i)
        painted.push_back(test::paintedJpeg(64, 48, static_cast<std::uint64_t>(i) + 1));
    for (int i = 0; i < options.pictures; ++i) {
        const auto below = partial / ("class" + std::to_string(i % kClasses));
        if (i < kClasses)
            std::filesystem::create_directories(below);
        const auto& bytes = painted[static_cast<std::size_t>(i) % painted.size()];
        std::ofstream out(below / (std::to_string(i) + ".jpg"), std::ios::binary);
        out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
    }
    std::filesystem::rename(partial, ui::format::path(folder));
    return folder;
}

/// As after a night: what the files hold is no longer in memory (names and sizes may still be).
void forgetContents(const QString& folder)
{
    for (const auto& entry :
        std::filesystem::recursive_directory_iterator(ui::format::path(folder))) {
        const int file = entry.is_regular_file() ? ::open(entry.path().c_str(), O_RDONLY) : -1;
        if (file >= 0) {
            ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
            ::close(file);
        }
    }
}

void measureMany(const Options& options)
{
    const QString folder = paintMany(options);
    forgetContents(folder);
    for (const QString& turn : { QStringLiteral("first"), QStringLiteral("second") }) {
        ui::MainWindow window;
        window.session().warmer().setOn(true);
        window.resize(1280, 800);
        window.show();
        spin(500);
        ui::ThumbnailService& thumbnails = window.thumbnails();
        LatencyProbe probe;
        std::optional<StallWatch> watch;
        if (options.stacks)
            watch.emplace(probe, kGoalMs);
        probe.begin(QStringLiteral("opening %1 pictures, %2 time").arg(options.pictures).arg(turn));

        QElapsedTimer since;
        since.start();
        std::optional<double> firstThumbnail;
        QObject::connect(&thumbnails, &ui::ThumbnailService::ready, &window, [&] {
            if (!firstThumbnail)
                firstThumbnail = static_cast<double>(since.elapsed()) / 1000;
        });
        ui::Session& session = window.session();
        session.openFolder(folder);
        spinUntil(
            [&] { return session.dataset() != nullptr && session.idle(); }, 600, "the folder");
        const double opened = static_cast<double>(since.elapsed()) / 1000;
        spinUntil([&] { return firstThumbnail.has_value(); }, 60, "a thumbnail");
        const auto suffix = "_" + turn.toStdString();
        printFigure("many_opened" + suffix, "s", { opened });
        printFigure("many_first_thumbnail" + suffix, "s", { *firstThumbnail });
        say(QStringLiteral(
            "%1 pictures, %2 time: open after %3 s, first thumbnail after %4 s (goal 1 s)")
                .arg(options.pictures)
                .arg(turn)
                .arg(opened, 0, 'f', 2)
                .arg(*firstThumbnail, 0, 'f', 2));

        auto* grid = window.findChild<ui::DataPage*>()->findChild<ui::GalleryView*>();
        probe.begin(QStringLiteral("scrolling %1 pictures").arg(options.pictures));
        std::vector<double> frames;
        double mostThumbnails = 0;
        const auto scrollFrames = [&](int step) {
            everyFrame(options.seconds * 500, [&](int frame) {
                QElapsedTimer own;
                own.start();
                scrollBy(grid->verticalScrollBar(), frame, step);
                grid->viewport()->repaint();
                frames.push_back(static_cast<double>(own.nsecsElapsed()) / 1e6);
                mostThumbnails
                    = std::max(mostThumbnails, static_cast<double>(thumbnails.bytes()) / (1 << 20));
            });
        };
        scrollFrames(60);
        scrollFrames(grid->verticalScrollBar()->maximum() / 97);
        watch.reset();
        printFigure("many_scroll_frame" + suffix, "ms", frames);
        printFigure("many_thumbnails" + suffix, "MB", { mostThumbnails });
        say(QStringLiteral("   scrolling: a frame takes %1 ms, 99 % under %2, at most %3; "
                           "thumbnails take %4 MB at most "
                           "(goal 256), the process %5 MB")
                .arg(quantile(frames, 0.5), 0, 'f', 1)
                .arg(quantile(frames, 0.99), 0, 'f', 1)
                .arg(quantile(frames, 1), 0, 'f', 1)
                .arg(mostThumbnails, 0, 'f', 0)
                .arg(memoryMb("VmRSS"), 0, 'f', 0));
        report(probe);
    }
}

} // namespace

int run(int argc, char* argv[])
{
    QApplication app(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("vernier"));
    QApplication::setApplicationName(QStringLiteral("vernier"));
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Measures how alive the window stays."));
    parser.addHelpOption();
    const QCommandLineOption firstPaint(QStringLiteral("first-paint"), {}, QStringLiteral("NS"));
    const QCommandLineOption part(QStringLiteral("part"),
        QStringLiteral("start, train or many; all without it."), QStringLiteral("NAME"));
    const QCommandLineOption folder(QStringLiteral("into"),
        QStringLiteral("Folder for what is painted (default: build/bench)."), QStringLiteral("DIR"),
        QCoreApplication::applicationDirPath() + QStringLiteral("/../../bench"));
    const QCommandLineOption pictures(QStringLiteral("pictures"),
        QStringLiteral("How many the very many are."), QStringLiteral("N"),
        QStringLiteral("100000"));
    const QCommandLineOption seconds(QStringLiteral("seconds"),
        QStringLiteral("For each thing that is done while training."), QStringLiteral("N"),
        QStringLiteral("20"));
    const QCommandLineOption stacks(
        QStringLiteral("stacks"), QStringLiteral("Print where the window is when it stalls."));
    const QCommandLineOption quick(
        QStringLiteral("quick"), QStringLiteral("5 seconds, 10,000 pictures."));
    parser.addOptions({ firstPaint, part, folder, pictures, seconds, stacks, quick });
    parser.process(app);
    if (parser.isSet(firstPaint))
        return paintOnce(app, parser.value(firstPaint).toLongLong());

    Options options;
    options.folder = QDir::cleanPath(parser.value(folder));
    options.pictures = parser.value(pictures).toInt();
    options.seconds = parser.value(seconds).toInt();
    options.stacks = parser.isSet(stacks);
    if (parser.isSet(quick)) {
        options.pictures = std::min(options.pictures, 10'000);
        options.seconds = 5;
    }
    QDir().mkpath(options.folder);
    ui::theme::apply(ui::Scheme {});
    const QString only = parser.value(part);
    const auto wanted
        = [&](const char* name) { return only.isEmpty() || only == QLatin1String(name); };
    if (wanted("start"))
        measureStart();
    if (wanted("train"))
        measureWhileTraining(options);
    if (wanted("many"))
        measureMany(options);
    return 0;
}

} // namespace vernier::bench

int main(int argc, char* argv[])
{
    // Settings, runs and caches of whoever runs it stay as they are; a start that is timed finds
    // the parent's.
    if (argc > 1 && std::string_view(argv[1]) == "--first-paint")
        return vernier::bench::run(argc, argv);
    const vernier::test::TemporaryFolder home;
    for (const char* name : { "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME" })
        ::setenv(name, home.path().c_str(), 1);
    ::unsetenv("VERNIER_CACHE");
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY"))
        ::setenv("QT_QPA_PLATFORM", "offscreen", 0);
    return vernier::bench::run(argc, argv);
}
