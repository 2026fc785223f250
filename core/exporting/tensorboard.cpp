#include "core/exporting/tensorboard.h"

#include "core/base/files.h"

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vernier {

namespace {

/// Castagnoli's, reflected, as TFRecord asks.
constexpr auto kCrcTable = [] {
    constexpr std::uint32_t kPolynomial = 0x82f63b78;
    std::array<std::uint32_t, 256> table {};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1) ? kPolynomial : 0);
        table[i] = value;
    }
    return table;
}();

std::uint32_t maskedCrc(std::string_view bytes)
{
    std::uint32_t crc = 0xffffffff;
    for (const char c : bytes)
        crc = kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
    return std::rotr(~crc, 15) + 0xa282ead8;
}

template <class Number> std::string littleEndian(Number value)
{
    std::string bytes;
    for (std::size_t i = 0; i < sizeof(Number); ++i)
        bytes += static_cast<char>((value >> (8 * i)) & 0xff);
    return bytes;
}

std::string record(std::string_view data)
{
    const auto length = littleEndian(static_cast<std::uint64_t>(data.size()));
    std::string bytes = length + littleEndian(maskedCrc(length));
    bytes += data;
    return bytes + littleEndian(maskedCrc(data));
}

// What of protobuf's wire format the messages Event and Summary need.

std::string varint(std::uint64_t value)
{
    std::string bytes;
    for (; value > 0x7f; value >>= 7)
        bytes += static_cast<char>((value & 0x7f) | 0x80);
    bytes += static_cast<char>(value);
    return bytes;
}

enum class Wire : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

std::string key(int field, Wire wire)
{
    return varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(wire));
}

std::string bytesField(int field, std::string_view value)
{
    return key(field, Wire::Bytes) + varint(value.size()) + std::string(value);
}

/// Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
std::string event(double time, int step, const std::string& what)
{
    std::string bytes = key(1, Wire::Fixed64) + littleEndian(std::bit_cast<std::uint64_t>(time));
    if (step != 0)
        bytes += key(2, Wire::Varint) + varint(static_cast<std::uint64_t>(step));
    return bytes + what;
}

/// Summary { repeated Value value = 1; }, Value { string tag = 1; float simple_value = 2; }
std::string scalar(double time, int step, std::string_view tag, double value)
{
    const auto number = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    const auto entry = bytesField(1, tag) + key(2, Wire::Fixed32) + littleEndian(number);
    return record(event(time, step, bytesField(5, bytesField(1, entry))));
}

Status writeFile(const std::filesystem::path& folder, std::time_t started, std::string_view scalars)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::Unreadable, "cannot be made: " + error.message(), folder);
    const auto begin
        = record(event(static_cast<double>(started), 0, bytesField(3, "brain.Event:2")));
    return writeFileAtomically(
        folder / ("events.out.tfevents." + std::to_string(started) + ".vernier"),
        begin + std::string(scalars));
}

} // namespace

Status writeTensorBoard(
    const std::filesystem::path& folder, std::span<const EpochDone> epochs, std::time_t started)
{
    std::string train;
    std::string validation;
    auto time = static_cast<double>(started);
    for (const auto& epoch : epochs) {
        time += epoch.seconds;
        const auto add = [&](std::string& to, std::string_view tag, std::optional<double> value) {
            if (value)
                to += scalar(time, epoch.epoch, tag, *value);
        };
        add(train, "epoch_accuracy", epoch.trainAccuracy);
        add(train, "epoch_loss", epoch.trainLoss);
        add(validation, "epoch_accuracy", epoch.validationAccuracy);
        add(validation, "epoch_loss", epoch.validationLoss);
    }
    auto written = writeFile(folder / "train", started, train);
    if (written && !validation.empty())
        written = writeFile(folder / "validation", started, validation);
    return written;
}

} // namespace vernier
