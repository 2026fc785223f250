#pragma once

#include "core/model/model_description.h"

#include <QString>

#include <string>
#include <utility>
#include <vector>

namespace vernier::ui {

/// What people call a setting of a recipe and how they write its values: on the Recipe page, and
/// wherever recipes are held against each other.
struct SettingWords {
    QString label;
    /// Values as the recipe file has them, in the order of their enum where they have one, and the
    /// words that stand for them.
    std::vector<std::pair<std::string, QString>> values {};
    double scale = 1; ///< a number is shown as its value times this
    QString unit {};
    bool spansDecades = false; ///< "1e-5"

    double shown(double value) const;
    double meant(double shown) const;
    QString number(double value) const; ///< with its unit
    QString value(const std::string& text) const; ///< `text` is as the recipe file has it
};

/// Of a row of the Recipe page: "batch_size", "phases.patience".
const SettingWords& settingWords(const QString& row);

/// Of any key of a recipe, as --set takes it: "Stop early after" for "phases.1.patience", "Block
/// 5's rate". What has no words is called by its key.
QString settingLabel(const std::string& key);
/// "50 %" for "0.5", as the recipe file has it.
QString settingValue(const std::string& key, const std::string& value);

/// "usual are 1e-6 to 1e-4, lower for lower blocks", of a block, a layer or "head".
QString usualRates(const std::string& group);

/// "1024, 256 tanh 30 %"
QString denseText(const HeadSpec& head);
/// And back. Empty is no layer at all; Invalid says how it is written.
Result<std::vector<DenseSpec>> denseFromText(const QString& text);

} // namespace vernier::ui
