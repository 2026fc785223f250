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
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/session/evaluations.h"
#include "ui/session/session.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSlider>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace vernier::ui {
namespace {

const QString kEdgeKey = QStringLiteral("data/edge");
/// Where a picture may be, in the order in which a person sees it.
constexpr std::array kPlaces { Split::Train, Split::Validation, Split::Test, Split::LeftOut };
constexpr std::size_t kNone = static_cast<std::size_t>(-1); ///< no picture
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
    , m_commands(new Commands(CommandScope::Pictures, this))
    , m_summary(new SummaryStrip(this))
    , m_stack(new QStackedWidget(this))
    , m_galleryStack(new QStackedWidget(this))
    , m_gallery(new GalleryView(thumbnails, this))
    , m_noMatch(
          new EmptyState(QStringLiteral("data"), tr("No picture passes the filter."), {}, this))
    , m_large(new LargeView(this))
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_problems(new Chip(tr("Problems"), this))
{
    m_gallery->setModel(&m_model);
    m_gallery->setAccessibleName(tr("Pictures"));
    m_gallery->setToolTip(tr("A double click or Return shows a picture large; the right button "
                             "changes its class and split, Delete leaves it out."));
    m_gallery->setContextMenuPolicy(Qt::CustomContextMenu);
    m_gallery->addActions(m_commands->all());
    connect(m_commands, &Commands::asked, this, &DataPage::carryOut);
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
    m_galleryStack->addWidget(m_gallery);
    m_galleryStack->addWidget(m_noMatch);
    QPushButton* all = m_noMatch->addButton(tr("Show all"));
    all->setToolTip(tr("Show the pictures of every class and split"));
    m_stack->addWidget(grid);
    m_stack->addWidget(m_large);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);

    connect(m_slider, &QSlider::valueChanged, m_gallery, &GalleryView::setEdge);
    connect(m_gallery, &GalleryView::edgeChanged, this, [this](int edge) {
        m_slider->setValue(edge);
        QSettings().setValue(kEdgeKey, edge);
    });
    m_slider->setValue(QSettings().value(kEdgeKey, 128).toInt());
    connect(m_gallery->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &DataPage::refreshCommands);
    // It takes the selection along and does not say so.
    connect(&m_model, &QAbstractItemModel::modelReset, this, &DataPage::refreshCommands);
    connect(m_gallery, &GalleryView::customContextMenuRequested, this, &DataPage::showMenu);
    connect(m_gallery, &GalleryView::activated, this,
        [this](const QModelIndex& index) { showLarge(index.row()); });
    connect(m_large, &LargeView::step, this, [this](int by) {
        const int row = m_gallery->currentIndex().row();
        showLarge(std::clamp(row + by, 0, m_model.rowCount() - 1));
    });
    connect(m_large, &LargeView::closed, this, [this] {
        m_stack->setCurrentIndex(0);
        m_gallery->setFocus();
    });
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
    connect(&session.evaluations(), &Evaluations::changed, this, [this] {
        if (m_stack->currentWidget() == m_large && m_gallery->currentIndex().isValid())
            m_large->present(factsOf(m_gallery->currentIndex().row()));
    });
    follow();
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
    if (wasPreview || m_isPreview)
        m_gallery->clearSelection();
    const int scrolled = m_gallery->verticalScrollBar()->value();
    const std::vector<std::size_t> selected = selectedImages();
    const QModelIndex current = wasPreview ? QModelIndex() : m_gallery->currentIndex();
    const std::size_t currentImage = current.isValid() ? m_model.imageAt(current.row()) : kNone;
    const bool another = !dataset || dataset->root != m_root || dataset->classes != m_classes;

    if (another) {
        m_root = dataset ? dataset->root : std::filesystem::path();
        m_classes = dataset ? dataset->classes : std::vector<std::string>();
        m_model.setFilter({}, {});
        m_stack->setCurrentIndex(0);
    }
    m_model.setDataset(dataset);
    m_summary->setDataset(dataset, !m_isPreview && m_session.canReadFoldersOtherwise());
    if (another)
        makeChips();
    countChips();
    showGalleryState();
    refreshCommands();
    if (another) {
        m_gallery->scrollToTop();
        return;
    }
    if (wasPreview) {
        m_gallery->doItemsLayout();
        m_gallery->verticalScrollBar()->setValue(scrolled);
    }

    // An edit keeps what was selected, wherever it has moved to.
    QItemSelection selection;
    for (const std::size_t image : selected) {
        if (const int row = m_model.rowOf(image); row >= 0)
            selection.select(m_model.index(row), m_model.index(row));
    }
    m_gallery->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    const int row = currentImage == kNone ? -1 : m_model.rowOf(currentImage);
    if (row >= 0) {
        m_gallery->selectionModel()->setCurrentIndex(
            m_model.index(row), QItemSelectionModel::NoUpdate);
    }
    if (m_stack->currentWidget() == m_large) {
        if (row >= 0)
            m_large->present(factsOf(row));
        else
            m_stack->setCurrentIndex(0);
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
    auto* gap = new QWidget(parent);
    gap->setFixedSize(theme::kGrid, 1);
    m_chips->addWidget(gap);
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
        Chip* chip = add(QString::fromStdString(m_classes[i]),
            tr("Show pictures of this class only, or of all chosen ones"));
        chip->setDot(theme::classColor(static_cast<int>(i)));
        m_classChips.push_back(chip);
    }
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
    const bool any = dataset->count(Split::LeftOut) > 0;
    leftOut->setVisible(any);
    if (!any)
        leftOut->setChecked(false);
}

void DataPage::filter()
{
    QSet<ClassIndex> classes;
    QSet<Split> splits;
    for (std::size_t i = 0; i < m_classChips.size(); ++i) {
        if (m_classChips[i]->isChecked())
            classes.insert(static_cast<ClassIndex>(i));
    }
    for (const auto& [split, chip] : m_splitChips) {
        if (chip->isChecked())
            splits.insert(split);
    }
    m_model.setFilter(classes, splits);
    showGalleryState();
    m_gallery->scrollToTop();
}

void DataPage::showAll()
{
    for (const auto& [split, chip] : m_splitChips)
        chip->setChecked(false);
    for (Chip* chip : m_classChips)
        chip->setChecked(false);
    m_gallery->setFocus();
}

void DataPage::showGalleryState()
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
    const bool filtered = !classes.isEmpty() || !splits.isEmpty();
    const bool none = filtered && m_model.dataset() && m_model.rowCount() == 0;
    m_galleryStack->setCurrentIndex(none ? 1 : 0);
    const QString ofClass = classes.join(tr(" or "));
    const QString inSplit = splits.join(tr(" or "));
    m_noMatch->setSentence(classes.isEmpty() ? tr("No picture is in %1.").arg(inSplit)
            : splits.isEmpty()               ? tr("There is no picture of %1.").arg(ofClass)
                               : tr("No picture of %1 is in %2.").arg(ofClass, inSplit));
}

std::vector<std::size_t> DataPage::selectedImages() const
{
    std::vector<std::size_t> images;
    for (const QItemSelectionRange& range : m_gallery->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            images.push_back(m_model.imageAt(row));
    }
    return images;
}

void DataPage::edit(const std::vector<std::size_t>& images, const std::function<void()>& change)
{
    const std::set<std::size_t> edited(images.begin(), images.end());
    const auto isEdited = [&](int row) { return edited.contains(m_model.imageAt(row)); };
    int first = 0;
    while (first < m_model.rowCount() && !isEdited(first))
        ++first;
    if (first == m_model.rowCount())
        return;
    // The next one that stays, or else the last one before.
    int next = first;
    while (next < m_model.rowCount() && isEdited(next))
        ++next;
    if (next == m_model.rowCount())
        next = first - 1;
    const SnapshotPtr before = m_model.dataset();
    const std::size_t nextImage = next < 0 ? kNone : m_model.imageAt(next);
    QScrollBar* const bar = m_gallery->verticalScrollBar();
    const int scrolled = bar->value();

    change();

    std::size_t visible = 0;
    for (int row = 0; row < m_model.rowCount(); ++row)
        visible += isEdited(row);
    const bool someLeft = visible < edited.size()
        || std::any_of(images.begin(), images.end(), [&](std::size_t image) {
               return m_model.dataset()->images[image].label != before->images[image].label;
           });
    if (!someLeft || nextImage == kNone)
        return;
    m_gallery->doItemsLayout();
    bar->setValue(scrolled);
    // Scrolls only where the next one is out of view.
    m_gallery->selectionModel()->setCurrentIndex(
        m_model.index(m_model.rowOf(nextImage)), QItemSelectionModel::ClearAndSelect);
}

void DataPage::showMenu(const QPoint& at)
{
    if (m_isPreview)
        return;
    const QModelIndex index = m_gallery->indexAt(at);
    if (index.isValid() && !m_gallery->selectionModel()->isSelected(index)) {
        m_gallery->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
    }
    QMenu menu(this);
    m_commands->fill(menu, MenuId::OfPictures);
    fillPlaces(selectedImages());
    menu.exec(m_gallery->viewport()->mapToGlobal(at));
}

void DataPage::fillPlaces(const std::vector<std::size_t>& images)
{
    const auto all = [&](auto predicate) {
        return !images.empty() && std::all_of(images.begin(), images.end(), [&](std::size_t image) {
            return predicate(m_model.dataset()->images[image]);
        });
    };
    QMenu& classes = *m_commands->action(CommandId::GiveClass)->menu();
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
        const auto label = static_cast<ClassIndex>(i);
        QAction* action = classes.addAction(
            QString::fromStdString(m_classes[i]).replace(QLatin1Char('&'), QStringLiteral("&&")),
            this, [this, images, label] {
                edit(images, [&] { m_session.pictures().relabel(images, label); });
            });
        action->setCheckable(true);
        action->setChecked(all([label](const ImageEntry& image) { return image.label == label; }));
    }
    QMenu& splits = *m_commands->action(CommandId::GiveSplit)->menu();
    for (const Split split : kPlaces) {
        QAction* action = splits.addAction(
            splitTitle(split), this, [this, images, split] { move(images, split); });
        action->setCheckable(true);
        action->setChecked(all([split](const ImageEntry& image) { return image.split == split; }));
    }
    splits.actions().back()->setShortcuts(commandOf(CommandId::LeaveOut).shortcuts());
}

void DataPage::refreshCommands()
{
    int count = 0;
    for (const QItemSelectionRange& range : m_gallery->selectionModel()->selection())
        count += range.height();
    const QString reading = m_isPreview ? tr("The pictures are still being read.") : QString();
    const QString none = reading.isEmpty() && count == 0 ? tr("Choose a picture first.") : reading;
    const QString notOne = none.isEmpty() && count > 1 ? tr("Choose one picture only.") : none;
    for (const CommandId command : { CommandId::SelectAll, CommandId::SelectSurplus })
        m_commands->allow(command, reading);
    for (const CommandId command : { CommandId::OpenLarge, CommandId::GiveClass,
             CommandId::GiveSplit, CommandId::SelectNone, CommandId::LeaveOut })
        m_commands->allow(command, none);
    for (const CommandId command : { CommandId::ShowPictureInFolder, CommandId::CopyPicturePath })
        m_commands->allow(command, notOne);
}

void DataPage::carryOut(CommandId command)
{
    const std::vector<std::size_t> images = selectedImages();
    const auto path = [&] {
        return format::path(m_model.dataset()->absolute(m_model.dataset()->images[images.front()]));
    };
    switch (command) {
    case CommandId::OpenLarge:
        return showLarge(m_model.rowOf(images.front()));
    case CommandId::ShowPictureInFolder:
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path()).absolutePath()));
        return;
    case CommandId::CopyPicturePath:
        return QApplication::clipboard()->setText(path());
    case CommandId::SelectAll:
        return m_gallery->selectAll();
    case CommandId::SelectSurplus:
        return selectSurplus();
    case CommandId::SelectNone:
        return m_gallery->clearSelection();
    case CommandId::LeaveOut:
        return move(images, Split::LeftOut);
    default:
        return;
    }
}

void DataPage::move(const std::vector<std::size_t>& images, Split split)
{
    edit(images, [&] { m_session.pictures().moveTo(images, split); });
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

void DataPage::showLarge(int row)
{
    if (m_isPreview || row < 0 || row >= m_model.rowCount())
        return;
    m_gallery->selectionModel()->setCurrentIndex(
        m_model.index(row), QItemSelectionModel::ClearAndSelect);
    m_stack->setCurrentWidget(m_large);
    m_large->present(factsOf(row));
}

LargeView::Facts DataPage::factsOf(int row) const
{
    const SnapshotPtr dataset = m_model.dataset();
    const std::size_t index = m_model.imageAt(row);
    const ImageEntry& image = dataset->images[index];
    const auto className = [&](ClassIndex label) {
        return QString::fromStdString(dataset->classes[static_cast<std::size_t>(label)]);
    };
    LargeView::Facts facts;
    facts.path = format::path(dataset->absolute(image));
    facts.label = className(image.label);
    facts.split = splitTitle(image.split);
    facts.width = image.width;
    facts.height = image.height;
    facts.bytes = image.bytes;
    facts.number = row + 1;
    facts.count = m_model.rowCount();
    if (const auto& evaluation = m_session.evaluations().current()) {
        const auto scored = std::find_if(evaluation->images.begin(), evaluation->images.end(),
            [index](const ScoredImage& candidate) { return candidate.image == index; });
        if (scored != evaluation->images.end()) {
            facts.predicted = QStringLiteral("%1, %2").arg(
                className(scored->predicted), format::percent(scored->confidence()));
            facts.wrong = scored->predicted != image.label;
        }
    }
    return facts;
}

void DataPage::showProblems()
{
    if (const SnapshotPtr dataset = shown())
        (new ProblemsDialog(*dataset, this))->show();
}

} // namespace vernier::ui
