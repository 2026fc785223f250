#include "ui/data/data_page.h"

#include "core/dataset/scan.h"
#include "core/dataset/split.h"
#include "ui/base/chip.h"
#include "ui/base/commands.h"
#include "ui/base/empty_state.h"
#include "ui/base/flow_layout.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/data/problems_dialog.h"
#include "ui/data/summary_strip.h"
#include "ui/frame/mending.h"
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/hint_line.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/picture_actions.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/session/evaluations.h"
#include "ui/session/session.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <utility>

namespace vernier::ui {
namespace {

const QString kEdgeKey = QStringLiteral("data/edge");
/// Where a picture may be, in the order in which a person sees it.
constexpr std::array kPlaces { Split::Train, Split::Validation, Split::Test, Split::LeftOut };
/// Two lines of chips; more are scrolled to.
constexpr int kChipsHeight = 64;

QString splitTitle(Split split)
{
    QString title = format::split(split);
    title[0] = title[0].toUpper();
    return title;
}

/// As high as its content, up to a bound.
class ChipArea : public QScrollArea {
public:
    ChipArea(QWidget* content, QWidget* parent) : QScrollArea(parent)
    {
        setWidget(content);
        setWidgetResizable(true);
        setFrameShape(NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setFocusPolicy(Qt::NoFocus);
    }

    void fit()
    {
        const int wanted = widget()->heightForWidth(viewport()->width());
        setFixedHeight(std::clamp(wanted, 28, kChipsHeight));
    }

protected:
    void resizeEvent(QResizeEvent* event) override
    {
        QScrollArea::resizeEvent(event);
        fit();
    }
    bool event(QEvent* event) override
    {
        if (event->type() == QEvent::LayoutRequest)
            fit();
        return QScrollArea::event(event);
    }
};

} // namespace

DataPage::DataPage(Session& session, ThumbnailService& thumbnails, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_pictures(new PictureActions(this))
    , m_summary(new SummaryStrip(this))
    , m_stack(new QStackedWidget(this))
    , m_galleryStack(new QStackedWidget(this))
    , m_gallery(new GalleryView(thumbnails, this))
    , m_noMatch(
          new EmptyState(QStringLiteral("data"), tr("No picture passes the filter."), {}, this))
    , m_search(new QLineEdit(this))
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_problems(new Chip(tr("Problems"), this))
{
    m_gallery->setModel(&m_model);
    m_gallery->setAccessibleName(tr("Pictures"));
    m_gallery->setToolTip(tr("A double click shows a picture large; the right button has all that "
                             "can be done with it, and the keys that do it."));
    m_pictures->addView(*m_gallery);
    m_pictures->commands().offer(CommandId::ShowInData, false);
    m_pictures->commands().offer(CommandId::SelectSurplus, true);
    connect(&m_pictures->commands(), &Commands::asked, this, [this](CommandId command) {
        if (command == CommandId::SelectSurplus)
            selectSurplus();
    });
    m_search->setPlaceholderText(tr("Search by name"));
    m_search->setAccessibleName(tr("Search by name"));
    m_search->setToolTip(tr("Shows the pictures with this in the name of their file (Ctrl+F); with "
                            "a slash in it, in the path below the folder"));
    m_search->setClearButtonEnabled(true);
    m_search->setFixedWidth(20 * theme::kGrid);
    connect(m_search, &QLineEdit::textChanged, this, &DataPage::filter);
    connect(m_search, &QLineEdit::returnPressed, m_gallery, qOverload<>(&QWidget::setFocus));
    m_slider->setRange(GalleryView::kMinEdge, GalleryView::kMaxEdge);
    m_slider->setFixedWidth(136);
    m_slider->setToolTip(tr("Size of the thumbnails"));
    m_slider->setAccessibleName(tr("Size of the thumbnails"));
    m_problems->setCheckable(false);
    m_problems->setIconName(QStringLiteral("warning"));
    m_problems->setToolTip(tr("List the files that cannot be used, each with its reason"));

    auto* chips = new QWidget(this);
    m_chips = new FlowLayout(chips);
    auto* filters = new QHBoxLayout;
    filters->setSpacing(2 * theme::kGrid);
    filters->addWidget(m_search, 0, Qt::AlignTop);
    filters->addWidget(new ChipArea(chips, this), 1);
    // As high as a line of chips; the slider, whose height is the style sheet's, stands mid-way.
    auto* beside = new QHBoxLayout;
    beside->setSpacing(2 * theme::kGrid);
    beside->addStrut(m_problems->sizeHint().height());
    beside->addWidget(m_problems);
    beside->addWidget(m_slider);
    filters->addLayout(beside);
    filters->setAlignment(beside, Qt::AlignTop);

    auto* grid = new QWidget(this);
    auto* column = new QVBoxLayout(grid);
    column->setContentsMargins(
        3 * theme::kGrid, 2 * theme::kGrid, 3 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid + theme::kGrid / 2);
    column->addWidget(m_summary);
    column->addLayout(filters);
    column->addWidget(m_galleryStack, 1);
    column->addWidget(new HintLine(*m_pictures, grid));
    m_galleryStack->addWidget(m_gallery);
    m_galleryStack->addWidget(m_noMatch);
    QPushButton* all = m_noMatch->addButton(tr("Show all"));
    all->setToolTip(tr("Show the pictures of every class, split and name"));
    m_stack->addWidget(grid);
    new LargeView(*m_pictures, *m_stack);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);

    connect(m_slider, &QSlider::valueChanged, m_gallery, &GalleryView::setEdge);
    connect(m_gallery, &GalleryView::edgeChanged, this, [this](int edge) {
        m_slider->setValue(edge);
        QSettings().setValue(kEdgeKey, edge);
    });
    m_slider->setValue(QSettings().value(kEdgeKey, 128).toInt());
    connect(all, &QPushButton::clicked, this, &DataPage::showAll);
    connect(m_problems, &Chip::clicked, this, &DataPage::showProblems);
    connect(m_summary, &SummaryStrip::readOtherwise, this, [this] {
        m_session.readFoldersAsClasses(
            topFoldersOf(*m_session.dataset()) == TopFolders::LookLikeSplits);
    });
    // Nothing is read anew while it is trained on.
    connect(&session, &Session::stateChanged, this, [this] {
        if (shown())
            m_summary->setDataset(shown(), !m_isPreview && m_session.canReadFoldersOtherwise());
    });
    connect(&session, &Session::datasetChanged, this, &DataPage::follow);
    connect(&session, &Session::previewChanged, this, &DataPage::follow);
    connect(&session.evaluations(), &Evaluations::changed, this, &DataPage::followEvaluation);
    setFocusProxy(m_gallery);
    mendWith(session, *m_pictures);
    follow();
    followEvaluation();
}

SnapshotPtr DataPage::shown() const
{
    return m_session.preview() ? m_session.preview() : m_session.dataset();
}

void DataPage::follow()
{
    const SnapshotPtr dataset = shown();
    const bool wasPreview = std::exchange(m_isPreview, m_session.preview() != nullptr);
    // The numbers of a preview's pictures are not those of the dataset's.
    if (wasPreview || m_isPreview) {
        m_gallery->selectionModel()->clear();
        m_pictures->setObstacle(m_isPreview ? tr("The pictures are still being read.") : QString());
    }
    const int scrolled = m_gallery->verticalScrollBar()->value();
    const bool another = !dataset || dataset->root != m_root || dataset->classes != m_classes;

    if (another) {
        m_root = dataset ? dataset->root : std::filesystem::path();
        m_classes = dataset ? dataset->classes : std::vector<std::string>();
        m_gallery->selectionModel()->clear();
        m_model.setFilter({});
        const QSignalBlocker quiet(m_search);
        m_search->clear();
        m_stack->setCurrentIndex(0);
    }
    m_model.setDataset(dataset, m_isPreview ? nullptr : m_session.asFound());
    m_summary->setDataset(dataset, !m_isPreview && m_session.canReadFoldersOtherwise());
    if (another)
        makeChips();
    countChips();
    showGalleryState();
    if (another) {
        m_gallery->scrollToTop();
        return;
    }
    if (wasPreview) {
        m_gallery->doItemsLayout();
        m_gallery->verticalScrollBar()->setValue(scrolled);
    }
}

void DataPage::makeChips()
{
    while (QLayoutItem* item = m_chips->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_classChips.clear();
    QWidget* parent = m_chips->parentWidget();
    const auto add = [&](const QString& text, const QString& sentence) {
        auto* chip = new Chip(text, parent);
        chip->setToolTip(sentence);
        connect(chip, &Chip::toggled, this, &DataPage::filter);
        m_chips->addWidget(chip);
        return chip;
    };
    for (const Split split : kPlaces) {
        m_splitChips[split] = add(splitTitle(split),
            split == Split::LeftOut
                ? tr("Show the pictures that nothing uses, or those of all chosen ones")
                : tr("Show pictures of this split only, or of all chosen ones"));
    }
    m_splitChips[Split::LeftOut]->hide();
    m_mended = add(tr("Mended"),
        tr("Show the pictures whose class or split was changed, that were left out or said to be "
           "right"));
    m_mended->setIconName(QStringLiteral("mended"));
    m_mended->hide();
    auto* gap = new QWidget(parent);
    gap->setFixedSize(theme::kGrid, 1);
    m_chips->addWidget(gap);
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
        Chip* chip = add(QString::fromStdString(m_classes[i]),
            tr("Show pictures of this class only, or of all chosen ones"));
        chip->setDot(theme::classColor(static_cast<int>(i)));
        m_classChips.push_back(chip);
    }
    // From left to right, and then down.
    QWidget* before = m_search;
    const auto follows = [&before](QWidget* widget) {
        setTabOrder(before, widget);
        before = widget;
    };
    for (Chip* chip : parent->findChildren<Chip*>())
        follows(chip);
    follows(m_problems);
    follows(m_slider);
    follows(m_gallery);
}

void DataPage::countChips()
{
    const SnapshotPtr dataset = shown();
    const qint64 problems = dataset ? static_cast<qint64>(dataset->problems.size()) : 0;
    m_problems->setVisible(problems > 0);
    m_problems->setCount(problems);
    if (!dataset)
        return;
    std::vector<qint64> counts(m_classes.size());
    for (const ImageEntry& image : dataset->images)
        ++counts[static_cast<std::size_t>(image.label)];
    for (std::size_t i = 0; i < counts.size(); ++i)
        m_classChips[i]->setCount(counts[i]);
    for (const Split split : kPlaces)
        m_splitChips[split]->setCount(dataset->count(split));
    // Most people leave out none.
    Chip* const leftOut = m_splitChips[Split::LeftOut];
    const qint64 mended = m_model.mended();
    m_mended->setCount(mended);
    for (const auto& [chip, any] :
        { std::pair(leftOut, dataset->count(Split::LeftOut) > 0), { m_mended, mended > 0 } }) {
        chip->setVisible(any);
        if (!any)
            chip->setChecked(false);
    }
}

DatasetFilter DataPage::chosen() const
{
    DatasetFilter filter;
    for (std::size_t i = 0; i < m_classChips.size(); ++i) {
        if (m_classChips[i]->isChecked())
            filter.classes.insert(static_cast<ClassIndex>(i));
    }
    for (const auto& [split, chip] : m_splitChips) {
        if (chip->isChecked())
            filter.splits.insert(split);
    }
    filter.mended = m_mended && m_mended->isChecked();
    filter.name = m_search->text().trimmed();
    return filter;
}

void DataPage::filter()
{
    m_model.setFilter(chosen());
    showGalleryState();
    m_gallery->scrollToTop();
}

void DataPage::showAll()
{
    for (const auto& [split, chip] : m_splitChips)
        chip->setChecked(false);
    for (Chip* chip : m_classChips)
        chip->setChecked(false);
    if (m_mended)
        m_mended->setChecked(false);
    m_search->clear();
    m_gallery->setFocus();
}

void DataPage::showGalleryState()
{
    const DatasetFilter filter = chosen();
    const bool none = filter != DatasetFilter {} && m_model.dataset() && m_model.rowCount() == 0;
    m_galleryStack->setCurrentIndex(none ? 1 : 0);
    if (none)
        m_noMatch->setSentence(noMatchText(filter));
}

QString DataPage::noMatchText(const DatasetFilter& filter) const
{
    QStringList classes;
    for (const Chip* chip : m_classChips) {
        if (chip->isChecked())
            classes << chip->text();
    }
    QStringList splits;
    for (const auto& [split, chip] : m_splitChips) {
        if (chip->isChecked())
            splits << format::split(split);
    }
    const QString ofClass = classes.join(tr(" or "));
    const QString inSplit = splits.join(tr(" or "));
    const bool byChip = filter.mended || !classes.isEmpty() || !splits.isEmpty();
    if (!filter.name.isEmpty()) {
        return byChip
            ? tr("No picture that the chips let through has “%1” in its name.").arg(filter.name)
            : tr("No picture has “%1” in its name.").arg(filter.name);
    }
    if (filter.mended)
        return tr("No picture that was mended passes the chips.");
    return classes.isEmpty() ? tr("No picture is in %1.").arg(inSplit)
        : splits.isEmpty()   ? tr("There is no picture of %1.").arg(ofClass)
                             : tr("No picture of %1 is in %2.").arg(ofClass, inSplit);
}

void DataPage::selectSurplus()
{
    const SnapshotPtr dataset = m_model.dataset();
    const std::vector<std::size_t> images
        = surplusTrainingPictures(*dataset, kBalancedClasses, m_session.recipe().seed);
    const auto isSurplus = [&](int row) {
        return std::binary_search(images.begin(), images.end(), m_model.imageAt(row));
    };
    QItemSelection surplus;
    for (int row = 0, end = 0; row < m_model.rowCount(); row = end) {
        const bool chosen = isSurplus(row);
        for (end = row + 1; end < m_model.rowCount() && isSurplus(end) == chosen;)
            ++end;
        if (chosen)
            surplus.append(QItemSelectionRange(m_model.index(row), m_model.index(end - 1)));
    }
    m_gallery->selectionModel()->select(surplus, QItemSelectionModel::ClearAndSelect);
    if (!surplus.isEmpty())
        m_gallery->scrollTo(surplus.first().topLeft());
}

void DataPage::followEvaluation()
{
    const auto& evaluation = m_session.evaluations().current();
    m_model.setEvaluation(evaluation ? std::make_shared<const Evaluation>(*evaluation) : nullptr);
}

void DataPage::find()
{
    m_stack->setCurrentIndex(0);
    m_search->setFocus();
    m_search->selectAll();
}

void DataPage::reveal(std::size_t image)
{
    m_stack->setCurrentIndex(0);
    m_gallery->setFocus();
    if (m_pictures->goToImage(image))
        return;
    showAll();
    m_pictures->goToImage(image);
}

void DataPage::showProblems()
{
    if (const SnapshotPtr dataset = shown())
        (new ProblemsDialog(*dataset, this))->show();
}

} // namespace vernier::ui
