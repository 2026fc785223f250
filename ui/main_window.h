#pragma once

#include "ui/base/theme.h"
#include "ui/frame/drop_plan.h"
#include "ui/frame/rail.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/runs/run_library.h"
#include "ui/runs/run_queue.h"
#include "ui/session/session.h"

#include <QMainWindow>

class QMimeData;
class QSettings;
class QStackedWidget;

namespace vernier::ui {

class Banner;
class CommandPalette;
class Commands;
class DataPage;
class DropOverlay;
class InspectPage;
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
    /// A new run with the recipe shown, on the pictures as they are now.
    void train();
    /// The run that is open: its unfinished epochs, or the next phase; and the pause while it is
    /// under way.
    void goOnOrPause();
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

    // main_window_commands.cpp
    void makeCommands();
    void carryOut(CommandId command);
    void refreshCommands();
    void refreshTrain();
    void refreshUndo();
    void setKeepEpochs(bool keep);
    void resumeRun();
    QString whatIsNext() const; ///< that going on would do
    void openLastRun();
    void trySeveral();
    bool recipeIsTaken(); ///< what was typed last counts; false: a field holds what cannot be taken
    void setScheme(Scheme scheme);

    // main_window_files.cpp
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
    DataPage* m_data = nullptr;
    RecipePage* m_recipe = nullptr;
    InspectPage* m_inspect = nullptr;
    PredictPage* m_predict = nullptr;
    RunsPage* m_runs = nullptr;
    DropOverlay* m_overlay = nullptr;
    CommandPalette* m_palette = nullptr;
    Commands* m_commands = nullptr;
};

} // namespace vernier::ui
