#pragma once

#include <filesystem>
#include <string>

#include <tl/expected.hpp>

namespace vernier {

/// What kind of thing went wrong. The window and the command line decide by it (a cancelled job is
/// no failure, a full disk can be retried); people read Error::text().
enum class ErrorCode {
    Cancelled, ///< the caller's stop token was honoured
    NotFound, ///< a file, folder, class, layer or name does not exist
    Unreadable, ///< exists, but the system would not let us read or write it
    Unsupported, ///< well-formed, but not something Vernier handles
    Corrupt, ///< cut off, damaged or inconsistent content
    TooLarge, ///< beyond a stated bound; nothing was allocated for it
    Invalid, ///< a value of the user's is out of range or misspelt
    Exists, ///< refusing to overwrite
    NoSpace, ///< disk full
    OutOfMemory, ///< host or device memory
    Device, ///< the accelerator is missing or broken
    Mismatch, ///< two things that must agree do not (shapes, classes, parity)
    Internal ///< a library failed in a way we did not foresee
};

/// An expected failure: a plain sentence, the file it is about (may be empty), and what to do (may
/// be empty).
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string detail; ///< lower case, no full stop: "the file ends after 12 of 40 bytes"
    std::filesystem::path path; ///< the file or folder concerned
    std::string advice; ///< imperative: "copy the file again"

    /// "PATH: detail; advice", leaving out what is empty. UTF-8.
    std::string text() const;
};

/// The one way in which core reports what can be expected to fail. Core throws nothing on purpose.
template <class T> using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(
    ErrorCode code, std::string detail, std::filesystem::path path = {}, std::string advice = {})
{
    return tl::unexpected<Error>(
        Error { code, std::move(detail), std::move(path), std::move(advice) });
}

inline tl::unexpected<Error> cancelled() { return fail(ErrorCode::Cancelled, "cancelled"); }

/// A path as UTF-8 text for messages and JSON, whatever bytes the file name holds (invalid UTF-8 is
/// replaced).
std::string utf8(const std::filesystem::path& path);

/// The same for a line of text: control characters too are replaced, since a file may be named so
/// that it breaks the line or commands the terminal.
std::string inOneLine(const std::filesystem::path& path);

} // namespace vernier
