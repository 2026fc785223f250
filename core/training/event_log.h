#pragma once

#include "core/training/events.h"

namespace vernier {

/// events.jsonl: one line an event, in one write, so that a killed process leaves at most its last
/// line cut.
class EventLog {
public:
    /// Keeps the lines up to and with the end of epoch `keepThrough` and drops the rest: they are
    /// about to happen again.
    static Result<EventLog> open(const std::filesystem::path& file, int keepThrough);
    EventLog(EventLog&& other) noexcept;
    EventLog& operator=(EventLog&&) = delete;
    ~EventLog();

    /// Steps and preparations are left out: they are for the eye.
    Status write(const TrainingEvent& event);

private:
    EventLog(std::filesystem::path file, int descriptor);
    std::filesystem::path m_file;
    int m_descriptor = -1;
};

} // namespace vernier
