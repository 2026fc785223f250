#pragma once

#include "ui/base/command.h"

#include <QObject>

#include <map>

class QMenu;
class QMenuBar;

namespace vernier::ui {

/// The commands of one scope as actions, and what keeps one from being used at the moment. Its
/// parent is what shows them: the window or a page.
class Commands : public QObject {
    Q_OBJECT
public:
    explicit Commands(CommandScope scope, QObject* parent = nullptr);

    CommandScope scope() const { return m_scope; }
    const std::map<CommandId, QAction*>& actions() const { return m_actions; }
    QAction* action(CommandId id) const { return m_actions.at(id); }
    QList<QAction*> all() const;
    /// An `obstacle` says why it cannot be used now; empty: it can.
    void allow(CommandId id, const QString& obstacle);
    QString obstacle(CommandId id) const;
    /// What is not offered is in no menu and has no keys: it means nothing here.
    void offer(CommandId id, bool offered);
    /// What shows them is seen at the moment.
    bool isShown() const;
    /// All menus of the bar with all commands that have a place there.
    void fill(QMenuBar& bar) const;
    void fill(QMenu& menu, MenuId id) const;

Q_SIGNALS:
    void asked(vernier::ui::CommandId id);

private:
    CommandScope m_scope;
    std::map<CommandId, QAction*> m_actions;
};

} // namespace vernier::ui
