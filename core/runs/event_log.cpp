#include "core/runs/event_log.h"

#include "core/base/files.h"
#include "core/runs/run_store.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace vernier {

namespace {

struct Kept {
    std::size_t bytes = 0;
    int lastEpoch = 0;
};

/// Of `text`, what ends with the end of an epoch up to `epoch`.
Kept keptThrough(std::string_view text, int epoch)
{
    Kept kept;
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
            kept = { start, done->epoch };
        }
    }
    return kept;
}

tl::unexpected<Error> cannotBeWritten(int number, const std::filesystem::path& file)
{
    const bool isFull = number == ENOSPC || number == EDQUOT;
    return fail(isFull ? ErrorCode::NoSpace : ErrorCode::Unreadable,
        std::string("cannot be written: ") + std::strerror(number), file,
        isFull ? "free some space and resume the run" : "look after the disk and resume the run");
}

} // namespace

Result<EventLog> EventLog::open(const std::filesystem::path& file, int keepThrough)
{
    std::string text;
    if (keepThrough > 0) {
        auto read = readTextFile(file, kMaxRunTextBytes);
        if (read)
            text = std::move(*read);
        else if (read.error().code != ErrorCode::NotFound)
            return tl::unexpected(read.error());
    }
    const auto kept = keptThrough(text, keepThrough);
    text.resize(kept.bytes);
    if (auto written = writeFileAtomically(file, text); !written)
        return tl::unexpected(written.error());
    Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!descriptor)
        return cannotBeWritten(errno, file);
    return EventLog(file, std::move(descriptor), text.size(), kept.lastEpoch);
}

EventLog::EventLog(
    std::filesystem::path file, Descriptor descriptor, std::uint64_t size, int lastEpoch)
    : m_file(std::move(file))
    , m_descriptor(std::move(descriptor))
    , m_size(size)
    , m_lastEpoch(lastEpoch)
{
}

Status EventLog::write(const TrainingEvent& event)
{
    if (std::holds_alternative<StepDone>(event) || std::holds_alternative<Preparing>(event))
        return {};
    const auto line = toJson(event) + "\n";
    for (std::size_t done = 0; done < line.size();) {
        const auto count = ::pwrite(m_descriptor.number(), line.data() + done, line.size() - done,
            static_cast<off_t>(m_size + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            auto error = cannotBeWritten(errno, m_file);
            // Where even that fails, readers pass over a line without its end.
            [[maybe_unused]] const int cut
                = ::ftruncate(m_descriptor.number(), static_cast<off_t>(m_size));
            return error;
        }
        done += static_cast<std::size_t>(count);
    }
    m_size += line.size();
    return {};
}

Status EventLog::sync()
{
    if (::fdatasync(m_descriptor.number()) != 0)
        return cannotBeWritten(errno, m_file);
    return {};
}

} // namespace vernier
