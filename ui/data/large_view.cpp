#include "ui/data/large_view.h"

#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/theme.h"
#include "ui/pictures/picture_pane.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <limits>

namespace vernier::ui {
namespace {

constexpr int kFactsWidth = 280;
constexpr int kNameWidth = kFactsWidth - 4 * theme::kGrid; ///< what its margins leave
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

} // namespace

LargeView::LargeView(QWidget* parent)
    : QWidget(parent)
    , m_picture(new PicturePane(this))
    , m_name(new QLabel(this))
    , m_position(new QLabel(this))
    , m_label(new QLabel(this))
    , m_split(new QLabel(this))
    , m_size(new QLabel(this))
    , m_shape(new QLabel(this))
    , m_bytes(new QLabel(this))
    , m_predictedTitle(new QLabel(tr("Predicted"), this))
    , m_predicted(new QLabel(this))
    , m_folder(new QLabel(this))
    , m_previous(tool(QStringLiteral("previous"), tr("Previous picture (left arrow)"), this))
    , m_next(tool(QStringLiteral("next"), tr("Next picture (right arrow)"), this))
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Picture, large"));
    setToolTip(tr("Arrow keys go from picture to picture, Escape goes back to the grid."));
    setToolTipDuration(4000);
    m_picture->setFocusPolicy(Qt::NoFocus);
    auto* close = tool(QStringLiteral("close"), tr("Back to the grid (Escape)"), this);
    theme::setRole(m_name, theme::Role::Heading);
    theme::setRole(m_position, theme::Role::Muted);
    m_position->setFont(theme::tabular(m_position->font()));
    m_folder->setWordWrap(true);
    for (QLabel* value : { m_name, m_folder, m_predicted, m_size }) {
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setMinimumWidth(0);
    }
    m_size->setToolTip(tr("Width and height, upright"));
    m_predicted->setToolTip(tr("What the model of this run takes it for, and how sure it is"));

    auto* top = new QHBoxLayout;
    top->setSpacing(theme::kGrid / 2);
    top->addWidget(m_previous);
    top->addWidget(m_next);
    top->addWidget(m_position);
    top->addStretch();
    top->addWidget(close);

    auto* facts = new QFormLayout;
    facts->setHorizontalSpacing(2 * theme::kGrid);
    facts->setVerticalSpacing(theme::kGrid);
    const auto add = [&](const QString& title, QLabel* value) {
        auto* label = new QLabel(title, this);
        theme::setRole(label, theme::Role::Muted);
        facts->addRow(label, value);
    };
    add(tr("Class"), m_label);
    theme::setRole(m_predictedTitle, theme::Role::Muted);
    facts->addRow(m_predictedTitle, m_predicted);
    add(tr("Split"), m_split);
    add(tr("Size"), m_size);
    add(tr("Orientation"), m_shape);
    add(tr("File"), m_bytes);
    add(tr("Folder"), m_folder);

    auto* show = new QPushButton(tr("Show in folder"), this);
    show->setToolTip(tr("Open the folder that holds this file"));
    connect(show, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(m_path).absolutePath()));
    });

    auto* side = new QFrame(this);
    side->setFixedWidth(kFactsWidth);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(
        2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(2 * theme::kGrid);
    column->addLayout(top);
    column->addWidget(m_name);
    column->addLayout(facts);
    column->addWidget(show, 0, Qt::AlignLeft);
    column->addStretch();

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 0, 2 * theme::kGrid);
    row->setSpacing(0);
    row->addWidget(m_picture, 1);
    row->addWidget(side);

    connect(m_previous, &QToolButton::clicked, this, [this] { Q_EMIT step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { Q_EMIT step(1); });
    connect(close, &QToolButton::clicked, this, &LargeView::closed);
}

void LargeView::present(const Facts& facts)
{
    m_path = facts.path;
    const QFileInfo file(facts.path);
    // A name has no places to break at.
    m_name->setText(m_name->fontMetrics().elidedText(file.fileName(), Qt::ElideMiddle, kNameWidth));
    m_name->setToolTip(facts.path);
    m_folder->setText(file.dir().dirName());
    m_folder->setToolTip(file.absolutePath());
    m_position->setText(
        tr("%1 of %2").arg(format::count(facts.number), format::count(facts.count)));
    m_label->setText(facts.label);
    m_split->setText(facts.split);
    m_size->setText(format::pixels(facts.width, facts.height));
    m_shape->setText(orientationName(facts.width, facts.height));
    m_bytes->setText(format::bytes(facts.bytes));
    m_predictedTitle->setVisible(!facts.predicted.isEmpty());
    m_predicted->setVisible(!facts.predicted.isEmpty());
    m_predicted->setText(facts.predicted);
    theme::setRole(m_predicted, facts.wrong ? theme::Role::Wrong : theme::Role::Plain);
    m_previous->setEnabled(facts.number > 1);
    m_next->setEnabled(facts.number < facts.count);
    m_picture->setPath(facts.path);
}

void LargeView::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up:
    case Qt::Key_PageUp:
        Q_EMIT step(-1);
        return;
    case Qt::Key_Right:
    case Qt::Key_Down:
    case Qt::Key_PageDown:
    case Qt::Key_Space:
        Q_EMIT step(1);
        return;
    case Qt::Key_Home:
        Q_EMIT step(-kToTheEnd);
        return;
    case Qt::Key_End:
        Q_EMIT step(kToTheEnd);
        return;
    case Qt::Key_Escape:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT closed();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void LargeView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    setFocus();
}

} // namespace vernier::ui
