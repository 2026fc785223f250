#pragma once

#include "core/base/descriptor.h"
#include "core/runs/events.h"

namespace vernier {

/// events.jsonl: one line an event, in one write, so that a killed process leaves at most its last
/// line cut.
class EventLog {
public:
    /// Keeps the lines up to and with the end of epoch `keepThrough` and drops the rest: they are
    /// about to happen again. A log that ends before is taken as it is, see lastEpoch().
    static Result<EventLog> open(const std::filesystem::path& file, int keepThrough);
    /// The last whose end it held when it was opened; 0: none.
    int lastEpoch() const { return m_lastEpoch; }

    /// Steps and preparations are left out: they are for the eye. After a failure the log ends with
    /// the line before.
    Status write(const TrainingEvent& event);
    /// Waits until all of it is on the disk.
    Status sync();

private:
    EventLog(std::filesystem::path file, Descriptor descriptor, std::uint64_t size, int lastEpoch);
    std::filesystem::path m_file;
    Descriptor m_descriptor;
    std::uint64_t m_size = 0;
    int m_lastEpoch = 0;
};

} // namespace vernier
