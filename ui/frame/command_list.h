#pragma once

#include <QAbstractListModel>
#include <QPointer>

#include <vector>

class QAction;

namespace vernier::ui {

class Commands;

/// What can be asked for, as far as it fits what was typed, the best fit first. Below "Open recent"
/// also what was open before.
class CommandList : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        KeysRole = Qt::UserRole + 1,
        DetailRole, ///< what it does, or why it cannot be used now
        UsableRole,
    };

    using QAbstractListModel::QAbstractListModel;

    void setCommands(const Commands& commands);
    /// Each word typed begins a word of the command.
    void setTyped(const QString& typed);
    QAction* action(int row) const; ///< may be gone

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Entry {
        QPointer<QAction> action;
        QString head; ///< of the menu that it stands in, where that is no command of its own
        QString words; ///< that it is found by, too

        QString title() const;
    };
    static int rankOf(const Entry& entry, const QString& typed); ///< less is better; -1: no fit
    void fit();
    void add(QAction* action, const QString& head, const QString& words);
    void tellChange();

    std::vector<Entry> m_entries;
    std::vector<std::size_t> m_rows; ///< of m_entries
    QString m_typed;
};

} // namespace vernier::ui
