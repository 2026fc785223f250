#include "core/runs/events.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    const auto event = eventFromJson(fuzz::textOf(data, size));
    if (!event)
        return 0;
    toText(*event);
    const auto line = toJson(*event);
    fuzz::require(line.find('\n') == std::string::npos, "an event is one line");
    const auto again = eventFromJson(line);
    fuzz::require(again.has_value(), "what is written can be read");
    fuzz::require(toJson(*again) == line, "and says the same");
    return 0;
}
