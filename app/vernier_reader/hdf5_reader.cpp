#include "app/vernier_reader/hdf5_reader.h"

#include "core/weights/hdf5_protocol.h"

#include <array>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <hdf5.h>

namespace vernier::reader {

namespace {

constexpr int kDeepest = 16; ///< groups within groups; Keras has two for each model within a model
constexpr std::size_t kMostObjects = 20'000;
constexpr std::size_t kLongestName = 255;

/// What ends the reading.
struct Refusal {
    ReaderRefusal why;
    std::string_view sentence;
};
constexpr Refusal kNoFile { ReaderRefusal::Damaged, "is no HDF5 file, or is cut off or damaged" };
constexpr Refusal kDamaged { ReaderRefusal::Damaged,
    "is damaged: its list of layers cannot be read" };

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

// The library takes a file out of memory, which it copies unless it is told how not to: there is
// one copy, and nobody frees it. https://docs.hdfgroup.org/hdf5/rfc/HDF5FileImageOperations.pdf

void* theImage(size_t, H5FD_file_image_op_t, void* image) { return image; }
void* notCopied(void* to, const void*, size_t, H5FD_file_image_op_t, void*) { return to; }
void* notGrown(void*, size_t, H5FD_file_image_op_t, void*) { return nullptr; }
herr_t notFreed(void*, H5FD_file_image_op_t, void*) { return 0; }
void* sameImage(void* image) { return image; }
herr_t keptImage(void*) { return 0; }

Handle open(std::span<const std::byte> file)
{
    // What goes wrong is said by us, once.
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // Never written to: the pages cannot be.
    auto* const image = const_cast<std::byte*>(file.data());
    H5FD_file_image_callbacks_t callbacks { theImage, notCopied, notGrown, notFreed, sameImage,
        keptImage, image };
    if (!access || H5Pset_fapl_core(access.id(), 1 << 16, false) < 0
        || H5Pset_file_image_callbacks(access.id(), &callbacks) < 0
        || H5Pset_file_image(access.id(), image, file.size()) < 0)
        throw kNoFile;
    Handle opened(H5Fopen("image", H5F_ACC_RDONLY, access.id()), H5Fclose);
    if (!opened)
        throw kNoFile;
    return opened;
}

class List {
public:
    explicit List(hid_t file) : m_file(file) { visit("", 0); }

    std::span<const std::byte> bytes() const { return m_bytes; }

private:
    struct Links {
        std::vector<std::string> names;
        bool tooMany = false;
    };

    static herr_t addLink(hid_t, const char* name, const H5L_info_t* info, void* data) noexcept
    {
        auto& links = *static_cast<Links*>(data);
        // Others lead to other files, or round in circles.
        if (info->type != H5L_TYPE_HARD)
            return 0;
        std::string_view text(name);
        if (text.size() > kLongestName)
            return 0;
        links.tooMany = links.names.size() >= kMostObjects;
        if (links.tooMany)
            return 1;
        links.names.emplace_back(text);
        return 0;
    }

    void visit(const std::string& group, int depth)
    {
        if (depth > kDeepest)
            throw Refusal { ReaderRefusal::TooLarge, "is nested too deeply" };
        Links links;
        {
            const Handle opened(
                H5Gopen2(m_file, group.empty() ? "/" : group.c_str(), H5P_DEFAULT), H5Gclose);
            if (!opened
                || H5Literate(opened.id(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, addLink, &links)
                    < 0)
                throw kDamaged;
            addName(opened.id(), group);
        }
        m_objects += links.names.size();
        if (links.tooMany || m_objects > kMostObjects)
            throw Refusal { ReaderRefusal::TooLarge, "has too many parts" };
        for (const auto& name : links.names) {
            const auto place = group + "/" + name;
            H5O_info_t object {};
            if (H5Oget_info_by_name(m_file, place.c_str(), &object, H5P_DEFAULT) < 0)
                throw kDamaged;
            if (object.type == H5O_TYPE_GROUP)
                visit(place, depth + 1);
            else if (object.type == H5O_TYPE_DATASET)
                addDataset(place);
        }
    }

    /// Keras 3 numbers its layers in the paths, and has their names here.
    void addName(hid_t group, const std::string& place)
    {
        if (H5Aexists(group, "name") <= 0)
            return;
        const Handle attribute(H5Aopen(group, "name", H5P_DEFAULT), H5Aclose);
        if (!attribute)
            throw kDamaged;
        const Handle type(H5Aget_type(attribute.id()), H5Tclose);
        const Handle space(H5Aget_space(attribute.id()), H5Sclose);
        if (!type || !space)
            throw kDamaged;
        if (H5Tget_class(type.id()) != H5T_STRING || H5Tis_variable_str(type.id()) <= 0
            || H5Sget_simple_extent_npoints(space.id()) != 1)
            return;
        char* text = nullptr;
        if (H5Aread(attribute.id(), type.id(), &text) < 0 || !text)
            throw kDamaged;
        const std::string name(text);
        H5free_memory(text);
        if (name.size() <= kLongestName)
            add({ .kind = Hdf5Entry::Kind::Name }, place + '\0' + name, {});
    }

    void addDataset(const std::string& place)
    {
        const Handle dataset(H5Dopen2(m_file, place.c_str(), H5P_DEFAULT), H5Dclose);
        if (!dataset)
            throw kDamaged;
        const Handle type(H5Dget_type(dataset.id()), H5Tclose);
        const Handle space(H5Dget_space(dataset.id()), H5Sclose);
        const Handle creation(H5Dget_create_plist(dataset.id()), H5Pclose);
        if (!type || !space || !creation)
            throw kDamaged;
        Hdf5Entry entry;
        if (H5Tequal(type.id(), H5T_IEEE_F64LE) > 0)
            entry.kind = Hdf5Entry::Kind::F64;
        else if (H5Tequal(type.id(), H5T_IEEE_F32LE) <= 0)
            return add({ .kind = Hdf5Entry::Kind::OtherType }, place, {});
        if (H5Pget_layout(creation.id()) != H5D_CONTIGUOUS || H5Pget_nfilters(creation.id()) != 0
            || H5Pget_external_count(creation.id()) != 0)
            return add({ .kind = Hdf5Entry::Kind::NotPlain }, place, {});
        const auto at = H5Dget_offset(dataset.id());
        if (at == HADDR_UNDEF)
            return add({ .kind = Hdf5Entry::Kind::NotPlain }, place, {});
        std::array<hsize_t, H5S_MAX_RANK> edges {};
        const int rank = H5Sget_simple_extent_dims(space.id(), edges.data(), nullptr);
        if (rank < 0)
            throw kDamaged;
        entry.rank = static_cast<std::uint8_t>(rank);
        entry.at = at;
        entry.bytes = H5Dget_storage_size(dataset.id());
        add(entry, place, std::span(edges).first(entry.rank));
    }

    void add(Hdf5Entry entry, std::string_view text, std::span<const hsize_t> edges)
    {
        const auto append = [this](const auto& values) {
            const auto bytes = std::as_bytes(std::span(values));
            m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
        };
        entry.textBytes = static_cast<std::uint16_t>(text.size());
        if (entry.textBytes != text.size()
            || m_bytes.size() + sizeof entry + text.size() + edges.size_bytes()
                > kMostHdf5ListBytes)
            throw Refusal { ReaderRefusal::TooLarge, "has too many parts" };
        append(std::array { entry });
        append(text);
        append(edges);
    }

    const hid_t m_file;
    std::size_t m_objects = 0;
    std::vector<std::byte> m_bytes;
};

} // namespace

void serveHdf5(std::span<const std::byte> file, Channel& channel)
{
    while (const auto question = channel.next()) {
        if (question->number != kHdf5List)
            return;
        try {
            const auto opened = open(file);
            const List list(opened.id());
            channel.answer(list.bytes());
        } catch (const Refusal& refusal) {
            channel.refuse(refusal.why, refusal.sentence);
        } catch (const std::bad_alloc&) {
            channel.refuse(ReaderRefusal::TooLarge, "needs more memory than its size can explain");
        }
    }
}

} // namespace vernier::reader
