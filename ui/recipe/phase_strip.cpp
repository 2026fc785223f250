#include "ui/recipe/phase_strip.h"

#include "ui/base/chip.h"
#include "ui/base/flow_layout.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>

#include <algorithm>

namespace vernier::ui {

namespace {
constexpr int kLinesInView = 2;
constexpr int kNarrowest = 160;

/// As high as the lines of chips in it, up to two of them.
class ChipScroll final : public QScrollArea {
public:
    using QScrollArea::QScrollArea;

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override
    {
        const int widest = chip().width();
        const int lines = widget()->heightForWidth(std::max(width, widest));
        return std::min(lines, linesHigh(kLinesInView))
            + (width < widest ? horizontalScrollBar()->sizeHint().height() : 0);
    }
    QSize sizeHint() const override { return { chip().width(), linesHigh(1) }; }
    QSize minimumSizeHint() const override
    {
        // In a small window a long one is scrolled.
        return sizeHint().boundedTo({ kNarrowest, linesHigh(1) });
    }

private:
    /// The largest.
    QSize chip() const { return widget()->layout()->sizeHint(); }
    int linesHigh(int lines) const
    {
        return lines * chip().height() + (lines - 1) * widget()->layout()->spacing();
    }
};
} // namespace

PhaseStrip::PhaseStrip(QWidget* parent)
    : QWidget(parent)
    , m_scroll(new ChipScroll(this))
    , m_row(new QWidget(m_scroll))
    , m_add(new QPushButton(tr("Add phase"), this))
    , m_remove(new QPushButton(tr("Remove phase"), this))
{
    auto* chips = new FlowLayout(m_row);
    chips->setSpacing(theme::kGrid);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setWidget(m_row);
    m_scroll->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    connect(m_scroll->verticalScrollBar(), &QScrollBar::rangeChanged, this,
        &PhaseStrip::bringShownIntoView);
    for (QPushButton* button : { m_add, m_remove })
        theme::setRole(button, theme::Role::Quiet);
    m_add->setToolTip(tr("Adds a phase that goes on from where the last one ends, for example with "
                         "a block unfrozen."));
    m_remove->setToolTip(tr("Removes the shown phase from the recipe."));
    m_add->setAccessibleName(m_add->text());
    m_remove->setAccessibleName(m_remove->text());
    connect(m_add, &QPushButton::clicked, this, &PhaseStrip::addRequested);
    connect(m_remove, &QPushButton::clicked, this, &PhaseStrip::removeRequested);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, theme::kGrid / 2, 0, theme::kGrid / 2);
    row->setSpacing(theme::kGrid);
    row->addWidget(m_scroll, 1);
    row->addWidget(m_remove, 0, Qt::AlignTop);
    row->addWidget(m_add, 0, Qt::AlignTop);
}

void PhaseStrip::setPhases(const std::vector<Phase>& phases, std::size_t shown)
{
    while (m_chips.size() > phases.size()) {
        m_chips.back()->deleteLater();
        m_chips.back()->hide();
        m_chips.pop_back();
    }
    while (m_chips.size() < phases.size()) {
        auto* chip = new Chip(QString(), m_row);
        const std::size_t index = m_chips.size();
        connect(chip, &QAbstractButton::clicked, this, [this, index] {
            // A click on the shown one must not switch it off.
            m_chips[index]->setChecked(true);
            Q_EMIT chosen(index);
        });
        m_row->layout()->addWidget(chip);
        // Now, so that it counts in the height at once.
        chip->show();
        m_chips.push_back(chip);
    }
    for (std::size_t i = 0; i < phases.size(); ++i) {
        const QString plan = QString::fromStdString(describe(phases[i].plan));
        const QString epochs = format::plural(phases[i].epochs, tr("epoch"), tr("epochs"));
        // Many phases share the width: only the shown one says all.
        m_chips[i]->setText(i == shown || phases.size() < 3
                ? QStringLiteral("%1 · %2, %3").arg(i + 1).arg(plan, epochs)
                : QStringLiteral("%1 · %2").arg(i + 1).arg(plan));
        m_chips[i]->setChecked(i == shown);
        m_chips[i]->setAccessibleName(tr("Phase %1: %2, %3").arg(i + 1).arg(plan, epochs));
        m_chips[i]->setToolTip(tr("Phase %1: %2, %3. Show it below; Train on trains what is shown.")
                                   .arg(i + 1)
                                   .arg(plan, epochs));
        m_chips[i]->updateGeometry();
    }
    m_remove->setVisible(phases.size() > 1);
    m_shown = shown;
    m_scroll->updateGeometry();
    bringShownIntoView();
}

void PhaseStrip::bringShownIntoView()
{
    // After the chips have their new places.
    QTimer::singleShot(0, this, [this] {
        if (m_shown >= m_chips.size())
            return;
        Chip* const chip = m_chips[m_shown];
        m_scroll->ensureWidgetVisible(chip, 0, 0);
        // One that is wider than its place is read from its beginning.
        QScrollBar* const across = m_scroll->horizontalScrollBar();
        across->setValue(std::min(across->value(), chip->x()));
    });
}

} // namespace vernier::ui
