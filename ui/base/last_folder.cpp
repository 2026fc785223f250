#include "ui/base/last_folder.h"

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
    return otherwise.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::PicturesLocation)
                               : otherwise;
}

void setLastFolder(const QString& kind, const QString& path)
{
    QSettings().setValue(keyOf(kind), QFileInfo(path).absolutePath());
}

} // namespace vernier::ui
