// Takes vernier-reader's place in tests: does, by the format that it is asked for, what a reader
// does that its file has taken over.

#include "app/vernier_reader/channel.h"
#include "app/vernier_reader/confinement.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

extern char** environ;

namespace {

using namespace vernier;

void say(const void* data, std::size_t bytes)
{
    if (::write(STDOUT_FILENO, data, bytes) < 0)
        ::_exit(1);
}
void say(std::string_view text) { say(text.data(), text.size()); }
void sayFrame(std::uint32_t kind, std::uint64_t bytes, std::uint32_t zero = 0)
{
    const ReaderFrame frame { kind, zero, bytes };
    say(&frame, sizeof frame);
}

std::string fileText()
{
    std::string text(4096, '\0');
    const auto got = ::pread(kReaderFile, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

/// What a confined process can still do of what it should not; empty: nothing.
std::string escapes()
{
    std::string done;
    const auto attempt = [&](const char* what, bool worked) {
        if (worked)
            done += std::string(what) + " ";
    };
    // Harmless where they do work: nothing but what this process has made itself is touched.
    attempt("open", ::open("/dev/null", O_RDONLY) >= 0);
    const auto* name = "made-by-a-confined-reader";
    if (const int made = ::open(name, O_WRONLY | O_CREAT | O_EXCL, 0600); made >= 0) {
        attempt("create", true);
        attempt("unlink", ::unlink(name) == 0);
    }
    attempt("duplicate", ::dup(STDIN_FILENO) >= 0);
    attempt("connect", ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
    attempt("signal", ::kill(::getppid(), 0) == 0);
    const auto process = ::fork();
    if (process == 0)
        ::_exit(0);
    attempt("fork", process > 0);
    attempt("map code",
        ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            != MAP_FAILED);
    attempt("take memory", std::malloc(std::size_t { 1 } << 40) != nullptr);
    return done;
}

std::string surroundings()
{
    std::string seen;
    for (char** variable = environ; *variable; ++variable)
        seen += *variable + std::string(" ");
    for (int number = kReaderFile + 1; number < 1024; ++number) {
        if (::fcntl(number, F_GETFD) >= 0)
            seen += "descriptor " + std::to_string(number) + " ";
    }
    sigset_t blocked;
    ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
    if (::sigismember(&blocked, SIGTERM) != 0)
        seen += "blocked signals ";
    return seen;
}

} // namespace

int main(int count, char** arguments)
{
    const std::string_view format(count > 1 ? arguments[1] : "");
    if (format == "does not start")
        return 1;
    if (format == "starts with nonsense") {
        sayFrame(0, 4);
        say("abcd");
    }
    if (format == "hangs before it starts") {
        for (;;)
            ::pause();
    }
    const auto text = fileText();
    if (format == "tries to leave")
        reader::confine(std::uint64_t { 1 } << 30, 10);
    reader::Channel channel;
    channel.ready();
    if (format == "dies at once")
        return 1;
    while (const auto question = channel.next()) {
        if (format == "echoes") {
            channel.answer(question->argument);
        } else if (format == "says what it sees") {
            const auto seen = surroundings();
            channel.answer(std::as_bytes(std::span(seen)));
        } else if (format == "hdf5") {
            // The file is what it is to answer.
            channel.answer(std::as_bytes(std::span(text)));
        } else if (format == "tries to leave") {
            const auto done = escapes();
            channel.answer(std::as_bytes(std::span(done)));
        } else if (format == "hangs") {
            for (;;)
                ::pause();
        } else if (format == "hangs half way") {
            sayFrame(0, 4);
            say("ab");
            for (;;)
                ::pause();
        } else if (format == "drips") {
            sayFrame(0, 1000);
            for (;;) {
                say("a");
                ::usleep(10'000);
            }
        } else if (format == "is killed half way") {
            sayFrame(0, 1000);
            say("abc");
            ::raise(SIGKILL);
        } else if (format == "crashes") {
            ::raise(SIGSEGV);
        } else if (format == "answers too much") {
            sayFrame(0, std::uint64_t { 1 } << 60);
        } else if (format == "answers too little") {
            sayFrame(0, 3);
            say("abc");
        } else if (format == "answers nonsense") {
            sayFrame(7, 4);
            say("abcd");
        } else if (format == "is ready twice") {
            sayFrame(2, 0);
        } else if (format == "answers no frame") {
            sayFrame(0, 4, 1);
            say("abcd");
        } else if (format == "refuses endlessly") {
            sayFrame(1, std::uint64_t { 1 } << 40);
        } else if (format == "refuses without a word") {
            sayFrame(1, 0);
        } else if (format == "refuses with commands") {
            sayFrame(1, 8);
            say(std::string_view("\1\33[2Jab\n", 8));
        }
    }
    return 0;
}
