#include "ui/inspect/picture_dialog.h"

#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/theme.h"
#include "ui/pictures/picture_pane.h"
#include "ui/pictures/probability_bars.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

namespace vernier::ui {
namespace {

constexpr int kSide = 36 * theme::kGrid; ///< width of the column beside the picture

QToolButton* arrow(const QString& iconName, const QString& tip, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(icon(iconName));
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    return button;
}

/// Scrolls up and down only, so that the arrows to the sides stay the dialog's.
class BarsArea : public QScrollArea {
public:
    using QScrollArea::QScrollArea;

protected:
    void keyPressEvent(QKeyEvent* event) override
    {
        if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)
            event->ignore();
        else
            QScrollArea::keyPressEvent(event);
    }
};

/// A name or a path has no places to break at; the tooltip has it whole.
void setElided(QLabel* label, const QString& text)
{
    label->setText(label->fontMetrics().elidedText(text, Qt::ElideMiddle, kSide));
}

} // namespace

PictureDialog::PictureDialog(QWidget* parent)
    : QDialog(parent)
    , m_picture(new PicturePane(this))
    , m_name(new QLabel(this))
    , m_facts(new QLabel(this))
    , m_verdict(new QLabel(this))
    , m_middle(new QVBoxLayout)
    , m_bars(new ProbabilityBars)
    , m_previous(arrow(QStringLiteral("previous"), tr("Previous picture (Left)"), this))
    , m_next(arrow(QStringLiteral("next"), tr("Next picture (Right)"), this))
    , m_position(new QLabel(this))
{
    theme::setRole(m_name, theme::Role::Heading);
    theme::setRole(m_facts, theme::Role::Muted);
    theme::setRole(m_position, theme::Role::Muted);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_verdict->setWordWrap(true);
    m_position->setFont(theme::tabular(m_position->font()));
    m_picture->setToolTip(tr("Left and right arrow go from picture to picture, Escape closes."));
    m_picture->setToolTipDuration(4000);
    auto* said = new QLabel(tr("What the model says"), this);

    auto* scroll = new BarsArea(this);
    scroll->setWidget(m_bars);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Probabilities of all classes"));

    auto* arrows = new QHBoxLayout;
    arrows->setSpacing(theme::kGrid);
    arrows->addWidget(m_previous);
    arrows->addWidget(m_next);
    arrows->addWidget(m_position);
    arrows->addStretch();

    auto* column = new QWidget(this);
    column->setFixedWidth(kSide);
    auto* side = new QVBoxLayout(column);
    side->setContentsMargins(0, 0, 0, 0);
    side->setSpacing(theme::kGrid);
    side->addWidget(m_name);
    side->addWidget(m_facts);
    side->addWidget(m_verdict);
    side->addSpacing(theme::kGrid);
    side->addLayout(m_middle);
    side->addSpacing(theme::kGrid);
    side->addWidget(said);
    side->addWidget(scroll, 1);
    side->addLayout(arrows);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(3 * theme::kGrid);
    row->addWidget(m_picture, 1);
    row->addWidget(column);
    resize(112 * theme::kGrid, 72 * theme::kGrid);

    connect(m_previous, &QToolButton::clicked, this, [this] { goTo(m_current - 1); });
    connect(m_next, &QToolButton::clicked, this, [this] { goTo(m_current + 1); });
}

void PictureDialog::openAt(int position, int count)
{
    m_count = count;
    goTo(position);
    open();
    m_picture->setFocus();
}

void PictureDialog::goTo(int position)
{
    if (position < 0 || position >= m_count)
        return;
    place(position, m_count);
    showPicture(position);
}

void PictureDialog::place(int position, int count)
{
    m_current = position;
    m_count = count;
    m_previous->setEnabled(position > 0);
    m_next->setEnabled(position + 1 < count);
    m_position->setText(tr("%1 of %2").arg(format::count(position + 1), format::count(count)));
}

void PictureDialog::setPicture(
    const QString& absolutePath, const QString& facts, const QString& verdict)
{
    const QString file = QFileInfo(absolutePath).fileName();
    setWindowTitle(file);
    setElided(m_name, file);
    m_name->setToolTip(absolutePath);
    setElided(m_facts, facts);
    m_facts->setToolTip(facts);
    m_facts->setVisible(!facts.isEmpty());
    m_verdict->setText(verdict);
    m_picture->setPath(absolutePath);
}

void PictureDialog::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Left)
        goTo(m_current - 1);
    else if (event->key() == Qt::Key_Right)
        goTo(m_current + 1);
    else
        QDialog::keyPressEvent(event);
}

} // namespace vernier::ui
