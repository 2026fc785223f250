#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string_view>
#include <vector>

/// libFuzzer's own mutations, of anything.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
/// What libFuzzer calls in their place where a program defines it; with LLVMFuzzerMutate alone
/// nearly every input ends at the first length or checksum of its format.
extern "C" std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);

namespace vernier::fuzz {

using Bytes = std::vector<std::uint8_t>;

/// The same seed, the same choices.
class Dice {
public:
    explicit Dice(unsigned seed) : m_engine(seed) { }
    std::size_t below(std::size_t end) { return end < 2 ? 0 : m_engine() % end; }
    bool oneIn(std::size_t count) { return below(count) == 0; }
    template <class T> T pick(std::initializer_list<T> choices)
    {
        return choices.begin()[below(choices.size())];
    }

private:
    std::mt19937 m_engine;
};

/// libFuzzer's mutations of a part of the input, which may grow by a few bytes.
void scramble(Bytes& part);

/// Numbers at which readers err: around nothing, powers of two, and the given length.
std::uint32_t oddNumber(Dice& dice, std::size_t length);

Bytes bytesOf(std::string_view text);

/// The mutated input into libFuzzer's buffer; cut where it is too long.
std::size_t give(const Bytes& result, std::uint8_t* data, std::size_t most);

// Each changes one thing or a few; what is not of its format is scrambled.
void mutateBoxes(Bytes& file, Dice& dice); ///< HEIC, AVIF, JPEG 2000
void mutateTiff(Bytes& tiff, Dice& dice); ///< EXIF without its "Exif\0\0" too
void mutateJpeg(Bytes& jpeg, Dice& dice);
void mutatePng(Bytes& png, Dice& dice);
void mutateJson(Bytes& json, Dice& dice, std::size_t most);
void mutateProtobuf(Bytes& message, Dice& dice);
void mutateZip(Bytes& zip, Dice& dice);

} // namespace vernier::fuzz
