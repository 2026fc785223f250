#pragma once

#include "ui/base/command.h"

#include <QObject>

#include <map>

class QMenuBar;

namespace vernier::ui {

/// The window's commands as actions, one for each of the table that has the window for its scope,
/// and what keeps one from being used at the moment.
class Commands : public QObject {
    Q_OBJECT
public:
    explicit Commands(QObject* parent = nullptr);

    QAction* action(CommandId id) const { return m_actions.at(id); }
    QList<QAction*> all() const; ///< in the order of the table
    /// An `obstacle` says why it cannot be used now; empty: it can.
    void allow(CommandId id, const QString& obstacle);
    QString obstacle(CommandId id) const;
    /// All menus with all commands that have a place there.
    void fill(QMenuBar& bar) const;

Q_SIGNALS:
    void asked(vernier::ui::CommandId id);

private:
    std::map<CommandId, QAction*> m_actions;
};

} // namespace vernier::ui
