#include "ui/frame/mending.h"

#include "ui/base/format.h"
#include "ui/pictures/picture_actions.h"
#include "ui/session/session.h"

#include <QAction>
#include <QCoreApplication>

namespace vernier::ui {
namespace {

/// Several classes are one step of undo.
void relabel(Session& session, const std::vector<Relabelling>& wishes)
{
    qint64 count = 0;
    for (const Relabelling& wish : wishes)
        count += static_cast<qint64>(wish.images.size());
    const bool several = wishes.size() > 1;
    if (several)
        session.undoStack()->beginMacro(
            QCoreApplication::translate("Mending", "changing the class of %1")
                .arg(format::plural(count, QCoreApplication::translate("Mending", "picture"),
                    QCoreApplication::translate("Mending", "pictures"))));
    for (const Relabelling& wish : wishes)
        session.pictures().relabel(wish.images, wish.label);
    if (several)
        session.undoStack()->endMacro();
}

} // namespace

void mendWith(Session& session, PictureActions& pictures)
{
    const auto follow
        = [&session, &pictures] { pictures.setDataset(session.dataset(), session.asFound()); };
    QObject::connect(&session, &Session::datasetChanged, &pictures, follow);
    QObject::connect(&pictures, &PictureActions::relabelRequested, &session,
        [&session](const std::vector<Relabelling>& wishes) { relabel(session, wishes); });
    QObject::connect(
        &pictures, &PictureActions::moveRequested, &session.pictures(), &CurrentDataset::moveTo);
    QObject::connect(&pictures, &PictureActions::confirmRequested, &session.pictures(),
        &CurrentDataset::confirm);
    pictures.setUndo(session.undoStack()->createUndoAction(
        &pictures, QCoreApplication::translate("Mending", "&Undo")));
    follow();
}

} // namespace vernier::ui
