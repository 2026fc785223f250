#include "ui/runs/difference_words.h"

#include "ui/recipe/setting_words.h"

#include <QCoreApplication>

namespace vernier::ui {

namespace {
QString tr(const char* text) { return QCoreApplication::translate("DifferenceWords", text); }

/// The number of its phase, from 1; 0: it is of the whole recipe.
int phaseOf(const std::string& key)
{
    const QString text = QString::fromStdString(key);
    return text.startsWith(QStringLiteral("phases."))
        ? text.section(QLatin1Char('.'), 1, 1).toInt() + 1
        : 0;
}
} // namespace

QString settingTitle(const std::string& key, bool severalPhases)
{
    QString label = settingLabel(key);
    const int phase = phaseOf(key);
    if (!severalPhases || phase == 0)
        return label;
    label[0] = label.at(0).toLower();
    return tr("Phase %1: %2").arg(phase).arg(label);
}

bool ofLaterPhase(const RecipeDifference& difference) { return phaseOf(difference.key) > 1; }

QString inWords(const RecipeDifference& difference, bool severalPhases)
{
    const QString title = settingTitle(difference.key, severalPhases);
    const QString before = settingValue(difference.key, difference.before);
    const QString after = settingValue(difference.key, difference.after);
    if (difference.before.empty())
        return tr("%1 %2 (new)").arg(title, after);
    if (difference.after.empty())
        return tr("%1 %2 (removed)").arg(title, before);
    return tr("%1 %2 → %3").arg(title, before, after);
}

} // namespace vernier::ui
