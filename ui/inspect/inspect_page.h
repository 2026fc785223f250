#pragma once

#include "ui/inspect/inspect_view.h"

namespace vernier::ui {

class Session;

/// Inspect: an InspectView that follows a Session.
class InspectPage : public QWidget {
    Q_OBJECT
public:
    InspectPage(Session& session, ThumbnailService& thumbnails, QWidget* parent = nullptr);

private:
    void follow();
    void followState();

    Session& m_session;
    InspectView* m_view;
};

} // namespace vernier::ui
