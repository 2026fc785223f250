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

/// A path as text that gives the path back, whatever its bytes: pathOfText(textOf(path)) == path.
/// In files, where utf8() is for people. A path that is no UTF-8 becomes a NUL, which no path
/// holds, and its bytes in hexadecimal.
std::string textOf(const std::filesystem::path& path);
std::filesystem::path pathOfText(const std::string& text);

} // namespace vernier
