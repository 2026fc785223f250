#pragma once

#include "ui/frame/rail.h"

#include <QStringList>

namespace vernier::ui {

/// What dropping files will do, decided while they hover.
struct DropPlan {
    enum class Kind { Nothing, OpenFolder, OpenRun, OpenModel, OpenRecipe, OpenProject, Predict };
    Kind kind = Kind::Nothing;
    QString sentence; ///< what will happen, or why nothing can
    QStringList paths;
};

struct DropContext {
    Page page = Page::Data;
    bool hasDataset = false;
    bool training = false;
    bool canPredict = false;
};

/// Looks at names and at one level of a folder; reads no file.
DropPlan planDrop(const QStringList& paths, const DropContext& context);

/// By its name: a model as Vernier usually writes it.
bool looksLikeModel(const QString& path);
/// A folder that holds a run.
bool isRunFolder(const QString& path);

} // namespace vernier::ui
