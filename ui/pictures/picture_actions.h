#pragma once

#include "core/dataset/snapshot.h"
#include "ui/base/command.h"
#include "ui/pictures/kept_selection.h"

#include <QObject>
#include <QPointer>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QAbstractItemView;
class QAction;
class QKeyEvent;
class QModelIndex;

namespace vernier::ui {

class Commands;

/// Pictures that are to get one class.
struct Relabelling {
    std::vector<std::size_t> images;
    ClassIndex label = 0;
};

/// What a person can do with the pictures of the open dataset wherever they are shown: one set of
/// keys and one context menu for the views of a page, whose models have the roles of
/// gallery_roles.h. What is wanted comes out as signals; after a mend the next picture is selected,
/// so that many can be mended one after the other. Knows no session, see mending.h. Its parent is
/// the page. GUI thread.
class PictureActions : public QObject {
    Q_OBJECT
public:
    explicit PictureActions(QWidget* page);

    /// With its model set. Of several views one has a selection at a time.
    void addView(QAbstractItemView& view);
    /// Another widget that shows the current picture: it answers the same keys.
    void addKeysTo(QWidget& widget);
    /// The open dataset, which the models' ImageRole points into, and the same pictures before
    /// anybody edited them. Null: there is none.
    void setDataset(SnapshotPtr dataset, SnapshotPtr found = {});
    const SnapshotPtr& dataset() const { return m_dataset; }
    const SnapshotPtr& found() const { return m_found; }
    /// Why nothing can be done now; empty: it can.
    void setObstacle(const QString& obstacle);
    /// Takes the newest mend back; offered in the menu.
    void setUndo(QAction* undo) { m_undo = undo; }

    /// Of the page's own, with its keys, in the same menu.
    void offerBeside(QAction& action);

    Commands& commands() { return *m_commands; }
    const std::vector<QAction*>& classActions() const { return m_classActions; }
    /// The one that was used last.
    QAbstractItemView* view() const { return m_view; }
    QModelIndex current() const;
    std::vector<int> selectedRows() const;
    /// The selected pictures that are of the open dataset.
    std::vector<std::size_t> images() const;
    void select(int row);
    /// Makes it the one that is selected, and large.
    void goTo(int row);
    /// The same by its place in the open dataset; false: the view used last does not show it.
    bool goToImage(std::size_t image);
    void showMenu(const QPoint& globalAt);
    /// How many are selected and which keys do what; or why the last one did nothing.
    QString hint() const;
    /// The same without the count, one by one.
    QStringList keyHints() const;

Q_SIGNALS:
    void relabelRequested(const std::vector<vernier::ui::Relabelling>& wishes);
    void moveRequested(const std::vector<std::size_t>& images, vernier::Split split);
    void confirmRequested(const std::vector<std::size_t>& images, bool right);
    void showInDataRequested(std::size_t image);
    void largeRequested();
    /// The selection, the current picture or what is known of it.
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    /// What the selection has to do with the open dataset.
    struct Selected {
        int count = 0;
        std::vector<std::size_t> images;
        std::vector<Relabelling> proposals; ///< those that differ from the label
        bool anyPredicted = false;
        QString unknownClass; ///< predicted, but none of the dataset's
    };
    struct Shown {
        QPointer<QAbstractItemView> view;
        KeptSelection kept; ///< while its model is reset
    };

    QList<QAction*> allActions() const;
    std::optional<std::size_t> imageAt(int row) const;
    int rowOf(std::size_t image) const;
    Selected selected() const;
    void makeClassActions();
    void use(QAbstractItemView& view);
    void restore(Shown& shown);
    void carryOut(CommandId command);
    void giveClass(ClassIndex label);
    void findClass();
    void takeProposals();
    void move(Split split);
    void mend(const std::vector<std::size_t>& images, const std::function<void()>& change);
    void refresh();
    void tell();
    /// The first step with the keyboard selects the picture that it starts from.
    bool beginsAt(const QObject* watched, const QKeyEvent& key);

    Commands* m_commands;
    QPointer<QAction> m_undo;
    std::vector<QAction*> m_classActions; ///< in class order
    std::vector<QAction*> m_beside;
    std::vector<QPointer<QWidget>> m_keyTakers;
    std::vector<std::unique_ptr<Shown>> m_views;
    QAbstractItemView* m_view = nullptr;
    SnapshotPtr m_dataset;
    SnapshotPtr m_found;
    QString m_obstacle;
    QString m_refusal; ///< why the last key did nothing
    QString m_proposed; ///< the class that Enter gives, where it is one
    bool m_quiet = false; ///< tells once, when all is done
};

} // namespace vernier::ui
