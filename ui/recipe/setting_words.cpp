#include "ui/recipe/setting_words.h"

#include "ui/base/format.h"
#include "ui/recipe/network_outline.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>
#include <map>
#include <optional>

namespace vernier::ui {

namespace {
using Values = std::vector<std::pair<std::string, QString>>;

QString tr(const char* text) { return QCoreApplication::translate("SettingWords", text); }

SettingWords percent(const QString& label) { return { label, {}, 100, QStringLiteral("%") }; }
SettingWords degrees(const QString& label) { return { label, {}, 1, QStringLiteral("°") }; }
SettingWords decades(const QString& label) { return { label, {}, 1, {}, true }; }
SettingWords tick(const QString& label)
{
    return { label, { { "false", tr("off") }, { "true", tr("on") } } };
}
SettingWords choice(const QString& label, Values values) { return { label, std::move(values) }; }

/// "VGG16 BN": what a narrow box has room for.
Values backbones()
{
    Values titles;
    for (const Architecture* architecture : architectures())
        titles.emplace_back(architecture->name,
            QString::fromStdString(architecture->title)
                .replace(QStringLiteral("with batch normalization"), QStringLiteral("BN")));
    return titles;
}

using Table = std::map<std::string, SettingWords>;

Table networkAndHead()
{
    return {
        { "backbone", choice(tr("Backbone"), backbones()) },
        { "weights",
            choice(tr("Starting weights"),
                { { "imagenet", tr("ImageNet") }, { "random", tr("Random") } }) },
        { "transfer_layer", { tr("On top of") } },
        { "head.pooling",
            choice(tr("Pooling"), { { "flatten", tr("Flatten") }, { "average", tr("Average") } }) },
        { "head.dense", { tr("Dense layers") } },
        { "head.dropout", percent(tr("Dropout")) },
    };
}

Table training()
{
    return {
        { "batch_size", { tr("Batch") } },
        { "optimizer.name",
            choice(tr("Optimizer"),
                { { "adam", tr("Adam") }, { "adamw", tr("AdamW") }, { "sgd", tr("SGD") },
                    { "rmsprop", tr("RMSprop") } }) },
        { "optimizer.momentum", { tr("Momentum") } },
        { "optimizer.weight_decay", decades(tr("Weight decay")) },
        { "optimizer.epsilon", decades(tr("Epsilon")) },
        { "optimizer.clip_norm", { tr("Clip gradients at") } },
        { "label_smoothing", percent(tr("Label smoothing")) },
        { "mixup", { tr("MixUp") } },
        { "average_decay", { tr("Averaged weights") } },
    };
}

Table phases()
{
    return {
        { "phases.head_rate", decades(tr("Head's rate")) },
        { "phases.epochs", { tr("Epochs") } },
        { "phases.steps_per_epoch", choice(tr("Steps per epoch"), { { "0", tr("Whole pass") } }) },
        { "phases.patience", choice(tr("Stop early after"), { { "0", tr("Never") } }) },
        { "phases.watch",
            choice(tr("Early stop watches"),
                { { "loss", tr("Loss") }, { "accuracy", tr("Accuracy") } }) },
        { "phases.schedule.kind",
            choice(tr("Schedule"),
                { { "constant", tr("Constant") }, { "step", tr("Steps") },
                    { "cosine", tr("Cosine") }, { "one_cycle", tr("One cycle") } }) },
        { "phases.schedule.warmup", percent(tr("Warm-up")) },
        { "phases.schedule.drop_every", { tr("Drop every") } },
        { "phases.schedule.drop_to", percent(tr("Drop to")) },
        { "phases.schedule.peak_at", percent(tr("Peak after")) },
    };
}

Table pictures()
{
    return {
        { "pictures.size", choice(tr("Picture size"), { { "auto", tr("Automatic") } }) },
        { "pictures.geometry",
            choice(tr("Fit to square"),
                { { "stretch", tr("Stretch") }, { "crop", tr("Crop the centre") } }) },
        { "pictures.class_weights", tick(tr("Balance classes")) },
        { "pictures.per_class",
            choice(tr("Pictures per class"),
                { { "all", tr("All") }, { "balanced", tr("Balanced") } }) },
        { "pictures.validation_fraction", percent(tr("Validation share")) },
        { "pictures.test_to_train", percent(tr("Test that trains")) },
        { "pictures.views",
            choice(tr("Views per picture"),
                { { "auto", tr("Automatic") }, { "fresh", tr("Fresh") } }) },
    };
}

Table augmentation()
{
    return {
        { "horizontal_flip", tick(tr("Flip left and right")) },
        { "vertical_flip", tick(tr("Flip top and bottom")) },
        { "rotation", degrees(tr("Rotation, up to")) },
        { "width_shift", percent(tr("Shift sideways")) },
        { "height_shift", percent(tr("Shift up and down")) },
        { "shear", degrees(tr("Shear, up to")) },
        { "zoom_low", percent(tr("Zoom, from")) },
        { "zoom_high", percent(tr("Zoom, to")) },
        { "brightness", percent(tr("Brightness")) },
        { "contrast", percent(tr("Contrast")) },
        { "saturation", percent(tr("Saturation")) },
        { "fill",
            choice(tr("Fill edges with"),
                { { "nearest", tr("Nearest") }, { "reflect", tr("Reflection") },
                    { "constant", tr("Black") } }) },
    };
}

Table reproducibility()
{
    return {
        { "seed", { tr("Seed") } },
        { "device",
            choice(tr("Device"),
                { { "auto", tr("Automatic") }, { "cpu", tr("CPU") },
                    { "cuda", tr("GPU (CUDA)") } }) },
        { "precision",
            choice(tr("Precision"),
                { { "auto", tr("Automatic") }, { "fp32", tr("float32") },
                    { "bf16", tr("bfloat16") } }) },
        { "normalization",
            choice(tr("Normalization"),
                { { "auto", tr("Automatic") }, { "caffe", tr("ImageNet, BGR") },
                    { "torch", tr("torchvision") }, { "unit", tr("RGB / 255") } }) },
    };
}

Table wholeTable()
{
    Table whole;
    for (Table part : { networkAndHead(), training(), phases(), pictures(), reproducibility() })
        whole.merge(part);
    for (auto& [name, words] : augmentation())
        whole.emplace("pictures.augmentation." + name, words);
    return whole;
}

const Table& table()
{
    static const Table kTable = wholeTable();
    return kTable;
}

/// "phases.patience" for "phases.1.patience".
std::string withoutPhase(const std::string& key)
{
    const std::string phases = "phases.";
    if (!key.starts_with(phases))
        return key;
    const std::size_t end = key.find_first_not_of("0123456789", phases.size());
    return end == std::string::npos || end == phases.size() ? key : phases + key.substr(end + 1);
}

/// The block or layer that has a rate of its own; empty for other settings.
std::string ratedGroup(const std::string& row)
{
    for (const std::string rates : { "phases.block_rates.", "phases.layer_rates." }) {
        if (row.starts_with(rates))
            return row.substr(rates.size());
    }
    return {};
}

QString hiddenText(int size, const QString& activation, std::optional<double> dropout)
{
    QString text = QString::number(size);
    if (activation != QStringLiteral("relu"))
        text += QLatin1Char(' ') + activation;
    if (dropout)
        text += QLatin1Char(' ') + format::percent(*dropout, 0);
    return text;
}

/// Of what a recipe file has: [1024, {"size": 256, "activation": "tanh", "dropout": 0.3}].
QString denseText(const std::string& json)
{
    QStringList parts;
    const QJsonArray dense = QJsonDocument::fromJson(QByteArray::fromStdString(json)).array();
    for (const QJsonValue hidden : dense) {
        const QJsonValue size = hidden.isObject() ? hidden[QStringLiteral("size")] : hidden;
        const QJsonValue dropout = hidden[QStringLiteral("dropout")];
        parts << hiddenText(size.toInt(),
            hidden[QStringLiteral("activation")].toString(QStringLiteral("relu")),
            dropout.isDouble() ? std::optional(dropout.toDouble()) : std::nullopt);
    }
    return parts.isEmpty() ? tr("none") : parts.join(QStringLiteral(", "));
}

/// "256 tanh 30 %": a size, and what differs from relu and the head's dropout.
std::optional<DenseSpec> hiddenLayer(const QString& text)
{
    static const QRegularExpression kForm(
        QStringLiteral("^(\\d{1,9})(?:\\s+([a-z]+))?(?:\\s+(\\d{1,2})\\s*%)?$"));
    const QRegularExpressionMatch match = kForm.match(text.simplified().toLower());
    if (!match.hasMatch())
        return std::nullopt;
    DenseSpec hidden(match.captured(1).toInt());
    if (const std::string word = match.captured(2).toStdString(); !word.empty()) {
        const auto& known = hiddenActivations();
        const auto found = std::find_if(known.begin(), known.end(),
            [&](Activation activation) { return name(activation) == word; });
        if (found == known.end())
            return std::nullopt;
        hidden.activation = *found;
    }
    if (match.capturedLength(3) > 0)
        hidden.dropout = match.captured(3).toInt() / 100.0;
    return hidden;
}

/// Removes the noise that scaling by 100 leaves (0.07 * 100 is not 7).
double rounded(double value) { return QString::number(value, 'g', 10).toDouble(); }
} // namespace

double SettingWords::shown(double value) const { return rounded(value * scale); }

double SettingWords::meant(double shown) const { return rounded(shown / scale); }

QString SettingWords::number(double value) const
{
    if (spansDecades)
        return format::rate(value);
    const QString digits = QString::number(shown(value), 'g', 6);
    return unit.isEmpty() ? digits : digits + QChar(0xa0) + unit;
}

QString SettingWords::value(const std::string& text) const
{
    for (const auto& [known, word] : values) {
        if (known == text)
            return word;
    }
    const QString plain = QString::fromStdString(text);
    bool isNumber = false;
    const double number = plain.toDouble(&isNumber);
    if (isNumber && (spansDecades || !unit.isEmpty()))
        return this->number(number);
    // Of a file, its name.
    return plain.section(QLatin1Char('/'), -1);
}

const SettingWords& settingWords(const QString& row) { return table().at(row.toStdString()); }

QString settingLabel(const std::string& key)
{
    const std::string row = withoutPhase(key);
    if (const std::string group = ratedGroup(row); !group.empty())
        return tr("%1's rate").arg(groupTitle(group));
    const auto found = table().find(row);
    return found == table().end() ? QString::fromStdString(key) : found->second.label;
}

QString settingValue(const std::string& key, const std::string& value)
{
    const std::string row = withoutPhase(key);
    if (row == "head.dense")
        return denseText(value);
    const bool isRate = !ratedGroup(row).empty();
    if (isRate && value == "0")
        return tr("frozen");
    const auto found = table().find(isRate ? "phases.head_rate" : row);
    return found == table().end() ? QString::fromStdString(value) : found->second.value(value);
}

QString usualRates(const std::string& group)
{
    return group == "head" ? tr("usual are 1e-5 to 1e-2")
                           : tr("usual are 1e-6 to 1e-4, lower for lower blocks");
}

QString denseText(const HeadSpec& head)
{
    QStringList parts;
    for (const DenseSpec& hidden : head.dense)
        parts << hiddenText(hidden.size,
            QString::fromStdString(std::string(name(hidden.activation))), hidden.dropout);
    return parts.join(QStringLiteral(", "));
}

Result<std::vector<DenseSpec>> denseFromText(const QString& text)
{
    std::vector<DenseSpec> dense;
    for (const QString& part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (part.trimmed().isEmpty())
            continue;
        const std::optional<DenseSpec> hidden = hiddenLayer(part);
        if (!hidden)
            return fail(ErrorCode::Invalid,
                tr("Write sizes with commas, as in 1024, 256 tanh 30 % (relu, tanh, sigmoid or "
                   "none)")
                    .toStdString());
        dense.push_back(*hidden);
    }
    return dense;
}

} // namespace vernier::ui
