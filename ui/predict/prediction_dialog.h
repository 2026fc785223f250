#pragma once

#include "ui/inspect/picture_dialog.h"

namespace vernier::ui {

class PredictionModel;

/// The predicted pictures of a model large, one after the other.
class PredictionDialog : public PictureDialog {
    Q_OBJECT
public:
    /// The model must outlive it. It follows rows that are added, and closes when they change.
    explicit PredictionDialog(const PredictionModel& model, QWidget* parent = nullptr);
    void show(int row);

protected:
    void showPicture(int position) override;

private:
    const PredictionModel& m_model;
};

} // namespace vernier::ui
