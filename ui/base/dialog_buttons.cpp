#include "ui/base/dialog_buttons.h"

#include "ui/base/theme.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QPushButton>
#include <QVBoxLayout>

namespace vernier::ui {

QPushButton* addDialogButtons(
    QDialog* dialog, QVBoxLayout* column, const QString& text, const QString& tip)
{
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, dialog);
    buttons->button(QDialogButtonBox::Cancel)
        ->setToolTip(QDialog::tr("Close without doing anything."));
    QPushButton* act = buttons->addButton(text, QDialogButtonBox::AcceptRole);
    theme::setRole(act, theme::Role::Primary);
    act->setDefault(true);
    act->setToolTip(tip);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    column->addWidget(buttons);
    return act;
}

} // namespace vernier::ui
