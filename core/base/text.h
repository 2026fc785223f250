#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace vernier {

/// The shortest decimal that reads back as the same number, as people write it: "1e-5", "0.001",
/// "93.5".
std::string shortNumber(double value);

/// "138,357,544".
std::string grouped(std::int64_t value);

/// "1 picture", "12 pictures": a noun that takes an s.
std::string counted(std::int64_t count, std::string_view noun);

/// "29 MB", "1.5 GB": powers of 1000, as disks are sold.
std::string byteCount(std::uint64_t bytes);

/// "93.5 %" from 0.935.
std::string percent(double share);

/// Latin letters in lower case, all else as it is: for extensions and folders named after splits.
std::string lowered(std::string text);

/// Text from outside (the name of a class, a tensor, a file, what a library says) as part of a
/// line: what is no UTF-8, control characters, line ends among them, and characters that turn the
/// direction of writing become U+FFFD, since they could break the line, command the terminal or
/// show another name than there is. All that a terminal is told goes through this, or inOneLine().
std::string printable(std::string_view text);
/// Whole text, of several lines, with tabs: the same characters but those two become \u202e and the
/// like, so that JSON stays what it was. `text` may end within a sequence of UTF-8, which is left
/// in it; all else is taken out.
std::string printableText(std::string& text);

/// A path as text that gives the path back, whatever its bytes: pathOfText(textOf(path)) == path.
/// In files, where utf8() is for people. A path that is no UTF-8 becomes a NUL, which no path
/// holds, and its bytes in hexadecimal.
std::string textOf(const std::filesystem::path& path);
std::filesystem::path pathOfText(const std::string& text);

/// The same for other programs (JSON, CSV): UTF-8 as it is; any other path as "file:" and its
/// bytes, those beyond letters, digits and "-._~/" as %FE, as in RFC 8089, but relative where the
/// path is. So is one that itself begins with "file:", so that two paths are never written alike.
std::string writtenPath(const std::filesystem::path& path);
std::filesystem::path pathOfWritten(const std::string& text);

} // namespace vernier
