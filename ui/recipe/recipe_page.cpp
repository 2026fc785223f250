#include "ui/recipe/recipe_page.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/recipe/fact_tile.h"
#include "ui/recipe/fold_group.h"
#include "ui/recipe/network_card.h"
#include "ui/recipe/rate_edit.h"
#include "ui/recipe/settings_panel.h"
#include "ui/recipe/views_preview.h"
#include "ui/recipe/why_panel.h"
#include "ui/session/current_run.h"
#include "ui/session/device_choice.h"
#include "ui/session/device_list.h"
#include "ui/session/feature_warmer.h"
#include "ui/session/session.h"

#include <QApplication>
#include <QFileDialog>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
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
    m_network = new NetworkCard(m_session, m_stage);
    m_stage->addWidget(m_network);
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
    connect(&m_session.devices(), &DeviceList::changed, this, &RecipePage::showRecipe);
    connect(&m_session.run(), &CurrentRun::historyChanged, this, &RecipePage::noteSpeed);
    for (const auto signal : { &FeatureWarmer::readyChanged, &FeatureWarmer::speedChanged })
        connect(&m_session.warmer(), signal, this, &RecipePage::showCost);
    connect(&m_session.run(), &CurrentRun::epochFinished, this, [this] {
        noteSpeed();
        if (isVisible())
            showCost();
    });
    showRecipe();
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

void RecipePage::keyPressEvent(QKeyEvent* event)
{
    // A field or a popup that has a use for Escape takes it before it comes here.
    QPushButton* const preview = m_settings->previewButton();
    QPushButton* const shown = m_whyButton->isChecked() ? m_whyButton
        : preview->isChecked()                          ? preview
                                                        : nullptr;
    if (event->key() != Qt::Key_Escape || !shown) {
        QWidget::keyPressEvent(event);
        return;
    }
    const bool loses = m_stage->isAncestorOf(QApplication::focusWidget());
    shown->setChecked(false);
    if (loses)
        shown->setFocus();
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
    m_network->showPhases();
    m_settings->setRecipe(recipe, from, shown);
    const Result<NetworkOutline> outline
        = outlineOf(recipe, shown, classes(), runsOnGpu(recipe, m_session.devices().all()));
    showProblem(outline ? QString() : format::text(outline.error()));
    if (!outline)
        return;
    m_outline = *outline;
    m_network->setOutline(m_outline, from);
    showCost();
}

void RecipePage::showCost()
{
    const double share
        = m_outline.parameters > 0 ? double(m_outline.trainable) / double(m_outline.parameters) : 0;
    m_parameters->setFact(format::count(m_outline.trainable),
        tr("of %1, %2").arg(format::count(m_outline.parameters), format::percent(share, 0)));

    MeasuredSpeed speed = m_speed;
    if (const auto calibrated = m_session.warmer().speed()) {
        speed.prefix = speed.prefix.value_or(calibrated->prefix);
        speed.suffix = speed.suffix.value_or(calibrated->suffix);
        speed.head = speed.head.value_or(calibrated->head);
    }
    const bool ready = m_session.warmer().isReady();
    const EpochCost cost
        = epochCost(m_outline, m_session.recipe(), m_session.shownPhase(), counts(), speed, ready);
    explain(cost);
    const auto about = [](double seconds) {
        return seconds < 1 ? tr("under 1 s") : tr("about %1").arg(format::duration(seconds));
    };
    const QString from = cost.measured ? tr("speed measured here") : tr("a typical laptop's speed");
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
    const RunHistory& history = m_session.run().history();
    if (history.phases.empty())
        return;
    Recipe recipe = m_session.run().recipe();
    Phase phase;
    phase.plan = history.phases.back().plan;
    recipe.phases = { phase };
    const Result<NetworkOutline> outline
        = outlineOf(recipe, 0, classes(), runsOnGpu(recipe, m_session.devices().all()));
    if (!outline)
        return;
    const MeasuredSpeed seen = measuredSpeed(history, *outline);
    if (seen.suffix)
        m_speed.suffix = seen.suffix;
    if (seen.head)
        m_speed.head = seen.head;
}

NetworkView* RecipePage::network() const { return m_network->network(); }

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
