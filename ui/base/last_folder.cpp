#include "ui/base/last_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

namespace vernier::ui {
namespace {

QString keyOf(const QString& kind) { return QStringLiteral("lastFolder/") + kind; }

} // namespace

QString lastFolder(const QString& kind, const QString& otherwise)
{
    const QString last = QSettings().value(keyOf(kind)).toString();
    if (QFileInfo(last).isDir())
        return last;
    if (!otherwise.isEmpty())
        return otherwise;
    const QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    // A file dialog takes a folder that is not there for a file's name.
    return QFileInfo(pictures).isDir() ? pictures : QDir::homePath();
}

void setLastFolder(const QString& kind, const QString& path)
{
    QSettings().setValue(keyOf(kind), QFileInfo(path).absolutePath());
}

} // namespace vernier::ui
