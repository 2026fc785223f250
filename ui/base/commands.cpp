#include "ui/base/commands.h"

#include "ui/base/allow.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QMenuBar>

namespace vernier::ui {

Commands::Commands(CommandScope scope, QObject* parent) : QObject(parent), m_scope(scope)
{
    std::map<MenuPlace, QActionGroup*> groups;
    for (const Command& command : commandTable()) {
        if (command.scope != scope || command.isGesture())
            continue;
        QAction* action = makeAction(command.id, this);
        m_actions.emplace(command.id, action);
        connect(action, &QAction::triggered, this, [this, id = command.id] { Q_EMIT asked(id); });
        if (command.tick == Command::Tick::OneOfGroup) {
            QActionGroup*& group = groups[command.place];
            if (!group)
                group = new QActionGroup(this);
            group->addAction(action);
        }
    }
}

QList<QAction*> Commands::all() const
{
    QList<QAction*> all;
    for (const auto& [id, action] : m_actions)
        all << action;
    return all;
}

void Commands::allow(CommandId id, const QString& obstacle) { ui::allow(*action(id), obstacle); }

QString Commands::obstacle(CommandId id) const { return obstacleOf(*action(id)); }

void Commands::offer(CommandId id, bool offered) { action(id)->setVisible(offered); }

bool Commands::isShown() const
{
    const QObject* shows = parent();
    while (shows && !shows->isWidgetType())
        shows = shows->parent();
    return shows && static_cast<const QWidget*>(shows)->isVisible();
}

void Commands::fill(QMenuBar& bar) const
{
    for (const auto& [id, title] : menuTitles())
        fill(*bar.addMenu(title), id);
}

void Commands::fill(QMenu& menu, MenuId id) const
{
    menu.setToolTipsVisible(true);
    int group = 0;
    for (const auto& [command, action] : m_actions) {
        const Command& entry = commandOf(command);
        if (entry.place.menu != id || !action->isVisible())
            continue;
        if (!menu.isEmpty() && entry.place.group != group)
            menu.addSeparator();
        group = entry.place.group;
        menu.addAction(action);
        if (entry.opens != MenuId::None) {
            auto* below = new QMenu(&menu);
            action->setMenu(below);
            fill(*below, entry.opens);
        }
    }
}

} // namespace vernier::ui
