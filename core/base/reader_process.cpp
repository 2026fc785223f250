#include "core/base/reader_process.h"

#include "core/base/reader_protocol.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vernier {

namespace {

constexpr const char* kProgram = "vernier-reader";
constexpr const char* kDamaged = "copy or download the file again";
/// Beyond those that a reader has by their numbers.
constexpr int kLowestOther = 10;

/// What posix_spawn() is to do in the new process.
class Preparation {
public:
    Preparation()
    {
        ::posix_spawn_file_actions_init(&m_actions);
        ::posix_spawnattr_init(&m_attributes);
    }
    Preparation(Preparation&&) = delete;
    Preparation& operator=(Preparation&&) = delete;
    ~Preparation()
    {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }

    int start(pid_t& process, const std::filesystem::path& program, char* const arguments[],
        const Descriptor& socket, const Descriptor& file)
    {
        // A key that interrupts the program is the program's to answer: hence a group of its own.
        constexpr short flags
            = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP;
        sigset_t all;
        sigset_t none;
        ::sigfillset(&all);
        ::sigemptyset(&none);
        int failed = ::posix_spawnattr_setflags(&m_attributes, flags);
        failed = failed ? failed : ::posix_spawnattr_setsigdefault(&m_attributes, &all);
        failed = failed ? failed : ::posix_spawnattr_setsigmask(&m_attributes, &none);
        for (const auto& [from, to] : { std::pair { socket.number(), STDIN_FILENO },
                 std::pair { socket.number(), STDOUT_FILENO },
                 std::pair { file.number(), kReaderFile } })
            failed = failed ? failed : ::posix_spawn_file_actions_adddup2(&m_actions, from, to);
        failed = failed ? failed
                        : ::posix_spawn_file_actions_addopen(
                            &m_actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
        // What libraries have opened without asking that it be closed.
        failed = failed ? failed
                        : ::posix_spawn_file_actions_addclosefrom_np(&m_actions, kReaderFile + 1);
#endif
        char* const environment[] = { nullptr };
        return failed ? failed
                      : ::posix_spawn(&process, program.c_str(), &m_actions, &m_attributes,
                          arguments, environment);
    }

private:
    posix_spawn_file_actions_t m_actions {};
    posix_spawnattr_t m_attributes {};
};

ErrorCode codeOf(std::byte refusal)
{
    switch (static_cast<ReaderRefusal>(refusal)) {
    case ReaderRefusal::Unsupported:
        return ErrorCode::Unsupported;
    case ReaderRefusal::TooLarge:
        return ErrorCode::TooLarge;
    case ReaderRefusal::Damaged:
        break;
    }
    return ErrorCode::Corrupt;
}

} // namespace

ReaderLimits readerLimitsFor(std::uint64_t fileBytes)
{
    constexpr std::uint64_t megabyte = 1 << 20;
    const auto megabytes = static_cast<std::int64_t>(fileBytes / megabyte);
    return { 2 * fileBytes + 256 * megabyte, std::chrono::seconds(10 + megabytes / 20),
        std::chrono::seconds(30 + megabytes) };
}

std::filesystem::path readerProgram()
{
    namespace fs = std::filesystem;
    std::error_code error;
    return readerProgramFor(fs::read_symlink("/proc/self/exe", error));
}

std::filesystem::path readerProgramFor(const std::filesystem::path& program)
{
    namespace fs = std::filesystem;
    const auto folder = program.parent_path();
    const auto above = folder.parent_path();
    for (const auto& place : { folder, above / VERNIER_LIBEXEC_DIR / "vernier", above / "bin" }) {
        std::error_code error;
        // Where a program does not know its own place, a relative one would be whoever's folder
        // this is.
        if (place.is_absolute() && fs::is_regular_file(place / kProgram, error))
            return place / kProgram;
    }
    return {};
}

ReaderProcess::ReaderProcess(
    std::filesystem::path file, Descriptor socket, pid_t process, std::chrono::milliseconds wall)
    : m_file(std::move(file)), m_socket(std::move(socket)), m_process(process), m_wall(wall)
{
}

ReaderProcess::ReaderProcess(ReaderProcess&& other) noexcept
    : m_file(std::move(other.m_file))
    , m_socket(std::move(other.m_socket))
    , m_process(std::exchange(other.m_process, -1))
    , m_wall(other.m_wall)
    , m_deadline(other.m_deadline)
{
}

ReaderProcess::~ReaderProcess() { end(); }

Result<ReaderProcess> ReaderProcess::start(const std::filesystem::path& program,
    std::string_view format, const std::filesystem::path& file, FilePart part,
    const ReaderLimits& limits)
{
    const auto missing = [&] {
        return fail(ErrorCode::NotFound,
            std::string("a part of Vernier is missing: ") + kProgram
                + ", which reads files of this kind",
            program, "install Vernier again");
    };
    if (program.empty())
        return missing();
    const auto notStarted = [&](const std::string& why) {
        return fail(ErrorCode::Internal, "Vernier's reader program could not be started" + why,
            program,
            "close other programs and try again, or install Vernier again with all that it needs");
    };
    const auto failed
        = [&](int number) { return notStarted(": " + std::generic_category().message(number)); };
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened)
        return fail(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Unreadable,
            "cannot be opened: " + std::generic_category().message(errno), file);
    std::array<int, 2> ends {};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return failed(errno);
    Descriptor ours(ends[0]);
    Descriptor theirs(ends[1]);
    // None may have a number that another is to get.
    Descriptor socket(::fcntl(theirs.number(), F_DUPFD_CLOEXEC, kLowestOther));
    const Descriptor input(::fcntl(opened.number(), F_DUPFD_CLOEXEC, kLowestOther));
    if (!socket || !input)
        return failed(errno);

    std::array<std::string, 6> words { kProgram, std::string(format), std::to_string(part.at),
        std::to_string(part.bytes), std::to_string(limits.memory),
        std::to_string(limits.processor.count()) };
    std::array<char*, words.size() + 1> arguments {};
    std::ranges::transform(words, arguments.begin(), [](std::string& word) { return word.data(); });
    pid_t process = -1;
    const int error = Preparation().start(process, program, arguments.data(), socket, input);
    if (error == ENOENT)
        return missing();
    if (error != 0)
        return failed(error);
    // Whoever holds the reader's end would never see that it is gone.
    theirs.close();
    socket.close();
    ReaderProcess reader(file, std::move(ours), process, limits.wall);
    if (!reader.awaitReady())
        return notStarted("");
    return reader;
}

bool ReaderProcess::awaitReady()
{
    m_deadline = Clock::now() + m_wall;
    std::array<ReaderFrame, 1> frame {};
    return receive(std::as_writable_bytes(std::span(frame)))
        && frame[0].kind == static_cast<std::uint32_t>(ReaderReply::Ready) && frame[0].zero == 0
        && frame[0].bytes == 0;
}

void ReaderProcess::end()
{
    m_socket.close();
    if (m_process <= 0)
        return;
    ::kill(m_process, SIGKILL);
    while (::waitpid(m_process, nullptr, 0) < 0 && errno == EINTR) { }
    m_process = -1;
}

bool ReaderProcess::wait(short events)
{
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_deadline - Clock::now());
        if (left.count() <= 0)
            return false;
        pollfd one { m_socket.number(), events, 0 };
        constexpr std::int64_t longest = 1'000'000;
        const int ready = ::poll(&one, 1, static_cast<int>(std::min(left.count(), longest)));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

bool ReaderProcess::send(std::span<const std::byte> data)
{
    while (!data.empty()) {
        const auto sent
            = ::send(m_socket.number(), data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            data = data.subspan(static_cast<std::size_t>(sent));
        else if (sent == 0 || (errno != EAGAIN && errno != EINTR) || !wait(POLLOUT))
            return false;
    }
    return true;
}

bool ReaderProcess::receive(std::span<std::byte> into)
{
    while (!into.empty()) {
        if (!wait(POLLIN))
            return false;
        const auto got = ::recv(m_socket.number(), into.data(), into.size(), MSG_DONTWAIT);
        if (got > 0)
            into = into.subspan(static_cast<std::size_t>(got));
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            return false;
    }
    return true;
}

tl::unexpected<Error> ReaderProcess::lost()
{
    end();
    return fail(ErrorCode::Corrupt, "is damaged: it cannot be read", m_file, kDamaged);
}

tl::unexpected<Error> ReaderProcess::refused(std::uint64_t bytes)
{
    std::array<std::byte, kMostRefusalBytes> text {};
    if (bytes < 2 || bytes > text.size() || !receive(std::span(text).first(bytes)))
        return lost();
    std::string sentence;
    for (const auto byte : std::span(text).subspan(1, bytes - 1)) {
        const auto c = static_cast<char>(byte);
        sentence += c >= ' ' && c <= '~' ? c : '?';
    }
    return fail(codeOf(text[0]), std::move(sentence), m_file, kDamaged);
}

Result<std::uint64_t> ReaderProcess::begin(
    std::uint32_t question, std::span<const std::byte> argument)
{
    m_deadline = Clock::now() + m_wall;
    const std::array asked { ReaderFrame { question, 0, argument.size() } };
    std::array<ReaderFrame, 1> frame {};
    if (m_process <= 0 || !send(std::as_bytes(std::span(asked))) || !send(argument)
        || !receive(std::as_writable_bytes(std::span(frame))) || frame[0].zero != 0)
        return lost();
    switch (static_cast<ReaderReply>(frame[0].kind)) {
    case ReaderReply::Answer:
        return frame[0].bytes;
    case ReaderReply::Refusal:
        return refused(frame[0].bytes);
    case ReaderReply::Ready:
        break;
    }
    return lost();
}

Result<std::vector<std::byte>> ReaderProcess::ask(
    std::uint32_t question, std::span<const std::byte> argument, std::uint64_t most)
{
    const auto bytes = begin(question, argument);
    if (!bytes)
        return tl::unexpected(bytes.error());
    if (*bytes > most)
        return lost();
    // It may never come: no more is taken than has come.
    constexpr std::uint64_t step = 1 << 20;
    std::vector<std::byte> answer;
    while (answer.size() < *bytes) {
        const auto had = answer.size();
        answer.resize(had + std::min(step, *bytes - had));
        if (!receive(std::span(answer).subspan(had)))
            return lost();
    }
    return answer;
}

Status ReaderProcess::ask(
    std::uint32_t question, std::span<const std::byte> argument, std::span<std::byte> into)
{
    const auto bytes = begin(question, argument);
    if (!bytes)
        return tl::unexpected(bytes.error());
    if (*bytes != into.size() || !receive(into))
        return lost();
    return {};
}

} // namespace vernier
