#include "ui/session/current_dataset.h"

#include "core/dataset/edit.h"
#include "ui/base/format.h"
#include "ui/session/edit_command.h"

#include <algorithm>
#include <map>

namespace vernier::ui {
namespace {

QString pictures(std::size_t count)
{
    return format::plural(
        static_cast<qint64>(count), CurrentDataset::tr("picture"), CurrentDataset::tr("pictures"));
}

} // namespace

CurrentDataset::CurrentDataset(QUndoStack& undo, QObject* parent)
    : QObject(parent), m_undo(undo) { }

CurrentDataset::~CurrentDataset() = default;

void CurrentDataset::open(const Opened& opened, const SplitOptions& options)
{
    m_scanned = opened.scanned;
    m_options = options;
    m_run.reset();
    m_journal = opened.journal;
    m_known = std::make_shared<Edits>(opened.edits);
    drawAgain();
    m_snapshot = withEdits(m_found, opened.edits);
    Q_EMIT changed();
    Q_EMIT this->opened();
}

void CurrentDataset::close()
{
    m_snapshot.reset();
    m_scanned.reset();
    m_found.reset();
    m_run.reset();
    m_journal.clear();
    m_known.reset();
}

void CurrentDataset::apply(const SnapshotPtr& snapshot)
{
    m_snapshot = snapshot;
    Q_EMIT edited();
    Q_EMIT changed();
}

void CurrentDataset::pushRelabel(std::vector<std::size_t> images, ClassIndex label)
{
    const QString text = tr("changing the class of %1").arg(pictures(images.size()));
    m_undo.push(new EditCommand(
        *this, text, std::move(images), [label](const SnapshotPtr& dataset, const auto& changed) {
            return relabelled(dataset, changed, label);
        }));
}

void CurrentDataset::pushMove(std::vector<std::size_t> images, Split split)
{
    const QString text = (split == Split::LeftOut ? tr("leaving out %1") : tr("moving %1"))
                             .arg(pictures(images.size()));
    m_undo.push(new EditCommand(
        *this, text, std::move(images), [split](const SnapshotPtr& dataset, const auto& changed) {
            return moved(dataset, changed, split);
        }));
}

void CurrentDataset::pushConfirm(std::vector<std::size_t> images, bool right)
{
    const QString text
        = (right ? tr("confirming the class of %1") : tr("taking back that %1 were confirmed"))
              .arg(pictures(images.size()));
    m_undo.push(new EditCommand(
        *this, text, std::move(images), [right](const SnapshotPtr& dataset, const auto& changed) {
            return confirmed(dataset, changed, right);
        }));
}

void CurrentDataset::relabel(const std::vector<std::size_t>& images, ClassIndex label)
{
    std::vector<std::size_t> others;
    for (const std::size_t image : images) {
        if (m_snapshot && image < m_snapshot->images.size()
            && m_snapshot->images[image].label != label)
            others.push_back(image);
    }
    if (!others.empty())
        pushRelabel(std::move(others), label);
}

void CurrentDataset::moveTo(const std::vector<std::size_t>& images, Split split)
{
    std::vector<std::size_t> others;
    bool anywhereElse = false;
    for (const std::size_t index : images) {
        if (!m_snapshot || index >= m_snapshot->images.size())
            continue;
        const ImageEntry& image = m_snapshot->images[index];
        anywhereElse = anywhereElse || image.split != split;
        // Those that were drawn there are chosen for it now, together with the others.
        if (image.split != split || !image.splitByHand)
            others.push_back(index);
    }
    if (anywhereElse)
        pushMove(std::move(others), split);
}

void CurrentDataset::confirm(const std::vector<std::size_t>& images, bool right)
{
    std::vector<std::size_t> others;
    for (const std::size_t image : images) {
        if (m_snapshot && image < m_snapshot->images.size()
            && m_snapshot->images[image].confirmed != right)
            others.push_back(image);
    }
    if (!others.empty())
        pushConfirm(std::move(others), right);
}

Edits CurrentDataset::takeOver(const Edits& older, const QString& what)
{
    if (!m_snapshot)
        return older;
    const SnapshotPtr wanted = withEdits(m_snapshot, older);
    std::map<ClassIndex, std::vector<std::size_t>> labels;
    std::map<Split, std::vector<std::size_t>> splits;
    std::vector<std::size_t> right;
    for (std::size_t i = 0; i < wanted->images.size(); ++i) {
        const ImageEntry& now = m_snapshot->images[i];
        const ImageEntry& then = wanted->images[i];
        if (isEdited(now) || !isEdited(then))
            continue;
        if (then.label != now.label)
            labels[then.label].push_back(i);
        if (then.splitByHand)
            splits[then.split].push_back(i);
        if (then.confirmed)
            right.push_back(i);
    }
    const Edits homeless = editsWithoutPlace(*m_snapshot, older);
    if (labels.empty() && splits.empty() && right.empty())
        return homeless;
    m_undo.beginMacro(what);
    for (auto& [label, images] : labels)
        pushRelabel(std::move(images), label);
    for (auto& [split, images] : splits)
        pushMove(std::move(images), split);
    if (!right.empty())
        pushConfirm(std::move(right), true);
    m_undo.endMacro();
    return homeless;
}

void CurrentDataset::draw(const SplitOptions& options)
{
    if (!m_scanned || options == m_options)
        return;
    const bool draws = m_drawn || m_options.testToTrain > 0 || options.testToTrain > 0;
    m_options = options;
    if (!draws)
        return;
    const Edits edits = editsOf(*m_snapshot);
    drawAgain();
    apply(withEdits(m_found, edits));
}

void CurrentDataset::keepSplitsOf(const SnapshotPtr& run, const SplitOptions& options)
{
    m_run = run;
    m_ofRun = options;
    if (!m_scanned || m_options != options)
        return;
    const Edits edits = editsOf(*m_snapshot);
    const SnapshotPtr before = m_snapshot;
    drawAgain();
    m_snapshot = withEdits(m_found, edits);
    if (changesBetween(*before, *m_snapshot).count() == 0)
        m_snapshot = before;
    else
        Q_EMIT changed();
}

void CurrentDataset::drawAgain()
{
    m_found = m_run && m_options == m_ofRun ? withSplitsOf(m_scanned, m_options, *m_run)
                                            : withValidation(m_scanned, m_options);
    m_drawn = m_found->validationDrawn;
}

} // namespace vernier::ui
