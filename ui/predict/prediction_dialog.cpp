#include "ui/predict/prediction_dialog.h"

#include "ui/base/format.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/probability_bars.h"
#include "ui/predict/prediction_model.h"

namespace vernier::ui {

PredictionDialog::PredictionDialog(const PredictionModel& model, QWidget* parent)
    : PictureDialog(parent), m_model(model)
{
    connect(&model, &QAbstractItemModel::modelReset, this, &QDialog::close);
    connect(&model, &QAbstractItemModel::layoutChanged, this, &QDialog::close);
    connect(&model, &QAbstractItemModel::rowsInserted, this,
        [this](const QModelIndex&, int first, int last) {
            if (isVisible()) {
                const int before = first <= current() ? last - first + 1 : 0;
                place(current() + before, m_model.rowCount());
            }
        });
}

void PredictionDialog::show(int row) { openAt(row, m_model.rowCount()); }

void PredictionDialog::showPicture(int position)
{
    const QModelIndex file = m_model.index(position, PredictionModel::File);
    const QModelIndex answer = m_model.index(position, PredictionModel::Class);
    const QString reason = file.data(PredictionModel::ReasonRole).toString();
    setPicture(file.data(PathRole).toString(), file.data(PredictionModel::FolderRole).toString(),
        reason.isEmpty()
            ? tr("%1 with %2.")
                  .arg(answer.data().toString(),
                      format::percent(answer.data(PredictionModel::ShareRole).toDouble()))
            : tr("Could not be read: %1.").arg(reason));
    if (reason.isEmpty())
        bars()->setProbabilities(m_model.classes(), m_model.prediction(position).probabilities);
    else
        bars()->setProbabilities({}, {});
}

} // namespace vernier::ui
