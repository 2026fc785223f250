#include "core/weights/hdf5_file.h"
#include "core/weights/weight_formats.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

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

/// "conv2d_12" and "conv2d": 12; Keras counts from "conv2d", which is 0. None for another class.
std::optional<std::size_t> numberOf(std::string_view layer, std::string_view kind)
{
    if (!layer.starts_with(kind))
        return std::nullopt;
    layer.remove_prefix(kind.size());
    if (layer.empty())
        return 0;
    std::size_t number = 0;
    const auto* end = layer.data() + layer.size();
    const auto [stopped, error] = std::from_chars(layer.data() + 1, end, number);
    return layer.size() > 1 && layer[0] == '_' && error == std::errc() && stopped == end
        ? std::optional(number)
        : std::nullopt;
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
            const auto parts = partsOf(m_file.datasets()[i].path);
            // What a training had beside its weights.
            if (parts.size() < 2 || parts.front() == "optimizer" || parts.front() == "metrics"
                || std::ranges::find(parts, "optimizer_weights") != parts.end())
                continue;
            const auto layer = std::string(parts[parts.size() - 2]);
            Status ok;
            if (layer == "vars" && parts.size() > 2)
                ok = takeNumbered(i, parts);
            else if (const auto kind = kindOf(parts.back()); !kind.empty())
                ok = take(i, layer + std::string(kind));
            if (!ok)
                return ok;
        }
        if (entries().empty())
            return fail(ErrorCode::Unsupported, "holds no weights of Keras's", path(),
                "choose a file that save_weights() of Keras has written (.h5)");
        if (m_numbered)
            putInOrder();
        return {};
    }

    Status read(std::size_t index, std::span<std::byte> into) const override
    {
        return into.empty() ? Status {} : m_file.read(m_file.datasets()[m_places[index]], into);
    }

private:
    /// Of the models within the file, one after the other: their convolutions by number.
    using Convolutions = std::map<std::size_t, ConvolutionOrder::Convolution>;

    /// A parameter as Keras 3 has it: "layers/conv2d_1/vars/0", the layer numbered within its model
    /// and its class, the parameter within the layer. The layer's own name is an attribute, which
    /// the first releases did not write.
    Status takeNumbered(std::size_t place, const std::vector<std::string_view>& parts)
    {
        m_numbered = true;
        const auto& group = parts[parts.size() - 3];
        const auto convolution = numberOf(group, "conv2d");
        const bool isLayer = convolution || numberOf(group, "dense");
        const bool isWeight = parts.back() == "0";
        if (!isLayer || (!isWeight && parts.back() != "1")) {
            // Whatever it is, it may stand between two convolutions. What dropout draws from does
            // not.
            m_others = m_others || !numberOf(group, "seed_generator");
            return {};
        }
        std::string model;
        for (const auto part : std::span(parts).first(parts.size() - 3))
            model += std::string(part) + "/";
        const auto& path = m_file.datasets()[place].path;
        const auto said = m_file.names().find(path.substr(0, path.find_last_of("/\\")));
        auto name = said != m_file.names().end() && !said->second.empty()
            ? said->second
            : model + std::string(group);
        name += isWeight ? ".weight" : ".bias";
        if (convolution) {
            auto& both = m_models[model][*convolution];
            (isWeight ? both.weight : both.bias) = name;
        }
        return take(place, std::move(name));
    }

    void putInOrder()
    {
        auto& order = m_order.emplace();
        if (m_models.size() > 1)
            order.problem = "there are convolutions in more than one model";
        else if (m_others)
            order.problem = "there are layers that this network has not";
        for (const auto& [model, convolutions] : m_models) {
            for (const auto& [number, convolution] : convolutions) {
                if (convolution.weight.empty() || convolution.bias.empty())
                    order.problem = "a convolution has no bias";
                else if (number != order.convolutions.size() && order.problem.empty())
                    order.problem = "convolution " + std::to_string(order.convolutions.size() + 1)
                        + " is missing";
                order.convolutions.push_back(convolution);
            }
        }
    }

    Status take(std::size_t place, std::string name)
    {
        const auto& dataset = m_file.datasets()[place];
        const auto shown = shownName(name);
        switch (dataset.kind) {
        case Hdf5Dataset::Kind::OtherType:
            return fail(ErrorCode::Unsupported, shown + " is no list of 32-bit or 64-bit numbers",
                path(), "save it in Keras as float32");
        case Hdf5Dataset::Kind::Elsewhere:
            return fail(ErrorCode::Unsupported,
                "the numbers of " + shown + " are compressed or lie elsewhere", path(),
                "save it in Keras with save_weights()");
        case Hdf5Dataset::Kind::Impossible:
            return fail(ErrorCode::Corrupt, shown + " has an impossible shape", path(), kDamaged);
        case Hdf5Dataset::Kind::Plain:
            break;
        }
        if (!add({ std::move(name), dataset.dtype, dataset.shape }))
            return fail(ErrorCode::Corrupt, "the name " + shown + " comes twice", path(), kDamaged);
        m_places.push_back(place);
        return {};
    }

    const Hdf5File m_file;
    std::vector<std::size_t> m_places; ///< of each entry among the datasets
    bool m_numbered = false; ///< as Keras 3 does it
    bool m_others = false; ///< there are numbers of layers beside dense ones and convolutions
    std::map<std::string, Convolutions> m_models;
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
