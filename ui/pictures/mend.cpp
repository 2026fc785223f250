#include "ui/pictures/mend.h"

#include "ui/base/format.h"

#include <QCoreApplication>
#include <QStringList>

namespace vernier::ui {
namespace {

QString said(const char* text) { return QCoreApplication::translate("Mend", text); }

/// A draw may put it elsewhere too, and that is nobody's doing.
bool movedByHand(const ImageEntry& now, const ImageEntry& found)
{
    return now.splitByHand && now.split != found.split;
}

const ImageEntry* entryOf(const DatasetSnapshot* dataset, std::size_t image)
{
    return dataset && image < dataset->images.size() ? &dataset->images[image] : nullptr;
}

} // namespace

Mend mendOf(const ImageEntry& now, const ImageEntry& found)
{
    if (now.label != found.label || movedByHand(now, found))
        return Mend::Changed;
    return now.confirmed ? Mend::Confirmed : Mend::None;
}

Mend mendOf(const DatasetSnapshot& now, const DatasetSnapshot* found, std::size_t image)
{
    const ImageEntry& entry = now.images[image];
    const ImageEntry* before = entryOf(found, image);
    return mendOf(entry, before ? *before : entry);
}

QString mendText(const DatasetSnapshot& now, const DatasetSnapshot* found, std::size_t image)
{
    const ImageEntry& entry = now.images[image];
    QStringList parts;
    if (const ImageEntry* before = entryOf(found, image)) {
        const auto label = static_cast<std::size_t>(before->label);
        if (entry.label != before->label && label < found->classes.size())
            parts << said(QT_TRANSLATE_NOOP("Mend", "was %1"))
                         .arg(QString::fromStdString(found->classes[label]));
        if (movedByHand(entry, *before) && entry.split != Split::LeftOut)
            parts << said(QT_TRANSLATE_NOOP("Mend", "was in %1")).arg(format::split(before->split));
    }
    if (entry.split == Split::LeftOut)
        parts << said(QT_TRANSLATE_NOOP("Mend", "left out"));
    if (entry.confirmed)
        parts << said(QT_TRANSLATE_NOOP("Mend", "said to be right"));
    return parts.join(QStringLiteral(", "));
}

} // namespace vernier::ui
