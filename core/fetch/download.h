#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

namespace vernier {

/// A file to fetch, and what is known of it beforehand.
struct Download {
    std::string url; ///< https, http or file
    std::filesystem::path to; ///< its folder is made; a file of that name is replaced
    std::uint64_t bytes = 0; ///< exactly so many; 0: not known
    std::uint64_t most = 4ull << 30; ///< never takes more
    std::string sha256 {}; ///< its first digits, at least 8; empty: not known
    std::string md5 {}; ///< empty: not known
    std::chrono::milliseconds firstWait { 1000 }; ///< after a break; doubled after each further one
};

struct Downloaded {
    std::uint64_t bytes = 0;
    std::string sha256; ///< of what was fetched
    bool resumed = false; ///< some of it had been fetched before
};

/// What has come lies beside the target as NAME.part until it is whole and its length and hashes
/// are right; then it takes its place at once. A break is tried again from where it was, with
/// longer and longer waits; so does the next call, after a cancel too, where the server still has
/// the same file and can begin in its middle. Redirections lead to https only, or to this machine.
/// NotFound where the server has no such file, Unreadable where it cannot be reached, Mismatch or
/// TooLarge for another length, Corrupt for another hash, NoSpace, Cancelled. Thread-safe; of two
/// that fetch to one place, the later is told that it is busy.
Result<Downloaded> download(
    const Download& request, std::stop_token stop = {}, const ProgressSink& progress = {});

} // namespace vernier
