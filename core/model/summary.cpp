#include "core/model/summary.h"

#include "core/base/text.h"

#include <algorithm>
#include <sstream>

namespace vernier {

Summary summarize(Shape input, std::span<const Layer> layers, const FreezePlan* plan)
{
    Summary summary;
    auto shape = input;
    for (const auto& layer : layers) {
        SummaryRow row;
        row.layer = layer;
        row.parameters = parameterCount(layer, shape);
        row.multiplyAdds = multiplyAdds(layer, shape);
        row.trains = layer.hasParameters() && (!plan || plan->rateOf(layer) > 0);
        shape = outputShape(layer, shape);
        row.output = shape;
        summary.parameters += row.parameters;
        if (row.trains)
            summary.trainable += row.parameters;
        summary.rows.push_back(std::move(row));
    }
    return summary;
}

std::string toText(const Summary& summary, std::string_view title)
{
    const auto shapeText = [](const SummaryRow& row) {
        const auto& s = row.output;
        const auto kind = row.layer.kind;
        const bool vector = kind == LayerKind::Flatten || kind == LayerKind::GlobalAveragePool
            || kind == LayerKind::Dense || kind == LayerKind::Dropout;
        return vector ? std::to_string(s.channels)
                      : std::to_string(s.height) + " x " + std::to_string(s.width) + " x "
                + std::to_string(s.channels);
    };
    std::size_t nameWidth = 5;
    std::size_t shapeWidth = 12;
    for (const auto& row : summary.rows) {
        nameWidth = std::max(nameWidth, row.layer.name.size());
        shapeWidth = std::max(shapeWidth, shapeText(row).size());
    }
    std::ostringstream out;
    const auto line
        = [&](std::string_view layer, std::string_view shape, std::string_view parameters) {
              out << layer << std::string(nameWidth + 2 - layer.size(), ' ') << shape
                  << std::string(shapeWidth + 2 - shape.size(), ' ')
                  << std::string(12 - std::min<std::size_t>(12, parameters.size()), ' ')
                  << parameters << '\n';
          };
    out << title << '\n';
    line("layer", "output shape", "parameters");
    for (const auto& row : summary.rows)
        line(row.layer.name, shapeText(row), grouped(row.parameters));
    out << "total parameters: " << grouped(summary.parameters) << '\n';
    if (summary.trainable != summary.parameters)
        out << "trainable parameters: " << grouped(summary.trainable) << '\n';
    return out.str();
}

} // namespace vernier
