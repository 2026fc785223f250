#include "ui/predict/predict_view.h"

#include "core/base/files.h"
#include "core/image/decode.h"
#include "ui/base/chip.h"
#include "ui/base/commands.h"
#include "ui/base/elided_label.h"
#include "ui/base/empty_state.h"
#include "ui/base/format.h"
#include "ui/base/last_folder.h"
#include "ui/base/table.h"
#include "ui/base/theme.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/hint_line.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/picture_actions.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/predict/prediction_delegate.h"
#include "ui/predict/prediction_model.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <numeric>

namespace vernier::ui {
namespace {

constexpr int kMargin = 2 * theme::kGrid;
constexpr std::size_t kNamedClasses = 6; ///< so many are named on top; of more, the number
// What file dialogs remember their folders under; the menu's do so too.
const QString kPicturesKind = QStringLiteral("predict");
const QString kModelKind = QStringLiteral("model");
const QString kCsvKind = QStringLiteral("predictions");

enum Page { NoModel, NoPictures, NoMatch, Table };

QPushButton* button(const QString& text, const QString& tip, QWidget* parent)
{
    auto* made = new QPushButton(text, parent);
    made->setToolTip(tip);
    made->setAccessibleName(text);
    return made;
}

QString openTip()
{
    return PredictView::tr(
        "Uses a model that Vernier saved or exported: safetensors, TorchScript or ONNX.");
}

} // namespace

PredictView::PredictView(ThumbnailService& thumbnails, QWidget* parent)
    : QWidget(parent)
    , m_thumbnails(thumbnails)
    , m_model(new PredictionModel(this))
    , m_pictures(new PictureActions(this))
{
    auto* top = makeTop();
    auto* filters = makeFilters();

    m_stack = new QStackedWidget(this);
    m_noModel = new EmptyState(QStringLiteral("predict"), tr("There is no model yet."),
        tr("Train once, or open a model that Vernier saved or exported."));
    m_noPictures = new EmptyState(QStringLiteral("drop"), tr("Drop pictures or a folder here."),
        tr("Each picture gets its most probable classes. Further drops are added below."));
    m_noMatch
        = new EmptyState(QStringLiteral("predict"), tr("No picture passes the filter."), QString());
    auto* open = m_noModel->addButton(tr("Open model…"), true);
    auto* add = m_noPictures->addButton(tr("Add pictures…"), true);
    auto* folder = m_noPictures->addButton(tr("Add folder…"));
    auto* all = m_noMatch->addButton(tr("Show all"));
    open->setToolTip(openTip());
    add->setToolTip(m_addPictures->toolTip());
    folder->setToolTip(m_addFolder->toolTip());
    all->setToolTip(tr("Shows every picture."));
    connect(open, &QPushButton::clicked, this, &PredictView::askForModel);
    connect(add, &QPushButton::clicked, this, &PredictView::askForPictures);
    connect(folder, &QPushButton::clicked, this, &PredictView::askForFolder);
    connect(all, &QPushButton::clicked, this, &PredictView::showAll);
    m_stack->insertWidget(NoModel, m_noModel);
    m_stack->insertWidget(NoPictures, m_noPictures);
    m_stack->insertWidget(NoMatch, m_noMatch);
    m_stack->insertWidget(Table, makeTable(thumbnails));

    auto* page = new QWidget;
    auto* rows = new QVBoxLayout(page);
    rows->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    rows->setSpacing(kMargin);
    rows->addWidget(top);
    rows->addWidget(filters);
    rows->addWidget(m_stack, 1);
    auto* pageOrLarge = new QStackedWidget(this);
    pageOrLarge->addWidget(page);
    new LargeView(*m_pictures, *pageOrLarge);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(pageOrLarge);

    m_request.setSingleShot(true);
    m_request.setInterval(0);
    connect(&m_request, &QTimer::timeout, this, &PredictView::requestThumbnails);
    m_repaint.setSingleShot(true);
    m_repaint.setInterval(16);
    connect(&m_repaint, &QTimer::timeout, m_table->viewport(), qOverload<>(&QWidget::update));
    connect(&thumbnails, &ThumbnailService::ready, this, [this] {
        if (isVisible() && !m_repaint.isActive())
            m_repaint.start();
    });
    makeChips();
    setProgress({});
    setModel({}, {}, false);
}

// The table asks for thumbnails while it goes, so it goes before the timers do.
PredictView::~PredictView() { delete m_stack; }

QWidget* PredictView::makeTop()
{
    auto* top = new QWidget(this);
    m_modelName = new ElidedLabel(top);
    theme::setRole(m_modelName, theme::Role::Heading);
    m_modelClasses = new ElidedLabel(top);
    theme::setRole(m_modelClasses, theme::Role::Muted);
    auto* open = button(tr("Open model…"), openTip(), top);
    m_useRun = button(tr("Use this run"),
        tr("Predicts with the run's best epoch again instead of the opened model."), top);
    m_useRun->hide();
    m_useOriginal = button(tr("Original network"),
        tr("Predicts ImageNet's classes with the network as it was published, before any "
           "fine-tuning."),
        top);
    m_useOriginal->setObjectName(QStringLiteral("original"));
    m_useOriginal->hide();
    m_addPictures = button(tr("Add pictures…"), tr("Predicts pictures and adds them below."), top);
    m_addFolder = button(tr("Add folder…"), tr("Predicts all pictures below a folder."), top);
    m_clear = button(QString(), QString(), top);
    theme::setRole(m_clear, theme::Role::Quiet);

    auto* names = new QVBoxLayout;
    names->setSpacing(theme::kGrid / 2);
    names->addWidget(m_modelName);
    names->addWidget(m_modelClasses);
    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addLayout(names, 1);
    row->addWidget(m_clear);
    row->addWidget(m_useRun);
    row->addWidget(m_useOriginal);
    row->addWidget(open);
    row->addWidget(m_addFolder);
    row->addWidget(m_addPictures);
    connect(open, &QPushButton::clicked, this, &PredictView::askForModel);
    connect(m_useRun, &QPushButton::clicked, this, &PredictView::runChosen);
    connect(m_useOriginal, &QPushButton::clicked, this, &PredictView::originalChosen);
    connect(m_addPictures, &QPushButton::clicked, this, &PredictView::askForPictures);
    connect(m_addFolder, &QPushButton::clicked, this, &PredictView::askForFolder);
    connect(m_clear, &QPushButton::clicked, this,
        [this] { Q_EMIT m_predicting ? stopRequested() : clearRequested(); });
    return top;
}

QWidget* PredictView::makeFilters()
{
    m_filters = new QWidget(this);
    auto* chips = new QWidget;
    m_chipRow = new QHBoxLayout(chips);
    m_chipRow->setContentsMargins(0, 0, 0, 0);
    m_chipRow->setSpacing(theme::kGrid);
    m_all = new Chip(tr("All"), chips);
    m_all->setToolTip(tr("Shows every picture."));
    m_unreadable = new Chip(tr("Unreadable"), chips);
    m_unreadable->setIconName(QStringLiteral("warning"));
    m_unreadable->setToolTip(tr("Shows the files that could not be read, with the reason."));
    m_chipRow->addWidget(m_all);
    m_chipRow->addWidget(m_unreadable);
    m_chipRow->addStretch();
    auto* scroll = new QScrollArea(m_filters);
    scroll->setWidget(chips);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setFixedHeight(m_all->sizeHint().height() + 12);

    m_atLeast = new QSlider(Qt::Horizontal, m_filters);
    m_atLeast->setRange(0, 100);
    m_atLeast->setPageStep(5);
    m_atLeast->setFixedWidth(16 * theme::kGrid);
    m_atLeast->setAccessibleName(tr("Least probability"));
    m_atLeast->setToolTip(tr("Hides pictures whose most probable class is less sure than this."));
    auto* caption = new QLabel(tr("At least"), m_filters);
    m_atLeastText = new QLabel(m_filters);
    m_atLeastText->setFont(theme::tabular(m_atLeastText->font()));
    m_atLeastText->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_atLeastText->setFixedWidth(
        m_atLeastText->fontMetrics().horizontalAdvance(format::percent(1, 0)));

    auto* row = new QHBoxLayout(m_filters);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(scroll, 1);
    row->addWidget(caption);
    row->addWidget(m_atLeast);
    row->addWidget(m_atLeastText);
    connect(m_all, &Chip::clicked, this, &PredictView::showAll);
    connect(m_unreadable, &Chip::clicked, this, &PredictView::applyFilter);
    connect(m_atLeast, &QSlider::valueChanged, this, &PredictView::applyFilter);
    return m_filters;
}

QWidget* PredictView::makeTable(ThumbnailService& thumbnails)
{
    auto* frame = new QFrame(this);
    theme::setRole(frame, theme::Role::Card);
    m_table = new QTableView(frame);
    m_table->setAccessibleName(tr("Predictions"));
    m_table->setToolTip(tr("A double click shows a picture large; the right button has all that "
                           "can be done with it, and the keys that do it."));
    m_table->setModel(m_model);
    m_pictures->addView(*m_table);
    m_table->setItemDelegate(new PredictionDelegate(thumbnails, m_table));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setStyleSheet(QStringLiteral("QTableView { border: none; }"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setUpRows(*m_table, PredictionDelegate::kRow);
    QHeaderView* header = m_table->horizontalHeader();
    header->setMinimumSectionSize(PredictionDelegate::kRow);
    header->setSectionResizeMode(QHeaderView::Interactive);
    header->setSectionResizeMode(PredictionModel::Thumbnail, QHeaderView::Fixed);
    header->setSectionResizeMode(PredictionModel::File, QHeaderView::Stretch);
    header->resizeSection(PredictionModel::Thumbnail, 9 * theme::kGrid);
    header->resizeSection(PredictionModel::Class, 20 * theme::kGrid);
    header->resizeSection(PredictionModel::Probability, 24 * theme::kGrid);
    header->resizeSection(PredictionModel::Second, 20 * theme::kGrid);
    header->resizeSection(PredictionModel::Third, 20 * theme::kGrid);
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);

    m_shown = new QLabel(frame);
    m_shown->setObjectName(QStringLiteral("shown"));
    theme::setRole(m_shown, theme::Role::Muted);
    m_message = new ElidedLabel(frame);
    m_message->setObjectName(QStringLiteral("message"));
    m_csv = button(tr("Save CSV…"),
        tr("Saves the rows that are shown, in their order, as a table file."), frame);
    m_commands = new Commands(CommandScope::Predictions, this);
    QAction* copy = m_commands->action(CommandId::CopyPredictions);
    m_copy = button(copy->text(), copy->toolTip(), frame);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(kMargin, theme::kGrid, theme::kGrid, theme::kGrid);
    foot->setSpacing(kMargin);
    foot->addWidget(m_shown);
    foot->addWidget(m_message, 1);
    foot->addWidget(m_copy);
    foot->addWidget(m_csv);
    foot->setSpacing(theme::kGrid);
    auto* rows = new QVBoxLayout(frame);
    rows->setContentsMargins(1, 1, 1, 1);
    rows->setSpacing(0);
    rows->addWidget(m_table, 1);
    auto* hint = new QHBoxLayout;
    hint->setContentsMargins(kMargin, theme::kGrid / 2, kMargin, 0);
    hint->addWidget(new HintLine(*m_pictures, frame));
    rows->addLayout(hint);
    rows->addLayout(foot);

    const auto request = [this] { m_request.start(); };
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, request);
    connect(m_table->verticalScrollBar(), &QScrollBar::rangeChanged, this, request);
    connect(m_model, &QAbstractItemModel::modelReset, this, request);
    connect(m_model, &QAbstractItemModel::layoutChanged, this, request);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, request);
    connect(m_csv, &QPushButton::clicked, this, &PredictView::askForCsv);
    connect(m_copy, &QPushButton::clicked, copy, &QAction::trigger);
    m_table->addAction(copy);
    for (const CommandId command : { CommandId::PredictedRight, CommandId::PredictedWrong })
        m_pictures->offerBeside(*m_commands->action(command));
    connect(m_commands, &Commands::asked, this, [this](CommandId command) {
        if (command == CommandId::CopyPredictions)
            this->copy();
        else
            judge(command == CommandId::PredictedRight);
    });
    connect(m_pictures, &PictureActions::changed, this, &PredictView::allowJudging);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &PredictView::showCounts);
    return frame;
}

void PredictView::setProgress(const QString& progress)
{
    m_predicting = !progress.isNull();
    m_modelClasses->setText(m_predicting ? progress : m_classesText);
    m_clear->setText(m_predicting ? tr("Stop") : tr("Clear"));
    m_clear->setAccessibleName(m_clear->text());
    m_clear->setToolTip(m_predicting ? tr("Predicts no further picture; what is there stays.")
                                     : tr("Empties the list; no file is touched."));
    showState();
}

void PredictView::setStopped(qint64 done, qint64 total)
{
    m_stopped = done < total
        ? tr("; stopped after %1 of %2").arg(format::count(done), format::count(total))
        : QString();
    showCounts();
}

void PredictView::offerRun(bool offer) { m_useRun->setVisible(offer); }

void PredictView::offerOriginal(bool offer) { m_useOriginal->setVisible(offer); }

void PredictView::setModel(const QString& name, const QStringList& classes, bool canPredict)
{
    m_canPredict = canPredict;
    m_modelName->setText(canPredict ? name : tr("No model"));
    m_modelName->setToolTip(m_modelName->text());
    if (!canPredict)
        m_classesText = tr("Train once, or open a model.");
    else if (static_cast<std::size_t>(classes.size()) <= kNamedClasses)
        m_classesText = classes.join(QStringLiteral("  ·  "));
    else
        m_classesText = format::plural(classes.size(), tr("class"), tr("classes"));
    if (!m_predicting)
        m_modelClasses->setText(m_classesText);
    m_modelClasses->setToolTip(classes.join(QStringLiteral(", ")));
    m_addPictures->setEnabled(canPredict);
    m_addFolder->setEnabled(canPredict);
    showState();
}

void PredictView::setPredictions(
    std::span<const Prediction> predictions, const QStringList& classes)
{
    {
        const QSignalBlocker quiet(m_atLeast);
        m_atLeast->setValue(0);
    }
    m_unreadable->setChecked(false);
    m_message->clear();
    m_model->setClasses(classes);
    makeChips();
    showColumns();
    addPredictions(predictions);
}

void PredictView::addPredictions(std::span<const Prediction> predictions)
{
    m_model->append(predictions);
    showCounts();
    showState();
}

void PredictView::makeChips()
{
    qDeleteAll(m_chips);
    m_chips.assign(static_cast<std::size_t>(m_model->classes().size()), nullptr);
    showCounts();
}

Chip* PredictView::makeChip(ClassIndex label, int place)
{
    const QString name = m_model->classes()[label];
    auto* chip = new Chip(name, m_all->parentWidget());
    chip->setDot(theme::classColor(label));
    chip->setToolTip(tr("Shows the pictures that are most probably %1.").arg(name));
    connect(chip, &Chip::clicked, this, &PredictView::applyFilter);
    m_chipRow->insertWidget(place, chip);
    return chip;
}

void PredictView::showCounts()
{
    m_all->setCount(m_model->total());
    int place = 1;
    for (std::size_t label = 0; label < m_chips.size(); ++label) {
        const qint64 count = m_model->countOf(static_cast<ClassIndex>(label));
        // With many classes, those that nothing was taken for would only be in the way.
        if (!m_chips[label] && (count > 0 || m_chips.size() <= kNamedClasses))
            m_chips[label] = makeChip(static_cast<ClassIndex>(label), place);
        if (!m_chips[label])
            continue;
        m_chips[label]->setCount(count);
        ++place;
    }
    m_unreadable->setCount(m_model->unreadable());
    m_unreadable->setVisible(m_model->unreadable() > 0);
    const PredictionFilter& filter = m_model->filter();
    m_all->setChecked(filter == PredictionFilter {});
    m_atLeastText->setText(format::percent(m_atLeast->value() / 100.0, 0));
    const QString all = format::plural(m_model->total(), tr("picture"), tr("pictures"));
    const QString shown = m_model->rowCount() == m_model->total()
        ? all
        : tr("%1 of %2").arg(format::count(m_model->rowCount()), all);
    const qint64 judged = m_model->judged();
    const auto share
        = [&] { return static_cast<double>(m_model->right()) / static_cast<double>(judged); };
    m_shown->setText(shown + m_stopped
        + (judged == 0 ? QString()
                       : tr("  ·  %1 of %2 right, %3")
                             .arg(format::count(m_model->right()), format::count(judged),
                                 format::percent(share(), wilson(m_model->right(), judged)))));
    m_shown->setToolTip(judged == 0
            ? QString()
            : tr("Of the pictures whose class is known: from the open dataset, from a folder that "
                 "is named like a class, or because somebody said so (Shift+R, Shift+W)"));
}

void PredictView::applyFilter()
{
    PredictionFilter filter;
    for (std::size_t label = 0; label < m_chips.size(); ++label) {
        if (m_chips[label] && m_chips[label]->isChecked())
            filter.classes.insert(static_cast<ClassIndex>(label));
    }
    filter.unreadable = m_unreadable->isChecked();
    filter.atLeast = m_atLeast->value() / 100.0;
    m_model->setFilter(filter);
    m_message->clear();
    showCounts();
    showState();
}

void PredictView::showAll()
{
    for (Chip* chip : m_chips) {
        if (chip)
            chip->setChecked(false);
    }
    m_unreadable->setChecked(false);
    {
        const QSignalBlocker quiet(m_atLeast);
        m_atLeast->setValue(0);
    }
    applyFilter();
}

void PredictView::showState()
{
    const bool any = m_model->total() > 0;
    m_filters->setVisible(any);
    m_clear->setEnabled(any || m_predicting);
    if (!any) {
        m_stack->setCurrentIndex(m_canPredict ? NoPictures : NoModel);
    } else if (m_model->rowCount() == 0) {
        m_noMatch->setSentence(noMatchText());
        m_stack->setCurrentIndex(NoMatch);
    } else {
        m_stack->setCurrentIndex(Table);
    }
    m_commands->allow(CommandId::CopyPredictions,
        m_stack->currentIndex() == Table ? QString() : tr("No predictions are shown."));
}

QString PredictView::noMatchText() const
{
    const PredictionFilter& filter = m_model->filter();
    const QString least = format::percent(filter.atLeast, 0);
    QStringList names;
    for (const ClassIndex label : filter.classes)
        names << m_model->classes()[label];
    const QString classes = names.join(tr(" or "));
    if (names.isEmpty())
        return tr("No picture has a class with a probability of at least %1.").arg(least);
    return filter.atLeast > 0
        ? tr("No picture is most probably %1 with at least %2.").arg(classes, least)
        : tr("No picture is most probably %1.").arg(classes);
}

void PredictView::showColumns()
{
    const auto classes = m_model->classes().size();
    m_table->setColumnHidden(PredictionModel::Second, classes < 2);
    m_table->setColumnHidden(PredictionModel::Third, classes < 3);
}

void PredictView::requestThumbnails()
{
    if (!m_table->isVisible() || m_model->rowCount() == 0)
        return;
    const int first = qMax(0, m_table->rowAt(0));
    int last = m_table->rowAt(m_table->viewport()->height() - 1);
    if (last < 0)
        last = m_model->rowCount() - 1;
    QStringList paths;
    for (int row = first; row <= last; ++row)
        paths.append(m_model->index(row, PredictionModel::Thumbnail).data(PathRole).toString());
    m_thumbnails.setVisible(paths);
    m_table->viewport()->update();
}

void PredictView::askForPictures()
{
    const QStringList files
        = QFileDialog::getOpenFileNames(this, tr("Add pictures"), lastFolder(kPicturesKind),
            tr("Pictures (*.jpg *.jpeg *.png *.webp *.bmp *.tif *.tiff *.heic *.avif *.jp2 "
               "*.gif);;All files (*)"));
    if (files.isEmpty())
        return;
    setLastFolder(kPicturesKind, files.front());
    Q_EMIT picturesAdded(files);
}

void PredictView::askForFolder()
{
    const QString folder
        = QFileDialog::getExistingDirectory(this, tr("Add folder"), lastFolder(kPicturesKind));
    if (folder.isEmpty())
        return;
    setLastFolder(kPicturesKind, folder);
    Q_EMIT picturesAdded({ folder });
}

void PredictView::askForModel()
{
    const QString file
        = QFileDialog::getOpenFileName(this, tr("Open model"), lastFolder(kModelKind),
            tr("Vernier models (*.safetensors *.pt *.torchscript *.onnx);;All files (*)"));
    if (file.isEmpty())
        return;
    setLastFolder(kModelKind, file);
    Q_EMIT modelChosen(file);
}

void PredictView::askForCsv()
{
    const QString raw = tr("Table for other programs, no name guarded (*.csv)");
    QString chosen;
    const QString file = QFileDialog::getSaveFileName(this, tr("Save predictions"),
        QDir(lastFolder(kCsvKind, lastFolder(kPicturesKind)))
            .filePath(QStringLiteral("predictions.csv")),
        tr("Table for spreadsheets, comma-separated (*.csv)") + QStringLiteral(";;") + raw,
        &chosen);
    if (file.isEmpty())
        return;
    setLastFolder(kCsvKind, file);
    saveCsv(file, chosen == raw ? CsvText::Raw : CsvText::Guarded);
}

void PredictView::saveCsv(const QString& file, CsvText how)
{
    m_save.start(
        [text = m_model->csv(how), path = format::path(file)](std::stop_token,
            const ProgressSink&) { return writeFileAtomically(path, std::string_view(text)); },
        [this, file](const Status& done) {
            theme::setRole(m_message, done ? theme::Role::Muted : theme::Role::Wrong);
            m_message->setText(done ? tr("Saved as %1.").arg(QFileInfo(file).fileName())
                                    : format::text(done.error()));
            m_message->setToolTip(done ? file : m_message->text());
            if (done)
                Q_EMIT csvSaved(file);
        });
}

void PredictView::allowJudging()
{
    const std::vector<int> rows = m_pictures->selectedRows();
    const bool answered = std::ranges::any_of(
        rows, [this](int row) { return !m_model->prediction(row).probabilities.empty(); });
    const QString obstacle = rows.empty() ? tr("Choose a picture first.")
        : answered                        ? QString()
                                          : tr("It could not be read.");
    for (const CommandId command : { CommandId::PredictedRight, CommandId::PredictedWrong })
        m_commands->allow(command, obstacle);
}

void PredictView::judge(bool right)
{
    const std::vector<int> rows = m_pictures->selectedRows();
    const bool again
        = std::ranges::all_of(rows, [&](int row) { return m_model->said(row) == right; });
    for (const int row : rows)
        m_model->say(row, again ? std::nullopt : std::optional(right));
    if (const int next = rows.back() + 1; !again && next < m_model->rowCount())
        m_pictures->select(next);
}

void PredictView::copy()
{
    QList<int> rows;
    const QModelIndexList selected = m_table->selectionModel()->selectedRows();
    for (const QModelIndex& index : selected)
        rows.append(index.row());
    std::sort(rows.begin(), rows.end());
    if (rows.isEmpty()) {
        rows.resize(m_model->rowCount());
        std::iota(rows.begin(), rows.end(), 0);
    }
    QApplication::clipboard()->setText(m_model->text(rows));
    theme::setRole(m_message, theme::Role::Muted);
    m_message->setText(tr("Copied %1.").arg(format::plural(rows.size(), tr("row"), tr("rows"))));
    m_message->setToolTip({});
}

} // namespace vernier::ui
