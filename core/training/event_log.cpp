#include "core/training/event_log.h"

#include "core/base/files.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace vernier {

namespace {

constexpr std::uint64_t kMaxLogBytes = 512ull << 20;

/// Bytes of `text` that end with the end of epoch `epoch`.
std::size_t lengthThrough(std::string_view text, int epoch)
{
    std::size_t kept = 0;
    for (std::size_t start = 0; epoch > 0 && start < text.size();) {
        const auto end = text.find('\n', start);
        if (end == std::string_view::npos)
            break;
        const auto event = eventFromJson(text.substr(start, end - start));
        if (!event)
            break;
        start = end + 1;
        if (const auto* done = std::get_if<EpochDone>(&*event)) {
            if (done->epoch > epoch)
                break;
            kept = start;
        }
    }
    return kept;
}

} // namespace

Result<EventLog> EventLog::open(const std::filesystem::path& file, int keepThrough)
{
    std::string kept;
    if (keepThrough > 0) {
        auto text = readTextFile(file, kMaxLogBytes);
        if (!text)
            return tl::unexpected(text.error());
        kept = text->substr(0, lengthThrough(*text, keepThrough));
    }
    if (auto written = writeFileAtomically(file, kept); !written)
        return tl::unexpected(written.error());
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor < 0)
        return fail(
            ErrorCode::Unreadable, std::string("cannot be written: ") + std::strerror(errno), file);
    return EventLog(file, descriptor);
}

EventLog::EventLog(std::filesystem::path file, int descriptor)
    : m_file(std::move(file)), m_descriptor(descriptor)
{
}

EventLog::EventLog(EventLog&& other) noexcept
    : m_file(std::move(other.m_file)), m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

EventLog::~EventLog()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Status EventLog::write(const TrainingEvent& event)
{
    if (std::holds_alternative<StepDone>(event) || std::holds_alternative<Preparing>(event))
        return {};
    const auto line = toJson(event) + "\n";
    if (::write(m_descriptor, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        return fail(errno == ENOSPC ? ErrorCode::NoSpace : ErrorCode::Unreadable,
            std::string("cannot be written: ") + std::strerror(errno), m_file,
            "free some space and resume the run");
    return {};
}

} // namespace vernier
