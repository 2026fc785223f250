#include "ui/recipe/network_card.h"

#include "ui/base/chip.h"
#include "ui/base/flow_layout.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/recipe/head_popup.h"
#include "ui/recipe/layers_popup.h"
#include "ui/recipe/network_view.h"
#include "ui/recipe/phase_strip.h"
#include "ui/recipe/rate_dialog.h"
#include "ui/recipe/rate_edit.h"
#include "ui/session/rate_trial.h"
#include "ui/session/session.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace vernier::ui {

namespace {

bool isOfBlock(const std::string& layer, const std::string& block)
{
    return layer.starts_with(block + "_");
}

void forgetLayers(FreezePlan& plan, const std::string& block)
{
    std::erase_if(plan.layerRates, [&](const auto& rate) { return isOfBlock(rate.first, block); });
}

std::vector<std::string> trainingBlocks(const FreezePlan& plan)
{
    std::vector<std::string> names;
    for (const auto& rate : plan.blockRates)
        names.push_back(rate.first);
    return names;
}

} // namespace

NetworkCard::NetworkCard(Session& session, QWidget* parent) : QFrame(parent), m_session(session)
{
    theme::setRole(this, theme::Role::Card);
    m_phases = new PhaseStrip(this);
    m_network = new NetworkView(this);
    connect(m_phases, &PhaseStrip::chosen, &m_session, &Session::showPhase);
    connect(m_phases, &PhaseStrip::addRequested, this, &NetworkCard::addPhase);
    connect(m_phases, &PhaseStrip::removeRequested, this, &NetworkCard::removePhase);
    watchNetwork();
    makePopups();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(0);
    auto* phaseRow = new QHBoxLayout;
    phaseRow->setContentsMargins(theme::kGrid, 0, 0, 0);
    phaseRow->addWidget(m_phases);
    column->addLayout(phaseRow);
    column->addWidget(m_network, 1);
    column->addWidget(makePresets());

    for (const auto signal : { &Session::stateChanged, &Session::datasetChanged })
        connect(&m_session, signal, this, &NetworkCard::showFindRate);
    showFindRate();
}

void NetworkCard::watchNetwork()
{
    connect(m_network, &NetworkView::trainingToggled, this, [this](const QString& block, bool on) {
        const std::string name = block.toStdString();
        const QString title = blockTitle(name).toLower();
        editPlan(on ? tr("training %1").arg(title) : tr("freezing %1").arg(title), {},
            [&](FreezePlan& plan) {
                forgetLayers(plan, name);
                if (on)
                    plan.blockRates.try_emplace(name, rateForNewBlock(plan));
                else
                    plan.blockRates.erase(name);
            });
    });
    connect(m_network, &NetworkView::unfoldRequested, this,
        [this](const QString& block, const QPoint& where) {
            QWidget* popup = m_layers;
            if (block == QStringLiteral("head")) {
                popup = m_head;
                showHead();
            } else {
                showLayers(block.toStdString());
            }
            popup->move(where - QPoint(popup->width() / 2, 0));
            popup->show();
        });
    connect(m_network, &NetworkView::rateEdited, this, [this](const QString& block, double rate) {
        const std::string name = block.toStdString();
        editPlan(tr("changing the rate of %1").arg(blockTitle(name).toLower()),
            QStringLiteral("rate.%1.%2").arg(block).arg(m_session.shownPhase()),
            [&](FreezePlan& plan) {
                (name == "head" ? plan.headRate : plan.blockRates[name]) = rate;
            });
    });
    connect(m_network, &NetworkView::putBack, this,
        [this](const QString& block) { putBack(block.toStdString()); });
}

void NetworkCard::putBack(const std::string& block)
{
    editPlan(tr("putting %1 back").arg(blockTitle(block).toLower()), {}, [&](FreezePlan& plan) {
        forgetLayers(plan, block);
        if (block == "head")
            plan.headRate = m_basePlan.headRate;
        else if (m_basePlan.trains(block))
            plan.blockRates[block] = m_basePlan.rate(block);
        else
            plan.blockRates.erase(block);
        for (const auto& [layer, rate] : m_basePlan.layerRates) {
            if (isOfBlock(layer, block))
                plan.layerRates[layer] = rate;
        }
    });
}

void NetworkCard::makePopups()
{
    m_layers = new LayersPopup(this);
    connect(m_layers, &LayersPopup::trainingToggled, this, [this](const QString& layer, bool on) {
        const std::string name = layer.toStdString();
        const std::string block = m_layers->block();
        editPlan(on ? tr("training %1").arg(layer) : tr("freezing %1").arg(layer), {},
            [&](FreezePlan& plan) {
                const bool follows = plan.trains(block) == on;
                if (follows)
                    plan.layerRates.erase(name);
                else
                    plan.layerRates[name] = on ? rateForNewBlock(plan) : 0;
            });
    });
    connect(m_layers, &LayersPopup::rateEdited, this, [this](const QString& layer, double rate) {
        editPlan(tr("changing the rate of %1").arg(layer),
            QStringLiteral("rate.%1.%2").arg(layer).arg(m_session.shownPhase()),
            [&](FreezePlan& plan) { plan.layerRates[layer.toStdString()] = rate; });
    });
    connect(m_layers, &LayersPopup::headMoved, this, [this](const QString& layer) {
        Recipe recipe = m_session.recipe();
        recipe.transferLayer = layer.toStdString();
        fitToBackbone(recipe);
        m_session.setRecipe(recipe, tr("putting the head on %1").arg(layer));
    });
    m_head = new HeadPopup(this);
    connect(m_head, &HeadPopup::edited, this, [this](const HeadSpec& head) {
        Recipe recipe = m_session.recipe();
        recipe.head = head;
        m_session.setRecipe(recipe, tr("changing the head"), QStringLiteral("head"));
    });
}

void NetworkCard::showHead()
{
    m_head->setHead(
        m_session.recipe().head, tr("%1 parameters").arg(shortCount(m_outline.head.parameters)));
}

void NetworkCard::showLayers(const std::string& block)
{
    const Result<const Architecture*> backbone = findArchitecture(m_session.recipe().backbone);
    const auto shown = std::find_if(m_outline.blocks.begin(), m_outline.blocks.end(),
        [&](const OutlineBlock& candidate) { return candidate.name == block; });
    if (!backbone || shown == m_outline.blocks.end()) {
        m_layers->hide();
        return;
    }
    std::vector<Layer> layers;
    for (const Layer& layer : (*backbone)->layers) {
        if (layer.block == block)
            layers.push_back(layer);
    }
    m_layers->setBlock(*shown, layers, m_session.recipe().transferLayer);
}

QWidget* NetworkCard::makePresets()
{
    auto* presets = new QWidget(this);
    // In two lines where the window is small.
    auto* row = new FlowLayout(presets);
    row->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid, theme::kGrid / 2);
    row->setSpacing(theme::kGrid);
    addPreset(tr("Head only"),
        tr("Everything but the head stays as it is; the quickest, and often enough."), 0, presets);
    addPreset(tr("Last block"), tr("The head and block 5 train."), 1, presets);
    addPreset(tr("Blocks 4 and 5"),
        tr("The head and the last two blocks train, as in the tutorial."), 2, presets);
    addPreset(
        tr("Everything"), tr("All blocks train; slow, and it needs many pictures."), -1, presets);
    auto* rates = new QPushButton(tr("Lower rates below"), presets);
    rates->setToolTip(tr("Give each training block a share of the rate of the block above it: low "
                         "layers know what holds for every picture and should change least."));
    rates->setAccessibleName(rates->toolTip());
    auto* menu = new QMenu(rates);
    fillRatesMenu(menu);
    rates->setMenu(menu);
    row->addWidget(rates);
    m_findRate = new QPushButton(tr("Find a rate…"), presets);
    m_findRate->setObjectName(QStringLiteral("findRate"));
    m_findRate->setAccessibleName(tr("Find a learning rate"));
    connect(m_findRate, &QPushButton::clicked, this, &NetworkCard::findRate);
    row->addWidget(m_findRate);
    return presets;
}

void NetworkCard::addPreset(const QString& text, const QString& tip, int fromEnd, QWidget* row)
{
    auto* chip = new Chip(text, row);
    chip->setToolTip(tip);
    chip->setAccessibleName(tr("Train preset: %1").arg(text));
    row->layout()->addWidget(chip);
    const std::size_t index = m_presets.size();
    connect(chip, &QAbstractButton::clicked, this, [this, index, text] {
        const std::vector<std::string> blocks = m_presets[index].blocks;
        editPlan(tr("using the preset %1").arg(text), {}, [&](FreezePlan& plan) {
            const double rate = rateForNewBlock(plan);
            std::map<std::string, double> rates;
            for (const std::string& block : blocks)
                rates[block] = plan.trains(block) ? plan.rate(block) : rate;
            plan.blockRates = rates;
            plan.layerRates.clear();
        });
        showPresets();
    });
    Preset preset;
    preset.chip = chip;
    // All that are offered have these five.
    const std::vector<std::string> all = vgg16().blocks();
    const std::size_t count = fromEnd < 0 ? all.size() : std::min(std::size_t(fromEnd), all.size());
    preset.blocks.assign(all.end() - std::ptrdiff_t(count), all.end());
    m_presets.push_back(preset);
}

void NetworkCard::fillRatesMenu(QMenu* menu)
{
    const std::vector<std::pair<QString, double>> shares { { tr("A half"), 0.5 },
        { tr("A third"), 1.0 / 3 }, { tr("A tenth"), 0.1 }, { tr("The same"), 1 } };
    for (const auto& share : shares) {
        menu->addAction(share.first, this, [this, share] {
            const Result<const Architecture*> backbone
                = findArchitecture(m_session.recipe().backbone);
            if (!backbone)
                return;
            editPlan(tr("lowering rates below"), {},
                [&](FreezePlan& plan) { lowerRatesBelow(plan, **backbone, share.second); });
        });
    }
}

void NetworkCard::showFindRate()
{
    m_findRate->setEnabled(m_session.rates().canFind());
    m_findRate->setToolTip(m_session.rates().canFind()
            ? tr("Tries rising rates for a moment, shows the loss at each, and suggests one.")
            : m_session.dataset() ? tr("Not while a training is under way.")
                                  : tr("Open a folder of pictures first."));
}

void NetworkCard::findRate()
{
    RateDialog dialog(m_session, this);
    connect(&dialog, &RateDialog::rateChosen, this, [this, &dialog](double rate) {
        editPlan(tr("using the rate %1").arg(format::rate(rate)), {},
            [&](FreezePlan& plan) { plan = planAtRate(plan, rate); });
        dialog.showTaken(rate);
    });
    dialog.exec();
}

void NetworkCard::showPhases()
{
    m_phases->setPhases(m_session.recipe().phases, m_session.shownPhase());
}

void NetworkCard::setOutline(const NetworkOutline& outline, const Recipe& base)
{
    const std::size_t shown = m_session.shownPhase();
    m_outline = outline;
    m_basePlan = base.phases[std::min(shown, base.phases.size() - 1)].plan;
    m_network->setOutline(m_outline, m_basePlan);
    if (m_layers->isVisible())
        showLayers(m_layers->block());
    if (m_head->isVisible())
        showHead();
    showPresets();
}

void NetworkCard::showPresets()
{
    if (m_session.shownPhase() >= m_session.recipe().phases.size())
        return;
    const FreezePlan& plan = m_session.recipe().phases[m_session.shownPhase()].plan;
    const std::vector<std::string> training = trainingBlocks(plan);
    const auto& apart = plan.layerRates;
    for (const Preset& preset : m_presets) {
        const bool usable = std::all_of(
            preset.blocks.begin(), preset.blocks.end(), [this](const std::string& name) {
                return std::any_of(m_outline.blocks.begin(), m_outline.blocks.end(),
                    [&](const OutlineBlock& block) { return block.name == name; });
            });
        preset.chip->setVisible(usable);
        preset.chip->setChecked(training == preset.blocks && apart.empty());
    }
}

void NetworkCard::addPhase()
{
    Recipe recipe = m_session.recipe();
    recipe.phases.push_back(recipe.phases.back());
    m_session.setRecipe(recipe, tr("adding a phase"));
    m_session.showPhase(recipe.phases.size() - 1);
}

void NetworkCard::removePhase()
{
    Recipe recipe = m_session.recipe();
    if (recipe.phases.size() < 2)
        return;
    recipe.phases.erase(recipe.phases.begin() + std::ptrdiff_t(m_session.shownPhase()));
    m_session.setRecipe(recipe, tr("removing a phase"));
}

void NetworkCard::editPlan(
    const QString& what, const QString& key, const std::function<void(FreezePlan&)>& edit)
{
    Recipe recipe = m_session.recipe();
    if (m_session.shownPhase() >= recipe.phases.size())
        return;
    FreezePlan& plan = recipe.phases[m_session.shownPhase()].plan;
    edit(plan);
    if (const Result<const Architecture*> backbone = findArchitecture(recipe.backbone))
        simplify(plan, **backbone);
    m_session.setRecipe(recipe, what, key);
}

} // namespace vernier::ui
