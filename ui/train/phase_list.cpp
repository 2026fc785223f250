#include "ui/train/phase_list.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/session/run_history.h"

#include <QGridLayout>
#include <QLabel>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace vernier::ui {

namespace {
constexpr int kRowsInView = 3;

QString factsOf(const RunHistory& history, const PhaseStarted& phase)
{
    int done = 0;
    double best = -1;
    for (const EpochDone& epoch : history.epochs) {
        if (epoch.phase != phase.phase)
            continue;
        ++done;
        best = std::max(best, epoch.validationAccuracy.value_or(-1));
    }
    const QString planned
        = format::plural(phase.epochs, PhaseList::tr("epoch"), PhaseList::tr("epochs"));
    const QString epochs = done < phase.epochs
        ? PhaseList::tr("%1 of %2").arg(format::count(done), planned)
        : planned;
    if (best < 0)
        return epochs;
    return (
        done == 1 ? PhaseList::tr("%1, validation %2") : PhaseList::tr("%1, validation up to %2"))
        .arg(epochs, format::percent(best));
}
} // namespace

PhaseList::PhaseList(QWidget* parent)
    : QScrollArea(parent), m_rows(new QWidget(this)), m_column(new QVBoxLayout(m_rows))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(theme::kGrid);
    m_column->addStretch();
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidget(m_rows);
    setAccessibleName(tr("Phases of this run"));
    setToolTip(tr("What was trained one after the other, and how far it came."));
    // Only a phase more or less, or another width, changes it: whoever reads further up meanwhile
    // is left there.
    QScrollBar* const bar = verticalScrollBar();
    connect(bar, &QScrollBar::rangeChanged, bar, [bar] { bar->setValue(bar->maximum()); });
}

int PhaseList::heightForWidth(int width) const
{
    if (m_entries.isEmpty())
        return 0;
    const Entry& entry = m_entries.front();
    const int row
        = entry.plan->fontMetrics().lineSpacing() + entry.facts->fontMetrics().lineSpacing();
    const int most = kRowsInView * row + (kRowsInView - 1) * m_column->spacing();
    return std::min(m_rows->heightForWidth(width), most);
}

void PhaseList::setHistory(const RunHistory& history)
{
    while (m_entries.size() > qsizetype(history.phases.size())) {
        const Entry entry = m_entries.takeLast();
        delete entry.plan->parentWidget();
    }
    while (m_entries.size() < qsizetype(history.phases.size())) {
        auto* box = new QWidget(m_rows);
        Entry entry { new QLabel(box), new QLabel(box), new QLabel(box) };
        theme::setRole(entry.number, theme::Role::Muted);
        theme::setRole(entry.facts, theme::Role::Caption);
        entry.number->setFont(theme::tabular(entry.number->font()));
        entry.facts->setFont(theme::tabular(entry.facts->font()));
        entry.plan->setWordWrap(true);
        entry.facts->setWordWrap(true);
        entry.number->setAlignment(Qt::AlignLeft | Qt::AlignTop);
        auto* grid = new QGridLayout(box);
        grid->setContentsMargins(0, 0, 0, 0);
        grid->setHorizontalSpacing(theme::kGrid);
        grid->setVerticalSpacing(0);
        grid->setColumnMinimumWidth(0, 16);
        grid->setColumnStretch(1, 1);
        grid->addWidget(entry.number, 0, 0);
        grid->addWidget(entry.plan, 0, 1);
        grid->addWidget(entry.facts, 1, 1);
        m_column->insertWidget(int(m_entries.size()), box);
        // Now, so that it counts in this widget's size at once.
        box->show();
        m_entries << entry;
    }
    for (int i = 0; i < m_entries.size(); ++i) {
        const PhaseStarted& phase = history.phases[std::size_t(i)];
        const Entry& entry = m_entries.at(i);
        entry.number->setText(QString::number(phase.phase));
        QString plan = QString::fromStdString(describe(phase.plan));
        if (!plan.isEmpty())
            plan[0] = plan.at(0).toUpper();
        entry.plan->setText(plan);
        entry.plan->setToolTip(
            tr("%1 of %2 parameters train in this phase.")
                .arg(format::count(phase.trainableParameters), format::count(phase.parameters)));
        entry.facts->setText(factsOf(history, phase));
    }
    updateGeometry();
}

QString PhaseList::text(int phase) const
{
    return m_entries.at(phase).plan->text() + QStringLiteral(" · ")
        + m_entries.at(phase).facts->text();
}

} // namespace vernier::ui
