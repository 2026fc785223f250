#include "ui/runs/run_comparison.h"

#include "ui/base/data_words.h"
#include "ui/base/format.h"
#include "ui/base/table.h"
#include "ui/base/theme.h"
#include "ui/inspect/scored_gallery_model.h"
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/hint_line.h"
#include "ui/pictures/picture_actions.h"
#include "ui/runs/recipe_comparison_model.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace vernier::ui {
namespace {

constexpr int kHeading = 14 * theme::kGrid;
constexpr int kThumbnail = 80;

} // namespace

RunComparison::RunComparison(ThumbnailService& thumbnails, QWidget* parent)
    : QWidget(parent)
    , m_recipes(new RecipeComparisonModel(this))
    , m_mending(new PictureActions(this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(makeRecipes(), 2);
    row->addWidget(makePictures(thumbnails), 3);
    connect(&m_job, &Job::runningChanged, this, &RunComparison::showState);
    connect(&m_job, &Job::progressed, this, [this](const QString&, qint64 done, qint64 total) {
        m_bar->setRange(0, static_cast<int>(total));
        m_bar->setValue(static_cast<int>(done));
    });
    showState();
}

QWidget* RunComparison::makeRecipes()
{
    auto* part = new QWidget(this);
    auto* table = new QTableView(part);
    theme::setRole(table, theme::Role::List);
    table->setModel(m_recipes);
    table->setAccessibleName(tr("Recipes side by side"));
    table->setToolTip(tr("The settings of both runs; ≠ marks those that differ."));
    setUpRows(*table, 3 * theme::kGrid);
    QHeaderView* header = table->horizontalHeader();
    header->setMinimumSectionSize(3 * theme::kGrid);
    header->setSectionResizeMode(QHeaderView::Stretch);
    header->setSectionResizeMode(RecipeComparisonModel::Mark, QHeaderView::Fixed);
    header->resizeSection(RecipeComparisonModel::Mark, 4 * theme::kGrid);
    m_all = new QCheckBox(tr("All settings"), part);
    m_all->setAccessibleName(m_all->text());
    m_all->setToolTip(tr("Shows the settings on which both agree too."));
    connect(m_all, &QCheckBox::toggled, this,
        [this](bool all) { m_recipes->setOnlyDifferences(!all); });
    auto* same = new QLabel(tr("Both recipes say the same."), part);
    theme::setRole(same, theme::Role::Muted);
    same->hide();
    connect(m_recipes, &QAbstractItemModel::modelReset, same,
        [this, same] { same->setVisible(!m_sides[0].run.empty() && m_recipes->rowCount() == 0); });
    m_data = new QLabel(part);
    m_data->setObjectName(QStringLiteral("dataChanges"));
    m_data->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    theme::setRole(m_data, theme::Role::Muted);
    auto* below = new QHBoxLayout;
    below->addWidget(m_all);
    below->addStretch();
    below->addWidget(same);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(table, 1);
    column->addWidget(m_data);
    column->addLayout(below);
    return part;
}

QWidget* RunComparison::makePictures(ThumbnailService& thumbnails)
{
    auto* part = new QWidget(this);
    auto* galleries = new QHBoxLayout;
    galleries->setSpacing(theme::kGrid);
    for (Side& side : m_sides) {
        side.title = new QLabel(part);
        side.title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        side.pictures = new ScoredGalleryModel(this);
        side.gallery = new GalleryView(thumbnails, part);
        side.gallery->setEdge(kThumbnail);
        side.gallery->setModel(side.pictures);
        m_mending->addView(*side.gallery);
        side.gallery->setToolTip(
            tr("The class that it is, what this run took it for, and how sure it was. A double "
               "click shows a picture large; the right button has all that can be done with it."));
        auto* column = new QVBoxLayout;
        column->setSpacing(theme::kGrid / 2);
        column->addWidget(side.title);
        column->addWidget(side.gallery, 1);
        galleries->addLayout(column, 1);
    }
    m_sentence = new QLabel(part);
    theme::setRole(m_sentence, theme::Role::Muted);
    m_sentence->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_bar = new QProgressBar(part);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(16 * theme::kGrid);
    QSizePolicy keepRoom = m_bar->sizePolicy();
    keepRoom.setRetainSizeWhenHidden(true);
    m_bar->setSizePolicy(keepRoom);
    m_compare = new QPushButton(part);
    connect(m_compare, &QPushButton::clicked, this, [this] {
        if (m_job.running())
            m_job.cancel();
        else
            comparePictures();
    });
    auto* foot = new QHBoxLayout;
    foot->setSpacing(theme::kGrid);
    foot->addWidget(m_sentence, 1);
    foot->addWidget(m_bar);
    foot->addWidget(m_compare);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(galleries, 1);
    column->addWidget(new HintLine(*m_mending, part));
    column->addLayout(foot);
    return part;
}

void RunComparison::setRuns(const RunSummary& first, const RunSummary& second)
{
    // The same two may have been renamed, or trained on; what was compared stays.
    const bool others = m_sides[0].run != first.folder || m_sides[1].run != second.folder;
    if (others)
        clear();
    const std::array summaries { &first, &second };
    for (std::size_t i = 0; i < 2; ++i) {
        m_sides[i].run = summaries[i]->folder;
        m_sides[i].name = QString::fromStdString(summaries[i]->name());
    }
    // A header of the style sheet's cuts its text instead of eliding it.
    const auto heading = [this](const Side& side) {
        return fontMetrics().elidedText(side.name, Qt::ElideMiddle, kHeading);
    };
    m_recipes->setRecipes(
        { heading(m_sides[0]), heading(m_sides[1]) }, first.recipe, second.recipe);
    if (others)
        readDataChanges();
    showState();
}

void RunComparison::readDataChanges()
{
    m_readData.start(
        [first = m_sides[0].run, second = m_sides[1].run](
            std::stop_token, const ProgressSink&) -> Result<DataChanges> {
            return readRecordedDataset(first).and_then([&](const DatasetSnapshot& earlier) {
                return readRecordedDataset(second).map(
                    [&](const DatasetSnapshot& later) { return changesBetween(earlier, later); });
            });
        },
        [this](const Result<DataChanges>& changes) {
            const QString text = changes ? tr("Pictures of the second: %1").arg(inWords(*changes))
                                         : tr("What changed in the pictures is not known.");
            m_data->setText(text);
            m_data->setToolTip(text);
        });
}

void RunComparison::clear()
{
    m_job.abandon();
    m_readData.abandon();
    m_data->clear();
    m_compared = false;
    for (Side& side : m_sides) {
        side.run.clear();
        side.name.clear();
        side.pictures->setEvaluation(nullptr, nullptr);
    }
    m_recipes->clear();
    showState();
}

void RunComparison::setOpen(const SnapshotPtr& open, const SnapshotPtr& found)
{
    m_open = open;
    for (const Side& side : m_sides)
        side.pictures->setOpen(open, found);
}

void RunComparison::setCanCompare(bool can)
{
    m_canCompare = can;
    showState();
}

void RunComparison::comparePictures()
{
    if (m_sides[0].run.empty() || !m_canCompare)
        return;
    m_bar->setRange(0, 0);
    m_job.start(
        [runs = std::array { m_sides[0].run, m_sides[1].run }, pictures = m_pictures,
            open = m_open](std::stop_token stop, const ProgressSink& progress) {
            FeatureCache cache({ .folder = FeatureCache::defaultFolder() });
            return ui::comparePictures(runs, pictures, open, cache, stop, progress);
        },
        [this](Result<PictureComparison> comparison) {
            if (comparison)
                showPictures(*comparison);
            else if (comparison.error().code != ErrorCode::Cancelled)
                Q_EMIT failed(comparison.error());
        });
}

void RunComparison::showPictures(const PictureComparison& comparison)
{
    m_compared = true;
    for (std::size_t i = 0; i < 2; ++i)
        m_sides[i].pictures->setEvaluation(comparison.sides[i].wrong, comparison.sides[i].dataset);
    m_sentence->setText(
        tr("%1 in both: %2 right twice, %3 wrong twice")
            .arg(format::plural(
                     comparison.compared, tr("validation picture"), tr("validation pictures")),
                format::count(comparison.bothRight), format::count(comparison.bothWrong)));
    showState();
}

void RunComparison::showState()
{
    const bool running = m_job.running();
    const bool two = !m_sides[0].run.empty();
    const QString missing = tr("Choose two runs in the list (Ctrl and a click).");
    for (std::size_t i = 0; i < 2; ++i) {
        const Side& side = m_sides[i];
        const QString text = two ? tr("Only “%1” is wrong").arg(side.name)
            : i == 0             ? tr("Choose two runs")
                                 : QString();
        side.title->setText(
            m_compared ? tr("%1: %2").arg(text, format::count(side.pictures->rowCount())) : text);
        side.title->setToolTip(two ? side.title->text() : missing);
        side.gallery->setAccessibleName(
            two ? text : tr("Pictures that only one of two runs gets wrong"));
    }
    if (!m_compared)
        m_sentence->setText(!two ? missing
                : running        ? tr("Asking the weights of both…")
                                 : tr("Which pictures do the two not agree on?"));
    m_bar->setVisible(running);
    m_compare->setText(running ? tr("Cancel") : tr("Compare pictures"));
    m_compare->setAccessibleName(m_compare->text());
    m_compare->setEnabled(running || (m_canCompare && two));
    m_compare->setToolTip(running ? tr("Ends the comparison; nothing is shown then.")
            : !two                ? missing
            : !m_canCompare       ? tr("Not while a training is under way.")
                                  : tr("Asks the best weights of both runs about the pictures that "
                                             "are validation in both."));
}

} // namespace vernier::ui
