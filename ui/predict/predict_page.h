#pragma once

#include "ui/predict/predict_view.h"

namespace vernier::ui {

class Session;

/// Predict: a PredictView that follows a Session.
class PredictPage : public QWidget {
    Q_OBJECT
public:
    PredictPage(Session& session, ThumbnailService& thumbnails, QWidget* parent = nullptr);

    /// Whether the weights of the original network are there; asked on a worker.
    void lookForOriginal();

private:
    void followModel();
    void followProgress();
    void followAll();

    Session& m_session;
    PredictView* m_view;
    Job m_look;
    std::string m_backbone; ///< whose original network was looked for
    std::optional<qint64> m_asked; ///< pictures of the predicting under way; 0: not counted yet
    qint64 m_answered = 0; ///< of those
};

} // namespace vernier::ui
