#include "core/weights/weight_file.h"

#include "core/base/files.h"
#include "core/weights/weight_formats.h"
#include "core/weights/zip_archive.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace vernier {

namespace {

class SafetensorsWeights : public WeightFile {
public:
    explicit SafetensorsWeights(SafetensorsFile file)
        : WeightFile(file.path(), "safetensors"), m_file(std::move(file))
    {
        m_metadata = m_file.metadata();
        for (const auto& view : m_file.tensors())
            static_cast<void>(add({ view.name, view.dtype, view.shape })); // names are unique there
    }

    Status read(std::size_t index, std::span<std::byte> into) const override
    {
        std::ranges::copy(m_file.tensors()[index].data, into.begin());
        return {};
    }

private:
    SafetensorsFile m_file;
};

constexpr std::string_view kHdf5 = "\x89HDF\r\n\x1a\n";
constexpr std::string_view kZip = "PK\3\4";
/// A pickle of protocol 2 that begins with the ten bytes of PyTorch's magic number.
constexpr std::string_view kLegacy = "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

/// Keras's .keras, which holds an HDF5 file, or PyTorch's.
Result<std::unique_ptr<WeightFile>> openZip(const std::filesystem::path& path)
{
    const auto archive = ZipArchive::open(path);
    if (!archive)
        return tl::unexpected(archive.error());
    const auto* weights = archive->find("model.weights.h5");
    if (!weights)
        return openPyTorchZip(path);
    // What a compressed one says of its size is bound by nothing.
    if (weights->compressed)
        return tl::unexpected(archive->read(*weights, {}).error());
    try {
        // Only to find it whole.
        std::vector<std::byte> content(weights->size);
        if (auto ok = archive->read(*weights, content); !ok)
            return tl::unexpected(ok.error());
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "its weights do not fit into memory", path,
            "close other programs and try again");
    }
    return openKeras(path, { weights->at, weights->size });
}

} // namespace

std::string shownName(std::string_view name) { return inOneLine(std::string(name.substr(0, 80))); }

std::uint64_t WeightEntry::bytes() const
{
    std::uint64_t product = size(dtype);
    for (const auto edge : shape)
        product *= static_cast<std::uint64_t>(edge);
    return product;
}

const WeightEntry* WeightFile::find(std::string_view name) const
{
    const auto found = m_places.find(name);
    return found == m_places.end() ? nullptr : &m_entries[found->second];
}

bool WeightFile::add(WeightEntry entry)
{
    const bool isNew = m_places.emplace(entry.name, m_entries.size()).second;
    if (isNew)
        m_entries.push_back(std::move(entry));
    return isNew;
}

Result<std::unique_ptr<WeightFile>> openSafetensors(const std::filesystem::path& path)
{
    auto file = SafetensorsFile::open(path);
    if (!file)
        return tl::unexpected(file.error());
    return std::make_unique<SafetensorsWeights>(std::move(*file));
}

Result<std::unique_ptr<WeightFile>> openWeights(const std::filesystem::path& path)
{
    std::array<char, 16> buffer {};
    std::uint64_t bytes = 0;
    {
        const auto file = InputFile::open(path);
        if (!file)
            return tl::unexpected(file.error());
        if (file->size() > kMaxWeightFileBytes)
            return fail(ErrorCode::TooLarge,
                "has " + std::to_string(file->size()) + " bytes, more than the "
                    + std::to_string(kMaxWeightFileBytes) + " allowed",
                path);
        if (const auto got = file->readAt(0, std::as_writable_bytes(std::span(buffer))); !got)
            return tl::unexpected(got.error());
        bytes = file->size();
    }
    const std::string_view start(buffer.data(), buffer.size());
    if (start.starts_with(kHdf5))
        return openKeras(path, { 0, bytes });
    if (start.starts_with(kZip))
        return openZip(path);
    if (start.starts_with(kLegacy))
        return openPyTorchLegacy(path);
    // A safetensors file starts with its header's length, whose top bytes are 0, and the header.
    if (start[8] == '{' && start[6] == 0 && start[7] == 0)
        return openSafetensors(path);
    // The first field of an ONNX file is its version, a small number.
    if (start[0] == 8 && start[1] > 0 && start[1] < 32)
        return openOnnxWeights(path);
    return fail(ErrorCode::Unsupported, "is no weight file that Vernier knows", path,
        "choose a safetensors file, PyTorch's .pth, Keras's .h5 or .keras, or an ONNX file");
}

} // namespace vernier
