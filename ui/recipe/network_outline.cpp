#include "ui/recipe/network_outline.h"

#include "ui/base/format.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace vernier::ui {

namespace {
OutlineBlock blockOf(
    const std::string& name, Shape input, std::span<const Layer> layers, const FreezePlan& plan)
{
    OutlineBlock block;
    block.name = name;
    block.input = input;
    block.rows = summarize(input, layers, &plan).rows;
    for (const SummaryRow& row : block.rows) {
        block.parameters += row.parameters;
        block.multiplyAdds += row.multiplyAdds;
    }
    block.rate = plan.rate(name);
    block.trains = name == "head" || plan.trains(name);
    for (const Layer& layer : layers)
        block.layerRates.push_back(plan.rateOf(layer));
    block.apart = std::count_if(layers.begin(), layers.end(),
        [&](const Layer& layer) { return plan.layerRates.contains(layer.name); });
    return block;
}
} // namespace

std::ptrdiff_t OutlineBlock::trainingLayers() const
{
    return std::count_if(
        rows.begin(), rows.end(), [](const SummaryRow& row) { return row.trains; });
}

std::ptrdiff_t OutlineBlock::layersWithWeights() const
{
    return std::count_if(
        rows.begin(), rows.end(), [](const SummaryRow& row) { return row.layer.hasParameters(); });
}

bool OutlineBlock::isAlive(std::size_t row) const
{
    return rows[row].layer.hasParameters() ? rows[row].trains : trainingLayers() > 0;
}

Result<NetworkOutline> outlineOf(const Recipe& recipe, std::size_t phase, int classes, bool onGpu)
{
    const Result<const Architecture*> found = findArchitecture(recipe.backbone);
    if (!found)
        return tl::unexpected(found.error());
    const Architecture backbone = (*found)->withInputSize(inputSize(recipe, **found));
    const Result<std::size_t> transfer = backbone.indexOf(recipe.transferLayer);
    if (!transfer)
        return tl::unexpected(transfer.error());
    const std::size_t end = *transfer + 1;
    const FreezePlan plan
        = phase < recipe.phases.size() ? recipe.phases[phase].plan : FreezePlan {};
    const std::size_t cut = cutOf(backbone, end, plan);

    NetworkOutline outline;
    outline.input = backbone.inputShape();
    outline.views = keptViews(recipe, onGpu);
    Shape shape = outline.input;
    const std::span<const Layer> layers(backbone.layers.data(), end);
    for (std::size_t first = 0; first < end;) {
        std::size_t last = first + 1;
        while (last < end && layers[last].block == layers[first].block)
            ++last;
        OutlineBlock block
            = blockOf(layers[first].block, shape, layers.subspan(first, last - first), plan);
        shape = block.output();
        block.belowCut = last <= cut;
        if (block.belowCut)
            outline.cut = outline.blocks.size() + 1;
        for (std::size_t i = 0; i < block.rows.size(); ++i)
            (first + i < cut ? outline.below : outline.above) += block.rows[i].multiplyAdds;
        outline.blocks.push_back(std::move(block));
        first = last;
    }
    outline.head = blockOf("head", shape, headLayers(recipe.head, classes), plan);
    // Its pooling comes first; what the dense layers get is what the head starts from.
    outline.head.input = outline.head.rows.front().output;
    for (const OutlineBlock& block : outline.blocks) {
        outline.parameters += block.parameters;
        for (const SummaryRow& row : block.rows)
            outline.trainable += row.trains ? row.parameters : 0;
    }
    outline.parameters += outline.head.parameters;
    outline.trainable += outline.head.parameters;
    return outline;
}

double savedShare(const NetworkOutline& outline)
{
    const double below = static_cast<double>(outline.below);
    const double rest = static_cast<double>(outline.above + outline.head.multiplyAdds);
    if (below <= 0)
        return 0;
    // A step costs about three times the forward pass: once forward, twice backward.
    return outline.kept() ? below / (below + 3 * rest) : 2 * below / (3 * (below + rest));
}

QString savedText(const NetworkOutline& outline)
{
    const double saved = savedShare(outline);
    return format::percent(saved, saved > 0.99 ? 1 : 0);
}

QString blockTitle(const std::string& block)
{
    QString text = QString::fromStdString(block);
    qsizetype digits = text.size();
    while (digits > 0 && text.at(digits - 1).isDigit())
        --digits;
    if (digits > 0 && digits < text.size())
        text.insert(digits, QLatin1Char(' '));
    if (!text.isEmpty())
        text[0] = text.at(0).toUpper();
    return text;
}

QString layerName(const Layer& layer)
{
    QString name = QString::fromStdString(layer.name);
    const QString prefix = QString::fromStdString(layer.block) + QLatin1Char('_');
    if (name.startsWith(prefix))
        name.remove(0, prefix.size());
    if (layer.kind == LayerKind::Dropout)
        name += QStringLiteral(" %1").arg(format::percent(layer.rate, 0));
    return name;
}

QString groupTitle(const std::string& group)
{
    const std::size_t end = group.find('_');
    if (end == std::string::npos)
        return blockTitle(group);
    return blockTitle(group.substr(0, end)) + QStringLiteral(", ")
        + QString::fromStdString(group.substr(end + 1));
}

QString shapeText(const Shape& shape)
{
    if (shape.height == 1 && shape.width == 1)
        return format::count(shape.channels);
    return QStringLiteral("%1 × %2 × %3")
        .arg(
            format::count(shape.height), format::count(shape.width), format::count(shape.channels));
}

QString shortCount(std::int64_t n)
{
    const double value = static_cast<double>(n);
    if (n >= 1'000'000)
        return QStringLiteral("%1 M").arg(QString::number(value / 1e6, 'f', 1));
    if (n >= 10'000)
        return QStringLiteral("%1 k").arg(QString::number(value / 1e3, 'f', 1));
    return format::count(n);
}

double rateForNewBlock(const FreezePlan& plan)
{
    constexpr double kBelowHead = 100;
    if (!plan.blockRates.empty())
        return plan.blockRates.begin()->second;
    const double rate = plan.headRate / kBelowHead;
    // Through text, so that 1e-3 gives 1e-5 to the last digit.
    return QString::number(rate, 'e', 6).toDouble();
}

} // namespace vernier::ui
