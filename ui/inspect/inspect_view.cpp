#include "ui/inspect/inspect_view.h"

#include "ui/base/chip.h"
#include "ui/base/empty_state.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/base/value_sorter.h"
#include "ui/data/problems_dialog.h"
#include "ui/inspect/class_table_delegate.h"
#include "ui/inspect/class_table_model.h"
#include "ui/inspect/confusion_view.h"
#include "ui/inspect/scored_gallery_model.h"
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/hint_line.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/picture_actions.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace vernier::ui {
namespace {

constexpr int kMargin = 2 * theme::kGrid;

QFrame* card(QWidget* parent)
{
    auto* frame = new QFrame(parent);
    theme::setRole(frame, theme::Role::Card);
    return frame;
}

QLabel* cardTitle(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    QFont font = label->font();
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    return label;
}

/// A view inside a card: the card is its frame.
void makeBare(QAbstractItemView* view)
{
    view->setFrameShape(QFrame::NoFrame);
    view->setStyleSheet(QStringLiteral("QAbstractItemView { border: none; border-radius: 0; }"
                                       "QTableView::item { padding: 0 8px; }"
                                       "QTableCornerButton::section { border: none; }"));
}

template <class Widget> Widget* named(Widget* widget, const QString& name, const QString& tip)
{
    widget->setAccessibleName(name);
    widget->setToolTip(tip);
    return widget;
}

} // namespace

InspectView::InspectView(ThumbnailService& thumbnails, QWidget* parent)
    : QWidget(parent)
    , m_confusion(new ConfusionModel(this))
    , m_classTable(new ClassTableModel(this))
    , m_sortedClasses(new ValueSorter(this))
    , m_pictures(new ScoredGalleryModel(this))
    , m_mending(new PictureActions(this))
    , m_stack(new QStackedWidget(this))
{
    m_sortedClasses->setSourceModel(m_classTable);

    auto* left = new QSplitter(Qt::Vertical);
    left->addWidget(makeMatrixCard());
    left->addWidget(makeClassCard());
    left->setStretchFactor(0, 4);
    left->setStretchFactor(1, 1);
    left->setHandleWidth(kMargin);
    left->setChildrenCollapsible(false);

    auto* columns = new QSplitter(Qt::Horizontal);
    columns->addWidget(left);
    columns->addWidget(makeGalleryCard(thumbnails));
    columns->setHandleWidth(kMargin);
    columns->setChildrenCollapsible(false);
    columns->setStretchFactor(0, 0);
    columns->setStretchFactor(1, 1);
    columns->setSizes({ 66 * theme::kGrid, 80 * theme::kGrid });

    auto* content = new QWidget;
    auto* rows = new QVBoxLayout(content);
    rows->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    rows->setSpacing(kMargin);
    rows->addWidget(makeTop());
    rows->addWidget(makeTestNotice());
    rows->addWidget(columns, 1);

    m_empty = new EmptyState(QStringLiteral("inspect"), QString(), QString());
    m_evaluateNow = m_empty->addButton(tr("Evaluate"), true);
    m_evaluateNow->setToolTip(tr("Evaluates the validation split with the best weights."));
    connect(m_evaluateNow, &QPushButton::clicked, this,
        [this] { Q_EMIT splitRequested(Split::Validation); });
    setNoEvaluation(NoEvaluation::NothingTrained);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(content);
    m_large = new LargeView(*m_mending, *m_stack);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    setFilter({});
}

InspectView::~InspectView() = default;

QWidget* InspectView::makeTop()
{
    auto* top = new QWidget;
    m_accuracy = new QLabel(top);
    QFont large = theme::tabular(m_accuracy->font());
    large.setPointSizeF(large.pointSizeF() * 2.4);
    large.setWeight(QFont::DemiBold);
    m_accuracy->setFont(large);
    m_accuracy->setToolTip(tr("Share of the pictures that were recognized."));
    m_counted = new QLabel(top);
    m_interval = new QLabel(top);
    m_interval->setToolTip(tr("With this many pictures the true accuracy lies between these two "
                              "figures in 95 of 100 cases (Wilson's interval)."));
    theme::setRole(m_interval, theme::Role::Muted);
    m_problems = named(new QPushButton(top), tr("Unreadable pictures"),
        tr("Lists the pictures that could not be read and so count nowhere."));
    theme::setRole(m_problems, theme::Role::Quiet);
    connect(m_problems, &QPushButton::clicked, this, &InspectView::showProblems);

    auto* lines = new QVBoxLayout;
    lines->setSpacing(theme::kGrid / 2);
    lines->addStretch();
    lines->addWidget(m_counted);
    lines->addWidget(m_interval);
    lines->addStretch();

    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(m_accuracy);
    row->addLayout(lines);
    row->addWidget(m_problems);
    row->addStretch();
    m_asTrained = new Chip(QString(), top);
    m_asTrained->setObjectName(QStringLiteral("asTrained"));
    m_asMended = new Chip(QString(), top);
    m_asMended->setObjectName(QStringLiteral("asMended"));
    auto* labels = new QHBoxLayout;
    labels->setSpacing(theme::kGrid);
    for (Chip* chip : { m_asTrained, m_asMended }) {
        connect(chip, &Chip::clicked, this,
            [this, chip] { Q_EMIT ownLabelsRequested(chip == m_asTrained); });
        labels->addWidget(chip);
    }
    setLabels(std::nullopt);
    row->addLayout(labels);
    auto* chips = new QHBoxLayout;
    chips->setSpacing(theme::kGrid);
    for (const Split split : { Split::Validation, Split::Test, Split::Train }) {
        QString text = format::split(split);
        text[0] = text[0].toUpper();
        auto* chip = new Chip(text, top);
        chip->setObjectName(QStringLiteral("split-") + format::split(split));
        // The page says which split it shows; a click is only a wish.
        connect(chip, &Chip::clicked, this, [this, split] { chooseSplit(split); });
        m_splits[static_cast<std::size_t>(split)] = chip;
        chips->addWidget(chip);
    }
    row->addLayout(chips);
    return top;
}

QWidget* InspectView::makeTestNotice()
{
    m_testNotice = card(nullptr);
    m_testNotice->setObjectName(QStringLiteral("testNotice"));
    auto* text = new QLabel(
        tr("The test split is for one look, at the end. As soon as something is chosen or mended "
           "because of what it shows, its figure is no longer an honest forecast."),
        m_testNotice);
    text->setWordWrap(true);
    auto* look = named(new QPushButton(tr("Look at test"), m_testNotice), tr("Look at test"),
        tr("Evaluates the test split with the best weights."));
    look->setObjectName(QStringLiteral("lookAtTest"));
    auto* stay = named(new QPushButton(tr("Not yet"), m_testNotice), tr("Not yet"),
        tr("Stays with the split that is shown."));
    theme::setRole(stay, theme::Role::Quiet);
    auto* row = new QHBoxLayout(m_testNotice);
    row->setContentsMargins(kMargin, theme::kGrid, theme::kGrid, theme::kGrid);
    row->setSpacing(theme::kGrid);
    row->addWidget(text, 1);
    row->addWidget(stay);
    row->addWidget(look);
    m_testNotice->hide();
    connect(look, &QPushButton::clicked, this, [this] {
        m_testNotice->hide();
        Q_EMIT splitRequested(Split::Test);
    });
    connect(stay, &QPushButton::clicked, this, [this] {
        m_testNotice->hide();
        showSplits();
    });
    return m_testNotice;
}

QWidget* InspectView::makeMatrixCard()
{
    auto* frame = card(nullptr);
    auto* hint = new QLabel(tr("rows: true class, columns: predicted"), frame);
    theme::setRole(hint, theme::Role::Caption);

    m_classOrder = named(new QComboBox(frame), tr("Order of the classes"),
        tr("In which order rows and columns stand."));
    m_classOrder->addItem(tr("By name"), QVariant::fromValue(static_cast<int>(ClassOrder::Name)));
    m_classOrder->addItem(
        tr("Most pictures"), QVariant::fromValue(static_cast<int>(ClassOrder::Count)));
    m_classOrder->addItem(
        tr("Most errors"), QVariant::fromValue(static_cast<int>(ClassOrder::Errors)));
    m_search = named(new QLineEdit(frame), tr("Search classes"),
        tr("Shows the classes with this in their name, and what they are taken for."));
    m_search->setPlaceholderText(tr("Search classes"));
    m_search->setClearButtonEnabled(true);
    m_largeTools = new QWidget(frame);
    auto* tools = new QHBoxLayout(m_largeTools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(theme::kGrid);
    tools->addWidget(m_search, 1);
    tools->addWidget(m_classOrder);

    m_matrix = new ConfusionView(frame);
    m_matrix->setToolTip(tr("A click shows the pictures of a cell, or of a whole row or column."));
    makeBare(m_matrix);
    m_matrix->setModel(m_confusion);
    m_sentence = new QLabel(frame);
    m_sentence->setObjectName(QStringLiteral("matrixSentence"));
    theme::setRole(m_sentence, theme::Role::Caption);
    // A long sentence must not make the page wider; the tooltip has it whole.
    m_sentence->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);

    auto* head = new QHBoxLayout;
    head->addWidget(cardTitle(tr("Confusion matrix"), frame));
    head->addStretch();
    head->addWidget(hint);
    auto* rows = new QVBoxLayout(frame);
    rows->setContentsMargins(kMargin, kMargin, kMargin, theme::kGrid);
    rows->setSpacing(theme::kGrid);
    rows->addLayout(head);
    rows->addWidget(m_largeTools);
    rows->addWidget(m_matrix, 1);
    rows->addWidget(m_sentence);

    connect(m_classOrder, &QComboBox::currentIndexChanged, this, [this] {
        m_confusion->setOrder(static_cast<ClassOrder>(m_classOrder->currentData().toInt()));
    });
    connect(m_search, &QLineEdit::textChanged, m_confusion, &ConfusionModel::setSearch);
    connect(m_matrix, &ConfusionView::targetPicked, this,
        [this](const std::optional<ConfusionTarget>& target) {
            setFilter({ target.value_or(ConfusionTarget {}), !target });
        });
    const auto say = [this](const QString& sentence) {
        m_sentence->setText(sentence.isEmpty()
                ? tr("Click a cell, a row or a column to see its pictures.")
                : sentence);
    };
    say({});
    connect(m_matrix, &ConfusionView::sentenceChanged, this, say);
    connect(m_confusion, &QAbstractItemModel::modelReset, this, [this, say] {
        const QString search = m_search->text().trimmed();
        const bool noneFound = m_confusion->rowCount() == 0 && !search.isEmpty();
        say(noneFound ? tr("No class has “%1” in its name.").arg(search) : QString());
        const GalleryFilter& filter = m_pictures->filter();
        if (filter.target != ConfusionTarget {})
            m_matrix->setTarget(filter.target);
    });
    return frame;
}

QWidget* InspectView::makeClassCard()
{
    auto* frame = card(nullptr);
    m_classes = named(new QTableView(frame), tr("Figures of each class"),
        tr("A click shows the pictures of a class."));
    m_classes->setModel(m_sortedClasses);
    makeBare(m_classes);
    m_classes->setItemDelegate(new ClassTableDelegate(m_classes));
    m_classes->setShowGrid(false);
    m_classes->setSortingEnabled(true);
    m_classes->sortByColumn(ClassTableModel::Name, Qt::AscendingOrder);
    m_classes->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_classes->setSelectionMode(QAbstractItemView::SingleSelection);
    m_classes->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_classes->setTabKeyNavigation(false);
    m_classes->verticalHeader()->hide();
    m_classes->verticalHeader()->setDefaultSectionSize(
        m_classes->fontMetrics().height() + theme::kGrid + 4);
    m_classes->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_classes->horizontalHeader()->setSectionResizeMode(
        ClassTableModel::Name, QHeaderView::Stretch);
    m_classes->horizontalHeader()->setHighlightSections(false);
    m_classes->setMinimumHeight(16 * theme::kGrid);

    auto* rows = new QVBoxLayout(frame);
    rows->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    rows->addWidget(m_classes);
    const auto pick = [this](const QModelIndex& index) {
        setTarget(ConfusionTarget { index.data(ClassTableModel::ClassRole).toInt(), {} });
    };
    connect(m_classes, &QTableView::clicked, this, pick);
    connect(m_classes, &QTableView::activated, this, pick);
    return frame;
}

QWidget* InspectView::makeGalleryCard(ThumbnailService& thumbnails)
{
    auto* frame = card(nullptr);
    m_wrong = new Chip(tr("Wrong"), frame);
    m_wrong->setToolTip(tr("All pictures that were taken for another class."));
    m_all = new Chip(tr("All"), frame);
    m_all->setToolTip(tr("All pictures of the split, the wrong ones first."));
    m_picked = new Chip(QString(), frame);
    m_picked->setToolTip(tr("What is picked in the matrix; another click shows all wrong ones."));
    for (Chip* chip : { m_wrong, m_picked })
        connect(chip, &Chip::clicked, this, [this] { setTarget(std::nullopt); });
    connect(m_all, &Chip::clicked, this, [this] { setTarget(ConfusionTarget {}); });

    m_order = named(new QComboBox(frame), tr("Order of the pictures"),
        tr("In which order the pictures stand."));
    m_order->addItem(tr("Most confident first"));
    m_order->addItem(tr("Highest loss first"));
    m_order->addItem(tr("By name"));
    connect(m_order, &QComboBox::currentIndexChanged, this,
        [this](int index) { m_pictures->setOrder(static_cast<GalleryOrder>(index)); });
    m_size = named(new QSlider(Qt::Horizontal, frame), tr("Size of the pictures"),
        tr("Makes the pictures larger or smaller."));
    m_size->setRange(GalleryView::kMinEdge, GalleryView::kMaxEdge);
    m_size->setFixedWidth(12 * theme::kGrid);

    m_gallery = new GalleryView(thumbnails, frame);
    m_gallery->setAccessibleName(tr("Pictures of what is picked"));
    m_gallery->setToolTip(tr("A double click shows a picture large; the right button has all that "
                             "can be done with it, and the keys that do it."));
    m_gallery->setCaptionLines(2);
    makeBare(m_gallery);
    m_gallery->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_gallery->setModel(m_pictures);
    connect(m_size, &QSlider::valueChanged, m_gallery, &GalleryView::setEdge);
    connect(m_gallery, &GalleryView::edgeChanged, m_size, &QSlider::setValue);
    m_size->setValue(m_gallery->edge());
    m_mending->addView(*m_gallery);
    m_nothing = new EmptyState(QStringLiteral("inspect"), QString(), QString(), frame);
    m_showAll = named(m_nothing->addButton(tr("Show all")), tr("Show all"), m_all->toolTip());
    connect(m_showAll, &QPushButton::clicked, this, [this] {
        setTarget(ConfusionTarget {});
        m_gallery->setFocus();
    });
    m_galleryStack = new QStackedWidget(frame);
    m_galleryStack->addWidget(m_gallery);
    m_galleryStack->addWidget(m_nothing);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(kMargin, kMargin, kMargin, 0);
    head->setSpacing(theme::kGrid);
    head->addWidget(m_wrong);
    head->addWidget(m_all);
    head->addWidget(m_picked);
    head->addStretch();
    head->addWidget(m_order);
    head->addWidget(m_size);
    auto* rows = new QVBoxLayout(frame);
    rows->setContentsMargins(1, 1, 1, 1);
    rows->setSpacing(theme::kGrid);
    rows->addLayout(head);
    rows->addWidget(m_galleryStack, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(kMargin, 0, kMargin, theme::kGrid);
    foot->addWidget(new HintLine(*m_mending, frame));
    rows->addLayout(foot);
    return frame;
}

void InspectView::setEvaluation(const Evaluation& evaluation, SnapshotPtr dataset)
{
    setEvaluation(std::make_shared<const Evaluation>(evaluation), std::move(dataset));
}

void InspectView::setEvaluation(
    std::shared_ptr<const Evaluation> evaluation, SnapshotPtr dataset, SnapshotPtr found)
{
    const bool sameClasses
        = evaluation && m_evaluation && evaluation->classes == m_evaluation->classes;
    m_evaluation = std::move(evaluation);
    m_dataset = std::move(dataset);
    m_pending.reset();
    m_testNotice->hide();
    const bool has = m_evaluation && m_dataset;
    // A picture that is shown large stays so while it is one of these.
    if (!has || !sameClasses || m_stack->currentWidget() != m_large)
        m_stack->setCurrentIndex(has ? 1 : 0);
    if (!sameClasses) {
        m_search->clear();
        setFilter({});
    }
    m_confusion->setEvaluation(has ? *m_evaluation : Evaluation {});
    m_classTable->setEvaluation(has ? *m_evaluation : Evaluation {});
    m_pictures->setEvaluation(has ? m_evaluation : nullptr, m_dataset, std::move(found));
    m_largeTools->setVisible(m_matrix->isLarge());
    if (has)
        showHead();
    showSplits();
    setFilter(m_pictures->filter());
}

void InspectView::showHead()
{
    const Evaluation& evaluation = *m_evaluation;
    const auto total = static_cast<qint64>(evaluation.images.size());
    m_accuracy->setText(total > 0 ? format::percent(evaluation.accuracy) : QStringLiteral("–"));
    m_counted->setText(tr("%1 of %2 right on %3")
                           .arg(format::count(evaluation.right),
                               format::plural(total, tr("picture"), tr("pictures")),
                               format::split(evaluation.split)));
    QString facts = tr("95 % interval %1 to %2")
                        .arg(format::percent(evaluation.interval.low),
                            format::percent(evaluation.interval.high));
    if (evaluation.epoch > 0)
        facts += tr("  ·  weights of epoch %1").arg(format::count(evaluation.epoch));
    facts += tr("  ·  loss %1").arg(evaluation.loss, 0, 'f', 3);
    m_interval->setText(facts);
    const auto unreadable = static_cast<qint64>(evaluation.problems.size());
    m_problems->setText(
        tr("%1 could not be read").arg(format::plural(unreadable, tr("picture"), tr("pictures"))));
    m_problems->setVisible(unreadable > 0);
}

void InspectView::setLabels(const std::optional<Labels>& labels)
{
    for (Chip* chip : { m_asTrained, m_asMended })
        chip->setVisible(labels.has_value());
    if (!labels)
        return;
    m_asTrained->setText(tr("As trained %1").arg(format::percent(labels->asTrained)));
    m_asTrained->setChecked(labels->own);
    m_asTrained->setToolTip(tr("By the labels that the run was trained on."));
    m_asMended->setText(tr("As mended %1").arg(format::percent(labels->asMended)));
    m_asMended->setChecked(!labels->own);
    m_asMended->setToolTip(
        tr("By today's labels. Since the run was trained: %1.").arg(labels->changes));
    for (Chip* chip : { m_asTrained, m_asMended })
        chip->setAccessibleName(chip->text());
}

void InspectView::setNoEvaluation(NoEvaluation why, const QString& progress)
{
    m_evaluateNow->setVisible(why == NoEvaluation::NotEvaluated);
    switch (why) {
    case NoEvaluation::NothingTrained:
        m_empty->setHeadline(tr("Train once, then see here what went wrong."));
        m_empty->setSentence(tr("Each wrong picture is then shown, the surest mistakes first."));
        break;
    case NoEvaluation::Training:
        m_empty->setHeadline(tr("Training is under way."));
        m_empty->setSentence(tr("What went wrong is shown here when it has ended."));
        break;
    case NoEvaluation::Evaluating:
        m_empty->setHeadline(tr("Looking at the validation pictures."));
        m_empty->setSentence(
            progress.isEmpty() ? tr("What went wrong is shown here in a moment.") : progress);
        break;
    case NoEvaluation::NotEvaluated:
        m_empty->setHeadline(tr("This run has not been evaluated yet."));
        m_empty->setSentence(tr("Its best weights can be tried on the validation split."));
        break;
    }
}

void InspectView::setPending(std::optional<Split> split)
{
    m_pending = split;
    showSplits();
}

void InspectView::setCanEvaluate(bool can)
{
    m_canEvaluate = can;
    showSplits();
}

void InspectView::showSplits()
{
    if (!m_evaluation || !m_dataset)
        return;
    const bool asking = m_testNotice->isVisibleTo(this);
    const Split chosen = asking ? Split::Test : m_pending.value_or(m_evaluation->split);
    for (const Split split : kSplits) {
        Chip* chip = m_splits[static_cast<std::size_t>(split)];
        const qint64 count = m_dataset->count(split);
        const QString name = format::split(split);
        chip->setCount(count);
        chip->setChecked(split == chosen);
        chip->setEnabled(count > 0 && (m_canEvaluate || split == m_evaluation->split));
        if (count == 0)
            chip->setToolTip(tr("This dataset has no %1 split.").arg(name));
        else if (!chip->isEnabled())
            chip->setToolTip(tr("Another split can be looked at when the training has ended."));
        else if (split == Split::Test)
            chip->setToolTip(tr("Test is looked at once, at the end, and never chooses anything."));
        else if (split == Split::Train)
            chip->setToolTip(tr("What the model learned from: good for finding wrong labels, not "
                                "for judging the model."));
        else
            chip->setToolTip(tr("What the best epoch was chosen on."));
    }
}

void InspectView::chooseSplit(Split split)
{
    const bool shown = m_evaluation && !m_pending && m_evaluation->split == split;
    m_testNotice->setVisible(!shown && split == Split::Test);
    showSplits();
    if (!shown && split != Split::Test && m_pending != split)
        Q_EMIT splitRequested(split);
}

void InspectView::setTarget(const std::optional<ConfusionTarget>& target)
{
    m_matrix->setTarget(target);
    setFilter({ target.value_or(ConfusionTarget {}), !target });
}

QString InspectView::targetName(const ConfusionTarget& target) const
{
    const QStringList& classes = m_confusion->classes();
    if (target.truth && target.predicted) {
        return *target.truth == *target.predicted
            ? tr("%1 recognized").arg(classes[*target.truth])
            : tr("%1 → %2").arg(classes[*target.truth], classes[*target.predicted]);
    }
    return target.truth ? tr("True %1").arg(classes[*target.truth])
                        : tr("Predicted %1").arg(classes[*target.predicted]);
}

void InspectView::setFilter(const GalleryFilter& filter)
{
    m_pictures->setFilter(filter);
    const bool picked = filter.target != ConfusionTarget {};
    m_wrong->setChecked(filter.wrongOnly && !picked);
    m_all->setChecked(!filter.wrongOnly && !picked);
    m_picked->setVisible(picked);
    if (picked) {
        m_picked->setText(fontMetrics().elidedText(
            targetName(filter.target), Qt::ElideMiddle, 22 * theme::kGrid));
        m_picked->setChecked(true);
        m_picked->setCount(m_pictures->rowCount());
    }
    if (m_evaluation) {
        const auto total = static_cast<qint64>(m_evaluation->images.size());
        m_wrong->setCount(total - m_evaluation->right);
        m_all->setCount(total);
    }
    showGalleryState();
}

void InspectView::showGalleryState()
{
    const bool empty = m_pictures->rowCount() == 0;
    m_galleryStack->setCurrentIndex(empty ? 1 : 0);
    if (!empty || !m_evaluation)
        return;
    const bool any = !m_evaluation->images.empty();
    m_showAll->setVisible(any);
    if (!any) {
        m_nothing->setHeadline(tr("No picture was evaluated."));
        m_nothing->setSentence(
            tr("There is none in %1 that can be read.").arg(format::split(m_evaluation->split)));
    } else if (m_pictures->filter().wrongOnly) {
        m_nothing->setHeadline(tr("Nothing is wrong here."));
        m_nothing->setSentence(tr("Every picture of this split was recognized."));
    } else {
        m_nothing->setHeadline(tr("No picture is behind this."));
        m_nothing->setSentence(emptyText(m_pictures->filter().target));
    }
}

QString InspectView::emptyText(const ConfusionTarget& target) const
{
    const QStringList& classes = m_confusion->classes();
    if (!target.predicted)
        return tr("There is no picture of %1 in %2.")
            .arg(classes[*target.truth], format::split(m_evaluation->split));
    const QString& predicted = classes[*target.predicted];
    if (!target.truth)
        return tr("No picture was taken for %1.").arg(predicted);
    return target.truth == target.predicted
        ? tr("No picture of %1 was recognized.").arg(predicted)
        : tr("No picture of %1 was taken for %2.").arg(classes[*target.truth], predicted);
}

void InspectView::showProblems()
{
    DatasetSnapshot unreadable;
    unreadable.root = m_dataset->root;
    unreadable.problems = m_evaluation->problems;
    (new ProblemsDialog(unreadable, this))->open();
}

} // namespace vernier::ui
