#include "ui/recipe/explanation.h"

#include "ui/base/format.h"

#include <QCoreApplication>

#include <algorithm>

namespace vernier::ui {

namespace {

// Rules of thumb: where an answer changes from "usual" to "worth a warning".
constexpr double kHighRateAdaptive = 1e-4; // of a pretrained block, by Adam and its like
constexpr double kHighRateSgd = 1e-2;
constexpr double kHighHeadRateAdaptive = 1e-2;
constexpr double kHighHeadRateSgd = 0.5;
constexpr double kUsualHeadRateSgd = 0.1;
constexpr std::int64_t kManyParametersPerPicture = 20'000;
constexpr std::int64_t kManyBlockParametersPerPicture = 10'000;
constexpr std::int64_t kFewForLowBlocks = 2000;
constexpr std::int64_t kFewForRandomWeights = 10'000;
constexpr std::int64_t kFewValidation = 50;
constexpr double kUneven = 3;

QString tr(const char* text) { return QCoreApplication::translate("Explanation", text); }

QString parametersText(std::int64_t n) { return tr("%1 parameters").arg(shortCount(n)); }

std::int64_t trainingParameters(const OutlineBlock& block)
{
    std::int64_t sum = 0;
    for (const SummaryRow& row : block.rows)
        sum += row.trains ? row.parameters : 0;
    return sum;
}

/// Collects the sentences of one recipe.
class Explainer {
public:
    Explainer(const Recipe& recipe, const FreezePlan& plan, const NetworkOutline& outline,
        const ExplainedPictures& pictures, const EpochCost& cost)
        : m_recipe(recipe), m_plan(plan), m_outline(outline), m_pictures(pictures), m_cost(cost)
    {
    }

    std::vector<Explanation> explain()
    {
        sayWhatTrains();
        sayWhatIsFrozen();
        sayWhatItCosts();
        warnOfRates();
        warnOfFewPictures();
        warnOfPictures();
        return std::move(m_said);
    }

private:
    using Kind = Explanation::Kind;

    void say(Kind kind, const QString& text) { m_said.push_back({ kind, text }); }

    bool imagenet() const { return m_recipe.weights != "random"; }

    void sayWhatTrains()
    {
        say(Kind::Trains,
            tr("The head learns your classes from nothing, at a rate of %1: %2.")
                .arg(format::rate(m_plan.headRate), parametersText(m_outline.head.parameters)));
        for (auto block = m_outline.blocks.rbegin(); block != m_outline.blocks.rend(); ++block) {
            if (block->trainingLayers() == 0)
                continue;
            const QString what = blockTitle(block->name);
            const QString many = parametersText(trainingParameters(*block));
            say(Kind::Trains,
                block->apart == 0 ? tr("%1 is adapted to your pictures at %2: %3.")
                                        .arg(what, format::rate(block->rate), many)
                                  : tr("%1 of %2 layers of %3 are adapted to your pictures: %4.")
                                        .arg(block->trainingLayers())
                                        .arg(block->layersWithWeights())
                                        .arg(what.toLower(), many));
        }
    }

    void sayWhatIsFrozen()
    {
        QStringList frozen;
        for (const OutlineBlock& block : m_outline.blocks) {
            if (block.trainingLayers() == 0)
                frozen << blockTitle(block.name).section(QLatin1Char(' '), -1);
        }
        const QString from = imagenet() ? tr("as ImageNet's million pictures left them")
                                        : tr("as they were drawn at random");
        if (!frozen.isEmpty())
            say(Kind::Frozen,
                (frozen.size() == 1 ? tr("Block %1 stays: its weights are %2.")
                                    : tr("Blocks %1 stay: their weights are %2."))
                    .arg(frozen.join(QStringLiteral(", ")), from));
        if (m_outline.below > 0)
            say(Kind::Frozen,
                m_outline.kept()
                    ? tr("What lies below the cut is computed once for each picture and kept. That "
                         "saves %1 of each epoch, and later runs begin at once.")
                          .arg(savedText(m_outline))
                    : tr("What lies below the cut is computed anew in every epoch, since every "
                         "epoch draws new versions of the pictures."));
    }

    void sayWhatItCosts()
    {
        const auto about = [](double seconds) {
            return seconds < 1 ? tr("less than a second")
                               : tr("about %1").arg(format::duration(seconds));
        };
        QString text = tr("Each epoch takes %1").arg(about(m_cost.epoch));
        if (m_cost.once > 0)
            text += tr(", after %1 once").arg(about(m_cost.once));
        text += m_cost.measured ? tr(", at the speed measured here.")
                                : tr(", at a typical laptop's speed.");
        say(Kind::Cost, text);
        const Result<const Architecture*> backbone = findArchitecture(m_recipe.backbone);
        if (!backbone || m_outline.input.width == (*backbone)->inputSize)
            return;
        const double edges = static_cast<double>(m_outline.input.width) / (*backbone)->inputSize;
        say(Kind::Cost,
            tr("Pictures of %1 pixels cost %2 times what the %3 of %4 cost, and show it %5.")
                .arg(m_outline.input.width)
                .arg(edges * edges, 0, 'f', edges < 1 ? 2 : 1)
                .arg((*backbone)->inputSize)
                .arg(QString::fromStdString((*backbone)->title),
                    edges < 1 ? tr("less") : tr("finer details")));
    }

    void warnOfRates()
    {
        const bool sgd = m_recipe.optimizer.kind == OptimizerKind::Sgd;
        const double high = sgd ? kHighRateSgd : kHighRateAdaptive;
        const double highHead = sgd ? kHighHeadRateSgd : kHighHeadRateAdaptive;
        if (m_plan.headRate > highHead)
            say(Kind::Risk,
                tr("%1 is much for the head: it may step past what it looks for again and again, "
                   "and the loss then stays high. Usual are %2 and below.")
                    .arg(format::rate(m_plan.headRate),
                        format::rate(sgd ? kUsualHeadRateSgd : kHighHeadRateAdaptive)));
        double above = 0;
        for (auto block = m_outline.blocks.rbegin(); block != m_outline.blocks.rend(); ++block) {
            const double rate = block->layerRates.empty()
                ? 0
                : *std::max_element(block->layerRates.begin(), block->layerRates.end());
            if (rate <= 0)
                continue;
            const QString title = blockTitle(block->name);
            if (imagenet() && rate > high)
                say(Kind::Risk,
                    tr("%1 is much for %2: it may lose what it learnt from ImageNet within an "
                       "epoch. Usual are %3 and below.")
                        .arg(format::rate(rate), title.toLower(), format::rate(high / 10)));
            if (above > 0 && rate > above)
                say(Kind::Risk,
                    tr("%1 moves faster than a block above it. Low blocks see edges and textures, "
                       "which hold for every picture, and should change least.")
                        .arg(title));
            above = above > 0 ? std::min(above, rate) : rate;
        }
    }

    void warnOfFewPictures()
    {
        const std::int64_t train = m_pictures.counts.train;
        if (train <= 0)
            return;
        const QString many = format::plural(train, tr("training picture"), tr("training pictures"));
        if (m_outline.head.parameters / train > kManyParametersPerPicture)
            say(Kind::Risk,
                tr("The head has %1 for %2 and can learn them by heart. Dropout, smaller layers or "
                   "pooling by average hold against it.")
                    .arg(parametersText(m_outline.head.parameters), many));
        bool low = false;
        QStringList high;
        std::int64_t parameters = 0;
        for (const OutlineBlock& block : m_outline.blocks) {
            if (block.trainingLayers() == 0)
                continue;
            if (block.name == "block1" || block.name == "block2") {
                low = true;
                continue;
            }
            high << blockTitle(block.name).section(QLatin1Char(' '), -1);
            parameters += trainingParameters(block);
        }
        if (imagenet() && parameters / train > kManyBlockParametersPerPicture)
            say(Kind::Risk,
                (high.size() == 1
                        ? tr("Block %1 trains %2 on %3 and can learn them by heart. Fewer layers, "
                             "a lower rate or more augmentation hold against it.")
                        : tr("Blocks %1 train %2 on %3 and can learn them by heart. Fewer blocks, "
                             "lower rates or more augmentation hold against it."))
                    .arg(high.join(QStringLiteral(", ")), parametersText(parameters), many));
        if (imagenet() && low && train < kFewForLowBlocks)
            say(Kind::Risk,
                tr("Blocks 1 and 2 seldom gain from %1; they cost most and forget easily.")
                    .arg(many));
        if (!imagenet() && train < kFewForRandomWeights)
            say(Kind::Risk,
                tr("Random weights have to learn seeing from %1, which takes tens of thousands. "
                   "ImageNet's can see already.")
                    .arg(many));
        if (!imagenet() && m_outline.below > 0)
            say(Kind::Risk, tr("Frozen random weights never learn anything: tick all blocks."));
    }

    void warnOfPictures()
    {
        if (imagenet() && m_recipe.normalization == "unit")
            say(Kind::Risk,
                tr("The pictures are divided by 255, which these weights never saw in training. "
                   "Expect several points less than with ImageNet's normalization."));
        const std::int64_t validation = m_pictures.counts.validation;
        if (m_pictures.counts.train > 0 && validation > 0 && validation < kFewValidation)
            say(Kind::Risk,
                tr("With %1 one mistake is %2: small differences between runs mean nothing.")
                    .arg(format::plural(
                             validation, tr("validation picture"), tr("validation pictures")),
                        format::percent(1 / static_cast<double>(validation))));
        if (!m_recipe.classWeights && m_pictures.rarest > 0
            && double(m_pictures.commonest) > kUneven * double(m_pictures.rarest))
            say(Kind::Risk,
                tr("The commonest class has %1 times as many pictures as the rarest, and they all "
                   "count alike: the rare one will be guessed seldom. Balance classes helps.")
                    .arg(format::count(m_pictures.commonest / m_pictures.rarest)));
    }

    const Recipe& m_recipe;
    const FreezePlan& m_plan;
    const NetworkOutline& m_outline;
    const ExplainedPictures& m_pictures;
    const EpochCost& m_cost;
    std::vector<Explanation> m_said;
};

} // namespace

std::vector<Explanation> explain(const Recipe& recipe, std::size_t phase,
    const NetworkOutline& outline, const ExplainedPictures& pictures, const EpochCost& cost)
{
    const FreezePlan plan
        = phase < recipe.phases.size() ? recipe.phases[phase].plan : FreezePlan {};
    return Explainer(recipe, plan, outline, pictures, cost).explain();
}

} // namespace vernier::ui
