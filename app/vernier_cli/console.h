#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <chrono>
#include <iosfwd>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace vernier::cli {

/// What a shell script sees of how a command ended (design.md, section 8).
enum ExitCode { kDone = 0, kFailed = 1, kWrongUsage = 2, kCancelled = 130 };

/// Prints `vernier-cli: PATH: what is wrong; what to do` on stderr and gives the exit code that
/// goes with it.
int report(const Error& error);

/// While it lives, a stream passes on nothing that a terminal would obey but line ends and tabs,
/// see printableText(): the last resort, since names from outside come in many ways. JSON means
/// what it meant.
class PlainStream {
public:
    explicit PlainStream(std::ostream& stream);
    PlainStream(const PlainStream&) = delete;
    PlainStream& operator=(const PlainStream&) = delete;
    ~PlainStream();

private:
    class Buffer;
    std::ostream& m_stream;
    std::unique_ptr<Buffer> m_buffer;
    std::streambuf* m_target;
};

/// Ctrl+C asks the command to stop; it ends within one picture or batch and leaves what it wrote
/// complete. A second Ctrl+C ends the process at once. The signal handler only sets a flag, which
/// check() turns into a stop on the thread that works.
class Interrupt {
public:
    Interrupt();
    std::stop_token token() const { return m_source.get_token(); }
    void check();

private:
    std::stop_source m_source;
};

/// Progress for people: a bar that redraws itself on a terminal, a line every few seconds
/// elsewhere; on stderr, so that stdout stays for results. Quiet prints nothing.
class ProgressLine {
public:
    ProgressLine(Interrupt& interrupt, bool quiet);
    ~ProgressLine();

    /// A sink that also looks for Ctrl+C; it must not outlive this object.
    ProgressSink sink();
    /// `secondsLeft` below 0: worked out from the pace so far.
    void show(
        std::string_view stage, std::int64_t done, std::int64_t total, double secondsLeft = -1);
    /// Takes the bar off the screen, before something else is printed.
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    Interrupt& m_interrupt;
    const bool m_quiet;
    const bool m_terminal;
    std::string m_stage;
    Clock::time_point m_start;
    Clock::time_point m_lastShown {};
    bool m_onScreen = false;
};

} // namespace vernier::cli
