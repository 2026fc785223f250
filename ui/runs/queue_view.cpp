#include "ui/runs/queue_view.h"

#include "ui/base/allow.h"
#include "ui/base/format.h"
#include "ui/base/table.h"
#include "ui/base/theme.h"
#include "ui/runs/run_queue.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace vernier::ui {

QueueView::QueueView(RunQueue& queue, QWidget* parent)
    : QWidget(parent)
    , m_queue(queue)
    , m_table(new QTableView(this))
    , m_sentence(new QLabel(this))
    , m_up(makeButton(tr("Earlier"), this))
    , m_down(makeButton(tr("Later"), this))
    , m_remove(makeButton(tr("Remove"), this))
    , m_stop(makeButton(tr("Stop"), this))
    , m_more(makeButton(tr("Try several…"), this))
{
    theme::setRole(m_table, theme::Role::List);
    theme::setRole(m_sentence, theme::Role::Muted);
    m_sentence->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_table->setModel(&queue);
    m_table->setAccessibleName(tr("Recipes in line"));
    m_table->setToolTip(tr("They are trained from the top, one after the other."));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTextElideMode(Qt::ElideMiddle);
    setUpRows(*m_table, 3 * theme::kGrid);
    QHeaderView* header = m_table->horizontalHeader();
    header->setSectionResizeMode(RunQueue::Name, QHeaderView::Stretch);
    header->resizeSection(RunQueue::State, 14 * theme::kGrid);
    header->resizeSection(RunQueue::Accuracy, 20 * theme::kGrid);

    connect(m_more, &QPushButton::clicked, this, &QueueView::tryRequested);
    connect(m_up, &QPushButton::clicked, this, [this] { moveBy(-1); });
    connect(m_down, &QPushButton::clicked, this, [this] { moveBy(1); });
    connect(m_remove, &QPushButton::clicked, this, [this] { m_queue.remove(current()); });
    connect(m_stop, &QPushButton::clicked, this, [this] {
        if (m_queue.held())
            m_queue.goOn();
        else
            m_queue.stop();
    });
    connect(&queue, &RunQueue::changed, this, &QueueView::showState);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &QueueView::showState);

    auto* foot = new QHBoxLayout;
    foot->setSpacing(theme::kGrid);
    foot->addWidget(m_sentence, 1);
    for (QPushButton* each : { m_up, m_down, m_remove, m_stop, m_more })
        foot->addWidget(each);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(m_table, 1);
    column->addLayout(foot);
    showState();
}

int QueueView::current() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : rows.front().row();
}

void QueueView::moveBy(int by)
{
    if (current() >= 0)
        m_table->selectRow(m_queue.move(current(), by));
}

void QueueView::showState()
{
    using Step = RunQueue::Step;
    const int row = current();
    const QString none = row < 0 ? tr("Choose a recipe in line first.") : QString();
    const QString fixed = row >= 0 && m_queue.step(row) != Step::Waiting
        ? tr("Only what waits can be moved.")
        : none;
    const bool first = row == 0 || (row > 0 && m_queue.step(row - 1) != Step::Waiting);
    allow(*m_up, fixed.isEmpty() && first ? tr("It is the next one already.") : fixed,
        tr("Moves the selected recipe one place to the front."));
    const bool last = row + 1 == m_queue.rowCount();
    allow(*m_down, fixed.isEmpty() && last ? tr("It is the last one already.") : fixed,
        tr("Moves the selected recipe one place to the back."));
    const bool trains = row >= 0 && m_queue.step(row) == Step::Running;
    allow(*m_remove, trains ? tr("It trains: stop it first.") : none,
        tr("Takes the selected recipe out of the line."));
    const bool idle = m_queue.waiting() == 0 && (m_queue.held() || !m_queue.running());
    m_stop->setText(m_queue.held() ? tr("Go on") : tr("Stop"));
    m_stop->setAccessibleName(m_stop->text());
    allow(*m_stop, idle ? tr("Nothing waits in line.") : QString(),
        m_queue.held() ? tr("Trains what waits in line.")
                       : tr("Stops the run that trains, and leaves the others waiting."));
    allow(*m_more, m_queue.hasPictures() ? QString() : tr("Open a folder of pictures first."),
        tr("Puts every combination of some rates, heads and blocks in line."));
    m_sentence->setText(m_queue.rowCount() == 0
            ? tr("Nothing is in line. “Try several…” puts recipes there.")
            : tr("%1 waiting").arg(format::count(m_queue.waiting())));
}

} // namespace vernier::ui
