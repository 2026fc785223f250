#include "app/vernier_reader/channel.h"
#include "app/vernier_reader/confinement.h"
#include "app/vernier_reader/hdf5_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Started by core/base/reader_process.cpp alone, which says what it is given:
//   vernier-reader FORMAT AT BYTES MEMORY SECONDS

namespace vernier::reader {

namespace {

std::optional<std::uint64_t> number(std::string_view text)
{
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stopped == end && !text.empty() ? std::optional(value)
                                                                   : std::nullopt;
}

/// The part of the file, as memory that cannot be written to; none where it has no such part.
std::optional<std::span<const std::byte>> mapped(std::uint64_t at, std::uint64_t bytes)
{
    struct stat info { };
    if (::fstat(kReaderFile, &info) != 0 || !S_ISREG(info.st_mode))
        return std::nullopt;
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size == 0 || at > size || bytes > size - at)
        return std::nullopt;
    void* const whole = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, kReaderFile, 0);
    if (whole == MAP_FAILED)
        return std::nullopt;
    ::close(kReaderFile);
    return std::span(static_cast<const std::byte*>(whole), size).subspan(at, bytes);
}

int run(std::span<char*> arguments)
{
    std::array<std::optional<std::uint64_t>, 4> numbers;
    if (arguments.size() == 2 + numbers.size())
        std::ranges::transform(arguments.subspan(2), numbers.begin(), number);
    const auto& [at, bytes, memory, seconds] = numbers;
    if (!at || !bytes || !memory || !seconds) {
        std::fputs("vernier-reader is started by Vernier itself, for a file\n", stderr);
        return 2;
    }
    const auto file = mapped(*at, *bytes);
    confine(*memory, *seconds);
    Channel channel;
    channel.ready();
    // A file that has no such part is to blame itself: there is a reader, and no answer.
    if (file && std::string_view(arguments[1]) == "hdf5")
        serveHdf5(*file, channel);
    return 0;
}

} // namespace

} // namespace vernier::reader

int main(int count, char** arguments)
{
    const int status = vernier::reader::run(std::span(arguments, static_cast<std::size_t>(count)));
    // A library that a file has led astray does not tidy up.
    ::_exit(status);
}
