#include "ui/base/data_words.h"

#include "ui/base/format.h"

#include <QCoreApplication>
#include <QStringList>

namespace vernier::ui {

QString inWords(const DataChanges& changes)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("DataWords", text); };
    QStringList words;
    if (changes.relabelled > 0)
        words
            << tr("%1 changed").arg(format::plural(changes.relabelled, tr("label"), tr("labels")));
    for (const auto& [count, text] : { std::pair { changes.leftOut, tr("%1 left out") },
             std::pair { changes.takenIn, tr("%1 taken in again") },
             std::pair { changes.moved, tr("%1 in another split") },
             std::pair { changes.added, tr("%1 new") },
             std::pair { changes.gone, tr("%1 gone") } }) {
        if (count > 0)
            words << text.arg(format::count(count));
    }
    return words.isEmpty() ? tr("nothing changed") : words.join(QStringLiteral(", "));
}

} // namespace vernier::ui
