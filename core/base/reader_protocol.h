#pragma once

#include <cstdint>

namespace vernier {

// What Vernier and vernier-reader say to each other, over one socket which is the reader's standard
// input and output. Both run on one machine, from one build: numbers lie as they do in memory.

/// Stands before every question and every answer, and says how many bytes follow.
struct ReaderFrame {
    std::uint32_t kind = 0; ///< the question's number, or ReaderReply
    std::uint32_t zero = 0;
    std::uint64_t bytes = 0;
};

enum class ReaderReply : std::uint32_t {
    Answer,
    Refusal, ///< a ReaderRefusal's byte, and a sentence
    Ready ///< nothing; once, before any question: it has started and given up what it does not need
};

enum class ReaderRefusal : std::uint8_t { Damaged, Unsupported, TooLarge };

inline constexpr std::uint64_t kMostQuestionBytes = 4096;
inline constexpr std::uint64_t kMostRefusalBytes = 512;

/// The descriptor that the file lies open at, for reading, when the reader starts.
inline constexpr int kReaderFile = 3;

} // namespace vernier
