#pragma once

#include "ui/runs/run_library.h"
#include "ui/runs/runs_view.h"

#include <QTimer>
#include <QWidget>

namespace vernier::ui {

class RunQueue;
class Session;
class ThumbnailService;

/// All runs of the folder where new ones go.
class RunsPage : public QWidget {
    Q_OBJECT
public:
    RunsPage(Session& session, RunLibrary& library, RunQueue& queue, ThumbnailService& thumbnails,
        QWidget* parent = nullptr);

    RunsView* view() const { return m_view; }
    /// Asks which, and puts them in line. For whoever has seen that the recipe can be used.
    void trySeveral();

Q_SIGNALS:
    void openRequested(const QString& run);
    void trainRequested();
    void tryRequested();
    void failed(const vernier::Error& error);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void followState();
    void showBin();
    void refreshSoon();

    Session& m_session;
    RunLibrary& m_library;
    RunQueue& m_queue;
    RunsView* m_view;
    QTimer m_soon; ///< gathers epochs that come quickly
};

} // namespace vernier::ui
