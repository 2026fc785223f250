#include "ui/frame/drop_plan.h"

#include "core/image/decode.h"
#include "core/runs/run_store.h"
#include "ui/base/format.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>

namespace vernier::ui {
namespace {

bool hasFolders(const QString& folder)
{
    // A folder of a hundred thousand pictures must not hold up a drag.
    constexpr int kLookAt = 2000;
    QDirIterator entries(folder, QDir::Dirs | QDir::Files | QDir::NoDotAndDotDot);
    for (int i = 0; i < kLookAt && entries.hasNext(); ++i) {
        entries.next();
        if (entries.fileInfo().isDir())
            return true;
    }
    return false;
}

bool isPicture(const QString& path)
{
    const auto file = format::path(path);
    return mayBePicture(file) || beginsLikePicture(file);
}

QString quoted(const QString& path)
{
    return QStringLiteral("“%1”").arg(QFileInfo(path).fileName());
}

DropPlan nothing(const QString& why) { return { DropPlan::Kind::Nothing, why, {} }; }

} // namespace

bool looksLikeModel(const QString& path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    return suffix == QLatin1String("onnx") || suffix == QLatin1String("pt")
        || suffix == QLatin1String("torchscript") || suffix == QLatin1String("safetensors");
}

bool isRunFolder(const QString& path)
{
    const QDir folder(path);
    return folder.exists(QLatin1String(run_files::kRecipe))
        && folder.exists(QLatin1String(run_files::kDataset));
}

DropPlan planDrop(const QStringList& paths, const DropContext& context)
{
    using Kind = DropPlan::Kind;
    if (paths.isEmpty())
        return nothing(QStringLiteral("Drop files or folders from this computer"));

    const QString& first = paths.front();
    const bool single = paths.size() == 1;
    if (single && QFileInfo(first).isDir()) {
        if (isRunFolder(first)) {
            return context.training
                ? nothing(QStringLiteral("Stop training before opening another run"))
                : DropPlan { Kind::OpenRun, QStringLiteral("Open the run %1").arg(quoted(first)),
                      paths };
        }
        // Without a dataset and a model there is nothing else that a folder could be for.
        const bool asData = (!context.hasDataset && !context.canPredict)
            || (context.page == Page::Data && hasFolders(first));
        if (asData) {
            return context.training
                ? nothing(QStringLiteral("Stop training before opening another folder"))
                : DropPlan { Kind::OpenFolder,
                      QStringLiteral("Open %1, one class a folder").arg(quoted(first)), paths };
        }
    }
    if (single && looksLikeModel(first)) {
        return { Kind::OpenModel,
            QStringLiteral("Use the model %1 for predicting").arg(quoted(first)), paths };
    }
    if (single && first.endsWith(QLatin1String(".vernier"), Qt::CaseInsensitive)) {
        return context.training
            ? nothing(QStringLiteral("Stop training before opening a project"))
            : DropPlan { Kind::OpenProject,
                  QStringLiteral("Open the project %1").arg(quoted(first)), paths };
    }
    if (single && first.endsWith(QLatin1String(".json"), Qt::CaseInsensitive)) {
        return { Kind::OpenRecipe, QStringLiteral("Open the recipe %1").arg(quoted(first)), paths };
    }
    // A model may have any ending; opening it reads what it is, and says so where it is none.
    if (single && QFileInfo(first).isFile() && !isPicture(first)) {
        return { Kind::OpenModel, QStringLiteral("Try %1 as a model").arg(quoted(first)), paths };
    }

    QStringList wanted;
    qint64 folders = 0;
    qint64 pictures = 0;
    for (const QString& path : paths) {
        if (QFileInfo(path).isDir())
            ++folders;
        else if (isPicture(path))
            ++pictures;
        else
            continue;
        wanted << path;
    }
    if (wanted.isEmpty())
        return nothing(QStringLiteral("These are neither pictures nor folders"));
    if (!context.canPredict)
        return nothing(QStringLiteral("Train once or open a model first, then drop pictures here"));
    QStringList parts;
    if (pictures > 0) {
        parts << format::plural(pictures, QStringLiteral("picture"), QStringLiteral("pictures"));
    }
    if (folders > 0) {
        parts << (single
                ? QStringLiteral("the pictures in %1").arg(quoted(first))
                : format::plural(folders, QStringLiteral("folder"), QStringLiteral("folders")));
    }
    return { Kind::Predict, QStringLiteral("Predict %1").arg(parts.join(QStringLiteral(" and "))),
        wanted };
}

} // namespace vernier::ui
