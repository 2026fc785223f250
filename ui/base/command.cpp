#include "ui/base/command.h"

#include "ui/base/icon.h"

#include <QAction>
#include <QCoreApplication>

namespace vernier::ui {
namespace {

constexpr std::pair<MenuId, const char*> kMenus[] {
    { MenuId::File, QT_TRANSLATE_NOOP("Command", "&File") },
    { MenuId::Edit, QT_TRANSLATE_NOOP("Command", "&Edit") },
    { MenuId::Run, QT_TRANSLATE_NOOP("Command", "&Run") },
    { MenuId::View, QT_TRANSLATE_NOOP("Command", "&View") },
    { MenuId::Help, QT_TRANSLATE_NOOP("Command", "&Help") },
};

QString translated(const char* text) { return QCoreApplication::translate("Command", text); }

} // namespace

QString Command::menuText() const { return translated(text); }
QString Command::title() const { return withoutMnemonic(menuText()); }
QString Command::tip() const { return translated(sentence); }

QList<QKeySequence> Command::shortcuts() const
{
    // Of nothing Qt would make a list with an empty one.
    return *keys ? QKeySequence::listFromString(QLatin1String(keys)) : QList<QKeySequence>();
}

QString Command::keysText() const
{
    if (*gesture)
        return translated(gesture);
    QStringList texts;
    for (const QKeySequence& shortcut : shortcuts())
        texts << shortcut.toString(QKeySequence::NativeText);
    return texts.join(QStringLiteral(", "));
}

const Command& commandOf(CommandId id) { return commandTable()[static_cast<std::size_t>(id)]; }

QList<std::pair<MenuId, QString>> menuTitles()
{
    QList<std::pair<MenuId, QString>> titles;
    for (const auto& [menu, title] : kMenus)
        titles.emplace_back(menu, translated(title));
    return titles;
}

QAction* makeAction(CommandId id, QObject* parent)
{
    const Command& command = commandOf(id);
    auto* action = new QAction(command.menuText(), parent);
    action->setToolTip(command.tip());
    action->setStatusTip(command.tip());
    action->setShortcuts(command.shortcuts());
    if (command.scope != CommandScope::Window)
        action->setShortcutContext(Qt::WidgetShortcut);
    action->setCheckable(command.tick != Command::Tick::None);
    if (*command.icon)
        action->setIcon(icon(QLatin1String(command.icon)));
    if (id == CommandId::Quit)
        action->setMenuRole(QAction::QuitRole);
    else if (id == CommandId::About)
        action->setMenuRole(QAction::AboutRole);
    // It is made for buttons: white is not seen on a menu's ground.
    action->setIconVisibleInMenu(false);
    return action;
}

QString scopeTitle(CommandScope scope)
{
    switch (scope) {
    case CommandScope::Window:
        return translated(QT_TRANSLATE_NOOP("Command", "Everywhere"));
    case CommandScope::Pictures:
        return translated(QT_TRANSLATE_NOOP("Command", "Pictures"));
    case CommandScope::Runs:
        return translated(QT_TRANSLATE_NOOP("Command", "Runs"));
    case CommandScope::Predictions:
        return translated(QT_TRANSLATE_NOOP("Command", "Predictions"));
    }
    return {};
}

QString withoutMnemonic(const QString& text)
{
    QString plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == QLatin1Char('&') && ++i == text.size())
            break;
        plain += text[i];
    }
    return plain;
}

} // namespace vernier::ui
