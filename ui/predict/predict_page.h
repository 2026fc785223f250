#pragma once

#include "ui/predict/predict_view.h"

namespace vernier::ui {

class Session;

/// Predict: a PredictView that follows a Session.
class PredictPage : public QWidget {
    Q_OBJECT
public:
    PredictPage(Session& session, ThumbnailService& thumbnails, QWidget* parent = nullptr);

private:
    void followModel();
    void followAll();

    Session& m_session;
    PredictView* m_view;
};

} // namespace vernier::ui
