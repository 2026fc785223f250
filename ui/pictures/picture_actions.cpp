#include "ui/pictures/picture_actions.h"

#include "ui/base/commands.h"
#include "ui/base/format.h"
#include "ui/pictures/class_dialog.h"
#include "ui/pictures/class_dot.h"
#include "ui/pictures/class_keys.h"
#include "ui/pictures/gallery_roles.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QUrl>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace vernier::ui {
namespace {

constexpr std::array kMoves {
    std::pair(CommandId::MoveToTrain, Split::Train),
    std::pair(CommandId::MoveToValidation, Split::Validation),
    std::pair(CommandId::MoveToTest, Split::Test),
};
constexpr std::size_t kListedClasses = 24; ///< so many are in the menu: what a screen holds
constexpr std::size_t kNamedClasses = 4; ///< so many have their keys in the hint

QString nameOf(const DatasetSnapshot& dataset, ClassIndex label)
{
    return QString::fromStdString(dataset.classes[static_cast<std::size_t>(label)]);
}

bool asksFor(const QKeyEvent& event, const QAction& action)
{
    const QKeySequence pressed(
        event.key() | (event.modifiers() & ~(Qt::KeypadModifier | Qt::GroupSwitchModifier)));
    return action.shortcuts().contains(pressed);
}

/// While it lives keys are an open menu's: the widget below has the focus still, and its shortcuts
/// would be found first.
class KeysOfMenu : public QObject {
public:
    KeysOfMenu() { qApp->installEventFilter(this); }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() != QEvent::ShortcutOverride)
            return QObject::eventFilter(watched, event);
        event->accept();
        return true;
    }
};

} // namespace

PictureActions::PictureActions(QWidget* page)
    : QObject(page), m_commands(new Commands(CommandScope::Pictures, this))
{
    // What a page has to do itself.
    m_commands->offer(CommandId::SelectSurplus, false);
    connect(m_commands, &Commands::asked, this, &PictureActions::carryOut);
    refresh();
}

void PictureActions::addView(QAbstractItemView& view)
{
    m_views.push_back(std::make_unique<Shown>());
    Shown* shown = m_views.back().get();
    shown->view = &view;
    if (!m_view)
        m_view = &view;
    addKeysTo(view);
    view.setContextMenuPolicy(Qt::CustomContextMenu);
    connect(&view, &QWidget::customContextMenuRequested, this, [this, &view](const QPoint& at) {
        use(view);
        const QModelIndex index = view.indexAt(at);
        if (index.isValid() && !view.selectionModel()->isSelected(index))
            select(index.row());
        showMenu(view.viewport()->mapToGlobal(at));
    });
    connect(&view, &QAbstractItemView::activated, this, [this, &view](const QModelIndex& index) {
        use(view);
        goTo(index.row());
    });
    connect(view.selectionModel(), &QItemSelectionModel::selectionChanged, this, [this, &view] {
        if (view.selectionModel()->hasSelection())
            use(view);
        tell();
    });
    connect(
        view.selectionModel(), &QItemSelectionModel::currentChanged, this, &PictureActions::tell);
    const QAbstractItemModel* model = view.model();
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this,
        [shown] { shown->kept = shown->view ? KeptSelection(*shown->view) : KeptSelection(); });
    connect(model, &QAbstractItemModel::modelReset, this, [this, shown] { restore(*shown); });
    for (const auto signal :
        { &QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved })
        connect(model, signal, this, &PictureActions::tell);
    connect(model, &QAbstractItemModel::layoutChanged, this, &PictureActions::tell);
    connect(model, &QAbstractItemModel::dataChanged, this, &PictureActions::tell);
    tell();
}

void PictureActions::addKeysTo(QWidget& widget)
{
    for (QAction* action : allActions())
        widget.addAction(action);
    widget.installEventFilter(this);
    m_keyTakers.emplace_back(&widget);
}

void PictureActions::offerBeside(QAction& action)
{
    m_beside.push_back(&action);
    for (const QPointer<QWidget>& widget : m_keyTakers) {
        if (widget)
            widget->addAction(&action);
    }
}

QList<QAction*> PictureActions::allActions() const
{
    QList<QAction*> all = m_commands->all();
    all.append(QList<QAction*>(m_classActions.begin(), m_classActions.end()));
    all.append(QList<QAction*>(m_beside.begin(), m_beside.end()));
    return all;
}

void PictureActions::setDataset(SnapshotPtr dataset, SnapshotPtr found)
{
    const bool sameClasses = m_dataset && dataset && m_dataset->classes == dataset->classes;
    m_dataset = std::move(dataset);
    m_found = std::move(found);
    if (!sameClasses)
        makeClassActions();
    tell();
}

void PictureActions::makeClassActions()
{
    for (const QAction* action : m_classActions)
        delete action;
    m_classActions.clear();
    if (!m_dataset)
        return;
    const std::vector<QStringList> keys = classKeys(m_dataset->classes);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto label = static_cast<ClassIndex>(i);
        QString text = nameOf(*m_dataset, label).replace(QLatin1Char('&'), QStringLiteral("&&"));
        text.replace(QLatin1Char('\t'), QLatin1Char(' '));
        if (!keys[i].isEmpty())
            text += QLatin1Char('\t') + keys[i].join(QStringLiteral(", "));
        auto* action = new QAction(classDot(label), text, this);
        QList<QKeySequence> sequences;
        for (const QString& key : keys[i])
            sequences << QKeySequence(key);
        action->setShortcuts(sequences);
        action->setShortcutContext(Qt::WidgetShortcut);
        action->setCheckable(true);
        connect(action, &QAction::triggered, this, [this, label] { giveClass(label); });
        m_classActions.push_back(action);
        for (const QPointer<QWidget>& widget : m_keyTakers) {
            if (widget)
                widget->addAction(action);
        }
    }
}

void PictureActions::setObstacle(const QString& obstacle)
{
    m_obstacle = obstacle;
    tell();
}

// --- what is selected

void PictureActions::use(QAbstractItemView& view)
{
    m_view = &view;
    for (const auto& other : m_views) {
        if (other->view && other->view != &view)
            other->view->clearSelection();
    }
}

QModelIndex PictureActions::current() const
{
    return m_view ? m_view->currentIndex() : QModelIndex();
}

std::vector<int> PictureActions::selectedRows() const
{
    std::vector<int> rows;
    if (!m_view)
        return rows;
    for (const QItemSelectionRange& range : m_view->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

std::optional<std::size_t> PictureActions::imageAt(int row) const
{
    const auto image = imageOf(m_view->model()->index(row, 0));
    return image && m_dataset && *image < m_dataset->images.size() ? image : std::nullopt;
}

int PictureActions::rowOf(std::size_t image) const
{
    const int rows = m_view ? m_view->model()->rowCount() : 0;
    for (int row = 0; row < rows; ++row) {
        if (imageAt(row) == image)
            return row;
    }
    return -1;
}

std::vector<std::size_t> PictureActions::images() const
{
    std::vector<std::size_t> images;
    for (const int row : selectedRows()) {
        if (const auto image = imageAt(row))
            images.push_back(*image);
    }
    return images;
}

PictureActions::Selected PictureActions::selected() const
{
    Selected selected;
    std::map<QString, std::optional<ClassIndex>> labels;
    const auto labelOf = [&](const QString& name) {
        const auto [known, isNew] = labels.try_emplace(name);
        if (isNew) {
            const auto& classes = m_dataset->classes;
            const auto found = std::ranges::find(classes, name.toStdString());
            if (found != classes.end())
                known->second = static_cast<ClassIndex>(found - classes.begin());
        }
        return known->second;
    };
    std::map<ClassIndex, std::vector<std::size_t>> proposals;
    for (const int row : selectedRows()) {
        ++selected.count;
        const auto image = imageAt(row);
        if (!image)
            continue;
        selected.images.push_back(*image);
        const QString predicted = m_view->model()->index(row, 0).data(ProposalRole).toString();
        if (predicted.isEmpty())
            continue;
        selected.anyPredicted = true;
        const auto label = labelOf(predicted);
        if (!label)
            selected.unknownClass = predicted;
        else if (*label != m_dataset->images[*image].label)
            proposals[*label].push_back(*image);
    }
    for (auto& [label, images] : proposals)
        selected.proposals.push_back({ std::move(images), label });
    return selected;
}

void PictureActions::restore(Shown& shown)
{
    const KeptSelection kept = std::exchange(shown.kept, {});
    if (shown.view) {
        // It would be seen without its current picture in between.
        const bool wasQuiet = std::exchange(m_quiet, true);
        kept.restore(*shown.view);
        m_quiet = wasQuiet;
    }
    tell();
}

void PictureActions::select(int row)
{
    m_view->selectionModel()->setCurrentIndex(m_view->model()->index(row, 0),
        QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void PictureActions::goTo(int row)
{
    if (!m_view || row < 0 || row >= m_view->model()->rowCount())
        return;
    select(row);
    if (m_commands->obstacle(CommandId::OpenLarge).isEmpty())
        Q_EMIT largeRequested();
}

bool PictureActions::goToImage(std::size_t image)
{
    const int row = rowOf(image);
    if (row < 0)
        return false;
    select(row);
    m_view->scrollTo(m_view->currentIndex());
    return true;
}

// --- what is done with it

void PictureActions::carryOut(CommandId command)
{
    const auto path = [&] { return current().data(PathRole).toString(); };
    const std::vector<std::size_t> chosen = images();
    for (const auto& [id, split] : kMoves) {
        if (id == command)
            return move(split);
    }
    switch (command) {
    case CommandId::OpenLarge:
        if (!current().isValid() || !m_view->selectionModel()->isSelected(current()))
            select(selectedRows().front());
        Q_EMIT largeRequested();
        return;
    case CommandId::ShowInData:
        Q_EMIT showInDataRequested(chosen.front());
        return;
    case CommandId::FindClass:
        return findClass();
    case CommandId::TakeProposal:
        return takeProposals();
    case CommandId::RightAsItIs:
        return mend(chosen, [&] { Q_EMIT confirmRequested(chosen, true); });
    case CommandId::NoLongerRight:
        Q_EMIT confirmRequested(chosen, false);
        return;
    case CommandId::LeaveOut:
        return move(Split::LeftOut);
    case CommandId::ShowPictureInFolder:
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path()).absolutePath()));
        return;
    case CommandId::CopyPicturePath:
        return QApplication::clipboard()->setText(path());
    case CommandId::SelectAll:
        return m_view->selectAll();
    case CommandId::SelectNone:
        return m_view->clearSelection();
    default:
        return;
    }
}

void PictureActions::giveClass(ClassIndex label)
{
    const std::vector<std::size_t> chosen = images();
    mend(chosen, [&] { Q_EMIT relabelRequested({ { chosen, label } }); });
}

void PictureActions::findClass()
{
    ClassDialog dialog(m_dataset->classes, m_view->window());
    if (dialog.exec() != QDialog::Accepted)
        return;
    if (const auto label = dialog.chosen())
        giveClass(*label);
}

void PictureActions::takeProposals()
{
    const std::vector<Relabelling> wishes = selected().proposals;
    mend(images(), [&] { Q_EMIT relabelRequested(wishes); });
}

void PictureActions::move(Split split)
{
    const std::vector<std::size_t> chosen = images();
    mend(chosen, [&] { Q_EMIT moveRequested(chosen, split); });
}

void PictureActions::mend(
    const std::vector<std::size_t>& images, const std::function<void()>& change)
{
    const std::set<std::size_t> mended(images.begin(), images.end());
    const auto isMended = [&](int row) {
        const auto image = imageAt(row);
        return image && mended.contains(*image);
    };
    const int before = m_view->model()->rowCount();
    int first = 0;
    while (first < before && !isMended(first))
        ++first;
    if (first == before)
        return;
    int next = first;
    while (next < before && isMended(next))
        ++next;
    // The end: it stays where it is, or else the one before it is the last now.
    const bool isLast = next == before;
    const int other = isLast ? first - 1 : next;
    const auto mendedImage = imageAt(first);
    // A picture of elsewhere has no number, but its row stays.
    const auto otherImage = other < 0 ? std::nullopt : imageAt(other);
    const QPersistentModelIndex otherIndex
        = other < 0 ? QModelIndex() : m_view->model()->index(other, 0);
    const QPointer<QAbstractItemView> view = m_view;
    const int scrolled = view->verticalScrollBar()->value();

    m_quiet = true;
    change();
    m_quiet = false;
    if (!view)
        return;

    m_view = view;
    const auto stays = [&] {
        return first < view->model()->rowCount() && mendedImage && imageAt(first) == mendedImage;
    };
    int row = otherIndex.isValid() ? otherIndex.row() : otherImage ? rowOf(*otherImage) : -1;
    if (isLast && stays())
        row = first;
    view->doItemsLayout();
    view->verticalScrollBar()->setValue(scrolled);
    // Scrolls only where it is out of view.
    if (row >= 0)
        select(row);
    tell();
}

// --- what is said of it

void PictureActions::tell()
{
    if (m_quiet)
        return;
    m_refusal.clear();
    refresh();
    Q_EMIT changed();
}

void PictureActions::refresh()
{
    const Selected chosen = m_view ? selected() : Selected {};
    const auto every = [&](const auto& predicate) {
        return !chosen.images.empty() && std::ranges::all_of(chosen.images, [&](std::size_t image) {
            return predicate(m_dataset->images[image]);
        });
    };
    const QString& busy = m_obstacle;
    const QString none = !busy.isEmpty() ? busy
        : chosen.count == 0              ? tr("Choose a picture first.")
                                         : QString();
    const QString notOne = !none.isEmpty() ? none
        : chosen.count > 1                 ? tr("Choose one picture only.")
                                           : QString();
    const QString foreign = !none.isEmpty() ? none
        : !m_dataset                        ? tr("No dataset is open.")
        : !chosen.images.empty()            ? QString()
        : chosen.count == 1                 ? tr("This picture is not in the open dataset.")
                                            : tr("These pictures are not in the open dataset.");
    const auto orElse = [](const QString& obstacle, bool can, const QString& why) {
        return !obstacle.isEmpty() || can ? obstacle : why;
    };

    m_commands->allow(CommandId::SelectAll, busy);
    m_commands->allow(CommandId::SelectSurplus, busy);
    for (const CommandId command : { CommandId::OpenLarge, CommandId::SelectNone })
        m_commands->allow(command, none);
    for (const CommandId command : { CommandId::ShowPictureInFolder, CommandId::CopyPicturePath })
        m_commands->allow(command, notOne);
    m_commands->allow(CommandId::ShowInData, foreign.isEmpty() ? notOne : foreign);
    for (const CommandId command : { CommandId::GiveClass, CommandId::FindClass,
             CommandId::RightAsItIs, CommandId::GiveSplit })
        m_commands->allow(command, foreign);
    m_commands->allow(CommandId::NoLongerRight,
        orElse(foreign,
            std::ranges::any_of(chosen.images,
                [&](std::size_t image) { return m_dataset->images[image].confirmed; }),
            tr("Nobody has said that it is right.")));
    m_commands->allow(CommandId::LeaveOut,
        orElse(foreign,
            !every([](const ImageEntry& image) { return image.split == Split::LeftOut; }),
            tr("It is left out already.")));
    m_commands->allow(CommandId::TakeProposal,
        orElse(foreign, !chosen.proposals.empty(),
            !chosen.unknownClass.isEmpty()
                ? tr("The open dataset has no class “%1”.").arg(chosen.unknownClass)
                : chosen.anyPredicted ? tr("The network says the same.")
                                      : tr("Nothing is predicted here yet.")));
    m_proposed = chosen.proposals.size() == 1 ? nameOf(*m_dataset, chosen.proposals.front().label)
                                              : QString();
    m_commands->action(CommandId::TakeProposal)
        ->setText(m_proposed.isEmpty()
                ? commandOf(CommandId::TakeProposal).menuText()
                : tr("&Take the predicted “%1”")
                      .arg(QString(m_proposed).replace(QLatin1Char('&'), QStringLiteral("&&"))));
    for (const auto& [command, split] : kMoves) {
        m_commands->allow(command, foreign);
        m_commands->action(command)->setChecked(
            every([split](const ImageEntry& image) { return image.split == split; }));
    }
    for (std::size_t i = 0; i < m_classActions.size(); ++i) {
        const auto label = static_cast<ClassIndex>(i);
        QAction* action = m_classActions[i];
        action->setEnabled(foreign.isEmpty());
        action->setToolTip(foreign);
        action->setChecked(
            every([label](const ImageEntry& image) { return image.label == label; }));
    }
}

QString PictureActions::hint() const
{
    QStringList hints = keyHints();
    qint64 rows = 0;
    for (const auto& shown : m_views)
        rows += shown->view ? shown->view->model()->rowCount() : 0;
    if (m_refusal.isEmpty() && m_obstacle.isEmpty() && rows > 0)
        hints.prepend(tr("%1 of %2 selected")
                          .arg(format::count(static_cast<qint64>(selectedRows().size())),
                              format::count(rows)));
    return hints.join(QStringLiteral("  ·  "));
}

QStringList PictureActions::keyHints() const
{
    if (!m_refusal.isEmpty())
        return { m_refusal };
    if (!m_obstacle.isEmpty())
        return { m_obstacle };
    if (!m_view || !m_dataset || !m_view->selectionModel()->hasSelection())
        return {};
    QStringList keys;
    for (const QAction* action : m_beside) {
        if (action->isEnabled())
            keys << tr("%1: %2").arg(action->shortcut().toString(QKeySequence::NativeText),
                withoutMnemonic(action->text()).toLower());
    }
    if (images().empty())
        return QStringList { tr("not in the open dataset") } + keys;
    if (m_classActions.size() <= kNamedClasses) {
        for (std::size_t i = 0; i < m_classActions.size(); ++i)
            keys << tr("%1: %2").arg(i + 1).arg(nameOf(*m_dataset, static_cast<ClassIndex>(i)));
    } else {
        keys << tr("1 to 9, a letter or Ctrl+L: class");
    }
    if (m_commands->obstacle(CommandId::TakeProposal).isEmpty())
        keys << (m_proposed.isEmpty() ? tr("Enter: as predicted")
                                      : tr("Enter: %1, as predicted").arg(m_proposed));
    keys << tr("Space: right as it is") << tr("Del: leave out");
    return keys;
}

void PictureActions::showMenu(const QPoint& globalAt)
{
    if (!m_obstacle.isEmpty())
        return;
    QMenu menu(m_view);
    m_commands->fill(menu, MenuId::OfPictures);
    if (QMenu* classes = m_commands->action(CommandId::GiveClass)->menu()) {
        QAction* const find = m_commands->action(CommandId::FindClass);
        for (std::size_t i = 0; i < std::min(m_classActions.size(), kListedClasses); ++i)
            classes->insertAction(find, m_classActions[i]);
        classes->insertSeparator(find);
    }
    QAction* const below = m_commands->action(CommandId::ShowPictureInFolder);
    for (QAction* action : m_beside)
        menu.insertAction(below, action);
    if (!m_beside.empty())
        menu.insertSeparator(below);
    if (m_undo && m_undo->isEnabled()) {
        menu.insertAction(below, m_undo);
        menu.insertSeparator(below);
    }
    const KeysOfMenu keys;
    menu.exec(globalAt);
}

bool PictureActions::beginsAt(const QObject* watched, const QKeyEvent& key)
{
    constexpr std::array kSteps { Qt::Key_Left, Qt::Key_Right, Qt::Key_Up, Qt::Key_Down,
        Qt::Key_Home };
    if (watched != m_view
        || key.modifiers().testAnyFlags(~Qt::KeyboardModifiers(Qt::KeypadModifier))
        || !std::ranges::count(kSteps, key.key()) || !m_view->currentIndex().isValid()
        || m_view->selectionModel()->hasSelection() || !m_obstacle.isEmpty())
        return false;
    select(key.key() == Qt::Key_Home ? 0 : m_view->currentIndex().row());
    return true;
}

bool PictureActions::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusIn) {
        for (const auto& shown : m_views) {
            if (shown->view == watched && shown->view != m_view) {
                m_view = shown->view;
                tell();
            }
        }
    }
    if (event->type() != QEvent::KeyPress)
        return QObject::eventFilter(watched, event);
    if (beginsAt(watched, static_cast<const QKeyEvent&>(*event)))
        return true;
    // A key whose action is disabled would come to mean what the view makes of it.
    const auto& key = static_cast<const QKeyEvent&>(*event);
    for (const QAction* action : allActions()) {
        if (action->isEnabled() || !action->isVisible() || !asksFor(key, *action))
            continue;
        m_refusal = action->toolTip();
        Q_EMIT changed();
        return true;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace vernier::ui
