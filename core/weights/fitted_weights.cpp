#include "core/weights/fitted_weights.h"

#include "core/model/torch_error.h"
#include "core/weights/expected_tensors.h"
#include "core/weights/model_file.h"

#include <set>

namespace vernier {

namespace {

/// How a file may have a parameter, and how it becomes ours.
struct Layout {
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> axes; ///< order in which ours takes the file's; empty: as they are
};

std::vector<Layout> layoutsOf(const ParameterName& parameter, const WeightFile& file, Naming naming)
{
    const auto& layer = parameter.layer;
    const auto in = parameter.input;
    const std::int64_t out = layer.outputs;
    if (parameter.shape.size() == 1)
        return { { parameter.shape, {} } };
    const bool outputsLast = file.axes() == AxisOrder::OutputsLast;
    if (layer.kind == LayerKind::Conv) {
        if (outputsLast)
            return { { { layer.kernel, layer.kernel, in.channels, out }, { 3, 2, 0, 1 } } };
        return { { parameter.shape, {} } };
    }
    if (outputsLast)
        return { { { in.count(), out }, { 1, 0 } } };
    if (naming == Naming::Keras)
        return { { parameter.shape, {} } };
    // The others flatten channel by channel; timm has its dense layers as convolutions.
    return { { { out, in.count() }, { 0, 2, 3, 1 } },
        { { out, in.channels, in.height, in.width }, { 0, 2, 3, 1 } } };
}

/// `values` with ours as shape; a view where it can be one.
torch::Tensor turned(torch::Tensor values, const Layout& layout, const ParameterName& parameter)
{
    if (layout.axes.empty())
        return values;
    const auto in = parameter.input;
    if (layout.axes.size() > layout.shape.size())
        values = values.view({ layout.shape.front(), in.channels, in.height, in.width });
    values = values.permute(layout.axes);
    return parameter.layer.kind == LayerKind::Dense ? values.reshape({ values.size(0), -1 })
                                                    : values;
}

/// "layer3" of "layer3.5.conv1.weight", "block5" of "block5_conv4.weight".
std::string_view stageOf(std::string_view name) { return name.substr(0, name.find_first_of("._")); }

/// A larger network of the same kind has all the names and shapes of a smaller one, and more
/// beside them: its numbers are of no use here.
Status checkNothingBeside(const WeightFile& file, const FileNames& names, const std::string& title)
{
    std::set<std::string, std::less<>> expected;
    std::set<std::string, std::less<>> stages;
    for (const auto& parameter : names.parameters) {
        expected.insert(parameter.theirs);
        stages.emplace(stageOf(std::string_view(parameter.theirs).substr(names.prefix.size())));
    }
    for (const auto& entry : file.entries()) {
        if (!entry.name.starts_with(names.prefix) || expected.contains(entry.name)
            || entry.name.ends_with(".num_batches_tracked"))
            continue;
        if (stages.contains(stageOf(std::string_view(entry.name).substr(names.prefix.size()))))
            return fail(ErrorCode::Mismatch,
                "has weights for " + shownName(entry.name) + ", which " + title + " has not",
                file.path(), "choose a file for " + title);
    }
    return {};
}

} // namespace

Result<FittedWeights> fitWeights(
    const WeightFile& file, const Architecture& architecture, std::span<const Layer> layers)
{
    // Which network a file is of, its whole trunk tells.
    const bool isCut = layers.size() < architecture.layers.size();
    auto names
        = namesOf(file, isCut ? std::span(architecture.layers) : layers, architecture.inputShape());
    if (!names)
        return tl::unexpected(names.error());
    const auto alone
        = names->byOrder ? Status() : checkNothingBeside(file, *names, architecture.title);
    if (isCut) {
        const auto ours = parameterNames(layers, architecture.inputShape(), names->naming).size();
        names->parameters.erase(
            names->parameters.begin() + static_cast<std::ptrdiff_t>(ours), names->parameters.end());
    }
    FittedWeights fitted;
    fitted.naming = names->naming;
    fitted.prefix = names->prefix;
    fitted.byOrder = names->byOrder;
    fitted.normalization = expectedNormalization(file, names->naming, architecture);

    struct Part {
        ParameterName parameter;
        std::size_t entry = 0;
        Layout layout;
    };
    std::vector<Part> parts;
    for (auto& parameter : names->parameters) {
        const auto* entry = file.find(parameter.theirs);
        if (!entry)
            return fail(ErrorCode::Mismatch, "has no weights for " + shownName(parameter.theirs),
                file.path(), "choose a file for " + architecture.title);
        const auto layouts = layoutsOf(parameter, file, names->naming);
        const auto layout = std::ranges::find(layouts, entry->shape, &Layout::shape);
        if (layout == layouts.end())
            return fail(ErrorCode::Mismatch,
                shownName(parameter.theirs) + " has the shape " + shapeText(entry->shape) + ", "
                    + architecture.title + " needs " + shapeText(layouts.front().shape),
                file.path(), "choose a file for " + architecture.title);
        if (!isFloat(entry->dtype))
            return fail(ErrorCode::Unsupported,
                shownName(parameter.theirs) + " is of the type "
                    + std::string(vernier::name(entry->dtype))
                    + ", weights are F32, F16, BF16 or F64",
                file.path());
        const auto index = static_cast<std::size_t>(entry - file.entries().data());
        parts.push_back({ std::move(parameter), index, *layout });
    }
    // A shape that differs says more.
    if (!alone)
        return tl::unexpected(alone.error());
    try {
        for (const auto& [parameter, index, layout] : parts) {
            const auto& entry = file.entries()[index];
            auto values = torch::empty(entry.shape, scalarType(entry.dtype));
            if (auto ok
                = file.read(index, { static_cast<std::byte*>(values.data_ptr()), values.nbytes() });
                !ok)
                return tl::unexpected(ok.error());
            fitted.tensors[parameter.ours] = turned(std::move(values), layout, parameter);
        }
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the weights could not be read", file.path()));
    }
    return fitted;
}

} // namespace vernier
