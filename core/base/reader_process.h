#pragma once

#include "core/base/descriptor.h"
#include "core/base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace vernier {

/// What a reader may use up before it counts as led astray by its file.
struct ReaderLimits {
    std::uint64_t memory = 0; ///< bytes of address space, the file's own included
    std::chrono::seconds processor {}; ///< altogether
    std::chrono::milliseconds wall {}; ///< from a question to the end of its answer
};

/// Fits formats whose reader keeps no more than the file and a little.
ReaderLimits readerLimitsFor(std::uint64_t fileBytes);

/// The part of a file that a reader is given: all of it, or a record of an archive.
struct FilePart {
    std::uint64_t at = 0;
    std::uint64_t bytes = 0;
};

/// vernier-reader, for the running program. Empty where there is none.
[[nodiscard]] std::filesystem::path readerProgram();
/// For a program that lies there: beside it, in ../libexec/vernier, or in ../bin, where a build has
/// it for its tests. Empty where none of them is there, and for a relative place.
[[nodiscard]] std::filesystem::path readerProgramFor(const std::filesystem::path& program);

/// A process of its own in which a library reads a foreign file whose faults are not ours to mend.
/// Whatever the file does to it, all that it can do is answer: it has no file but the one that it
/// is given, already open for reading, no environment, little memory and little time, and on Linux
/// no system calls but those that compute, read and write. So its answers are foreign input, as the
/// file is: whoever asks holds them against what can be.
///
/// A format is served by a file of its own in app/vernier_reader, which answers numbered questions;
/// nothing here knows what they mean. One thread at a time; started in a few milliseconds, before
/// anything of the file is looked at, and gone, with its process, when this object is.
class ReaderProcess {
public:
    /// NotFound, naming the program, where it is missing; Internal, naming it too, where it does
    /// not come so far that it could be asked, which is no fault of the file's.
    static Result<ReaderProcess> start(const std::filesystem::path& program,
        std::string_view format, const std::filesystem::path& file, FilePart part,
        const ReaderLimits& limits);
    ReaderProcess(ReaderProcess&& other) noexcept;
    ReaderProcess& operator=(ReaderProcess&&) = delete;
    ~ReaderProcess();

    /// Corrupt, naming the file, when the reader dies, takes too long, answers something that is no
    /// answer, or more than `most` bytes; after that it is not asked again. What it refuses is
    /// Corrupt, Unsupported or TooLarge with its own sentence.
    Result<std::vector<std::byte>> ask(
        std::uint32_t question, std::span<const std::byte> argument, std::uint64_t most);
    /// For an answer whose length is known; another length is Corrupt.
    Status ask(
        std::uint32_t question, std::span<const std::byte> argument, std::span<std::byte> into);

private:
    using Clock = std::chrono::steady_clock;
    ReaderProcess(std::filesystem::path file, Descriptor socket, pid_t process,
        std::chrono::milliseconds wall);
    bool wait(short events);
    bool send(std::span<const std::byte> data);
    bool receive(std::span<std::byte> into);
    /// How many bytes the answer has.
    Result<std::uint64_t> begin(std::uint32_t question, std::span<const std::byte> argument);
    tl::unexpected<Error> refused(std::uint64_t bytes);
    tl::unexpected<Error> lost();
    bool awaitReady();
    void end();

    std::filesystem::path m_file;
    Descriptor m_socket;
    pid_t m_process;
    std::chrono::milliseconds m_wall;
    Clock::time_point m_deadline {};
};

} // namespace vernier
