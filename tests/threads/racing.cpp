// Two races as plain as can be: whoever runs it must be told of them. Of another thread's, and of
// one with what was posted to the owner's event loop, which qt_order.cpp must not cover up.

#include <QCoreApplication>

#include <atomic>
#include <string_view>
#include <thread>

namespace {

int number = 0;

void raceWithAThread()
{
    std::thread other([] { ++number; });
    ++number;
    other.join();
}

void raceWithWhatIsPosted(QCoreApplication& application)
{
    // In this order, but with nothing that orders memory.
    std::atomic<bool> posted { false };
    std::atomic<bool> written { false };
    const auto wait = [](const std::atomic<bool>& flag) {
        while (!flag.load(std::memory_order_relaxed))
            std::this_thread::yield();
    };
    std::thread other([&] {
        const auto write = [&] {
            wait(posted);
            ++number;
            written.store(true, std::memory_order_relaxed);
            QCoreApplication::quit();
        };
        QMetaObject::invokeMethod(&application, write, Qt::QueuedConnection);
        posted.store(true, std::memory_order_relaxed);
        wait(written);
        ++number;
    });
    QCoreApplication::exec();
    other.join();
}

} // namespace

int main(int argc, char* argv[])
{
    QCoreApplication application(argc, argv);
    if (argc > 1 && std::string_view(argv[1]) == "posted")
        raceWithWhatIsPosted(application);
    else
        raceWithAThread();
    return 0;
}
