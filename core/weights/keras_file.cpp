#include "core/weights/hdf5_file.h"
#include "core/weights/weight_formats.h"

#include <algorithm>

namespace vernier {

namespace {

constexpr const char* kDamaged = "copy or download the file again";

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

/// The parts of a dataset's path. Keras on Windows has had backslashes within one.
std::vector<std::string_view> partsOf(std::string_view path)
{
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const auto end = std::min(path.find_first_of("/\\"), path.size());
        if (end > 0)
            parts.push_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return parts;
}

class KerasFile : public WeightFile {
public:
    KerasFile(const std::filesystem::path& path, Hdf5File file)
        : WeightFile(path, "Keras", AxisOrder::OutputsLast), m_file(std::move(file))
    {
    }

    Status open()
    {
        for (std::size_t i = 0; i < m_file.datasets().size(); ++i) {
            const auto& path = m_file.datasets()[i].path;
            const auto parts = partsOf(path);
            // What a training had beside its weights.
            if (std::ranges::find(parts, "optimizer_weights") != parts.end() || parts.size() < 2)
                continue;
            const auto kind = kindOf(parts.back());
            if (kind.empty())
                continue;
            if (auto ok = take(i, std::string(parts[parts.size() - 2]) + std::string(kind)); !ok)
                return ok;
        }
        if (entries().empty())
            return fail(ErrorCode::Unsupported, "holds no weights of Keras's", path(),
                "choose a file that save_weights() of Keras has written (.h5)");
        return {};
    }

    Status read(std::size_t index, std::span<std::byte> into) const override
    {
        return into.empty() ? Status {} : m_file.read(m_file.datasets()[m_places[index]], into);
    }

private:
    Status take(std::size_t place, std::string name)
    {
        const auto& dataset = m_file.datasets()[place];
        switch (dataset.kind) {
        case Hdf5Dataset::Kind::OtherType:
            return fail(ErrorCode::Unsupported, name + " is no list of 32-bit or 64-bit numbers",
                path(), "save it in Keras as float32");
        case Hdf5Dataset::Kind::Elsewhere:
            return fail(ErrorCode::Unsupported,
                "the numbers of " + name + " are compressed or lie elsewhere", path(),
                "save it in Keras with save_weights()");
        case Hdf5Dataset::Kind::Impossible:
            return fail(ErrorCode::Corrupt, name + " has an impossible shape", path(), kDamaged);
        case Hdf5Dataset::Kind::Plain:
            break;
        }
        if (!add({ name, dataset.dtype, dataset.shape }))
            return fail(ErrorCode::Corrupt, "the name " + name + " comes twice", path(), kDamaged);
        m_places.push_back(place);
        return {};
    }

    const Hdf5File m_file;
    std::vector<std::size_t> m_places; ///< of each entry among the datasets
};

} // namespace

Result<std::unique_ptr<WeightFile>> openKeras(
    const std::filesystem::path& path, FilePart part, const std::filesystem::path& reader)
{
    auto opened = Hdf5File::open(path, part, reader);
    if (!opened)
        return tl::unexpected(opened.error());
    auto file = std::make_unique<KerasFile>(path, std::move(*opened));
    if (auto ok = file->open(); !ok)
        return tl::unexpected(ok.error());
    return file;
}

} // namespace vernier
