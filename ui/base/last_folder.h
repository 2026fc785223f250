#pragma once

#include <QString>

namespace vernier::ui {

/// Where a dialog begins: the folder where the last one of its kind ended, which settings keep.
/// Without one that is still there, `otherwise`, or else where pictures usually are.
QString lastFolder(const QString& kind, const QString& otherwise = {});
/// `path` is the file or folder that was chosen.
void setLastFolder(const QString& kind, const QString& path);

} // namespace vernier::ui
