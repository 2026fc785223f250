#include "ui/frame/command_palette.h"

#include "ui/base/commands.h"
#include "ui/base/theme.h"
#include "ui/frame/command_delegate.h"
#include "ui/frame/command_list.h"

#include <QAction>
#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QVBoxLayout>

#include <algorithm>

namespace vernier::ui {
namespace {

constexpr int kWidth = 80 * theme::kGrid;
constexpr int kMostRows = 10;

} // namespace

CommandPalette::CommandPalette(const Commands& commands, QWidget* room)
    : QFrame(room)
    , m_commands(commands)
    , m_list(new CommandList(this))
    , m_line(new QLineEdit(this))
    , m_view(new QListView(this))
    , m_note(new QLabel(this))
{
    theme::setRole(this, theme::Role::Popup);
    setAccessibleName(commandOf(CommandId::FindCommand).title());
    m_line->setPlaceholderText(tr("What do you want to do?"));
    m_line->setAccessibleName(tr("Words of a command"));
    m_line->setToolTip(tr("Shows the commands with words that begin so"));
    m_view->setModel(m_list);
    m_view->setItemDelegate(new CommandDelegate(m_view));
    m_view->setAccessibleName(tr("Commands"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setStyleSheet(QStringLiteral("QListView { border: none; }"));
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setUniformItemSizes(true);
    // The line keeps it, so that one goes on typing.
    m_view->setFocusPolicy(Qt::NoFocus);
    m_note->setWordWrap(true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addWidget(m_line);
    column->addWidget(m_view, 1);
    column->addWidget(m_note);

    connect(m_line, &QLineEdit::textChanged, this, &CommandPalette::find);
    connect(m_view, &QListView::clicked, this, &CommandPalette::carryOut);
    m_line->installEventFilter(this);
    room->installEventFilter(this);
    hide();
}

void CommandPalette::open()
{
    if (isVisible()) {
        hide();
        return;
    }
    m_before = QApplication::focusWidget();
    QList<const Commands*> all { &m_commands };
    // Several pages show pictures: those of the one that is seen are meant.
    for (const auto* commands : window()->findChildren<Commands*>()) {
        if (commands == &m_commands)
            continue;
        const auto same = std::ranges::find(all, commands->scope(), &Commands::scope);
        if (same == all.end())
            all << commands;
        else if (commands->isShown())
            *same = commands;
    }
    m_list->setCommands(all);
    m_line->clear();
    find({});
    raise();
    show();
    m_line->setFocus();
}

void CommandPalette::find(const QString& typed)
{
    m_list->setTyped(typed);
    m_view->setCurrentIndex(m_list->index(0));
    showNote();
}

void CommandPalette::showNote()
{
    theme::setRole(m_note, theme::Role::Muted);
    // Who listens to the window hears of the line only, which has the focus.
    m_line->setAccessibleDescription(
        m_view->currentIndex().data(Qt::AccessibleTextRole).toString());
    m_note->setText(m_list->rowCount() > 0
            ? tr("The arrow keys choose, Return does it, Escape closes.")
            : tr("No command has these words."));
    arrange();
}

void CommandPalette::arrange()
{
    const int rows = std::min(m_list->rowCount(), kMostRows);
    m_view->setVisible(rows > 0);
    if (rows > 0)
        m_view->setFixedHeight(rows * m_view->sizeHintForRow(0) + 2 * m_view->frameWidth());
    const QWidget& room = *parentWidget();
    const int width = std::min(kWidth, room.width() - 4 * theme::kGrid);
    layout()->activate();
    setGeometry((room.width() - width) / 2, theme::kGrid, width, layout()->sizeHint().height());
}

void CommandPalette::move(int rows)
{
    const int last = m_list->rowCount() - 1;
    const int row = std::clamp(m_view->currentIndex().row() + rows, 0, std::max(last, 0));
    m_view->setCurrentIndex(m_list->index(row));
    showNote();
}

void CommandPalette::carryOut(const QModelIndex& index)
{
    const QPointer<QAction> action = index.isValid() ? m_list->action(index.row()) : nullptr;
    if (!action)
        return;
    if (!index.data(CommandList::UsableRole).toBool()) {
        theme::setRole(m_note, theme::Role::Plain);
        m_note->setText(QStringLiteral("%1: %2").arg(
            index.data().toString(), index.data(CommandList::DetailRole).toString()));
        arrange();
        return;
    }
    // First: what is done may look who has the focus, or ask something.
    hide();
    if (action)
        action->trigger();
}

bool CommandPalette::answer(int key)
{
    const int page = kMostRows - 1;
    switch (key) {
    case Qt::Key_Escape:
        hide();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        carryOut(m_view->currentIndex());
        return true;
    case Qt::Key_Down:
        move(1);
        return true;
    case Qt::Key_Up:
        move(-1);
        return true;
    case Qt::Key_PageDown:
        move(page);
        return true;
    case Qt::Key_PageUp:
        move(-page);
        return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        return true;
    default:
        return false;
    }
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget()) {
        if (event->type() == QEvent::Resize && isVisible())
            arrange();
    } else if (event->type() == QEvent::KeyPress) {
        return answer(static_cast<QKeyEvent*>(event)->key());
    } else if (event->type() == QEvent::FocusOut) {
        // To another window it is lent: it comes back with the window.
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        if (reason != Qt::ActiveWindowFocusReason && reason != Qt::PopupFocusReason)
            hide();
    }
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::hideEvent(QHideEvent* event)
{
    QFrame::hideEvent(event);
    if (m_before && m_line->hasFocus())
        m_before->setFocus();
    m_before = nullptr;
}

} // namespace vernier::ui
