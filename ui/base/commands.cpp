#include "ui/base/commands.h"

#include "ui/base/allow.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QMenuBar>

#include <utility>

namespace vernier::ui {

Commands::Commands(QObject* parent) : QObject(parent)
{
    std::map<MenuPlace, QActionGroup*> groups;
    for (const Command& command : commandTable()) {
        if (command.scope != CommandScope::Window)
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
    action(CommandId::Quit)->setMenuRole(QAction::QuitRole);
    action(CommandId::About)->setMenuRole(QAction::AboutRole);
}

QList<QAction*> Commands::all() const
{
    QList<QAction*> actions;
    for (const Command& command : commandTable()) {
        if (command.scope == CommandScope::Window)
            actions << action(command.id);
    }
    return actions;
}

void Commands::allow(CommandId id, const QString& obstacle) { ui::allow(*action(id), obstacle); }

QString Commands::obstacle(CommandId id) const { return obstacleOf(*action(id)); }

void Commands::fill(QMenuBar& bar) const
{
    std::map<MenuId, QMenu*> menus;
    for (const auto& [id, title] : menuTitles())
        menus[id] = bar.addMenu(title);
    std::map<MenuId, int> groups;
    for (const Command& command : commandTable()) {
        const auto [id, group] = command.place;
        if (id == MenuId::None)
            continue;
        QMenu* const menu = menus.at(id);
        int& last = groups.try_emplace(id, group).first->second;
        if (std::exchange(last, group) != group)
            menu->addSeparator();
        QAction* const entry = action(command.id);
        menu->addAction(entry);
        if (command.opens != MenuId::None) {
            entry->setMenu(new QMenu(menu));
            menus[command.opens] = entry->menu();
        }
    }
    for (const auto& [id, menu] : menus)
        menu->setToolTipsVisible(true);
}

} // namespace vernier::ui
