#include "core/base/files.h"
#include "core/weights/torchscript_module.h"
#include "core/weights/weight_formats.h"
#include "core/weights/zip_archive.h"

#include <array>
#include <cstring>
#include <new>

namespace vernier {

namespace {

constexpr const char* kDamaged = "copy or download the file again";

/// Copies the elements of a tensor that does not lie in its storage as we want it.
void gather(const PickledTensor& tensor, const std::byte* storage, std::byte* into)
{
    const auto width = size(tensor.dtype);
    std::vector<std::int64_t> index(tensor.shape.size(), 0);
    auto from = tensor.offset;
    for (;;) {
        std::memcpy(into, storage + static_cast<std::size_t>(from) * width, width);
        into += width;
        auto axis = index.size();
        for (; axis > 0; --axis) {
            // Its stride may be any number.
            if (tensor.shape[axis - 1] == 1)
                continue;
            from += tensor.strides[axis - 1];
            if (++index[axis - 1] < tensor.shape[axis - 1])
                break;
            from -= tensor.strides[axis - 1] * tensor.shape[axis - 1];
            index[axis - 1] = 0;
        }
        if (axis == 0)
            return;
    }
}

bool isRowMajor(const PickledTensor& tensor)
{
    std::int64_t expected = 1;
    for (auto axis = tensor.shape.size(); axis > 0; --axis) {
        if (tensor.shape[axis - 1] != 1 && tensor.strides[axis - 1] != expected)
            return false;
        expected *= tensor.shape[axis - 1];
    }
    return true;
}

class PyTorchFile : public WeightFile {
public:
    Status read(std::size_t index, std::span<std::byte> into) const override
    {
        const auto& tensor = m_tensors[index];
        if (into.empty())
            return {};
        const auto bytes = tensor.storageCount * size(tensor.dtype);
        if (into.size() == bytes && isRowMajor(tensor))
            return readStorage(tensor.storage, into);
        try {
            std::vector<std::byte> storage(bytes);
            if (auto ok = readStorage(tensor.storage, storage); !ok)
                return ok;
            gather(tensor, storage.data(), into.data());
        } catch (const std::bad_alloc&) {
            return fail(ErrorCode::OutOfMemory, "its weights do not fit into memory", path(),
                "close other programs and try again");
        }
        return {};
    }

protected:
    explicit PyTorchFile(const std::filesystem::path& path) : WeightFile(path, "PyTorch") { }

    /// All of a storage's numbers.
    virtual Status readStorage(const std::string& key, std::span<std::byte> into) const = 0;

    /// Takes the tensors over once their storages are known to have the bytes that they claim.
    void setTensors(std::vector<PickledTensor> tensors)
    {
        m_tensors = std::move(tensors);
        for (const auto& tensor : m_tensors)
            static_cast<void>(add({ tensor.name, tensor.dtype, tensor.shape })); // stateDictOf()'s
    }

private:
    std::vector<PickledTensor> m_tensors;
};

/// What torch.save writes, or a module of TorchScript's.
class ZipFile : public PyTorchFile {
public:
    ZipFile(const std::filesystem::path& path, ZipArchive archive)
        : PyTorchFile(path), m_archive(std::move(archive))
    {
    }

    Status openStateDict()
    {
        if (!m_archive.find(kPickle))
            return fail(ErrorCode::Unsupported, "is a zip archive, but none that PyTorch wrote",
                path(), "choose a file that torch.save has written");
        const auto pickle = readPickleRecord(PickleDialect::StateDict);
        if (!pickle)
            return tl::unexpected(pickle.error());
        auto tensors = stateDictOf(*pickle, path());
        if (!tensors)
            return tl::unexpected(tensors.error());
        return takeTensors(std::move(*tensors));
    }

    Status openModule()
    {
        if (!m_archive.find(kPickle))
            return fail(ErrorCode::Unsupported, "is no TorchScript file", path(), kModuleAdvice);
        const auto pickle = readPickleRecord(PickleDialect::TorchScript);
        if (!pickle)
            return tl::unexpected(pickle.error());
        auto module = torchScriptModuleOf(*pickle, path());
        if (!module)
            return tl::unexpected(module.error());
        m_metadata = std::move(module->metadata);
        return takeTensors(std::move(module->tensors));
    }

protected:
    Status readStorage(const std::string& key, std::span<std::byte> into) const override
    {
        return m_archive.read(*m_archive.find(recordOf(key)), into);
    }

private:
    static std::string recordOf(const std::string& key) { return "data/" + key; }

    Result<Pickle> readPickleRecord(PickleDialect dialect)
    {
        if (m_archive.find("byteorder")) {
            const auto order = m_archive.text("byteorder", 16);
            if (!order)
                return tl::unexpected(order.error());
            if (*order != "little")
                return fail(ErrorCode::Unsupported, "was written by a big-endian machine", path(),
                    "load it in Python and save it again on this machine");
        }
        const auto text = m_archive.text(kPickle, kMaxPickleBytes);
        if (!text)
            return tl::unexpected(text.error());
        return readPickle(*text, path(), dialect);
    }

    Status takeTensors(std::vector<PickledTensor> tensors)
    {
        for (const auto& tensor : tensors) {
            const auto* record = m_archive.find(recordOf(tensor.storage));
            const auto bytes = record && !record->compressed ? record->size : 0;
            if (bytes / size(tensor.dtype) != tensor.storageCount
                || bytes % size(tensor.dtype) != 0)
                return fail(ErrorCode::Corrupt,
                    "the numbers of " + shownName(tensor.name) + " are not as many as it says",
                    path(), kDamaged);
        }
        setTensors(std::move(tensors));
        return {};
    }

    static constexpr const char* kPickle = "data.pkl";
    static constexpr const char* kModuleAdvice = "choose a model that Vernier exported";
    const ZipArchive m_archive;
};

class LegacyFile : public PyTorchFile {
public:
    LegacyFile(const std::filesystem::path& path, InputFile file)
        : PyTorchFile(path), m_file(std::move(file))
    {
    }

    Status open()
    {
        std::string text(std::min(m_file.size(), kMaxPickleBytes), '\0');
        if (const auto got = m_file.readAt(0, std::as_writable_bytes(std::span(text))); !got)
            return tl::unexpected(got.error());

        std::uint64_t at = 0;
        const auto next = [&] {
            auto read = readPickle(std::string_view(text).substr(at), path());
            at += read ? read->bytes : 0;
            return read;
        };
        // Magic number, protocol, the writer's machine; then the weights.
        auto weights = next();
        for (int before = 3; weights && before > 0; --before)
            weights = next();
        if (!weights)
            return tl::unexpected(weights.error());
        auto tensors = stateDictOf(*weights, path());
        if (!tensors)
            return tl::unexpected(tensors.error());
        const auto order = next();
        if (!order)
            return tl::unexpected(order.error());
        if (auto ok = findStorages(*order, *weights, at); !ok)
            return ok;
        for (const auto& tensor : *tensors) {
            const auto place = m_places.find(tensor.storage);
            if (place == m_places.end() || place->second.count != tensor.storageCount)
                return fail(ErrorCode::Corrupt,
                    "the numbers of " + shownName(tensor.name) + " are not as many as it says",
                    path(), kDamaged);
        }
        setTensors(std::move(*tensors));
        return {};
    }

protected:
    Status readStorage(const std::string& key, std::span<std::byte> into) const override
    {
        const auto got = m_file.readAt(m_places.at(key).at, into);
        if (!got)
            return tl::unexpected(got.error());
        if (*got != into.size())
            return fail(ErrorCode::Corrupt, "the file was shortened while it was read", path(),
                "copy the file again");
        return {};
    }

private:
    struct StorageSpan {
        std::uint64_t at = 0;
        std::uint64_t count = 0;
    };

    /// Behind the pickles, the last of which has their keys in order, lies each storage: its count,
    /// and its numbers.
    Status findStorages(const Pickle& order, const Pickle& weights, std::uint64_t at)
    {
        std::map<std::string, DType> types;
        for (const auto& value : weights.values) {
            if (value.kind == PickleValue::Kind::Storage)
                types[value.text] = value.dtype;
        }
        const auto cutOff = [&] {
            return fail(ErrorCode::Corrupt, "the file ends within its numbers", path(), kDamaged);
        };
        for (const auto id : order.values[order.root].items) {
            const auto& key = order.values[id].text;
            const auto type = types.find(key);
            if (type == types.end())
                return fail(
                    ErrorCode::Corrupt, "holds numbers that belong to no tensor", path(), kDamaged);
            std::array<std::byte, 8> length {};
            const auto got = m_file.readAt(at, length);
            if (!got)
                return tl::unexpected(got.error());
            if (*got != length.size())
                return cutOff();
            at += length.size();
            StorageSpan place { at, 0 };
            std::memcpy(&place.count, length.data(), length.size());
            if (place.count > (m_file.size() - at) / size(type->second))
                return cutOff();
            at += place.count * size(type->second);
            m_places[key] = place;
        }
        return {};
    }

    InputFile m_file;
    std::map<std::string, StorageSpan> m_places;
};

Result<std::unique_ptr<WeightFile>> openZip(
    const std::filesystem::path& path, Status (ZipFile::*open)())
{
    try {
        auto archive = ZipArchive::open(path);
        if (!archive)
            return tl::unexpected(archive.error());
        auto file = std::make_unique<ZipFile>(path, std::move(*archive));
        if (auto ok = (file.get()->*open)(); !ok)
            return tl::unexpected(ok.error());
        return file;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "its list of weights does not fit into memory", path,
            "close other programs and try again");
    }
}

} // namespace

Result<std::unique_ptr<WeightFile>> openPyTorchZip(const std::filesystem::path& path)
{
    return openZip(path, &ZipFile::openStateDict);
}

Result<std::unique_ptr<WeightFile>> openTorchScriptWeights(const std::filesystem::path& path)
{
    return openZip(path, &ZipFile::openModule);
}

Result<std::unique_ptr<WeightFile>> openPyTorchLegacy(const std::filesystem::path& path)
{
    auto input = InputFile::open(path);
    if (!input)
        return tl::unexpected(input.error());
    auto file = std::make_unique<LegacyFile>(path, std::move(*input));
    if (auto ok = file->open(); !ok)
        return tl::unexpected(ok.error());
    return file;
}

} // namespace vernier
