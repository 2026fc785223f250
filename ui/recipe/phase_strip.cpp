#include "ui/recipe/phase_strip.h"

#include "ui/base/chip.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>

namespace vernier::ui {

PhaseStrip::PhaseStrip(QWidget* parent)
    : QWidget(parent)
    , m_scroll(new QScrollArea(this))
    , m_row(new QWidget(m_scroll))
    , m_chipRow(new QHBoxLayout(m_row))
    , m_add(new QPushButton(tr("Add phase"), this))
    , m_remove(new QPushButton(tr("Remove phase"), this))
{
    m_chipRow->setContentsMargins(0, 0, 0, 0);
    m_chipRow->setSpacing(theme::kGrid);
    m_chipRow->addStretch();
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setWidget(m_row);
    m_scroll->setFixedHeight(36);
    m_scroll->setFocusPolicy(Qt::NoFocus);
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
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(m_scroll, 1);
    row->addWidget(m_remove);
    row->addWidget(m_add);
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
        m_chipRow->insertWidget(int(index), chip);
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
    if (shown < m_chips.size()) {
        // After the row has its new width.
        QTimer::singleShot(0, m_chips[shown],
            [this, chip = m_chips[shown]] { m_scroll->ensureWidgetVisible(chip, theme::kGrid); });
    }
}

} // namespace vernier::ui
