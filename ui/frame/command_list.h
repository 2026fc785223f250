#pragma once

#include <QAbstractListModel>
#include <QPointer>

#include <vector>

class QAction;

namespace vernier::ui {

class Commands;

/// What can be asked for, as far as it fits what was typed, the best fit first. Also what was open
/// before, and what can be done on other pages, though not from here.
class CommandList : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        KeysRole = Qt::UserRole + 1,
        DetailRole, ///< what it does, or why it cannot be used now
        UsableRole,
    };

    using QAbstractListModel::QAbstractListModel;

    void setCommands(const QList<const Commands*>& all);
    /// Each word typed begins a word of the command.
    void setTyped(const QString& typed);
    QAction* action(int row) const; ///< may be gone

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Entry {
        QPointer<QAction> action;
        QPointer<const Commands> source;
        QString head; ///< says where it stands, or else nothing would
        QString words; ///< that it is found by, too
        QPointer<QAction> menu; ///< that it stands in: the head of one that changes

        QString title() const;
        QString obstacle() const;
    };
    static int rankOf(const Entry& entry, const QString& typed); ///< less is better; -1: no fit
    void fit();
    void add(const Entry& entry);
    void addAll(const Commands& commands);
    void tellChange();

    std::vector<Entry> m_entries;
    std::vector<std::size_t> m_rows; ///< of m_entries
    QString m_typed;
};

} // namespace vernier::ui
