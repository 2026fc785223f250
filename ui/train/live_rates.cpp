#include "ui/train/live_rates.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/recipe/network_outline.h"
#include "ui/recipe/rate_edit.h"
#include "ui/recipe/setting_words.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace vernier::ui {

LiveRates::LiveRates(QWidget* parent)
    : QWidget(parent), m_grid(new QGridLayout), m_note(new QLabel(this))
{
    theme::setRole(m_note, theme::Role::Caption);
    m_note->setWordWrap(true);
    m_note->setMinimumHeight(2 * m_note->fontMetrics().lineSpacing());
    m_note->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(theme::kGrid);
    m_grid->setVerticalSpacing(theme::kGrid / 2);
    m_grid->setColumnStretch(1, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    column->addLayout(m_grid);
    column->addWidget(m_note);
    setLive(false);
}

void LiveRates::forget() { m_phase = 0; }

void LiveRates::setPlan(
    const FreezePlan& plan, int phase, const std::map<std::string, double>& rates)
{
    if (phase == m_phase && plan == m_plan)
        return;
    m_phase = phase;
    m_plan = plan;
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_edits.clear();
    std::vector<std::string> blocks;
    for (const auto& rate : plan.blockRates)
        blocks.push_back(rate.first);
    for (const auto& [layer, rate] : plan.layerRates) {
        if (rate > 0)
            blocks.push_back(layer);
    }
    blocks.emplace_back("head");
    for (const std::string& block : blocks) {
        const int row = int(m_edits.size());
        const QString title = groupTitle(block);
        auto* label = new QLabel(title, this);
        auto* hint = new QLabel(this);
        theme::setRole(hint, theme::Role::Wrong);
        hint->setFont(theme::caption(hint->font()));
        hint->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        auto* edit = new RateEdit(this);
        const auto changed = rates.find(block);
        edit->setRate(changed == rates.end() ? plan.rate(block) : changed->second);
        edit->setEnabled(m_live);
        edit->setAccessibleName(tr("Live learning rate of %1").arg(title));
        edit->setToolTip(
            tr("Learning rate of %1 from the next batch on, until this phase ends; %2.")
                .arg(title, usualRates(block)));
        edit->setObjectName(QStringLiteral("live_") + QString::fromStdString(block));
        label->setBuddy(edit);
        connect(edit, &RateEdit::problemChanged, hint, &QLabel::setText);
        connect(edit, &RateEdit::rateEdited, this,
            [this, block](double rate) { Q_EMIT rateEdited(QString::fromStdString(block), rate); });
        m_grid->addWidget(label, row, 0);
        m_grid->addWidget(hint, row, 1);
        m_grid->addWidget(edit, row, 2);
        m_edits[block] = edit;
    }
}

void LiveRates::setLive(bool live)
{
    m_live = live;
    for (const auto& [block, edit] : m_edits)
        edit->setEnabled(live);
    showNote();
}

void LiveRates::setFactor(double factor)
{
    if (factor == m_factor)
        return;
    m_factor = factor;
    showNote();
}

void LiveRates::showNote()
{
    QString note = m_live ? tr("A change counts from the next batch until this phase ends.")
                          : tr("Can be changed while it trains.");
    if (m_live && m_factor != 1)
        note = tr("The schedule is at %1 of these. ")
                   .arg(format::percent(m_factor, m_factor < 0.1 ? 2 : 0))
            + note;
    m_note->setText(note);
}

RateEdit* LiveRates::edit(const std::string& block) const
{
    const auto found = m_edits.find(block);
    return found == m_edits.end() ? nullptr : found->second;
}

} // namespace vernier::ui
