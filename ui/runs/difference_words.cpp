#include "ui/runs/difference_words.h"

#include "ui/base/format.h"
#include "ui/recipe/setting_words.h"

#include <QCoreApplication>

#include <algorithm>

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

QString goesOn(const RunSummary& run)
{
    QStringList phases;
    std::size_t number = run.recipe.phases.size() - run.furtherPhases.size();
    for (const Phase& phase : run.furtherPhases) {
        const QString text = QString::fromStdString(describe(phase));
        phases << (run.comparedWithParent ? text : tr("Phase %1: %2").arg(++number).arg(text));
    }
    if (!run.comparedWithParent)
        return phases.join(QStringLiteral("; "));
    return tr("Goes on from epoch %1 of %2 with %3")
        .arg(QString::number(run.record.parent->epoch), QString::fromStdString(run.comparedWith),
            phases.join(tr("; then ")));
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

QString inWords(const RateChange& change, bool severalPhases)
{
    const std::string phase = "phases." + std::to_string(change.phase - 1) + '.';
    const std::string key
        = phase + (change.group == "head" ? "head_rate" : "block_rates." + change.group);
    return tr("%1 %2 → %3 in epoch %4, while it trained")
        .arg(settingTitle(key, severalPhases), format::rate(change.before),
            format::rate(change.after), QString::number(change.epoch));
}

QStringList changesInWords(const RunSummary& run)
{
    const bool severalPhases = run.recipe.phases.size() > 1
        || std::any_of(run.differences.begin(), run.differences.end(), ofLaterPhase);
    QStringList lines;
    if (!run.furtherPhases.empty())
        lines << goesOn(run);
    for (const RecipeDifference& difference : run.differences)
        lines << inWords(difference, severalPhases);
    for (const RateChange& change : run.rateChanges)
        lines << inWords(change, severalPhases);
    return lines;
}

} // namespace vernier::ui
