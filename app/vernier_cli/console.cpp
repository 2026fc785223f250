#include "app/vernier_cli/console.h"

#include "core/base/text.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <streambuf>

#include <unistd.h>

namespace vernier::cli {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void onSignal(int number)
{
    if (interrupted)
        ::_exit(128 + number);
    interrupted = 1;
}

std::string duration(double seconds)
{
    const auto whole = static_cast<long>(seconds + 0.5);
    if (whole < 60)
        return std::to_string(whole) + " s";
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

} // namespace

int report(const Error& error)
{
    if (error.code == ErrorCode::Cancelled) {
        std::cerr << "vernier-cli: cancelled\n";
        return kCancelled;
    }
    std::cerr << "vernier-cli: " << error.text() << '\n';
    return kFailed;
}

class PlainStream::Buffer : public std::streambuf {
public:
    explicit Buffer(std::streambuf* target) : m_target(target) { }

    /// Also what has begun and never came to its end.
    void finish()
    {
        sync();
        m_target->sputn(m_text.data(), static_cast<std::streamsize>(m_text.size()));
    }

protected:
    std::streamsize xsputn(const char* data, std::streamsize count) override
    {
        m_text.append(data, static_cast<std::size_t>(count));
        return passOn() ? count : 0;
    }
    int_type overflow(int_type c) override
    {
        if (traits_type::eq_int_type(c, traits_type::eof()))
            return traits_type::not_eof(c);
        m_text += traits_type::to_char_type(c);
        return passOn() ? c : traits_type::eof();
    }
    int sync() override { return m_target->pubsync(); }

private:
    bool passOn()
    {
        const auto plain = printableText(m_text);
        const auto size = static_cast<std::streamsize>(plain.size());
        return m_target->sputn(plain.data(), size) == size;
    }

    std::streambuf* const m_target;
    std::string m_text; ///< not passed on yet
};

PlainStream::PlainStream(std::ostream& stream)
    : m_stream(stream)
    , m_buffer(std::make_unique<Buffer>(stream.rdbuf()))
    , m_target(stream.rdbuf(m_buffer.get()))
{
}

PlainStream::~PlainStream()
{
    m_buffer->finish();
    m_stream.rdbuf(m_target);
}

Interrupt::Interrupt()
{
    struct sigaction action { };
    action.sa_handler = onSignal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

void Interrupt::check()
{
    if (interrupted)
        m_source.request_stop();
}

ProgressLine::ProgressLine(Interrupt& interrupt, bool quiet)
    : m_interrupt(interrupt)
    , m_quiet(quiet)
    , m_terminal(::isatty(STDERR_FILENO) == 1)
    , m_start(Clock::now())
{
}

ProgressLine::~ProgressLine() { clear(); }

ProgressSink ProgressLine::sink()
{
    return [this](const Progress& progress) {
        m_interrupt.check();
        show(progress.stage, progress.done, progress.total);
    };
}

void ProgressLine::show(
    std::string_view stage, std::int64_t done, std::int64_t total, double secondsLeft)
{
    if (m_quiet)
        return;
    const auto now = Clock::now();
    if (stage != m_stage) {
        m_stage = stage;
        m_start = now;
        m_lastShown = {};
    }
    const auto pause
        = m_terminal ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000);
    if (now - m_lastShown < pause)
        return;
    m_lastShown = now;
    auto line = printable(stage);
    if (total > 0) {
        const double share
            = std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
        if (m_terminal) {
            constexpr int width = 24;
            const auto filled = static_cast<std::size_t>(share * width);
            line += " [" + std::string(filled, '=') + std::string(width - filled, ' ') + "]";
        }
        line += " " + std::to_string(done) + " of " + std::to_string(total);
        const double elapsed = std::chrono::duration<double>(now - m_start).count();
        if (secondsLeft < 0 && share > 0.02 && elapsed > 1)
            secondsLeft = elapsed / share * (1 - share);
        if (secondsLeft >= 0)
            line += ", " + duration(secondsLeft) + " left";
    }
    if (m_terminal)
        std::fprintf(stderr, "\r\x1b[2K%s", line.c_str());
    else
        std::fprintf(stderr, "%s\n", line.c_str());
    std::fflush(stderr);
    m_onScreen = m_terminal;
}

void ProgressLine::clear()
{
    if (m_onScreen)
        std::fputs("\r\x1b[2K", stderr);
    m_onScreen = false;
}

} // namespace vernier::cli
