#pragma once

#include <QKeySequence>
#include <QList>
#include <QString>

#include <compare>
#include <span>
#include <utility>

class QAction;
class QObject;

namespace vernier::ui {

enum class CommandId {
    // the window's, whatever page is shown
    StartOver,
    OpenFolder,
    OpenRecent,
    OpenSample,
    GetDataset,
    GetKnifeySpoony,
    OpenRun,
    OpenProject,
    SaveProject,
    OpenRecipe,
    SaveRecipe,
    Weights,
    ImportWeights,
    ExportModel,
    OpenModel,
    Quit,
    Undo,
    Redo,
    FindPictures,
    FeatureCache,
    Train,
    GoOn,
    Stop,
    ContinueRun,
    TrySeveral,
    KeepEpochs,
    PredictPictures,
    PredictFolder,
    ShowData,
    ShowRecipe,
    ShowTrain,
    ShowInspect,
    ShowPredict,
    ShowRuns,
    SystemColours,
    LightColours,
    DarkColours,
    Help,
    Keyboard,
    FindCommand,
    About,
    // of pictures
    OpenLarge,
    ShowInData,
    GiveClass,
    FindClass,
    TakeProposal,
    RightAsItIs,
    NoLongerRight,
    GiveSplit,
    MoveToTrain,
    MoveToValidation,
    MoveToTest,
    LeaveOut,
    ShowPictureInFolder,
    CopyPicturePath,
    SelectAll,
    SelectSurplus,
    SelectNone,
    NextPicture,
    ThumbnailSize,
    CloseLarge,
    // of the list of runs
    OpenListedRun,
    ForkRun,
    RenameRun,
    WriteNote,
    ShowRunInFolder,
    SaveFigures,
    SaveForTensorBoard,
    DeleteRuns,
    DeletedRuns,
    TickRun,
    // of the list of predictions
    CopyPredictions,
    PredictedRight,
    PredictedWrong,
};

/// Where its keys are answered: two commands of one scope have none in common.
enum class CommandScope { Window, Pictures, Runs, Predictions };

enum class MenuId {
    None, ///< it has keys or a button
    // below the menu bar
    File,
    OpenRecent,
    GetDataset,
    Edit,
    Run,
    View,
    Help,
    // context menus
    OfPictures,
    PictureClass,
    PictureSplit,
    OfRuns,
};

struct MenuPlace {
    MenuId menu = MenuId::None;
    int group = 0; ///< lines part the groups of a menu

    auto operator<=>(const MenuPlace&) const = default;
};

/// One thing that a person can ask for, with all that is said of it anywhere. Menus, buttons, the
/// shortcut help, the search for commands and the tests are made from these; see commandTable().
struct Command {
    enum class Tick { None, Own, OneOfGroup };

    CommandId id;
    const char* text; ///< as a menu has it, with its mnemonic
    const char* sentence; ///< what it does
    const char* keys = ""; ///< of a shortcut, separated by "; "
    const char* gesture = ""; ///< in their place: what widgets answer of themselves, in words
    const char* icon = ""; ///< for buttons
    MenuPlace place = {};
    MenuId opens = MenuId::None; ///< it is the head of this menu
    Tick tick = Tick::None;
    CommandScope scope = CommandScope::Window;

    QString menuText() const;
    QString title() const; ///< without the mnemonic
    QString tip() const;
    QList<QKeySequence> shortcuts() const;
    QString keysText() const; ///< as the keyboard of this system has them
    /// Widgets answer it of themselves, and nothing else does.
    bool isGesture() const { return *gesture && place.menu == MenuId::None; }
};

/// In the order of the ids, which is that of the menus.
std::span<const Command> commandTable();
const Command& commandOf(CommandId id);
/// The menus of the bar with their titles, from the left.
QList<std::pair<MenuId, QString>> menuTitles();

/// A command's action, as the table has it. Its status tip says what it does; see allow().
QAction* makeAction(CommandId id, QObject* parent);

QString scopeTitle(CommandScope scope);
QString withoutMnemonic(const QString& text);

} // namespace vernier::ui
