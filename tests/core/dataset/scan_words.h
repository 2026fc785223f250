#pragma once

#include "core/base/text.h"
#include "core/dataset/snapshot.h"

#include <QStringList>

namespace vernier::test {

inline QStringList paths(const DatasetSnapshot& snapshot)
{
    QStringList list;
    for (const auto& image : snapshot.images)
        list << QString::fromStdString(utf8(image.path));
    return list;
}

/// "PATH: REASON", each.
inline QStringList problems(const DatasetSnapshot& snapshot)
{
    QStringList list;
    for (const auto& problem : snapshot.problems)
        list << QString::fromStdString(utf8(problem.path) + ": " + problem.reason);
    return list;
}

inline QStringList notes(const DatasetSnapshot& snapshot)
{
    QStringList list;
    for (const auto& note : snapshot.notes)
        list << QString::fromStdString(note);
    return list;
}

inline QStringList classes(const DatasetSnapshot& snapshot)
{
    QStringList list;
    for (const auto& name : snapshot.classes)
        list << QString::fromStdString(name);
    return list;
}

} // namespace vernier::test
