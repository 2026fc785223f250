#include "app/vernier_cli/console.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>

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
    std::string line(stage);
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
