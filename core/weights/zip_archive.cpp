#include "core/weights/zip_archive.h"

#include "core/weights/zip_directory.h"

#include <algorithm>
#include <new>

#include <zlib.h>

namespace vernier {

namespace {

constexpr const char* kAdvice = "copy or download the file again";

tl::unexpected<Error> compressed(const std::filesystem::path& path)
{
    return fail(ErrorCode::Unsupported,
        "holds numbers that are compressed, as no program writes them", path,
        "save it again with the program that it comes from");
}

/// With its slash; empty where the records do not all lie in one.
std::string commonFolder(const ZipArchive::Records& records)
{
    if (records.empty())
        return {};
    const auto& first = records.begin()->first;
    auto folder = first.substr(0, first.find('/') + 1);
    const bool common = std::ranges::all_of(
        records, [&](const auto& record) { return record.first.starts_with(folder); });
    return common ? folder : std::string();
}

} // namespace

ZipArchive::ZipArchive(std::filesystem::path path, InputFile file)
    : m_path(std::move(path)), m_file(std::move(file))
{
}

Result<ZipArchive> ZipArchive::open(std::filesystem::path path)
{
    try {
        auto file = InputFile::open(path);
        if (!file)
            return tl::unexpected(file.error());
        auto records = readZipDirectory(*file, path);
        if (!records)
            return tl::unexpected(records.error());
        ZipArchive archive(std::move(path), std::move(*file));
        archive.m_records = std::move(*records);
        archive.m_folder = commonFolder(archive.m_records);
        return archive;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "its directory does not fit into memory",
            std::move(path), "close other programs and try again");
    }
}

const ZipArchive::Record* ZipArchive::find(std::string_view name) const
{
    const auto found = m_records.find(m_folder + std::string(name));
    return found == m_records.end() ? nullptr : &found->second;
}

Status ZipArchive::read(const Record& record, std::span<std::byte> into) const
{
    if (record.compressed)
        return compressed(m_path);
    const auto got = m_file.readAt(record.at, into.first(record.size));
    if (!got)
        return tl::unexpected(got.error());
    if (*got != record.size)
        return fail(ErrorCode::Corrupt, "the file was shortened while it was read", m_path,
            "copy the file again");
    const auto* bytes = reinterpret_cast<const Bytef*>(into.data());
    if (record.checksum != 0 && ::crc32_z(0, bytes, record.size) != record.checksum)
        return fail(ErrorCode::Corrupt,
            "is damaged: a part of the archive is not what was written (checksum)", m_path,
            kAdvice);
    return {};
}

Result<std::string> ZipArchive::text(std::string_view name, std::uint64_t most) const
{
    const auto* record = find(name);
    if (!record)
        return fail(ErrorCode::NotFound, "has no part " + std::string(name), m_path, kAdvice);
    if (record->compressed)
        return compressed(m_path);
    if (record->size > most)
        return fail(ErrorCode::TooLarge, "the archive's " + std::string(name) + " is too large",
            m_path, kAdvice);
    std::string text(record->size, '\0');
    if (auto ok = read(*record, std::as_writable_bytes(std::span(text))); !ok)
        return tl::unexpected(ok.error());
    return text;
}

} // namespace vernier
