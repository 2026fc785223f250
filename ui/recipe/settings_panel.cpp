#include "ui/recipe/settings_panel.h"

#include "core/fetch/published_file.h"
#include "core/weights/catalogue.h"
#include "ui/base/theme.h"
#include "ui/recipe/fold_group.h"
#include "ui/recipe/setting_row.h"
#include "ui/recipe/setting_words.h"
#include "ui/recipe/settings_builder.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace vernier::ui {

namespace {
constexpr int kWidth = 336;

QString readDense(Recipe& recipe, const QString& text)
{
    const auto dense = denseFromText(text);
    if (!dense)
        return QString::fromStdString(dense.error().detail);
    recipe.head.dense = *dense;
    const Status ok = check(recipe);
    return ok ? QString() : QString::fromStdString(ok.error().detail);
}

QString readSeed(Recipe& recipe, const QString& text)
{
    bool isNumber = false;
    const qulonglong seed = text.trimmed().toULongLong(&isNumber);
    if (!isNumber)
        return SettingsPanel::tr("Write a whole number of 0 or more");
    recipe.seed = seed;
    return {};
}

QString aboutNormalization(const std::string& name)
{
    static const std::map<std::string, QString> kSentences {
        { "auto",
            SettingsPanel::tr("What the starting weights were trained on. The built-in ones and "
                              "Keras's files: blue, green, red, each minus ImageNet's mean; "
                              "torchvision's and timm's: ImageNet's mean and deviation.") },
        { "caffe",
            SettingsPanel::tr("Blue, green, red, each minus ImageNet's mean: what the built-in "
                              "weights were trained on.") },
        { "unit",
            SettingsPanel::tr("Red, green, blue divided by 255, as the tutorial feeds it. The "
                              "weights never saw this in training; expect several points less.") },
        { "torch",
            SettingsPanel::tr("Divided by 255, minus and over ImageNet's mean and deviation: "
                              "for weights that come from torchvision.") },
    };
    const auto found = kSentences.find(name);
    return found == kSentences.end() ? QString() : found->second;
}

bool hasMomentum(const Recipe& recipe, std::size_t)
{
    return recipe.optimizer.kind == OptimizerKind::Sgd
        || recipe.optimizer.kind == OptimizerKind::RmsProp;
}

bool hasEpsilon(const Recipe& recipe, std::size_t)
{
    return recipe.optimizer.kind != OptimizerKind::Sgd;
}

bool isAugmented(const Recipe& recipe, std::size_t) { return !recipe.augmentation.none(); }

bool takesWarmup(const Recipe& recipe, std::size_t phase)
{
    return recipe.phases[phase].schedule.kind != ScheduleKind::OneCycle;
}

bool isOneCycle(const Recipe& recipe, std::size_t phase) { return !takesWarmup(recipe, phase); }

bool drops(const Recipe& recipe, std::size_t phase)
{
    return recipe.phases[phase].schedule.kind == ScheduleKind::Step;
}

bool stopsEarly(const Recipe& recipe, std::size_t phase)
{
    return recipe.phases[phase].patience > 0;
}
} // namespace

SettingsPanel::SettingsPanel(QWidget* parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFixedWidth(kWidth);
    setAccessibleName(tr("Settings of the recipe"));

    auto* rows = new QWidget(this);
    auto* column = new QVBoxLayout(rows);
    column->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid);
    SettingsBuilder builder(*this, rows);
    makeNetwork(builder);
    makeHead(builder);
    makeTraining(builder);
    makePictures(builder);
    makeReproducibility(builder);
    column->addStretch();
    setWidget(rows);
    setRecipe(m_recipe, m_base, 0);
}

void SettingsPanel::makeNetwork(SettingsBuilder& builder)
{
    builder.startGroup(tr("Network"), false);
    builder.addChoice(
        { QStringLiteral("backbone"),
            tr("The network below the head. ResNets are quicker than VGGs and need less memory; BN "
               "stands for batch normalization. Another one puts the head on top of its last "
               "layer.") },
        [](Recipe& r, std::size_t) -> std::string& { return r.backbone; });
    builder.addChoice({ QStringLiteral("weights"),
                          tr("ImageNet's weights know pictures already; random ones know nothing "
                             "and need far more of them.") },
        [](Recipe& r, std::size_t) -> std::string& { return r.weights; });
    m_getWeights = builder.addButton(tr("Get its weights…"),
        tr("ImageNet's weights of this backbone are not on this computer yet: fetch them first."));
    connect(m_getWeights, &QPushButton::clicked, this, &SettingsPanel::weightsWanted);
}

void SettingsPanel::lookForWeights()
{
    const bool fetched
        = hasBuiltInWeights(m_recipe.backbone) || fetchedWeights(m_recipe.backbone, false);
    m_getWeights->setVisible(m_recipe.weights == "imagenet" && !fetched);
}

void SettingsPanel::makeHead(SettingsBuilder& builder)
{
    builder.startGroup(tr("Head"), false);
    builder.addTransferLayer({ QStringLiteral("transfer_layer"),
        tr("The layer whose output feeds the head; what lies above it is left out.") });
    builder.addChoice({ QStringLiteral("head.pooling"),
                          tr("Flatten keeps where things are in the picture; average only what is "
                             "there, with far fewer weights.") },
        [](Recipe& r, std::size_t) -> Pooling& { return r.head.pooling; });
    builder.addText(
        { QStringLiteral("head.dense"),
            tr("Sizes of the layers before the last one, with commas, each with its "
               "activation and dropout where they are its own: 1024, 256 tanh 30 %. "
               "Empty connects straight to the classes.") },
        [](const Recipe& recipe) { return denseText(recipe.head); }, readDense);
    builder.addNumber({ QStringLiteral("head.dropout"),
                          tr("Share of values set to zero in each training step, so that the head "
                             "does not learn pictures by heart; usual are 0 to 50 %.") },
        [](Recipe& r, std::size_t) -> double& { return r.head.dropout; }, { 0, 99, 5 });
}

void SettingsPanel::makeTraining(SettingsBuilder& builder)
{
    builder.startGroup(tr("Training"), false);
    builder.addWhole(
        { QStringLiteral("phases.epochs"),
            tr("How many epochs this phase has; usual are 5 to 20.") },
        [](Recipe& r, std::size_t p) -> int& { return r.phases[p].epochs; }, 1, 10000);
    builder.addWhole(
        { QStringLiteral("phases.steps_per_epoch"),
            tr("Batches in an epoch; a whole pass sees every training picture once and is what is "
               "usual.") },
        [](Recipe& r, std::size_t p) -> int& { return r.phases[p].stepsPerEpoch; }, 0, 1000000,
        { { 0, "0" } });
    builder.addWhole(
        { QStringLiteral("batch_size"),
            tr("Pictures in one step; larger is steadier and needs more memory. Usual are 16 to "
               "64.") },
        [](Recipe& r, std::size_t) -> int& { return r.batchSize; }, 1, 4096);
    builder.addChoice(
        { QStringLiteral("optimizer.name"),
            tr("How a step is made from the gradients; Adam works for nearly everything here.") },
        [](Recipe& r, std::size_t) -> OptimizerKind& { return r.optimizer.kind; });
    makeSchedule(builder);
    builder.addWhole(
        { QStringLiteral("phases.patience"),
            tr("Epochs in a row without a better validation figure after which the phase ends; at "
               "0 all epochs are run. Usual: 3 to 10.") },
        [](Recipe& r, std::size_t p) -> int& { return r.phases[p].patience; }, 0, 10000,
        { { 0, "0" } });
    builder.startRest(tr("More"));
    makeRestOfTraining(builder);
}

void SettingsPanel::makeSchedule(SettingsBuilder& builder)
{
    builder.addChoice({ QStringLiteral("phases.schedule.kind"),
                          tr("How the learning rates move within this phase: not at all, down in "
                             "steps, down along a cosine, or up and then far down (one cycle). "
                             "Rates set by hand are what it multiplies.") },
        [](Recipe& r, std::size_t p) -> ScheduleKind& { return r.phases[p].schedule.kind; });
    builder.addWhole(
        { QStringLiteral("phases.schedule.drop_every"),
            tr("Epochs from one drop of the rates to the next. Usual: a third of the phase.") },
        [](Recipe& r, std::size_t p) -> int& { return r.phases[p].schedule.dropEvery; }, 1, 10000,
        {}, drops);
    builder.addNumber(
        { QStringLiteral("phases.schedule.drop_to"),
            tr("What is left of the rates after each drop. Usual: 10 to 50 %.") },
        [](Recipe& r, std::size_t p) -> double& { return r.phases[p].schedule.dropTo; },
        { 0.1, 100, 5 }, drops);
    builder.addNumber(
        { QStringLiteral("phases.schedule.peak_at"),
            tr("Share of the phase after which the rates reach their full value. Usual: 30 %.") },
        [](Recipe& r, std::size_t p) -> double& { return r.phases[p].schedule.peakAt; },
        { 5, 95, 5 }, isOneCycle);
    builder.addNumber(
        { QStringLiteral("phases.schedule.warmup"),
            tr("Share of the phase over which the rates rise from nearly nothing; 0 begins with "
               "the full rates. Usual: 0 to 10 %.") },
        [](Recipe& r, std::size_t p) -> double& { return r.phases[p].schedule.warmup; },
        { 0, 90, 5 }, takesWarmup);
}

void SettingsPanel::makeRestOfTraining(SettingsBuilder& builder)
{
    builder.addChoice(
        { QStringLiteral("phases.watch"),
            tr("The figure of the validation split that has to get better: its loss notices "
               "overfitting first, its accuracy is what counts in the end.") },
        [](Recipe& r, std::size_t p) -> Watch& { return r.phases[p].watch; }, stopsEarly);
    builder.addNumber(
        { QStringLiteral("label_smoothing"),
            tr("Share of each label that is spread over all classes, so that the head does not "
               "grow too sure of itself and mends wrong labels less. Usual: 0 to 10 %.") },
        [](Recipe& r, std::size_t) -> double& { return r.labelSmoothing; }, { 0, 50, 5 });
    builder.addNumber(
        { QStringLiteral("mixup"),
            tr("Trains on mixtures of two pictures and their labels; above frozen blocks it is "
               "their features that are mixed. The higher, the more evenly; 0 is off. Usual: 0.1 "
               "to 0.4.") },
        [](Recipe& r, std::size_t) -> double& { return r.mixUp; }, { 0, 1, 0.1 });
    builder.addNumber(
        { QStringLiteral("average_decay"),
            tr("Share of the running average that each step keeps. What is measured, kept and "
               "exported is then the average of the newest weights; 0 is off. Usual: 0.9 to "
               "0.999.") },
        [](Recipe& r, std::size_t) -> double& { return r.averageDecay; }, { 0, 0.9999, 0.01 });
    builder.addDecades(
        { QStringLiteral("optimizer.weight_decay"),
            tr("Pulls weights, not biases, towards zero a little in each step; 0 does not. Usual: "
               "1e-5 to 1e-2, the larger ones with AdamW.") },
        [](Recipe& r, std::size_t) -> double& { return r.optimizer.weightDecay; });
    builder.addNumber(
        { QStringLiteral("optimizer.clip_norm"),
            tr("Longest that the gradients of a step may be, all taken as one vector; longer ones "
               "are shortened to it. 0 leaves them. Usual: 1 to 10.") },
        [](Recipe& r, std::size_t) -> double& { return r.optimizer.clipNorm; }, { 0, 1000, 0.5 });
    builder.addNumber(
        { QStringLiteral("optimizer.momentum"),
            tr("How much of the last step goes into the next; used by SGD and RMSprop. Usual: "
               "0.9.") },
        [](Recipe& r, std::size_t) -> double& { return r.optimizer.momentum; }, { 0, 0.9999, 0.05 },
        hasMomentum);
    builder.addDecades(
        { QStringLiteral("optimizer.epsilon"),
            tr("Keeps a step from being divided by nearly nothing. Usual: 1e-7, as Keras has it, "
               "or PyTorch's 1e-8.") },
        [](Recipe& r, std::size_t) -> double& { return r.optimizer.epsilon; }, hasEpsilon);
}

void SettingsPanel::makePictures(SettingsBuilder& builder)
{
    builder.startGroup(tr("Pictures"), true);
    builder.addWhole(
        { QStringLiteral("pictures.size"),
            tr("Edge, in pixels, of the square that each picture is fitted to. A larger one shows "
               "finer details and costs with its area: 320 twice as much as 224. Automatic is what "
               "the backbone is published for, 224. Usual: 160 to 448.") },
        [](Recipe& r, std::size_t) -> int& { return r.size; }, kBackbonesSize, kLargestInput,
        { { kBackbonesSize, "auto" } }, {}, kInputStep);
    builder.addChoice({ QStringLiteral("pictures.geometry"),
                          tr("Stretch keeps the whole picture and changes its proportions; crop "
                             "keeps the proportions and cuts the edges off.") },
        [](Recipe& r, std::size_t) -> Geometry& { return r.geometry; });
    builder.addTick(
        { QStringLiteral("pictures.class_weights"),
            tr("Pictures of rare classes count more, so that each class weighs the same.") },
        [](Recipe& r, std::size_t) -> bool& { return r.classWeights; });
    builder.addWhole(
        { QStringLiteral("pictures.per_class"),
            tr("Training pictures that are used of each class, at most, drawn with the "
               "seed; balanced takes as many of each as the rarest has. The others are "
               "left out, the files stay as they are. Usual: all.") },
        [](Recipe& r, std::size_t) -> int& { return r.perClass; }, kBalancedClasses, 1'000'000,
        { { kAllOfClass, "all" }, { kBalancedClasses, "balanced" } });
    builder.addNumber({ QStringLiteral("pictures.validation_fraction"),
                          tr("Share of the training pictures set aside where the folder has no "
                             "validation split; usual are 10 to 20 %.") },
        [](Recipe& r, std::size_t) -> double& { return r.validationFraction; }, { 1, 90, 5 });
    builder.addNumber({ QStringLiteral("pictures.test_to_train"),
                          tr("Share of each class's test pictures that train instead; usual is "
                             "none. What is left tells less about new pictures.") },
        [](Recipe& r, std::size_t) -> double& { return r.testToTrain; }, { 0, 90, 5 });
    makeAugmentation(builder);
    builder.addWhole(
        { QStringLiteral("pictures.views"),
            tr("Augmented versions kept of each picture, so that frozen blocks run once a version; "
               "fresh draws new ones in every epoch. Automatic keeps four on a CPU and is fresh on "
               "a GPU. Usual: 2 to 8.") },
        [](Recipe& r, std::size_t) -> int& { return r.views; }, kAutoViews, 1000,
        { { kAutoViews, "auto" }, { kFreshViews, "fresh" } }, isAugmented);
}

void SettingsPanel::makeAugmentation(SettingsBuilder& builder)
{
    using Recipes = Recipe&;
    builder.addTick(
        { QStringLiteral("pictures.augmentation.horizontal_flip"),
            tr("Mirrors half of the pictures; leave it off where left and right differ in "
               "meaning.") },
        [](Recipes r, std::size_t) -> bool& { return r.augmentation.horizontalFlip; });
    builder.addTick({ QStringLiteral("pictures.augmentation.vertical_flip"),
                        tr("Turns half of the pictures upside down, for pictures without an up.") },
        [](Recipes r, std::size_t) -> bool& { return r.augmentation.verticalFlip; });
    builder.addNumber({ QStringLiteral("pictures.augmentation.rotation"),
                          tr("Turns each picture by a random angle, this far each way; usual "
                             "are 5 to 30 degrees.") },
        [](Recipes r, std::size_t) -> double& { return r.augmentation.rotation; }, { 0, 180, 5 });
    builder.addNumber(
        { QStringLiteral("pictures.augmentation.width_shift"),
            tr("Moves each picture sideways, by up to this share of its width each way; usual "
               "are 5 to 20 %.") },
        [](Recipes r, std::size_t) -> double& { return r.augmentation.widthShift; }, { 0, 100, 5 });
    builder.addNumber(
        { QStringLiteral("pictures.augmentation.height_shift"),
            tr("Moves each picture up or down, by up to this share of its height; usual are 5 to "
               "20 %.") },
        [](Recipes r, std::size_t) -> double& { return r.augmentation.heightShift; },
        { 0, 100, 5 });
    builder.addNumber({ QStringLiteral("pictures.augmentation.shear"),
                          tr("Slants each picture by a random angle, this far each way; usual are "
                             "0 to 15 degrees.") },
        [](Recipes r, std::size_t) -> double& { return r.augmentation.shear; }, { 0, 80, 5 });
    builder.addNumber(
        { QStringLiteral("pictures.augmentation.zoom_low"),
            tr("Lower end of the zoom drawn for each axis; below 100 % enlarges, as in Keras; "
               "usual is 80 %.") },
        [](Recipes r, std::size_t) -> double& { return r.augmentation.zoomLow; }, { 10, 1000, 5 });
    builder.addNumber(
        { QStringLiteral("pictures.augmentation.zoom_high"),
            tr("Upper end of the zoom drawn for each axis; above 100 % shrinks, as in Keras; "
               "usual is 120 %.") },
        [](Recipes r, std::size_t) -> double& { return r.augmentation.zoomHigh; }, { 10, 1000, 5 });
    builder.addNumber(
        { QStringLiteral("pictures.augmentation.brightness"),
            tr("Makes each picture brighter or darker by up to this much; usual are 10 "
               "to 30 %.") },
        [](Recipes r, std::size_t) -> double& { return r.augmentation.brightness; }, { 0, 100, 5 });
    builder.addNumber(
        { QStringLiteral("pictures.augmentation.contrast"),
            tr("Makes each picture's contrast stronger or weaker by up to this much; usual "
               "are 10 to 30 %.") },
        [](Recipes r, std::size_t) -> double& { return r.augmentation.contrast; }, { 0, 100, 5 });
    builder.addNumber(
        { QStringLiteral("pictures.augmentation.saturation"),
            tr("Makes each picture's colours stronger or weaker by up to this much; usual "
               "are 10 to 30 %.") },
        [](Recipes r, std::size_t) -> double& { return r.augmentation.saturation; }, { 0, 100, 5 });
    builder.addChoice({ QStringLiteral("pictures.augmentation.fill"),
                          tr("What fills the parts that a moved or turned picture leaves empty.") },
        [](Recipes r, std::size_t) -> FillMode& { return r.augmentation.fill; });
    m_preview = builder.addButton(tr("Show what the network sees"),
        tr("Training pictures as they are turned, moved and recoloured, beside these values."));
    m_preview->setCheckable(true);
}

void SettingsPanel::makeReproducibility(SettingsBuilder& builder)
{
    builder.startGroup(tr("Reproducibility"), true);
    builder.addText(
        { QStringLiteral("seed"),
            tr("The same seed, recipe and pictures give the same numbers again on the CPU.") },
        [](const Recipe& recipe) { return QString::number(recipe.seed); }, readSeed);
    builder.addChoice(
        { QStringLiteral("device"),
            tr("Where the network runs; automatic takes the GPU where there is one.") },
        [](Recipe& r, std::size_t) -> std::string& { return r.device; });
    builder.addChoice({ QStringLiteral("precision"),
                          tr("Automatic computes in bfloat16 where the device is quick at it, "
                             "which is faster and nearly as exact.") },
        [](Recipe& r, std::size_t) -> Precision& { return r.precision; });
    builder.addChoice({ QStringLiteral("normalization"),
                          tr("What turns pixels into the numbers that the weights expect; it "
                             "travels with every saved model.") },
        [](Recipe& r, std::size_t) -> std::string& { return r.normalization; });
    m_normalization = builder.addSentence();
}

void SettingsPanel::addBinding(Binding binding)
{
    binding.group->addRow(binding.row);
    const QString key = binding.key;
    connect(binding.row, &SettingRow::putBack, this, [this, key] {
        const auto found = std::find_if(m_bindings.begin(), m_bindings.end(),
            [&](const Binding& candidate) { return candidate.key == key; });
        Recipe recipe = m_recipe;
        found->putBack(recipe);
        offer(key, std::move(recipe));
        // The dot is gone: the focus goes to the value it stood for.
        found->row->editor()->setFocus();
    });
    m_bindings.push_back(std::move(binding));
}

void SettingsPanel::offer(const QString& key, Recipe recipe)
{
    fitToBackbone(recipe);
    SettingRow* const edited = row(key);
    if (const Status ok = check(recipe); !ok) {
        edited->setProblem(QString::fromStdString(ok.error().detail));
        return;
    }
    edited->setProblem({});
    if (recipe == m_recipe)
        return;
    const auto binding = std::find_if(m_bindings.begin(), m_bindings.end(),
        [&](const Binding& candidate) { return candidate.key == key; });
    Q_EMIT this->edited(recipe, tr("changing %1").arg(binding->label.toLower()),
        QStringLiteral("%1.%2").arg(key).arg(m_phase));
}

std::size_t SettingsPanel::phaseIn(const Recipe& recipe) const
{
    return std::min(m_phase, recipe.phases.size() - 1);
}

void SettingsPanel::setRecipe(const Recipe& recipe, const Recipe& base, std::size_t phase)
{
    m_recipe = recipe;
    m_base = base;
    m_phase = phase;
    m_showing = true;
    std::map<FoldGroup*, int> changed;
    for (const Binding& binding : m_bindings) {
        binding.show(recipe);
        const bool marked = binding.changed();
        binding.row->setChanged(marked, marked ? binding.was() : QString());
        if (binding.applies)
            binding.row->setVisible(binding.applies(recipe, phaseIn(recipe)));
        // A fold within a group counts for both.
        for (QWidget* at = binding.group; at; at = at->parentWidget()) {
            if (auto* group = qobject_cast<FoldGroup*>(at))
                changed[group] += marked ? 1 : 0;
        }
    }
    for (const auto& [group, count] : changed)
        group->setChangedCount(count);
    m_normalization->setText(aboutNormalization(recipe.normalization));
    lookForWeights();
    m_showing = false;
}

SettingRow* SettingsPanel::row(const QString& key) const
{
    for (const Binding& binding : m_bindings) {
        if (binding.key == key)
            return binding.row;
    }
    return nullptr;
}

QStringList SettingsPanel::changedKeys() const
{
    QStringList keys;
    for (const Binding& binding : m_bindings) {
        if (binding.row->isMarked())
            keys << binding.key;
    }
    return keys;
}

} // namespace vernier::ui
