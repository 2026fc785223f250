#include "core/weights/hdf5_file.h"

#include "core/weights/hdf5_protocol.h"

#include <array>
#include <cstring>
#include <string_view>

namespace vernier {

namespace {

constexpr const char* kDamaged = "copy or download the file again";

/// A plain dataset as the reader describes it, held against the file.
Hdf5Dataset plain(const Hdf5Entry& entry, std::string_view path,
    std::span<const std::uint64_t> edges, FilePart part)
{
    Hdf5Dataset dataset { .path = std::string(path),
        .kind = Hdf5Dataset::Kind::Impossible,
        .dtype = entry.kind == Hdf5Entry::Kind::F64 ? DType::F64 : DType::F32 };
    std::uint64_t bytes = size(dataset.dtype);
    for (const auto edge : edges) {
        if (edge == 0 || __builtin_mul_overflow(bytes, edge, &bytes) || bytes > part.bytes)
            return dataset;
        dataset.shape.push_back(static_cast<std::int64_t>(edge));
    }
    if (bytes != entry.bytes || entry.at > part.bytes || bytes > part.bytes - entry.at)
        return dataset;
    dataset.at = part.at + entry.at;
    dataset.kind = Hdf5Dataset::Kind::Plain;
    return dataset;
}

} // namespace

Result<Hdf5File> Hdf5File::open(
    const std::filesystem::path& path, FilePart part, const std::filesystem::path& reader)
{
    auto input = InputFile::open(path);
    if (!input)
        return tl::unexpected(input.error());
    auto process = ReaderProcess::start(reader, "hdf5", path, part, readerLimitsFor(input->size()));
    if (!process)
        return tl::unexpected(process.error());
    const auto list = process->ask(kHdf5List, {}, kMostHdf5ListBytes);
    if (!list)
        return tl::unexpected(list.error());
    Hdf5File file(path, std::move(*input));
    if (auto ok = file.take(*list, part); !ok)
        return tl::unexpected(ok.error());
    return file;
}

Status Hdf5File::take(std::span<const std::byte> list, FilePart part)
{
    const auto copy = [&list](void* into, std::size_t bytes) {
        if (bytes > list.size())
            return false;
        if (bytes > 0)
            std::memcpy(into, list.data(), bytes);
        list = list.subspan(bytes);
        return true;
    };
    while (!list.empty()) {
        Hdf5Entry entry;
        std::string text;
        std::vector<std::uint64_t> edges;
        bool whole = copy(&entry, sizeof entry) && entry.textBytes <= list.size()
            && entry.kind <= Hdf5Entry::Kind::Name && entry.zero == 0;
        if (whole) {
            text.resize(entry.textBytes);
            edges.resize(entry.rank);
            whole = copy(text.data(), text.size())
                && copy(edges.data(), edges.size() * sizeof edges[0]);
        }
        const auto end = text.find('\0');
        if (!whole || (end != std::string::npos) != (entry.kind == Hdf5Entry::Kind::Name))
            return fail(ErrorCode::Corrupt, "is damaged: it cannot be read", m_path, kDamaged);
        switch (entry.kind) {
        case Hdf5Entry::Kind::F32:
        case Hdf5Entry::Kind::F64:
            m_datasets.push_back(plain(entry, text, edges, part));
            break;
        case Hdf5Entry::Kind::OtherType:
            m_datasets.push_back({ std::move(text), Hdf5Dataset::Kind::OtherType });
            break;
        case Hdf5Entry::Kind::NotPlain:
            m_datasets.push_back({ std::move(text), Hdf5Dataset::Kind::Elsewhere });
            break;
        case Hdf5Entry::Kind::Name:
            m_names[text.substr(0, end)] = text.substr(end + 1);
            break;
        }
    }
    return {};
}

Status Hdf5File::read(const Hdf5Dataset& dataset, std::span<std::byte> into) const
{
    const auto got = m_file.readAt(dataset.at, into);
    if (!got)
        return tl::unexpected(got.error());
    if (*got != into.size())
        return fail(ErrorCode::Corrupt, "the file was shortened while it was read", m_path,
            "copy the file again");
    return {};
}

} // namespace vernier
