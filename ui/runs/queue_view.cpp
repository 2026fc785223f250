#include "ui/runs/queue_view.h"

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
namespace {

QPushButton* button(const QString& text, const QString& tip, QWidget* parent)
{
    auto* made = new QPushButton(text, parent);
    made->setAccessibleName(text);
    made->setToolTip(tip);
    return made;
}

} // namespace

QueueView::QueueView(RunQueue& queue, QWidget* parent)
    : QWidget(parent)
    , m_queue(queue)
    , m_table(new QTableView(this))
    , m_sentence(new QLabel(this))
    , m_up(button(tr("Earlier"), tr("Moves the selected recipe one place to the front."), this))
    , m_down(button(tr("Later"), tr("Moves the selected recipe one place to the back."), this))
    , m_remove(button(tr("Remove"), tr("Takes the selected recipe out of the line."), this))
    , m_stop(button(tr("Stop"), QString(), this))
{
    theme::setRole(m_table, theme::Role::List);
    theme::setRole(m_sentence, theme::Role::Muted);
    m_sentence->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_table->setModel(&queue);
    m_table->setAccessibleName(tr("Recipes in line"));
    m_table->setToolTip(tr("They are trained from the top, one after the other."));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    setUpRows(*m_table, 3 * theme::kGrid);
    QHeaderView* header = m_table->horizontalHeader();
    header->setSectionResizeMode(RunQueue::Name, QHeaderView::Stretch);
    header->resizeSection(RunQueue::State, 14 * theme::kGrid);
    header->resizeSection(RunQueue::Accuracy, 20 * theme::kGrid);

    auto* more = button(tr("Try several…"),
        tr("Puts every combination of some rates, heads and blocks in line."), this);
    connect(more, &QPushButton::clicked, this, &QueueView::tryRequested);
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
    for (QPushButton* each : { m_up, m_down, m_remove, m_stop, more })
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
    const int row = current();
    const bool waits = row >= 0 && m_queue.step(row) == RunQueue::Step::Waiting;
    m_up->setEnabled(waits && row > 0 && m_queue.step(row - 1) == RunQueue::Step::Waiting);
    m_down->setEnabled(waits && row + 1 < m_queue.rowCount());
    m_remove->setEnabled(row >= 0 && m_queue.step(row) != RunQueue::Step::Running);
    m_stop->setText(m_queue.held() ? tr("Go on") : tr("Stop"));
    m_stop->setAccessibleName(m_stop->text());
    m_stop->setToolTip(m_queue.held()
            ? tr("Trains what waits in line.")
            : tr("Stops the run that trains, and leaves the others waiting."));
    m_stop->setEnabled(
        m_queue.held() ? m_queue.waiting() > 0 : m_queue.running() || m_queue.waiting() > 0);
    m_sentence->setText(m_queue.rowCount() == 0
            ? tr("Nothing is in line. “Try several…” puts recipes there.")
            : tr("%1 waiting").arg(format::count(m_queue.waiting())));
}

} // namespace vernier::ui
