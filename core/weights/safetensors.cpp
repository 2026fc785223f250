#include "core/weights/safetensors.h"

#include "core/base/files.h"
#include "core/base/little_endian.h"
#include "core/weights/safetensors_header.h"

#include <algorithm>
#include <array>
#include <bit>
#include <fstream>
#include <new>
#include <set>

#include <nlohmann/json.hpp>

namespace vernier {

namespace {

static_assert(std::endian::native == std::endian::little, "tensors are stored little-endian");

constexpr std::size_t kLengthBytes = 8;

/// Reads into all of `target`, or says how far the file went.
Status readInto(
    std::ifstream& stream, std::span<std::byte> target, const std::filesystem::path& path)
{
    stream.read(
        reinterpret_cast<char*>(target.data()), static_cast<std::streamsize>(target.size()));
    if (static_cast<std::size_t>(stream.gcount()) == target.size())
        return {};
    if (stream.bad())
        return fail(ErrorCode::Unreadable, "reading failed half way", path);
    return fail(ErrorCode::Corrupt, "the file was shortened while it was read", path,
        "copy the file again");
}

} // namespace

std::int64_t TensorView::count() const
{
    std::int64_t product = 1;
    for (const auto edge : shape)
        product *= edge;
    return product;
}

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        return fail(ErrorCode::NotFound, "there is no such file", path);
    if (!std::filesystem::is_regular_file(status))
        return fail(ErrorCode::Unsupported, "is not a regular file", path);
    const std::uint64_t size = std::filesystem::file_size(path, error);
    std::ifstream stream(path, std::ios::binary);
    if (error || !stream)
        return fail(ErrorCode::Unreadable, "cannot be opened", path);
    if (size < kLengthBytes + 2)
        return fail(ErrorCode::Corrupt,
            "has only " + std::to_string(size) + " bytes and is no safetensors file", path,
            "copy or download the file again");
    if (size > kMaxSafetensorsBytes)
        return fail(ErrorCode::TooLarge,
            "has " + std::to_string(size) + " bytes, more than the "
                + std::to_string(kMaxSafetensorsBytes) + " allowed",
            path);

    std::array<std::byte, kLengthBytes> prefix {};
    if (auto ok = readInto(stream, prefix, path); !ok)
        return tl::unexpected(ok.error());
    const auto headerBytes = littleEndian(prefix);
    if (headerBytes > size - kLengthBytes)
        return fail(ErrorCode::Corrupt,
            "the header would have " + std::to_string(headerBytes) + " bytes, the file has "
                + std::to_string(size),
            path, "choose a .safetensors file, or copy it again");
    if (headerBytes > kMaxSafetensorsHeaderBytes)
        return fail(ErrorCode::TooLarge,
            "the header has " + std::to_string(headerBytes) + " bytes, more than the "
                + std::to_string(kMaxSafetensorsHeaderBytes) + " allowed",
            path);

    try {
        std::string json(headerBytes, '\0');
        if (auto ok = readInto(stream, std::as_writable_bytes(std::span(json)), path); !ok)
            return tl::unexpected(ok.error());
        const auto dataStart = kLengthBytes + headerBytes;
        auto header = parseSafetensorsHeader(json, size - dataStart, path);
        if (!header)
            return tl::unexpected(header.error());

        auto bytes = std::make_shared_for_overwrite<std::byte[]>(size);
        std::copy(prefix.begin(), prefix.end(), bytes.get());
        std::ranges::copy(std::as_bytes(std::span(json)), bytes.get() + kLengthBytes);
        if (auto ok = readInto(stream, { bytes.get() + dataStart, size - dataStart }, path); !ok)
            return tl::unexpected(ok.error());

        SafetensorsFile file;
        file.m_path = path;
        file.m_size = size;
        for (auto& entry : header->entries)
            file.m_tensors.push_back({ std::move(entry.name), entry.dtype, std::move(entry.shape),
                { bytes.get() + dataStart + entry.begin, entry.end - entry.begin } });
        file.m_metadata = std::move(header->metadata);
        file.m_bytes = std::move(bytes);
        return file;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
            "the " + std::to_string(size) + " bytes do not fit into memory", path,
            "close other programs and try again");
    }
}

const TensorView* SafetensorsFile::find(std::string_view name) const
{
    const auto found = std::ranges::find(m_tensors, name, &TensorView::name);
    return found == m_tensors.end() ? nullptr : &*found;
}

Status writeSafetensors(const std::filesystem::path& path, const std::vector<TensorView>& tensors,
    const std::map<std::string, std::string>& metadata)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    if (!metadata.empty())
        json["__metadata__"] = metadata;
    std::set<std::string_view> names;
    std::uint64_t offset = 0;
    for (const auto& tensor : tensors) {
        if (!names.insert(tensor.name).second || tensor.name == "__metadata__")
            return fail(ErrorCode::Invalid, "two tensors have the name " + tensor.name, path);
        if (tensor.data.size() != static_cast<std::size_t>(tensor.count()) * size(tensor.dtype))
            return fail(
                ErrorCode::Invalid, "tensor " + tensor.name + " is not as long as its shape", path);
        const auto end = offset + tensor.data.size();
        // Looking a name up in an ordered object takes the longer, the more there are.
        json.get_ref<nlohmann::ordered_json::object_t&>().emplace_back(tensor.name,
            nlohmann::ordered_json { { "dtype", name(tensor.dtype) }, { "shape", tensor.shape },
                { "data_offsets", { offset, end } } });
        offset = end;
    }
    auto header = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    header.resize((header.size() + 7) / 8 * 8, ' ');

    std::array<std::byte, kLengthBytes> length {};
    for (std::size_t i = 0; i < kLengthBytes; ++i)
        length[i] = static_cast<std::byte>(header.size() >> (8 * i));

    auto file = AtomicFile::create(path);
    if (!file)
        return tl::unexpected(file.error());
    auto written = file->write(length);
    if (written)
        written = file->write(std::as_bytes(std::span(header)));
    for (std::size_t i = 0; written && i < tensors.size(); ++i)
        written = file->write(tensors[i].data);
    return written ? file->commit() : written;
}

} // namespace vernier
