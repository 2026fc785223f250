#include "ui/runs/fork_dialog.h"

#include "ui/base/dialog_buttons.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace vernier::ui {

ForkDialog::ForkDialog(const RunSummary& run, QWidget* parent)
    : QDialog(parent), m_epochs(new QComboBox(this))
{
    setWindowTitle(tr("Fork a run"));
    auto* sentence = new QLabel(
        tr("Makes a new run that stands where “%1” stood after an epoch, and opens it. Train on "
           "then goes on from there with what is ticked on the Recipe page. The run itself stays "
           "as it is.")
            .arg(QString::fromStdString(run.name())),
        this);
    sentence->setWordWrap(true);
    for (const int epoch : run.forkable) {
        const auto done = std::find_if(run.epochs.begin(), run.epochs.end(),
            [epoch](const EpochDone& each) { return each.epoch == epoch; });
        QString text = tr("Epoch %1").arg(epoch);
        if (done != run.epochs.end() && done->validationAccuracy)
            text += tr(" · validation %1").arg(format::percent(*done->validationAccuracy));
        if (epoch == run.bestEpoch)
            text += tr(" · the best");
        m_epochs->addItem(text, epoch);
    }
    m_epochs->setCurrentIndex(std::max(0, m_epochs->findData(run.bestEpoch)));
    m_epochs->setAccessibleName(tr("After"));
    m_epochs->setToolTip(tr("The epochs whose weights are there: the best, the last, and all of a "
                            "run that was trained while Run > Keep every epoch was ticked."));
    auto* form = new QFormLayout;
    form->addRow(tr("After"), m_epochs);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(2 * theme::kGrid);
    column->addWidget(sentence);
    column->addLayout(form);
    addDialogButtons(
        this, column, tr("Fork"), tr("Begin a new run with the weights of this epoch."));
    setMinimumWidth(480);
}

int ForkDialog::epoch() const { return m_epochs->currentData().toInt(); }

} // namespace vernier::ui
