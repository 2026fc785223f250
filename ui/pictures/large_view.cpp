#include "ui/pictures/large_view.h"

#include "ui/base/commands.h"
#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/theme.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/mend.h"
#include "ui/pictures/picture_actions.h"
#include "ui/pictures/picture_answer.h"
#include "ui/pictures/picture_pane.h"
#include "ui/pictures/probability_bars.h"

#include <QAbstractItemView>
#include <QContextMenuEvent>
#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace vernier::ui {
namespace {

constexpr int kSideWidth = 36 * theme::kGrid;
constexpr int kTextWidth = kSideWidth - 4 * theme::kGrid; ///< what its margins leave
constexpr int kToTheEnd = std::numeric_limits<int>::max() / 2;

QToolButton* tool(const QString& iconName, const QString& sentence, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(icon(iconName));
    button->setIconSize({ 20, 20 });
    button->setToolTip(sentence);
    button->setAccessibleName(sentence);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

QString orientationName(int width, int height)
{
    return width > height ? LargeView::tr("landscape")
        : width < height  ? LargeView::tr("portrait")
                          : LargeView::tr("square");
}

/// Scrolls up and down with the wheel only, so that the keys stay those of the picture.
class BarsArea : public QScrollArea {
public:
    explicit BarsArea(QWidget* parent) : QScrollArea(parent)
    {
        setWidgetResizable(true);
        setFrameShape(NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setFocusPolicy(Qt::NoFocus);
    }
};

} // namespace

LargeView::LargeView(PictureActions& pictures, QStackedWidget& stack)
    : QWidget(&stack)
    , m_pictures(pictures)
    , m_stack(stack)
    , m_picture(new PicturePane(this))
    , m_name(new QLabel(this))
    , m_position(new QLabel(this))
    , m_facts(new QFormLayout)
    , m_label(new QLabel(this))
    , m_mended(new QLabel(this))
    , m_split(new QLabel(this))
    , m_size(new QLabel(this))
    , m_shape(new QLabel(this))
    , m_bytes(new QLabel(this))
    , m_folder(new QLabel(this))
    , m_verdict(new QLabel(this))
    , m_bars(new ProbabilityBars)
    , m_barsArea(nullptr)
    , m_hint(new QLabel(this))
    , m_previous(tool(QStringLiteral("previous"), tr("Previous picture (left arrow)"), this))
    , m_next(tool(QStringLiteral("next"), tr("Next picture (right arrow)"), this))
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Picture, large"));
    setToolTip(tr("Arrow keys go from picture to picture, Escape goes back."));
    setToolTipDuration(4000);
    m_picture->setFocusPolicy(Qt::NoFocus);
    m_picture->setContextMenuPolicy(Qt::NoContextMenu);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 0, 2 * theme::kGrid);
    row->setSpacing(0);
    row->addWidget(m_picture, 1);
    row->addWidget(makeSide());
    m_stack.addWidget(this);

    m_pictures.addKeysTo(*this);
    connect(m_previous, &QToolButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { step(1); });
    connect(&m_pictures, &PictureActions::largeRequested, this, [this] {
        if (m_stack.currentWidget() == this)
            leave();
        else
            open();
    });
    connect(&m_pictures, &PictureActions::changed, this, [this] {
        if (m_stack.currentWidget() == this)
            follow();
    });
}

QWidget* LargeView::makeSide()
{
    auto* close = tool(QStringLiteral("close"), tr("Back (Escape)"), this);
    connect(close, &QToolButton::clicked, this, &LargeView::leave);
    theme::setRole(m_name, theme::Role::Heading);
    theme::setRole(m_position, theme::Role::Muted);
    m_position->setFont(theme::tabular(m_position->font()));
    for (QLabel* value : { m_folder, m_mended, m_verdict, m_hint })
        value->setWordWrap(true);
    for (QLabel* value : { m_name, m_folder, m_size }) {
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setMinimumWidth(0);
    }
    m_size->setToolTip(tr("Width and height, upright"));
    m_mended->setToolTip(tr("What was changed since the folder was read, or found right"));
    m_hint->setObjectName(QStringLiteral("hint"));
    theme::setRole(m_hint, theme::Role::Caption);

    auto* top = new QHBoxLayout;
    top->setSpacing(theme::kGrid / 2);
    top->addWidget(m_previous);
    top->addWidget(m_next);
    top->addWidget(m_position);
    top->addStretch();
    top->addWidget(close);

    m_facts->setHorizontalSpacing(2 * theme::kGrid);
    m_facts->setVerticalSpacing(theme::kGrid);
    const auto add = [&](const QString& title, QLabel* value) {
        auto* label = new QLabel(title, this);
        theme::setRole(label, theme::Role::Muted);
        m_facts->addRow(label, value);
    };
    add(tr("Class"), m_label);
    add(tr("Mended"), m_mended);
    add(tr("Split"), m_split);
    add(tr("Size"), m_size);
    add(tr("Orientation"), m_shape);
    add(tr("File"), m_bytes);
    add(tr("Folder"), m_folder);

    auto* mend = new QPushButton(tr("Mend…"), this);
    mend->setAccessibleName(tr("Mend"));
    mend->setToolTip(tr("Class, split and what else can be done with this picture, as the right "
                        "mouse button shows it too"));
    mend->setFocusPolicy(Qt::TabFocus);
    connect(mend, &QPushButton::clicked, this,
        [this, mend] { m_pictures.showMenu(mend->mapToGlobal(QPoint(0, mend->height()))); });

    auto* area = new BarsArea(this);
    area->setWidget(m_bars);
    area->setAccessibleName(tr("Probabilities of all classes"));
    m_barsArea = area;

    auto* side = new QFrame(this);
    side->setFixedWidth(kSideWidth);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(
        2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(2 * theme::kGrid);
    column->addLayout(top);
    column->addWidget(m_name);
    column->addLayout(m_facts);
    column->addWidget(mend, 0, Qt::AlignLeft);
    column->addWidget(m_verdict);
    column->addWidget(m_barsArea, 1);
    column->addStretch();
    column->addWidget(m_hint);
    return side;
}

void LargeView::open()
{
    m_below = m_stack.currentWidget();
    m_stack.setCurrentWidget(this);
    setFocus();
    follow();
}

void LargeView::leave()
{
    if (m_stack.currentWidget() != this)
        return;
    if (m_below)
        m_stack.setCurrentWidget(m_below);
    if (QAbstractItemView* view = m_pictures.view()) {
        view->setFocus();
        if (view->currentIndex().isValid())
            view->scrollTo(view->currentIndex());
    }
}

void LargeView::follow()
{
    const QModelIndex index = m_pictures.current();
    if (!index.isValid()) {
        leave();
        return;
    }
    const int count = index.model()->rowCount();
    m_position->setText(tr("%1 of %2").arg(format::count(index.row() + 1), format::count(count)));
    m_previous->setEnabled(index.row() > 0);
    m_next->setEnabled(index.row() + 1 < count);
    showFacts(index);
    showAnswer(index);
    m_hint->setText(m_pictures.keyHints().join(QLatin1Char('\n')));
    m_picture->setPath(index.siblingAtColumn(0).data(PathRole).toString());
}

void LargeView::showFacts(const QModelIndex& index)
{
    const QModelIndex picture = index.siblingAtColumn(0);
    const QString path = picture.data(PathRole).toString();
    const QFileInfo file(path);
    // A name has no places to break at.
    m_name->setText(m_name->fontMetrics().elidedText(file.fileName(), Qt::ElideMiddle, kTextWidth));
    m_name->setToolTip(path);
    m_folder->setText(file.dir().dirName());
    m_folder->setToolTip(file.absolutePath());

    const QVariant number = picture.data(ImageRole);
    const SnapshotPtr& dataset = m_pictures.dataset();
    const bool known = number.isValid() && dataset && number.toULongLong() < dataset->images.size();
    for (QLabel* fact : { m_label, m_split, m_size, m_shape })
        m_facts->setRowVisible(fact, known);
    m_facts->setRowVisible(m_mended, false);
    if (!known) {
        m_bytes->setText(format::bytes(static_cast<quint64>(file.size())));
        return;
    }
    const auto image = static_cast<std::size_t>(number.toULongLong());
    const ImageEntry& entry = dataset->images[image];
    m_label->setText(
        QString::fromStdString(dataset->classes[static_cast<std::size_t>(entry.label)]));
    QString split = format::split(entry.split);
    split[0] = split[0].toUpper();
    m_split->setText(split);
    const QString mended = mendText(*dataset, m_pictures.found().get(), image);
    m_mended->setText(mended);
    m_facts->setRowVisible(m_mended, !mended.isEmpty());
    m_size->setText(format::pixels(entry.width, entry.height));
    m_shape->setText(orientationName(entry.width, entry.height));
    m_bytes->setText(format::bytes(entry.bytes));
}

void LargeView::showAnswer(const QModelIndex& index)
{
    const QModelIndex picture = index.siblingAtColumn(0);
    const QVariant said = picture.data(AnswerRole);
    const auto answer = said.value<PictureAnswer>();
    const bool any = !answer.probabilities.empty();
    m_verdict->setVisible(said.isValid());
    m_barsArea->setVisible(any);
    const bool wrong = picture.data(WrongRole).toBool();
    theme::setRole(
        m_verdict, wrong || !answer.problem.isEmpty() ? theme::Role::Wrong : theme::Role::Plain);
    if (!answer.problem.isEmpty())
        m_verdict->setText(tr("Could not be read: %1.").arg(answer.problem));
    if (!any) {
        m_bars->setProbabilities({}, {});
        return;
    }
    const auto best = std::ranges::max_element(answer.probabilities);
    const QString sure = format::percent(static_cast<double>(*best));
    const QString name
        = answer.classes[static_cast<qsizetype>(best - answer.probabilities.begin())];
    m_verdict->setText(
        wrong ? tr("Taken for %1 with %2.").arg(name, sure) : tr("%1 with %2.").arg(name, sure));
    std::optional<ClassIndex> truth;
    if (!m_label->isHidden()) {
        if (const auto at = answer.classes.indexOf(m_label->text()); at >= 0)
            truth = static_cast<ClassIndex>(at);
    }
    m_bars->setProbabilities(answer.classes, answer.probabilities, truth);
}

void LargeView::step(int by)
{
    const QModelIndex index = m_pictures.current();
    if (!index.isValid())
        return;
    QAbstractItemView& view = *m_pictures.view();
    const int row = std::clamp(index.row() + by, 0, view.model()->rowCount() - 1);
    view.selectionModel()->setCurrentIndex(index.sibling(row, index.column()),
        QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void LargeView::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up:
    case Qt::Key_PageUp:
        return step(-1);
    case Qt::Key_Right:
    case Qt::Key_Down:
    case Qt::Key_PageDown:
        return step(1);
    case Qt::Key_Home:
        return step(-kToTheEnd);
    case Qt::Key_End:
        return step(kToTheEnd);
    case Qt::Key_Escape:
        return leave();
    default:
        QWidget::keyPressEvent(event);
    }
}

void LargeView::contextMenuEvent(QContextMenuEvent* event)
{
    m_pictures.showMenu(event->globalPos());
}

} // namespace vernier::ui
