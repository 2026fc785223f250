#include "ui/runs/run_queue.h"

#include "ui/base/format.h"
#include "ui/session/current_run.h"
#include "ui/session/session.h"

#include <algorithm>

namespace vernier::ui {

RunQueue::RunQueue(Session& session, QObject* parent)
    : QAbstractTableModel(parent), m_session(session)
{
    // Queued, since the session is still inside the change that it tells of.
    connect(&session, &Session::stateChanged, this, &RunQueue::follow, Qt::QueuedConnection);
    connect(
        &session.run(), &CurrentRun::epochFinished, this, &RunQueue::follow, Qt::QueuedConnection);
    connect(&session, &Session::datasetChanged, this, &RunQueue::changed);
}

bool RunQueue::hasPictures() const { return m_session.dataset() != nullptr; }

void RunQueue::add(const std::vector<Wish>& wishes)
{
    if (wishes.empty() || !hasPictures())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(wishes.size()) - 1);
    for (const Wish& wish : wishes)
        m_entries.push_back(
            { wish.name, wish.recipe, m_session.dataset(), Step::Waiting, {}, {}, {} });
    endInsertRows();
    Q_EMIT changed();
    startNext();
}

void RunQueue::remove(int row)
{
    if (row < 0 || row >= rowCount() || step(row) == Step::Running)
        return;
    beginRemoveRows({}, row, row);
    m_entries.erase(m_entries.begin() + row);
    endRemoveRows();
    Q_EMIT changed();
}

int RunQueue::move(int row, int by)
{
    const int to = row + by;
    if (row < 0 || to < 0 || row >= rowCount() || to >= rowCount() || step(row) != Step::Waiting
        || step(to) != Step::Waiting)
        return row;
    beginMoveRows({}, row, row, {}, by > 0 ? to + 1 : to);
    std::swap(m_entries[static_cast<std::size_t>(row)], m_entries[static_cast<std::size_t>(to)]);
    endMoveRows();
    Q_EMIT changed();
    return to;
}

void RunQueue::stop()
{
    m_held = true;
    if (running())
        m_session.stop();
    Q_EMIT changed();
}

void RunQueue::goOn()
{
    m_held = false;
    Q_EMIT changed();
    startNext();
}

int RunQueue::rowOf(Step step) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
        [step](const Entry& entry) { return entry.step == step; });
    return found == m_entries.end() ? -1 : static_cast<int>(found - m_entries.begin());
}

bool RunQueue::running() const { return rowOf(Step::Running) >= 0; }

int RunQueue::waiting() const
{
    return static_cast<int>(std::count_if(m_entries.begin(), m_entries.end(),
        [](const Entry& entry) { return entry.step == Step::Waiting; }));
}

void RunQueue::setStep(int row, Step step)
{
    m_entries[static_cast<std::size_t>(row)].step = step;
    Q_EMIT dataChanged(index(row, 0), index(row, Columns - 1));
    Q_EMIT changed();
}

void RunQueue::follow()
{
    const int row = rowOf(Step::Running);
    if (row >= 0) {
        Entry& entry = m_entries[static_cast<std::size_t>(row)];
        const bool itsOwn = m_session.run().folder() == entry.folder;
        const RunHistory& history = m_session.run().history();
        for (const EpochDone& epoch : history.epochs) {
            if (itsOwn && epoch.best)
                entry.accuracy = epoch.validationAccuracy;
        }
        if (m_session.run().underWay()) {
            Q_EMIT dataChanged(index(row, 0), index(row, Columns - 1));
            return;
        }
        if (itsOwn && m_session.run().error()) {
            entry.problem = format::text(*m_session.run().error());
            setStep(row, Step::Failed);
            Q_EMIT ended(entry.folder, entry.name);
        } else if (itsOwn && history.ended && !history.ended->stopped) {
            setStep(row, Step::Done);
            Q_EMIT ended(entry.folder, entry.name);
        } else {
            // Whoever stops one wants the machine back.
            m_held = true;
            setStep(row, Step::Stopped);
            Q_EMIT ended(entry.folder, entry.name);
        }
    }
    startNext();
}

void RunQueue::startNext()
{
    const int row = rowOf(Step::Waiting);
    if (m_held || row < 0 || running() || m_session.run().underWay() || !m_session.dataset())
        return;
    Entry& entry = m_entries[static_cast<std::size_t>(row)];
    // Index by index: the session holds what is trained on against what is open.
    if (std::ranges::equal(entry.pictures->images, m_session.dataset()->images, {},
            &ImageEntry::path, &ImageEntry::path)
        && entry.pictures->root == m_session.dataset()->root) {
        setStep(row, Step::Running);
        m_session.trainRecipe(entry.recipe, entry.pictures);
        entry.folder = m_session.run().folder();
        if (m_session.run().underWay())
            return;
        entry.problem
            = m_session.jobs().error() ? format::text(*m_session.jobs().error()) : QString();
    } else {
        entry.problem = tr("It was put in line for the pictures in %1, and others are open by now.")
                            .arg(format::path(entry.pictures->root));
    }
    setStep(row, Step::Failed);
    QMetaObject::invokeMethod(this, &RunQueue::startNext, Qt::QueuedConnection);
}

int RunQueue::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int RunQueue::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant RunQueue::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index))
        return {};
    const Entry& entry = m_entries[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole)
        return entry.problem.isEmpty() ? entry.name : entry.problem;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (index.column() == Accuracy ? Qt::AlignRight : Qt::AlignLeft)));
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return entry.name;
    case Accuracy: {
        if (!entry.accuracy)
            return QStringLiteral("–");
        const bool best = std::none_of(m_entries.begin(), m_entries.end(),
            [&](const Entry& other) { return other.accuracy.value_or(0) > *entry.accuracy; });
        return best ? tr("%1, the best").arg(format::percent(*entry.accuracy))
                    : format::percent(*entry.accuracy);
    }
    default:
        break;
    }
    switch (entry.step) {
    case Step::Waiting:
        return m_held ? tr("held up") : tr("waiting");
    case Step::Running:
        return tr("training");
    case Step::Done:
        return tr("done");
    case Step::Stopped:
        return tr("stopped");
    case Step::Failed:
        return tr("failed");
    }
    return {};
}

QVariant RunQueue::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= Columns)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (section == Accuracy ? Qt::AlignRight : Qt::AlignLeft)));
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[] { tr("Recipe"), tr("State"), tr("Validation") };
    return titles[section];
}

} // namespace vernier::ui
