#include "ui/recipe/recipe_page.h"

#include "ui/base/chip.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/frame/run_status.h"
#include "ui/recipe/fact_tile.h"
#include "ui/recipe/fold_group.h"
#include "ui/recipe/head_popup.h"
#include "ui/recipe/layers_popup.h"
#include "ui/recipe/network_view.h"
#include "ui/recipe/phase_strip.h"
#include "ui/recipe/rate_dialog.h"
#include "ui/recipe/rate_edit.h"
#include "ui/recipe/settings_panel.h"
#include "ui/recipe/views_preview.h"
#include "ui/recipe/why_panel.h"
#include "ui/session.h"

#include <QFileDialog>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace vernier::ui {

namespace {
constexpr std::int64_t kAssumedPictures = 1000; // while no folder is open
constexpr int kAssumedClasses = 2;

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

RecipePage::RecipePage(Session& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_settings(new SettingsPanel(this))
{
    for (const std::string& name : builtInRecipeNames()) {
        if (const Result<Recipe> recipe = builtInRecipe(name))
            m_builtIn[name] = *recipe;
    }
    if (const auto found = m_builtIn.find("default"); found != m_builtIn.end())
        m_default = found->second;

    auto* left = new QVBoxLayout;
    left->setSpacing(2 * theme::kGrid);
    left->addWidget(makeHeader());
    m_stage = new QStackedWidget(this);
    m_stage->addWidget(makeNetworkCard());
    m_stage->addWidget(makePreviewCard());
    m_stage->addWidget(makeWhyCard());
    left->addWidget(m_stage, 1);
    left->addWidget(makeFacts());

    auto* side = new QFrame(this);
    theme::setRole(side, theme::Role::Card);
    auto* sideColumn = new QVBoxLayout(side);
    sideColumn->setContentsMargins(1, theme::kGrid, 1, 1);
    sideColumn->addWidget(m_settings);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(3 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    row->addLayout(left, 1);
    row->addWidget(side);

    connect(m_settings, &SettingsPanel::edited, &m_session,
        [this](const Recipe& recipe, const QString& what, const QString& key) {
            m_session.setRecipe(recipe, what, key);
        });
    connect(&m_session, &Session::recipeChanged, this, &RecipePage::showRecipe);
    connect(&m_session, &Session::datasetChanged, this, &RecipePage::showRecipe);
    connect(&m_session, &Session::devicesChanged, this, &RecipePage::showRecipe);
    connect(&m_session, &Session::historyChanged, this, &RecipePage::noteSpeed);
    for (const auto signal : { &Session::stateChanged, &Session::datasetChanged })
        connect(&m_session, signal, this, &RecipePage::showFindRate);
    for (const auto signal : { &Session::featuresReadyChanged, &Session::speedChanged })
        connect(&m_session, signal, this, &RecipePage::showCost);
    connect(&m_session, &Session::epochFinished, this, [this] {
        noteSpeed();
        if (isVisible())
            showCost();
    });
    showRecipe();
    showFindRate();
}

QWidget* RecipePage::makeHeader()
{
    auto* header = new QWidget(this);
    m_name = new QLabel(header);
    theme::setRole(m_name, theme::Role::Heading);
    m_about = new QLabel(header);
    theme::setRole(m_about, theme::Role::Muted);
    m_problem = new QLabel(header);
    theme::setRole(m_problem, theme::Role::Wrong);
    for (QLabel* line : { m_about, m_problem }) {
        line->setWordWrap(true);
        line->setMinimumHeight(2 * line->fontMetrics().lineSpacing());
        line->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    }
    m_problem->hide();

    m_whyButton = new QPushButton(tr("Why?"), header);
    m_whyButton->setCheckable(true);
    m_whyButton->setToolTip(
        tr("In plain words: what will train, what stays frozen, what that costs "
           "and what it risks."));
    auto* builtIn = new QPushButton(tr("Built-in"), header);
    builtIn->setToolTip(tr("Start from one of the recipes that come with the program."));
    auto* menu = new QMenu(builtIn);
    fillBuiltInMenu(menu);
    builtIn->setMenu(menu);
    auto* open = new QPushButton(tr("Open…"), header);
    open->setToolTip(tr("Take the recipe from a file."));
    auto* save = new QPushButton(tr("Save…"), header);
    save->setToolTip(tr("Write this recipe to a file, for later or for vernier-cli."));
    for (QPushButton* button : { m_whyButton, builtIn, open, save })
        button->setAccessibleName(button->toolTip());
    connect(open, &QPushButton::clicked, this, &RecipePage::openFile);
    connect(save, &QPushButton::clicked, this, &RecipePage::saveFile);

    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_name);
    texts->addWidget(m_about);
    texts->addWidget(m_problem);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addLayout(texts, 1);
    for (QPushButton* button : { m_whyButton, builtIn, open, save })
        row->addWidget(button, 0, Qt::AlignTop);
    return header;
}

void RecipePage::fillBuiltInMenu(QMenu* menu)
{
    for (const std::string& name : builtInRecipeNames()) {
        QString title = QString::fromStdString(name);
        title[0] = title.at(0).toUpper();
        menu->addAction(title, this, [this, name, title] {
            const Result<Recipe> recipe = builtInRecipe(name);
            showProblem(recipe ? QString() : format::text(recipe.error()));
            if (recipe)
                m_session.setRecipe(*recipe, tr("using the recipe %1").arg(title));
        });
    }
}

QWidget* RecipePage::makeNetworkCard()
{
    auto* card = new QFrame(this);
    theme::setRole(card, theme::Role::Card);
    m_phases = new PhaseStrip(card);
    m_network = new NetworkView(card);
    connect(m_phases, &PhaseStrip::chosen, &m_session, &Session::showPhase);
    connect(m_phases, &PhaseStrip::addRequested, this, &RecipePage::addPhase);
    connect(m_phases, &PhaseStrip::removeRequested, this, &RecipePage::removePhase);
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
    makePopups();
    connect(m_network, &NetworkView::rateEdited, this, [this](const QString& block, double rate) {
        const std::string name = block.toStdString();
        editPlan(tr("changing the rate of %1").arg(blockTitle(name).toLower()),
            QStringLiteral("rate.%1.%2").arg(block).arg(m_session.shownPhase()),
            [&](FreezePlan& plan) {
                (name == "head" ? plan.headRate : plan.blockRates[name]) = rate;
            });
    });
    connect(m_network, &NetworkView::putBack, this, [this](const QString& block) {
        const std::string name = block.toStdString();
        const std::vector<Phase>& phases = base().phases;
        const FreezePlan was = phases[std::min(m_session.shownPhase(), phases.size() - 1)].plan;
        editPlan(tr("putting %1 back").arg(blockTitle(name).toLower()), {}, [&](FreezePlan& plan) {
            forgetLayers(plan, name);
            if (name == "head")
                plan.headRate = was.headRate;
            else if (was.trains(name))
                plan.blockRates[name] = was.rate(name);
            else
                plan.blockRates.erase(name);
            for (const auto& [layer, rate] : was.layerRates) {
                if (isOfBlock(layer, name))
                    plan.layerRates[layer] = rate;
            }
        });
    });

    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(0);
    auto* phaseRow = new QHBoxLayout;
    phaseRow->setContentsMargins(theme::kGrid, 0, 0, 0);
    phaseRow->addWidget(m_phases);
    column->addLayout(phaseRow);
    column->addWidget(m_network, 1);
    column->addWidget(makePresets());
    return card;
}

void RecipePage::fillRatesMenu(QMenu* menu)
{
    const std::vector<std::pair<QString, double>> shares { { tr("A half"), 0.5 },
        { tr("A third"), 0.3 }, { tr("A tenth"), 0.1 }, { tr("The same"), 1 } };
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

void RecipePage::makePopups()
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
        dropUnusedRates(recipe);
        m_session.setRecipe(recipe, tr("putting the head on %1").arg(layer));
    });
    m_head = new HeadPopup(this);
    connect(m_head, &HeadPopup::edited, this, [this](const HeadSpec& head) {
        Recipe recipe = m_session.recipe();
        recipe.head = head;
        m_session.setRecipe(recipe, tr("changing the head"), QStringLiteral("head"));
    });
}

void RecipePage::showHead()
{
    m_head->setHead(
        m_session.recipe().head, tr("%1 parameters").arg(shortCount(m_outline.head.parameters)));
}

void RecipePage::showLayers(const std::string& block)
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

QWidget* RecipePage::makePreviewCard()
{
    auto* card = new QFrame(this);
    theme::setRole(card, theme::Role::Card);
    m_preview = new ViewsPreview(m_session, card);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_preview);
    QPushButton* button = m_settings->previewButton();
    connect(button, &QAbstractButton::toggled, this,
        [this, card](bool on) { setStage(on ? card : nullptr); });
    connect(m_preview, &ViewsPreview::closed, button, [button] {
        button->setChecked(false);
        button->setFocus();
    });
    return card;
}

QWidget* RecipePage::makeWhyCard()
{
    auto* card = new QFrame(this);
    theme::setRole(card, theme::Role::Card);
    m_why = new WhyPanel(card);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_why);
    connect(m_whyButton, &QAbstractButton::toggled, this,
        [this, card](bool on) { setStage(on ? card : nullptr); });
    connect(m_why, &WhyPanel::closed, m_whyButton, [this] {
        m_whyButton->setChecked(false);
        m_whyButton->setFocus();
    });
    return card;
}

void RecipePage::setStage(QWidget* card)
{
    if (!card) {
        const bool other = m_whyButton->isChecked() || m_settings->previewButton()->isChecked();
        if (!other)
            m_stage->setCurrentIndex(0);
        return;
    }
    m_stage->setCurrentWidget(card);
    const bool isWhy = card->isAncestorOf(m_why);
    (isWhy ? m_settings->previewButton() : m_whyButton)->setChecked(false);
}

void RecipePage::explain(const EpochCost& cost)
{
    const Recipe& recipe = m_session.recipe();
    ExplainedPictures pictures;
    if (const SnapshotPtr dataset = m_session.dataset()) {
        pictures.counts = counts();
        for (std::size_t i = 0; i < dataset->classes.size(); ++i) {
            const std::int64_t own = dataset->count(ClassIndex(i), Split::Train);
            pictures.rarest = i == 0 ? own : std::min(pictures.rarest, own);
            pictures.commonest = std::max(pictures.commonest, own);
        }
    }
    m_why->setExplanations(ui::explain(recipe, m_session.shownPhase(), m_outline, pictures, cost));
}

QWidget* RecipePage::makePresets()
{
    m_presetRow = new QWidget(this);
    auto* row = new QHBoxLayout(m_presetRow);
    row->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid, theme::kGrid / 2);
    row->setSpacing(theme::kGrid);
    row->addStretch();
    const auto addPreset = [&](const QString& text, const QString& tip, int fromEnd) {
        auto* chip = new Chip(text, m_presetRow);
        chip->setToolTip(tip);
        chip->setAccessibleName(tr("Train preset: %1").arg(text));
        row->addWidget(chip);
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
        const std::vector<std::string> all = vgg16().blocks();
        const std::size_t count
            = fromEnd < 0 ? all.size() : std::min(std::size_t(fromEnd), all.size());
        preset.blocks.assign(all.end() - std::ptrdiff_t(count), all.end());
        m_presets.push_back(preset);
    };
    addPreset(tr("Head only"),
        tr("Everything but the head stays as it is; the quickest, and often enough."), 0);
    addPreset(tr("Last block"), tr("The head and block 5 train."), 1);
    addPreset(
        tr("Blocks 4 and 5"), tr("The head and the last two blocks train, as in the tutorial."), 2);
    addPreset(tr("Everything"), tr("All blocks train; slow, and it needs many pictures."), -1);
    auto* rates = new QPushButton(tr("Lower rates below"), m_presetRow);
    rates->setToolTip(tr("Give each training block a share of the rate of the block above it: low "
                         "layers know what holds for every picture and should change least."));
    rates->setAccessibleName(rates->toolTip());
    auto* menu = new QMenu(rates);
    fillRatesMenu(menu);
    rates->setMenu(menu);
    row->addSpacing(theme::kGrid);
    row->addWidget(rates);
    row->addStretch();
    m_findRate = new QPushButton(tr("Find a rate…"), m_presetRow);
    m_findRate->setObjectName(QStringLiteral("findRate"));
    m_findRate->setAccessibleName(tr("Find a learning rate"));
    connect(m_findRate, &QPushButton::clicked, this, &RecipePage::findRate);
    row->addWidget(m_findRate);
    return m_presetRow;
}

void RecipePage::showFindRate()
{
    m_findRate->setEnabled(m_session.canFindRate());
    m_findRate->setToolTip(m_session.canFindRate()
            ? tr("Tries rising rates for a moment, shows the loss at each, and suggests one.")
            : m_session.dataset() ? tr("Not while a training is under way.")
                                  : tr("Open a folder of pictures first."));
}

void RecipePage::findRate()
{
    RateDialog dialog(m_session, this);
    connect(&dialog, &RateDialog::rateChosen, this, [this, &dialog](double rate) {
        editPlan(tr("using the rate %1").arg(format::rate(rate)), {},
            [&](FreezePlan& plan) { plan = planAtRate(plan, rate); });
        dialog.showTaken(rate);
    });
    dialog.exec();
}

QWidget* RecipePage::makeFacts()
{
    auto* facts = new QWidget(this);
    m_parameters = new FactTile(
        tr("Parameters that train"), tr("Weights and biases that change in this phase."), facts);
    m_epoch = new FactTile(tr("Each epoch, estimated"),
        tr("From the multiply-adds of the network and the speed of this machine."), facts);
    m_once = new FactTile(tr("Once before, estimated"),
        tr("What lies below the cut is computed once for each picture and kept."), facts);
    auto* row = new QHBoxLayout(facts);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * theme::kGrid);
    for (FactTile* tile : { m_parameters, m_epoch, m_once })
        row->addWidget(tile, 1);
    return facts;
}

void RecipePage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    showCost();
}

void RecipePage::showRecipe()
{
    const Recipe& recipe = m_session.recipe();
    const std::size_t shown = m_session.shownPhase();
    QString name = QString::fromStdString(recipe.name);
    if (!name.isEmpty())
        name[0] = name.at(0).toUpper();
    m_name->setText(name.isEmpty() ? tr("Recipe") : name);
    m_about->setText(QString::fromStdString(recipe.about));

    const Recipe& from = base();
    m_phases->setPhases(recipe.phases, shown);
    m_settings->setRecipe(recipe, from, shown);
    const Result<NetworkOutline> outline
        = outlineOf(recipe, shown, classes(), runsOnGpu(recipe, m_session.devices()));
    showProblem(outline ? QString() : format::text(outline.error()));
    if (!outline)
        return;
    m_outline = *outline;
    m_network->setOutline(m_outline, from.phases[std::min(shown, from.phases.size() - 1)].plan);
    if (m_layers->isVisible())
        showLayers(m_layers->block());
    if (m_head->isVisible())
        showHead();
    showPresets();
    showCost();
}

void RecipePage::showPresets()
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

void RecipePage::showCost()
{
    const double share
        = m_outline.parameters > 0 ? double(m_outline.trainable) / double(m_outline.parameters) : 0;
    m_parameters->setFact(format::count(m_outline.trainable),
        tr("of %1, %2").arg(format::count(m_outline.parameters), format::percent(share, 0)));

    MeasuredSpeed speed = m_speed;
    if (const auto calibrated = m_session.speed()) {
        speed.prefix = speed.prefix.value_or(calibrated->prefix);
        speed.suffix = speed.suffix.value_or(calibrated->suffix);
        speed.head = speed.head.value_or(calibrated->head);
    }
    const bool ready = m_session.shownPhase() == 0 && m_session.featuresReady();
    const EpochCost cost
        = epochCost(m_outline, m_session.recipe(), m_session.shownPhase(), counts(), speed, ready);
    explain(cost);
    const auto about = [](double seconds) {
        return seconds < 1 ? tr("under 1 s") : tr("about %1").arg(format::duration(seconds));
    };
    const QString from
        = cost.measured ? tr("at the speed measured here") : tr("at a typical laptop's speed");
    const QString pictures = format::plural(cost.pictures, tr("picture"), tr("pictures"));
    m_epoch->setFact(about(cost.epoch), tr("%1, %2").arg(pictures, from));
    if (m_outline.below == 0)
        m_once->setFact(tr("nothing"), tr("all blocks train in every step"));
    else if (ready)
        m_once->setFact(tr("nothing"), tr("the frozen blocks are prepared"));
    else if (!m_outline.kept())
        m_once->setFact(about(cost.once), tr("validation only: augmentation is fresh"));
    else
        m_once->setFact(about(cost.once), tr("the frozen blocks, then kept"));
}

void RecipePage::showProblem(const QString& problem)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_about->setVisible(problem.isEmpty());
}

void RecipePage::noteSpeed()
{
    const RunHistory& history = m_session.history();
    if (history.phases.empty())
        return;
    Recipe recipe = m_session.recipe();
    Phase phase;
    phase.plan = history.phases.back().plan;
    recipe.phases = { phase };
    const Result<NetworkOutline> outline
        = outlineOf(recipe, 0, classes(), runsOnGpu(recipe, m_session.devices()));
    if (!outline)
        return;
    const MeasuredSpeed seen = measuredSpeed(history, *outline);
    if (seen.suffix)
        m_speed.suffix = seen.suffix;
    if (seen.head)
        m_speed.head = seen.head;
}

QWidget* RecipePage::wrongField() const
{
    for (QWidget* field : findChildren<QWidget*>()) {
        if (!isMarkedInvalid(field))
            continue;
        for (FoldGroup* group : m_settings->groups()) {
            if (group->isAncestorOf(field))
                group->setFolded(false);
        }
        return field;
    }
    return nullptr;
}

void RecipePage::openFile()
{
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Open recipe"), {}, tr("Recipes (*.json);;All files (*)"));
    if (file.isEmpty())
        return;
    const Status ok = m_session.loadRecipe(file);
    showProblem(ok ? QString() : format::text(ok.error()));
}

void RecipePage::saveFile()
{
    QString file = QFileDialog::getSaveFileName(this, tr("Save recipe"),
        QString::fromStdString(m_session.recipe().name) + QStringLiteral(".json"),
        tr("Recipes (*.json)"));
    if (file.isEmpty())
        return;
    if (!file.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive))
        file += QStringLiteral(".json");
    const Status ok = m_session.saveRecipe(file);
    showProblem(ok ? QString() : format::text(ok.error()));
}

void RecipePage::addPhase()
{
    Recipe recipe = m_session.recipe();
    recipe.phases.push_back(recipe.phases.back());
    m_session.setRecipe(recipe, tr("adding a phase"));
    m_session.showPhase(recipe.phases.size() - 1);
}

void RecipePage::removePhase()
{
    Recipe recipe = m_session.recipe();
    if (recipe.phases.size() < 2)
        return;
    recipe.phases.erase(recipe.phases.begin() + std::ptrdiff_t(m_session.shownPhase()));
    m_session.setRecipe(recipe, tr("removing a phase"));
}

void RecipePage::editPlan(
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

const Recipe& RecipePage::base() const
{
    const auto found = m_builtIn.find(m_session.recipe().name);
    return found == m_builtIn.end() ? m_default : found->second;
}

int RecipePage::classes() const
{
    const SnapshotPtr dataset = m_session.dataset();
    return dataset && !dataset->classes.empty() ? int(dataset->classes.size()) : kAssumedClasses;
}

PictureCounts RecipePage::counts() const
{
    const SnapshotPtr dataset = m_session.dataset();
    const Recipe& recipe = m_session.recipe();
    PictureCounts counts { kAssumedPictures, 0 };
    if (dataset)
        counts
            = { drawnTrainingCount(*dataset, recipe.perClass), dataset->count(Split::Validation) };
    if (counts.validation == 0) {
        counts.validation = std::int64_t(double(counts.train) * recipe.validationFraction);
        counts.train -= counts.validation;
    }
    return counts;
}

} // namespace vernier::ui
