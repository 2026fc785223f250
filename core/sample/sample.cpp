#include "core/sample/sample.h"

#include "core/base/random.h"
#include "core/image/decode.h"
#include "core/sample/cutlery.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <new>

#include <fcntl.h>
#include <unistd.h>

namespace vernier {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kPainting = 0x7061696E; // "pain"

struct SampleClass {
    const char* name;
    Cutlery kind;
};
constexpr std::array<SampleClass, 3> kClasses { { { "forky", Cutlery::Fork },
    { "knifey", Cutlery::Knife }, { "spoony", Cutlery::Spoon } } };

/// Removes what was painted so far, unless it was put in place.
class Scratch {
public:
    explicit Scratch(fs::path folder) : m_folder(std::move(folder)) { }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch()
    {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    const fs::path& folder() const { return m_folder; }

private:
    fs::path m_folder;
};

Status cannot(const fs::path& path, const char* what, const std::error_code& error)
{
    return fail(error == std::errc::no_space_on_device ? ErrorCode::NoSpace : ErrorCode::Unreadable,
        std::string(what) + ": " + error.message(), path);
}

Status write(const fs::path& file, const std::vector<std::byte>& data)
{
    errno = 0;
    std::ofstream out(file, std::ios::binary);
    out.write(
        reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
    if (!out.flush())
        return cannot(file, "writing failed", std::error_code(errno, std::generic_category()));
    return {};
}

/// Once for all files, which is a hundred times faster than one by one.
void flushToDisk(const fs::path& folder)
{
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    ::syncfs(descriptor);
    ::close(descriptor);
}

std::string fileName(const char* className, int number)
{
    std::string digits = std::to_string(number + 1);
    digits.insert(0, 4 - std::min<std::size_t>(digits.size(), 4), '0');
    return std::string(className) + "-" + digits + ".jpg";
}

/// The picture's draws depend on what it shows and on its number, so that a larger sample begins
/// with the pictures of a smaller one.
Result<std::vector<std::byte>> painted(
    Cutlery kind, bool test, int number, const SampleOptions& options)
{
    Random random { options.seed, kPainting, static_cast<std::uint64_t>(kind), test ? 1u : 0u,
        static_cast<std::uint64_t>(number) };
    const int quality = 72 + static_cast<int>(random.below(21));
    return encodeJpeg(paintCutlery(kind, options.size, random), quality);
}

} // namespace

Status paintSample(const fs::path& folder, const SampleOptions& options, std::stop_token stop,
    const ProgressSink& progress)
{
    std::error_code error;
    // It appears under its name only when it is complete.
    if (fs::exists(folder, error)) {
        if (fs::is_directory(folder / kClasses.front().name, error))
            return {};
        return fail(
            ErrorCode::Exists, "is in the way of the sample pictures", folder, "move it elsewhere");
    }
    auto scratchName = folder;
    scratchName += ".tmp" + std::to_string(::getpid());
    const Scratch scratch(scratchName);
    const std::int64_t total = std::int64_t { kClasses.size() }
        * (std::int64_t { options.trainPerClass } + options.testPerClass);
    std::int64_t done = 0;
    for (const auto& [className, kind] : kClasses) {
        for (const bool test : { false, true }) {
            auto below = scratch.folder() / className;
            if (test)
                below /= "test";
            if (!fs::create_directories(below, error) && error)
                return cannot(below, "the folder cannot be made", error);
            const int count = test ? options.testPerClass : options.trainPerClass;
            for (int i = 0; i < count; ++i) {
                if (stop.stop_requested())
                    return cancelled();
                try {
                    const auto written
                        = painted(kind, test, i, options).and_then([&](const auto& data) {
                              return write(below / fileName(className, i), data);
                          });
                    if (!written)
                        return written;
                } catch (const std::bad_alloc&) {
                    return fail(
                        ErrorCode::OutOfMemory, "there is not enough memory to paint", folder);
                }
                if (progress)
                    progress({ "painting pictures", ++done, total });
            }
        }
    }
    flushToDisk(scratch.folder());
    fs::rename(scratch.folder(), folder, error);
    if (error)
        return cannot(folder, "the sample cannot be put in place", error);
    return {};
}

} // namespace vernier
