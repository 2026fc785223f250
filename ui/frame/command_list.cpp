#include "ui/frame/command_list.h"

#include "ui/base/allow.h"
#include "ui/base/commands.h"

#include <QAction>
#include <QMenu>
#include <QRegularExpression>
#include <QWidget>

#include <algorithm>

namespace vernier::ui {
namespace {

/// Why nothing of another page is done from here.
QString elsewhere(CommandScope scope)
{
    switch (scope) {
    case CommandScope::Pictures:
        return CommandList::tr("Only on the Data page, once pictures are open.");
    case CommandScope::Runs:
        return CommandList::tr("Only on the Runs page.");
    case CommandScope::Predictions:
        return CommandList::tr("Only on the Predict page.");
    case CommandScope::Window:
        break;
    }
    return {};
}

QStringList wordsOf(const QString& text)
{
    static const QRegularExpression between(
        QStringLiteral("\\W+"), QRegularExpression::UseUnicodePropertiesOption);
    return text.toCaseFolded().split(between, Qt::SkipEmptyParts);
}

bool eachBeginsOne(const QStringList& typed, const QStringList& words)
{
    return std::all_of(typed.begin(), typed.end(), [&words](const QString& part) {
        return std::any_of(words.begin(), words.end(),
            [&part](const QString& word) { return word.startsWith(part); });
    });
}

} // namespace

QString CommandList::Entry::title() const
{
    const QString title = action ? withoutMnemonic(action->text()) : QString();
    return head.isEmpty() ? title : QStringLiteral("%1: %2").arg(head, title);
}

QString CommandList::Entry::obstacle() const
{
    // Nothing is done where nobody sees it.
    const auto* const page = qobject_cast<QWidget*>(source->parent());
    const QString there = page && !page->isVisible() ? elsewhere(source->scope()) : QString();
    return there.isEmpty() ? obstacleOf(menu ? *menu : *action) : there;
}

void CommandList::setCommands(const QList<const Commands*>& all)
{
    beginResetModel();
    m_entries.clear();
    for (const Commands* commands : all)
        addAll(*commands);
    fit();
    endResetModel();
}

void CommandList::addAll(const Commands& commands)
{
    const QString where
        = commands.scope() == CommandScope::Window ? QString() : scopeTitle(commands.scope());
    for (const auto& [id, action] : commands.actions()) {
        const Command& command = commandOf(id);
        if (command.opens == MenuId::None) {
            if (id != CommandId::FindCommand && action->isVisible())
                add({ action, &commands, where, command.tip(), {} });
        } else if (id == CommandId::OpenRecent && action->menu()) {
            for (QAction* entry : action->menu()->actions()) {
                if (!entry->isSeparator())
                    add({ entry, &commands, command.title(), {}, action });
            }
        }
    }
}

void CommandList::add(const Entry& entry)
{
    m_entries.push_back(entry);
    connect(entry.action, &QAction::changed, this, &CommandList::tellChange, Qt::UniqueConnection);
}

void CommandList::tellChange()
{
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void CommandList::setTyped(const QString& typed)
{
    beginResetModel();
    m_typed = typed;
    fit();
    endResetModel();
}

int CommandList::rankOf(const Entry& entry, const QString& typed)
{
    const QString title = entry.title();
    const QStringList parts = wordsOf(typed);
    const QStringList words = wordsOf(title);
    if (parts == words)
        return 0;
    if (title.startsWith(typed.trimmed(), Qt::CaseInsensitive))
        return 1;
    if (eachBeginsOne(parts, words))
        return 2;
    return eachBeginsOne(parts, words + wordsOf(entry.words)) ? 3 : -1;
}

void CommandList::fit()
{
    std::vector<std::pair<int, std::size_t>> found;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        if (const int rank = rankOf(m_entries[i], m_typed); rank >= 0)
            found.emplace_back(rank, i);
    }
    std::sort(found.begin(), found.end());
    m_rows.clear();
    for (const auto& [rank, entry] : found)
        m_rows.push_back(entry);
}

QAction* CommandList::action(int row) const
{
    return m_entries[m_rows[static_cast<std::size_t>(row)]].action;
}

int CommandList::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant CommandList::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Entry& entry = m_entries[m_rows[static_cast<std::size_t>(index.row())]];
    const QAction* action = entry.action;
    if (!action || !entry.source)
        return {};
    const QString obstacle = entry.obstacle();
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    switch (role) {
    case Qt::DisplayRole:
        return entry.title();
    case KeysRole:
        return keys;
    case DetailRole:
        return obstacle.isEmpty() ? action->statusTip() : obstacle;
    case UsableRole:
        return obstacle.isEmpty();
    case Qt::AccessibleTextRole:
        return QStringList { entry.title(), keys, obstacle }
            .filter(QRegularExpression(QStringLiteral(".")))
            .join(QStringLiteral(", "));
    default:
        return {};
    }
}

} // namespace vernier::ui
