#include "ui/base/field_undo.h"

#include <QAbstractSpinBox>
#include <QKeyEvent>
#include <QLineEdit>

namespace vernier::ui {
namespace {

QLineEdit* fieldOf(QObject* watched)
{
    // A spin box has the focus in place of its field.
    if (qobject_cast<QAbstractSpinBox*>(watched))
        return watched->findChild<QLineEdit*>(QString(), Qt::FindDirectChildrenOnly);
    return qobject_cast<QLineEdit*>(watched);
}

bool isReturn(const QEvent* event)
{
    const int key = static_cast<const QKeyEvent*>(event)->key();
    return key == Qt::Key_Return || key == Qt::Key_Enter;
}

bool isUndo(const QEvent* event)
{
    const auto* key = static_cast<const QKeyEvent*>(event);
    return key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo);
}

} // namespace

bool FieldUndo::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::ShortcutOverride:
        if (const QLineEdit* field = isUndo(event) ? fieldOf(watched) : nullptr;
            field && !field->isModified()) {
            event->ignore();
            return true;
        }
        break;
    case QEvent::KeyRelease:
        // By now what was typed is a value.
        if (QLineEdit* field = isReturn(event) ? fieldOf(watched) : nullptr)
            field->setModified(false);
        break;
    case QEvent::FocusIn:
        if (QLineEdit* field = fieldOf(watched))
            field->setModified(false);
        break;
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace vernier::ui
