#include "ui/pictures/class_dialog.h"

#include "ui/base/allow.h"
#include "ui/base/dialog_buttons.h"
#include "ui/base/theme.h"
#include "ui/pictures/class_dot.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace vernier::ui {

ClassDialog::ClassDialog(const std::vector<std::string>& classes, QWidget* parent)
    : QDialog(parent), m_line(new QLineEdit(this)), m_list(new QListWidget(this))
{
    setWindowTitle(tr("Class"));
    m_line->setPlaceholderText(tr("Search classes"));
    m_line->setAccessibleName(tr("Search classes"));
    m_line->setToolTip(tr("Shows the classes with this in their name"));
    m_line->installEventFilter(this);
    m_list->setAccessibleName(tr("Classes"));
    m_list->setToolTip(tr("The class that the selected pictures get"));
    m_list->setUniformItemSizes(true);
    for (std::size_t label = 0; label < classes.size(); ++label)
        new QListWidgetItem(classDot(static_cast<ClassIndex>(label)),
            QString::fromStdString(classes[label]), m_list);

    auto* column = new QVBoxLayout(this);
    column->setSpacing(theme::kGrid);
    column->addWidget(m_line);
    column->addWidget(m_list, 1);
    m_give = addDialogButtons(this, column, tr("Give this class"), QString());
    resize(48 * theme::kGrid, 56 * theme::kGrid);
    connect(m_line, &QLineEdit::textChanged, this, &ClassDialog::find);
    connect(m_list, &QListWidget::itemActivated, this, &QDialog::accept);
    find({});
}

std::optional<ClassIndex> ClassDialog::chosen() const
{
    const QListWidgetItem* item = m_list->currentItem();
    return item && !item->isHidden() ? std::optional<ClassIndex>(m_list->row(item)) : std::nullopt;
}

void ClassDialog::find(const QString& typed)
{
    QListWidgetItem* first = nullptr;
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem* item = m_list->item(row);
        const bool fits = item->text().contains(typed.trimmed(), Qt::CaseInsensitive);
        item->setHidden(!fits);
        if (fits && !first)
            first = item;
    }
    m_list->setCurrentItem(first);
    allow(*m_give, first ? QString() : tr("No class has this in its name."),
        tr("The selected pictures get this class."));
}

bool ClassDialog::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            return QCoreApplication::sendEvent(m_list, event);
        default:
            break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace vernier::ui
