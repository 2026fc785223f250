#include "ui/main_window.h"

#include "ui/base/banner.h"
#include "ui/base/commands.h"
#include "ui/base/field_undo.h"
#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/data/data_page.h"
#include "ui/frame/command_palette.h"
#include "ui/frame/help.h"
#include "ui/frame/obstacles.h"
#include "ui/recipe/recipe_page.h"
#include "ui/runs/runs_page.h"
#include "ui/session/current_run.h"
#include "ui/session/job_board.h"

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QUndoStack>

#include <utility>

namespace vernier::ui {
namespace {

const QString kSchemeKey = QStringLiteral("scheme");
const QString kKeepEpochsKey = QStringLiteral("keepEpochs");

CommandId choosing(Scheme scheme)
{
    switch (scheme) {
    case Scheme::Light:
        return CommandId::LightColours;
    case Scheme::Dark:
        return CommandId::DarkColours;
    case Scheme::System:
        break;
    }
    return CommandId::SystemColours;
}

} // namespace

void MainWindow::makeCommands()
{
    m_commands = new Commands(CommandScope::Window, this);
    addActions(m_commands->all());
    m_commands->fill(*menuBar());
    connect(m_commands, &Commands::asked, this, qOverload<CommandId>(&MainWindow::carryOut));
    qApp->installEventFilter(new FieldUndo(this));

    const QSettings settings;
    const bool keep = settings.value(kKeepEpochsKey, false).toBool();
    m_commands->action(CommandId::KeepEpochs)->setChecked(keep);
    m_session.run().setKeepEpochs(keep);
    const auto scheme = static_cast<Scheme>(settings.value(kSchemeKey, 0).toInt());
    m_commands->action(choosing(scheme))->setChecked(true);
    m_commands->action(showing(m_page))->setChecked(true);
}

void MainWindow::carryOut(CommandId command)
{
    switch (command) {
    case CommandId::StartOver:
        m_session.reset();
        return showPage(Page::Data);
    case CommandId::OpenFolder:
        return chooseFolder();
    case CommandId::OpenSample:
        showPage(Page::Data);
        return m_session.openSample();
    case CommandId::GetKnifeySpoony:
        return getKnifeySpoony();
    case CommandId::OpenRun:
        return chooseRun();
    case CommandId::OpenProject:
        return chooseProject();
    case CommandId::SaveProject:
        return saveProject();
    case CommandId::OpenRecipe:
        return chooseRecipe();
    case CommandId::SaveRecipe:
        return saveRecipe();
    case CommandId::Weights:
        return showWeights();
    case CommandId::ImportWeights:
        return chooseWeights();
    case CommandId::ExportModel:
        return exportModel();
    case CommandId::OpenModel:
        return chooseModel();
    case CommandId::Quit:
        close();
        return;
    case CommandId::Undo:
        return m_session.undoStack()->undo();
    case CommandId::Redo:
        return m_session.undoStack()->redo();
    case CommandId::FindPictures:
        showPage(Page::Data);
        return m_data->find();
    case CommandId::FeatureCache:
        return showCache();
    case CommandId::Train:
        return train();
    case CommandId::GoOn:
        return goOnOrPause();
    case CommandId::Stop:
        return m_session.stop();
    case CommandId::ContinueRun:
        return continueRun();
    case CommandId::TrySeveral:
        return trySeveral();
    case CommandId::KeepEpochs:
        return setKeepEpochs(m_commands->action(command)->isChecked());
    case CommandId::PredictPictures:
        return choosePictures();
    case CommandId::PredictFolder:
        return choosePictureFolder();
    case CommandId::ShowData:
        return showPage(Page::Data);
    case CommandId::ShowRecipe:
        return showPage(Page::Recipe);
    case CommandId::ShowTrain:
        return showPage(Page::Train);
    case CommandId::ShowInspect:
        return showPage(Page::Inspect);
    case CommandId::ShowPredict:
        return showPage(Page::Predict);
    case CommandId::ShowRuns:
        return showPage(Page::Runs);
    case CommandId::SystemColours:
        return setScheme(Scheme::System);
    case CommandId::LightColours:
        return setScheme(Scheme::Light);
    case CommandId::DarkColours:
        return setScheme(Scheme::Dark);
    case CommandId::Help:
        return showHelp(this);
    case CommandId::Keyboard:
        return showKeyboard(this);
    case CommandId::FindCommand:
        return m_palette->open();
    case CommandId::About:
        return showAbout(this);
    // Heads of menus, and what the pages answer. No default: the compiler then says which command
    // is forgotten.
    case CommandId::OpenRecent:
    case CommandId::GetDataset:
    case CommandId::OpenLarge:
    case CommandId::ShowInData:
    case CommandId::GiveClass:
    case CommandId::FindClass:
    case CommandId::TakeProposal:
    case CommandId::RightAsItIs:
    case CommandId::NoLongerRight:
    case CommandId::GiveSplit:
    case CommandId::MoveToTrain:
    case CommandId::MoveToValidation:
    case CommandId::MoveToTest:
    case CommandId::LeaveOut:
    case CommandId::ShowPictureInFolder:
    case CommandId::CopyPicturePath:
    case CommandId::SelectAll:
    case CommandId::SelectSurplus:
    case CommandId::SelectNone:
    case CommandId::NextPicture:
    case CommandId::ThumbnailSize:
    case CommandId::CloseLarge:
    case CommandId::OpenListedRun:
    case CommandId::ForkRun:
    case CommandId::RenameRun:
    case CommandId::WriteNote:
    case CommandId::ShowRunInFolder:
    case CommandId::SaveFigures:
    case CommandId::SaveForTensorBoard:
    case CommandId::DeleteRuns:
    case CommandId::DeletedRuns:
    case CommandId::TickRun:
    case CommandId::CopyPredictions:
    case CommandId::PredictedRight:
    case CommandId::PredictedWrong:
        return;
    }
}

void MainWindow::refreshCommands()
{
    refreshTrain();
    refreshUndo();
    const bool job = !m_session.jobs().newest().title.isEmpty();
    m_commands->action(CommandId::Stop)
        ->setText(!m_session.run().underWay() && job ? tr("&Cancel")
                                                     : commandOf(CommandId::Stop).menuText());
    for (const auto& [command, action] : m_commands->actions()) {
        QString obstacle = obstacleTo(command, m_session);
        if (command == CommandId::OpenRecent && obstacle.isEmpty() && action->menu()->isEmpty())
            obstacle = tr("Nothing was opened before.");
        m_commands->allow(command, obstacle);
    }
}

void MainWindow::refreshTrain()
{
    const bool again = !m_session.run().folder().isEmpty();
    QAction& train = *m_commands->action(CommandId::Train);
    train.setText(again ? tr("&Train again") : commandOf(CommandId::Train).menuText());
    train.setIcon(icon(QStringLiteral("play"), theme::onAccent));

    QAction& goOn = *m_commands->action(CommandId::GoOn);
    const auto say = [&goOn](const QString& text, const QString& what, const char* sign) {
        goOn.setText(what.isEmpty() ? text : QStringLiteral("%1: %2").arg(text, what));
        goOn.setIconText(QString(text).remove(QLatin1Char('&')));
        goOn.setIcon(icon(QLatin1String(sign)));
    };
    const bool atWork = m_session.run().underWay() && m_session.state() != RunState::Paused;
    if (atWork)
        say(tr("&Pause"), tr("after this batch"), "pause");
    else
        say(commandOf(CommandId::GoOn).menuText(), whatIsNext(), "play");
}

QString MainWindow::whatIsNext() const
{
    if (m_session.state() == RunState::Paused)
        return tr("where it paused");
    switch (m_session.nextStep()) {
    case Session::NextStep::Unfinished:
        return tr("%1 left").arg(format::plural(m_session.epochsLeft(), tr("epoch"), tr("epochs")));
    case Session::NextStep::NewPhase:
        return tr("a phase more, %1")
            .arg(QString::fromStdString(
                describe(m_session.recipe().phases[m_session.shownPhase()].plan)));
    case Session::NextStep::None:
        break;
    }
    return {};
}

void MainWindow::refreshUndo()
{
    const QUndoStack& stack = *m_session.undoStack();
    for (const auto& [command, what] : { std::pair(CommandId::Undo, stack.undoText()),
             std::pair(CommandId::Redo, stack.redoText()) }) {
        const QString text = commandOf(command).menuText();
        m_commands->action(command)->setText(
            what.isEmpty() ? text : QStringLiteral("%1 %2").arg(text, what));
    }
}

void MainWindow::goOnOrPause()
{
    if (m_session.run().underWay())
        m_session.run().togglePaused();
    else if (m_session.nextStep() == Session::NextStep::Unfinished)
        resumeRun();
    else
        continueRun();
}

void MainWindow::train()
{
    if (recipeIsTaken())
        m_session.train();
}

void MainWindow::continueRun()
{
    if (recipeIsTaken())
        m_session.continueRun();
}

void MainWindow::trySeveral()
{
    if (recipeIsTaken())
        m_runs->trySeveral();
}

void MainWindow::resumeRun()
{
    const bool edited = m_session.changesSinceTraining().count() > 0;
    m_session.resumeRun();
    if (edited && m_session.run().underWay())
        m_banner->showNote(Banner::Note::Good,
            tr("The run goes on with the classes and splits that it was begun with. "
               "What was changed since counts from its next phase on."),
            {}, {});
}

bool MainWindow::recipeIsTaken()
{
    // A field tells its value when the focus leaves it, and a shortcut takes no focus.
    QWidget* const typing = m_recipe->isAncestorOf(focusWidget()) ? focusWidget() : nullptr;
    if (typing)
        typing->clearFocus();
    QWidget* const wrong = m_recipe->wrongField();
    if (!wrong)
        return true;
    showPage(Page::Recipe);
    wrong->setFocus();
    m_banner->showNote(Banner::Note::Attention,
        tr("%1 on the Recipe page holds what cannot be used: mend it, then train.")
            .arg(wrong->accessibleName()),
        {}, {});
    return false;
}

void MainWindow::setKeepEpochs(bool keep)
{
    QSettings().setValue(kKeepEpochsKey, keep);
    m_session.run().setKeepEpochs(keep);
}

void MainWindow::setScheme(Scheme scheme)
{
    QSettings().setValue(kSchemeKey, static_cast<int>(scheme));
    theme::apply(scheme);
}

} // namespace vernier::ui
