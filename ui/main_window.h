#pragma once

#include "ui/base/theme.h"
#include "ui/base/thumbnail_service.h"
#include "ui/frame/drop_plan.h"
#include "ui/frame/rail.h"
#include "ui/runs/run_library.h"
#include "ui/runs/run_queue.h"
#include "ui/session/session.h"

#include <QMainWindow>

class QMenu;
class QMimeData;
class QSettings;
class QStackedWidget;

namespace vernier::ui {

class Banner;
class DropOverlay;
class PredictPage;
class RecipePage;
class RunsPage;
class StartPage;

/// The frame: rail, pages, run bar, menus, dropping, and what is remembered between sessions.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    MainWindow();
    ~MainWindow() override;

    Session& session() { return m_session; }
    ThumbnailService& thumbnails() { return m_thumbnails; }
    Page page() const { return m_page; }
    void showPage(Page page);
    /// A folder of pictures, a run, a model or a recipe, as the command line gives it.
    void open(const QString& path);
    /// Train on where that is possible, else a new run; the pause while one is under way.
    void trainOrPause();
    void trainNewRun();
    void continueRun();

protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    // main_window.cpp
    void makePages();
    void connectSession();
    DropPlan planFor(const QMimeData* mime);
    void carryOut(const DropPlan& plan);
    void refreshTitle();
    void refreshDataOrStart();
    void endClosing();
    void resumeRun();
    void trySeveral();
    bool recipeIsTaken(); ///< what was typed last counts; false: a field holds what cannot be taken

    // main_window_actions.cpp
    void makeActions();
    void makeMenus();
    void refreshActions();
    void refreshRecent(const QSettings& settings);
    void remember(const QString& key, const QString& path);
    void chooseFolder();
    void chooseRun();
    void chooseProject();
    void saveProject();
    void findPictures(const QString& project, const QString& pictures);
    void chooseModel();
    void chooseRecipe();
    void saveRecipe();
    void chooseWeights();
    void choosePictures();
    void choosePictureFolder();
    void exportModel();
    void showCache();
    void showWeights();
    void getKnifeySpoony();
    void setScheme(Scheme scheme);

    Session m_session;
    RunLibrary m_library { *m_session.undoStack(), Session::runsFolder() };
    RunQueue m_queue { m_session };
    ThumbnailService m_thumbnails;
    Page m_page = Page::Data;
    bool m_closing = false;

    Rail* m_rail = nullptr;
    Banner* m_banner = nullptr;
    QStackedWidget* m_pages = nullptr;
    QStackedWidget* m_dataOrStart = nullptr;
    StartPage* m_start = nullptr;
    RecipePage* m_recipe = nullptr;
    PredictPage* m_predict = nullptr;
    RunsPage* m_runs = nullptr;
    DropOverlay* m_overlay = nullptr;
    QMenu* m_recentMenu = nullptr;

    struct Actions {
        QAction* fresh = nullptr;
        QAction* openFolder = nullptr;
        QAction* openSample = nullptr;
        QAction* knifeySpoony = nullptr;
        QAction* openRun = nullptr;
        QAction* openProject = nullptr;
        QAction* saveProject = nullptr;
        QAction* openModel = nullptr;
        QAction* openRecipe = nullptr;
        QAction* saveRecipe = nullptr;
        QAction* weights = nullptr;
        QAction* importWeights = nullptr;
        QAction* exportModel = nullptr;
        QAction* quit = nullptr;
        QAction* undo = nullptr;
        QAction* redo = nullptr;
        QAction* cache = nullptr;
        QAction* train = nullptr;
        QAction* stop = nullptr;
        QAction* newRun = nullptr;
        QAction* continueRun = nullptr;
        QAction* resumeRun = nullptr;
        QAction* keepEpochs = nullptr;
        QAction* trySeveral = nullptr;
        QAction* predict = nullptr;
        QAction* predictFolder = nullptr;
        QAction* help = nullptr;
        QAction* keyboard = nullptr;
        QAction* about = nullptr;
    } m_actions;
    QList<QAction*> m_pageActions;
};

} // namespace vernier::ui
