#include "ui/pictures/class_keys.h"

#include <QSet>
#include <QString>

namespace vernier::ui {
namespace {

constexpr std::size_t kDigits = 9;
/// The large view's heat map.
constexpr char16_t kTaken[] { u'H' };

bool isLetter(QChar letter) { return letter >= QLatin1Char('A') && letter <= QLatin1Char('Z'); }

} // namespace

std::vector<QStringList> classKeys(const std::vector<std::string>& classes)
{
    QSet<QChar> taken;
    for (const char16_t letter : kTaken)
        taken << QChar(letter);
    std::vector<QString> names;
    for (const std::string& name : classes)
        // Letters with accents are told by what they stand on.
        names.push_back(
            QString::fromStdString(name).normalized(QString::NormalizationForm_D).toUpper());
    std::vector<QChar> letters(classes.size());
    const auto give = [&](std::size_t label, QChar letter) {
        if (!letters[label].isNull() || !isLetter(letter) || taken.contains(letter))
            return;
        letters[label] = letter;
        taken << letter;
    };
    for (std::size_t label = 0; label < names.size(); ++label) {
        if (!names[label].isEmpty())
            give(label, names[label].front());
    }
    for (std::size_t label = 0; label < names.size(); ++label) {
        for (const QChar letter : names[label])
            give(label, letter);
    }
    for (std::size_t label = kDigits; label < names.size(); ++label) {
        for (char letter = 'A'; letter <= 'Z'; ++letter)
            give(label, QLatin1Char(letter));
    }
    std::vector<QStringList> keys(classes.size());
    for (std::size_t label = 0; label < keys.size(); ++label) {
        if (label < kDigits)
            keys[label] << QString::number(label + 1);
        if (!letters[label].isNull())
            keys[label] << QString(letters[label]);
    }
    return keys;
}

} // namespace vernier::ui
