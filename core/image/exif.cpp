#include "core/image/header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <vector>

#include <libexif/exif-data.h>

namespace vernier {

namespace {

/// Stands before it in a JPEG, and in other files too where it was taken from one.
constexpr std::array<unsigned char, 6> kSignature { 'E', 'x', 'i', 'f', 0, 0 };

/// A part of a JPEG file holds no more.
constexpr std::size_t kMaxBytes = 1 << 16;

struct Unref {
    void operator()(ExifData* data) const { exif_data_unref(data); }
};

int orientationOf(const ExifEntry& entry, ExifByteOrder order)
{
    if (entry.components == 0)
        return 1;
    if (entry.format == EXIF_FORMAT_SHORT && entry.size >= 2)
        return exif_get_short(entry.data, order);
    if (entry.format == EXIF_FORMAT_LONG && entry.size >= 4)
        return static_cast<int>(std::min<ExifLong>(exif_get_long(entry.data, order), 9));
    return 1;
}

} // namespace

std::optional<int> statedOrientation(std::span<const std::byte> exif)
{
    const auto length = std::min(exif.size(), kMaxBytes);
    // Without the signature libexif looks for the EXIF of a JPEG file in it.
    const auto* bytes = reinterpret_cast<const unsigned char*>(exif.data());
    std::vector<unsigned char> block(kSignature.size() + length);
    std::copy(kSignature.begin(), kSignature.end(), block.begin());
    std::copy(bytes, bytes + length, block.begin() + kSignature.size());

    const std::unique_ptr<ExifData, Unref> data(exif_data_new());
    if (!data)
        throw std::bad_alloc();
    exif_data_unset_option(data.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(data.get(), block.data(), static_cast<unsigned>(block.size()));
    // Its second directory tells of the thumbnail.
    const auto* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (!entry)
        return std::nullopt;
    const int value = orientationOf(*entry, exif_data_get_byte_order(data.get()));
    return value >= 1 && value <= 8 ? value : 1;
}

int exifOrientation(std::span<const std::byte> exif)
{
    if (exif.size() >= kSignature.size()
        && std::memcmp(exif.data(), kSignature.data(), kSignature.size()) == 0)
        exif = exif.subspan(kSignature.size());
    if (exif.size() > kExifFront) {
        if (const auto stated = statedOrientation(exif.first(kExifFront)))
            return *stated;
    }
    return statedOrientation(exif).value_or(1);
}

} // namespace vernier
