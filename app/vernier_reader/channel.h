#pragma once

#include "core/base/reader_protocol.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace vernier::reader {

struct Question {
    std::uint32_t number = 0;
    std::vector<std::byte> argument;
};

/// Questions from the standard input, answers to the standard output. What cannot be sent is lost
/// together with whoever asked, so nothing is said about it.
class Channel {
public:
    /// To be said once, when nothing of the file has been looked at yet and nothing that it could
    /// do would matter any more.
    void ready();
    /// None when nobody will ask any more.
    std::optional<Question> next();
    void answer(std::span<const std::byte> data);
    /// `sentence` in plain lower-case ASCII without a full stop.
    void refuse(ReaderRefusal why, std::string_view sentence);
};

} // namespace vernier::reader
