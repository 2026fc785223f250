#include "core/weights/weight_formats.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <utility>

#include <hdf5.h>

namespace vernier {

namespace {

constexpr const char* kDamaged = "copy or download the file again";
constexpr int kDeepest = 8; ///< groups within groups; Keras has four
constexpr std::size_t kMostObjects = 10'000;

/// HDF5 keeps its state in globals and is not made for threads.
std::mutex& library()
{
    static std::mutex mutex;
    return mutex;
}

/// Owns one of HDF5's numbers; negative: none.
class Handle {
public:
    using Close = herr_t (*)(hid_t);
    Handle(hid_t id, Close close) : m_id(id), m_close(close) { }
    Handle(Handle&& other) noexcept
        : m_id(std::exchange(other.m_id, -1)), m_close(other.m_close) { }
    Handle& operator=(Handle&&) = delete;
    ~Handle()
    {
        if (m_id >= 0)
            m_close(m_id);
    }
    hid_t id() const { return m_id; }
    explicit operator bool() const { return m_id >= 0; }

private:
    hid_t m_id;
    Close m_close;
};

hid_t idOf(DType dtype) { return dtype == DType::F64 ? H5T_IEEE_F64LE : H5T_IEEE_F32LE; }

/// "block1_conv1" and "kernel:0", or Keras 1's "block1_conv1_W_1:0": ".weight"; none for what is no
/// parameter of a layer that we know.
std::string_view kindOf(std::string_view parameter)
{
    parameter = parameter.substr(0, parameter.find(':'));
    const auto ends = [&](std::string_view end) {
        return parameter.ends_with(end) || parameter.ends_with(std::string(end) + "_1");
    };
    if (parameter == "kernel" || ends("_W"))
        return ".weight";
    if (parameter == "bias" || ends("_b"))
        return ".bias";
    return {};
}

class KerasFile : public WeightFile {
public:
    KerasFile(const std::filesystem::path& path, std::uint64_t bytes, Handle file)
        : WeightFile(path, "Keras", AxisOrder::OutputsLast), m_bytes(bytes), m_file(std::move(file))
    {
    }
    ~KerasFile() override
    {
        const std::lock_guard lock(library());
        const Handle closing(std::move(m_file));
    }

    /// The library's lock is held.
    Status open()
    {
        if (auto ok = visit("", "", 0); !ok)
            return ok;
        if (m_entries.empty())
            return fail(ErrorCode::Unsupported, "holds no weights of Keras's", path(),
                "choose a file that save_weights() of Keras 1 or 2 has written (.h5)");
        return {};
    }

    Status read(std::size_t index, std::span<std::byte> into) const override
    {
        if (into.empty())
            return {};
        const std::lock_guard lock(library());
        const Handle dataset(H5Dopen2(m_file.id(), m_places[index].c_str(), H5P_DEFAULT), H5Dclose);
        if (!dataset
            || H5Dread(dataset.id(), idOf(m_entries[index].dtype), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   into.data())
                < 0)
            return fail(ErrorCode::Corrupt,
                "the numbers of " + m_entries[index].name + " cannot be read", path(), kDamaged);
        return {};
    }

private:
    Status visit(const std::string& group, const std::string& name, int depth)
    {
        const auto damaged = [&] {
            return fail(ErrorCode::Corrupt, "is damaged: its list of layers cannot be read", path(),
                kDamaged);
        };
        if (depth > kDeepest)
            return fail(ErrorCode::TooLarge, "is nested too deeply", path(), kDamaged);
        const Handle opened(
            H5Gopen2(m_file.id(), group.empty() ? "/" : group.c_str(), H5P_DEFAULT), H5Gclose);
        H5G_info_t info {};
        if (!opened || H5Gget_info(opened.id(), &info) < 0)
            return damaged();
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            if (++m_objects > kMostObjects)
                return fail(ErrorCode::TooLarge, "has too many parts", path(), kDamaged);
            std::array<char, 256> buffer {};
            const auto length = H5Lget_name_by_idx(opened.id(), ".", H5_INDEX_NAME, H5_ITER_NATIVE,
                i, buffer.data(), buffer.size(), H5P_DEFAULT);
            H5L_info_t link {};
            if (length < 0 || H5Lget_info(opened.id(), buffer.data(), &link, H5P_DEFAULT) < 0)
                return damaged();
            // Others lead to other files, or round in circles.
            if (link.type != H5L_TYPE_HARD || static_cast<std::size_t>(length) >= buffer.size())
                continue;
            const std::string child(buffer.data(), static_cast<std::size_t>(length));
            if (child == "optimizer_weights")
                continue;
            H5O_info_t object {};
            if (H5Oget_info_by_name(opened.id(), child.c_str(), &object, H5P_DEFAULT) < 0)
                return damaged();
            Status ok;
            if (object.type == H5O_TYPE_GROUP)
                ok = visit(group + "/" + child, child, depth + 1);
            else if (object.type == H5O_TYPE_DATASET)
                ok = add(group + "/" + child, name, kindOf(child));
            if (!ok)
                return ok;
        }
        return {};
    }

    Status add(const std::string& place, const std::string& layer, std::string_view kind)
    {
        if (kind.empty() || layer.empty())
            return {};
        WeightEntry entry { layer + std::string(kind), DType::F32, {} };
        if (find(entry.name))
            return fail(
                ErrorCode::Corrupt, "the name " + entry.name + " comes twice", path(), kDamaged);
        const auto damaged = [&] {
            return fail(ErrorCode::Corrupt, "the numbers of " + entry.name + " cannot be read",
                path(), kDamaged);
        };
        const Handle dataset(H5Dopen2(m_file.id(), place.c_str(), H5P_DEFAULT), H5Dclose);
        if (!dataset)
            return damaged();
        const Handle type(H5Dget_type(dataset.id()), H5Tclose);
        const Handle space(H5Dget_space(dataset.id()), H5Sclose);
        const Handle creation(H5Dget_create_plist(dataset.id()), H5Pclose);
        if (!type || !space || !creation)
            return damaged();
        if (H5Tequal(type.id(), H5T_IEEE_F64LE) > 0)
            entry.dtype = DType::F64;
        else if (H5Tequal(type.id(), H5T_IEEE_F32LE) <= 0)
            return fail(ErrorCode::Unsupported,
                entry.name + " is no list of 32-bit or 64-bit numbers", path(),
                "save it in Keras as float32");
        // Nothing that would be unpacked, or that lies in another file.
        if (H5Pget_layout(creation.id()) != H5D_CONTIGUOUS || H5Pget_nfilters(creation.id()) != 0
            || H5Pget_external_count(creation.id()) != 0)
            return fail(ErrorCode::Unsupported,
                "the numbers of " + entry.name + " are compressed or lie elsewhere", path(),
                "save it in Keras with save_weights()");
        std::array<hsize_t, H5S_MAX_RANK> edges {};
        const int rank = H5Sget_simple_extent_dims(space.id(), edges.data(), nullptr);
        if (rank < 0)
            return damaged();
        std::uint64_t bytes = size(entry.dtype);
        for (std::size_t i = 0; i < static_cast<std::size_t>(rank); ++i) {
            if (edges[i] == 0 || __builtin_mul_overflow(bytes, edges[i], &bytes) || bytes > m_bytes)
                return fail(
                    ErrorCode::Corrupt, entry.name + " has an impossible shape", path(), kDamaged);
            entry.shape.push_back(static_cast<std::int64_t>(edges[i]));
        }
        if (H5Dget_storage_size(dataset.id()) != bytes)
            return damaged();
        m_entries.push_back(std::move(entry));
        m_places.push_back(place);
        return {};
    }

    const std::uint64_t m_bytes;
    Handle m_file;
    std::size_t m_objects = 0;
    std::vector<std::string> m_places; ///< of each entry
};

} // namespace

Result<std::unique_ptr<WeightFile>> openKeras(const std::filesystem::path& path)
{
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    std::unique_ptr<KerasFile> file;
    Status ok;
    {
        const std::lock_guard lock(library());
        // What goes wrong is said by us, once, and not by the library on stderr.
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
        // Some network file systems have no locks, and nobody writes here.
        H5Pset_file_locking(access.id(), false, true);
        Handle opened(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
        if (error || !opened)
            return fail(
                ErrorCode::Corrupt, "is no HDF5 file, or is cut off or damaged", path, kDamaged);
        file = std::make_unique<KerasFile>(path, bytes, std::move(opened));
        ok = file->open();
    }
    // Outside of the lock, which the file takes when it closes.
    if (!ok)
        return tl::unexpected(ok.error());
    return file;
}

} // namespace vernier
