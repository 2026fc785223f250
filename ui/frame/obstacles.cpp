#include "ui/frame/obstacles.h"

#include "ui/session/current_run.h"
#include "ui/session/job_board.h"
#include "ui/session/model_export.h"
#include "ui/session/predictions.h"

#include <QUndoStack>

namespace vernier::ui {
namespace {

/// The first that there is.
QString either(const QString& first, const QString& second)
{
    return first.isEmpty() ? second : first;
}

QString training(const Session& session)
{
    return session.run().underWay() ? QObject::tr("Not while a training is under way.") : QString();
}

QString noPictures(const Session& session)
{
    return session.dataset() ? QString() : QObject::tr("Open a folder of pictures first.");
}

QString toTrain(const Session& session)
{
    if (session.state() == RunState::Scanning)
        return QObject::tr("The pictures are still being read.");
    return either(training(session), noPictures(session));
}

QString toStop(Session& session)
{
    if (session.state() == RunState::Stopping)
        return QObject::tr("It is about to stop.");
    const bool work = session.run().underWay() || !session.jobs().newest().title.isEmpty();
    return work ? QString() : QObject::tr("Nothing is under way.");
}

/// To training on what there is of a run; the recipe is what is left to be in the way.
QString nothingToGoOn(const Session& session)
{
    if (!session.dataset())
        return noPictures(session);
    if (session.run().folder().isEmpty() || session.run().history().epochs.empty())
        return QObject::tr("Train a run first, or open one.");
    return session.dataset()->classes != session.run().trainedOn()->classes
        ? QObject::tr("The pictures have other classes than the run: train again.")
        : QObject::tr("The recipe differs from the run's in more than its phases: train again.");
}

QString toContinue(const Session& session)
{
    if (session.canContinue())
        return {};
    const bool paused = session.state() == RunState::Paused;
    return either(paused ? QString() : training(session), nothingToGoOn(session));
}

QString toGoOn(const Session& session)
{
    switch (session.state()) {
    case RunState::Stopping:
        return QObject::tr("The training is about to stop.");
    case RunState::Starting:
        return QObject::tr("The training is about to begin.");
    case RunState::Scanning:
        return QObject::tr("The pictures are still being read.");
    default:
        break;
    }
    if (session.run().underWay() || session.nextStep() != Session::NextStep::None)
        return {};
    return nothingToGoOn(session);
}

QString toPredict(Session& session)
{
    return session.predictions().canPredict() ? QString()
                                              : QObject::tr("Train first, or open a model.");
}

QString toExport(Session& session)
{
    return session.exports().canWrite()
        ? QString()
        : either(training(session), QObject::tr("Train a run first, or open one."));
}

} // namespace

QString obstacleTo(CommandId command, Session& session)
{
    switch (command) {
    case CommandId::StartOver:
    case CommandId::OpenFolder:
    case CommandId::OpenRecent:
    case CommandId::OpenSample:
    case CommandId::GetKnifeySpoony:
    case CommandId::OpenRun:
    case CommandId::OpenProject:
        return training(session);
    case CommandId::SaveProject:
        return either(training(session), noPictures(session));
    case CommandId::ExportModel:
        return toExport(session);
    case CommandId::Undo:
        return session.undoStack()->canUndo() ? QString()
                                              : QObject::tr("There is nothing to take back.");
    case CommandId::Redo:
        return session.undoStack()->canRedo() ? QString() : QObject::tr("Nothing was taken back.");
    case CommandId::Train:
        return toTrain(session);
    case CommandId::Stop:
        return toStop(session);
    case CommandId::ContinueRun:
        return toContinue(session);
    case CommandId::GoOn:
        return toGoOn(session);
    case CommandId::FindPictures:
    case CommandId::TrySeveral:
        return noPictures(session);
    case CommandId::PredictPictures:
    case CommandId::PredictFolder:
        return toPredict(session);
    default:
        return {};
    }
}

} // namespace vernier::ui
