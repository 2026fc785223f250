#include "ui/recipe/settings_builder.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/base/trimmed_spin_box.h"
#include "ui/recipe/fold_group.h"
#include "ui/recipe/rate_edit.h"
#include "ui/recipe/setting_row.h"
#include "ui/recipe/setting_words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace vernier::ui {

namespace {
/// Shows some numbers as words, and takes those of a recipe's file too. A number that is too large
/// becomes the largest: Qt would leave out the digit that makes it so.
class WordedSpinBox : public QSpinBox {
public:
    WordedSpinBox(std::map<int, QString> words, std::map<int, QString> inFile)
        : m_words(std::move(words)), m_inFile(std::move(inFile))
    {
    }

    QString textFromValue(int value) const override
    {
        const auto word = m_words.find(value);
        return word != m_words.end() ? word->second : QSpinBox::textFromValue(value);
    }
    int valueFromText(const QString& text) const override
    {
        for (const auto* words : { &m_words, &m_inFile }) {
            for (const auto& [value, word] : *words) {
                if (word.compare(text, Qt::CaseInsensitive) == 0)
                    return value;
            }
        }
        return isNumber(text) ? std::min(text.toInt(), maximum()) : QSpinBox::valueFromText(text);
    }
    QValidator::State validate(QString& text, int& position) const override
    {
        auto state = QValidator::Invalid;
        for (const auto* words : { &m_words, &m_inFile }) {
            for (const auto& [value, word] : *words) {
                if (word.compare(text, Qt::CaseInsensitive) == 0)
                    return QValidator::Acceptable;
                if (word.startsWith(text, Qt::CaseInsensitive))
                    state = QValidator::Intermediate;
            }
        }
        if (state == QValidator::Invalid && isNumber(text) && text.toInt() >= minimum())
            return QValidator::Acceptable;
        return state == QValidator::Invalid ? QSpinBox::validate(text, position) : state;
    }

private:
    static constexpr int kMostDigits = 9;
    static bool isNumber(const QString& text)
    {
        return !text.isEmpty() && text.size() <= kMostDigits
            && std::ranges::all_of(text, [](QChar c) { return c >= u'0' && c <= u'9'; });
    }

    std::map<int, QString> m_words;
    std::map<int, QString> m_inFile;
};
} // namespace

SettingsBuilder::SettingsBuilder(SettingsPanel& panel, QWidget* rows) : m_panel(panel), m_rows(rows)
{
}

FoldGroup* SettingsBuilder::makeGroup(const QString& title, const QString& name, bool folded)
{
    auto* group = new FoldGroup(title, m_rows);
    group->setObjectName(name);
    const QString key = QStringLiteral("recipe/folded/") + name;
    group->setFolded(QSettings().value(key, folded).toBool());
    QObject::connect(group, &FoldGroup::foldedChanged, group,
        [key](bool now) { QSettings().setValue(key, now); });
    return group;
}

void SettingsBuilder::startGroup(const QString& title, bool folded)
{
    m_panel.m_groups.push_back(makeGroup(title, title, folded));
    m_rows->layout()->addWidget(m_panel.m_groups.back());
}

void SettingsBuilder::startRest(const QString& title)
{
    FoldGroup* const whole = m_panel.m_groups.back();
    FoldGroup* const rest = makeGroup(title, whole->objectName() + QLatin1Char('/') + title, true);
    whole->addRow(rest);
    m_panel.m_groups.push_back(rest);
}

QLabel* SettingsBuilder::addSentence()
{
    auto* sentence = new QLabel(m_rows);
    theme::setRole(sentence, theme::Role::Caption);
    sentence->setWordWrap(true);
    sentence->setContentsMargins(20, 0, theme::kGrid, 0);
    m_panel.m_groups.back()->addRow(sentence);
    return sentence;
}

QPushButton* SettingsBuilder::addButton(const QString& text, const QString& tip)
{
    auto* button = new QPushButton(text, m_rows);
    button->setToolTip(tip);
    m_panel.m_groups.back()->addRow(button);
    return button;
}

template <class Change> void SettingsBuilder::tell(const QString& key, Change change)
{
    if (m_panel.m_showing)
        return;
    Recipe recipe = m_panel.m_recipe;
    change(recipe);
    m_panel.offer(key, std::move(recipe));
}

template <class T>
void SettingsBuilder::bind(const Text& text, QWidget* editor, Access<T> access,
    const std::function<void(const T&)>& show, const std::function<QString(const T&)>& words,
    const Applies& applies)
{
    SettingsPanel* panel = &m_panel;
    const auto valueOf
        = [panel, access](Recipe recipe) -> T { return access(recipe, panel->phaseIn(recipe)); };
    const QString& label = settingWords(text.key).label;
    m_panel.addBinding(
        { text.key, label, m_panel.m_groups.back(), new SettingRow(label, text.tip, editor, m_rows),
            [valueOf, show](const Recipe& recipe) { show(valueOf(recipe)); },
            [panel, valueOf] { return valueOf(panel->m_recipe) != valueOf(panel->m_base); },
            [panel, valueOf, words] { return words(valueOf(panel->m_base)); },
            [panel, valueOf, access](Recipe& recipe) {
                access(recipe, panel->phaseIn(recipe)) = valueOf(panel->m_base);
            },
            applies });
}

void SettingsBuilder::addWhole(const Text& text, Access<int> access, int low, int high,
    const Worded& worded, Applies applies, int step)
{
    std::map<int, QString> words, inFile;
    for (const auto& [value, word] : worded) {
        words[value] = settingWords(text.key).value(word);
        inFile[value] = QString::fromStdString(word);
    }
    auto* box = new WordedSpinBox(words, inFile);
    box->setRange(low, high);
    box->setSingleStep(step);
    box->setKeyboardTracking(false);
    box->setAlignment(Qt::AlignRight);
    box->setFont(theme::tabular(box->font()));
    SettingsPanel* panel = &m_panel;
    QObject::connect(
        box, &QSpinBox::valueChanged, box, [*this, panel, access, text, box, step](int v) mutable {
            const int nearest = v <= 0 ? v : std::max((v + step / 2) / step, 1) * step;
            if (nearest != v) {
                box->setValue(nearest);
                return;
            }
            tell(text.key, [&](Recipe& recipe) { access(recipe, panel->phaseIn(recipe)) = v; });
        });
    bind<int>(
        text, box, access, [box](const int& v) { box->setValue(v); },
        [words](const int& v) {
            const auto word = words.find(v);
            return word != words.end() ? word->second : format::count(v);
        },
        applies);
}

void SettingsBuilder::addNumber(
    const Text& text, Access<double> access, const Range& range, Applies applies)
{
    const SettingWords& words = settingWords(text.key);
    auto* box = new TrimmedSpinBox;
    box->setDecimals(4);
    box->setRange(range.low, range.high);
    box->setSingleStep(range.step);
    if (!words.unit.isEmpty())
        box->setSuffix(QChar(0xa0) + words.unit);
    box->setLocale(QLocale::c());
    box->setKeyboardTracking(false);
    box->setAlignment(Qt::AlignRight);
    box->setFont(theme::tabular(box->font()));
    SettingsPanel* panel = &m_panel;
    QObject::connect(box, &QDoubleSpinBox::valueChanged, box,
        [*this, panel, access, text, &words](double v) mutable {
            tell(text.key,
                [&](Recipe& recipe) { access(recipe, panel->phaseIn(recipe)) = words.meant(v); });
        });
    bind<double>(
        text, box, access, [box, &words](const double& v) { box->setValue(words.shown(v)); },
        [&words](const double& v) { return words.number(v); }, applies);
}

void SettingsBuilder::addDecades(const Text& text, Access<double> access, Applies applies)
{
    auto* edit = new RateEdit;
    edit->setZeroAllowed(true);
    SettingsPanel* panel = &m_panel;
    QObject::connect(
        edit, &RateEdit::rateEdited, edit, [*this, panel, access, text](double v) mutable {
            tell(text.key, [&](Recipe& recipe) { access(recipe, panel->phaseIn(recipe)) = v; });
        });
    bind<double>(
        text, edit, access, [edit](const double& v) { edit->setRate(v); },
        [](const double& v) { return format::rate(v); }, applies);
    SettingRow* row = m_panel.row(text.key);
    QObject::connect(edit, &RateEdit::problemChanged, row, &SettingRow::setProblem);
}

void SettingsBuilder::addTick(const Text& text, Access<bool> access)
{
    auto* box = new QCheckBox;
    SettingsPanel* panel = &m_panel;
    QObject::connect(box, &QCheckBox::toggled, box, [*this, panel, access, text](bool v) mutable {
        tell(text.key, [&](Recipe& recipe) { access(recipe, panel->phaseIn(recipe)) = v; });
    });
    bind<bool>(
        text, box, access, [box](const bool& v) { box->setChecked(v); },
        [&words = settingWords(text.key)](
            const bool& v) { return words.value(v ? "true" : "false"); },
        {});
}

template <class T>
void SettingsBuilder::addCombo(const Text& text, Access<T> access, const Applies& applies)
{
    const SettingWords& setting = settingWords(text.key);
    auto* box = new QComboBox;
    // Shared by the box's two readers: values beside the box's rows.
    auto values = std::make_shared<std::vector<T>>();
    for (const auto& [inFile, word] : setting.values) {
        box->addItem(word);
        if constexpr (std::is_enum_v<T>)
            values->push_back(static_cast<T>(values->size()));
        else
            values->push_back(inFile);
    }
    SettingsPanel* panel = &m_panel;
    const std::size_t known = values->size();
    QObject::connect(
        box, &QComboBox::activated, box, [*this, panel, access, text, values](int index) mutable {
            tell(text.key, [&](Recipe& recipe) {
                access(recipe, panel->phaseIn(recipe)) = (*values)[static_cast<std::size_t>(index)];
            });
        });
    const auto words = [&setting](const T& value) {
        if constexpr (std::is_enum_v<T>)
            return setting.values.at(static_cast<std::size_t>(value)).second;
        else
            return setting.value(value);
    };
    const auto show = [box, values, known, words](const T& value) {
        auto found = std::find(values->begin(), values->end(), value);
        if (found == values->end()) {
            values->resize(known);
            while (box->count() > int(known))
                box->removeItem(box->count() - 1);
            values->push_back(value);
            box->addItem(words(value));
            found = values->end() - 1;
        }
        box->setCurrentIndex(int(found - values->begin()));
    };
    bind<T>(text, box, access, show, words, applies);
}

void SettingsBuilder::addChoice(const Text& text, Access<Pooling> access)
{
    addCombo(text, access);
}
void SettingsBuilder::addChoice(const Text& text, Access<Geometry> access)
{
    addCombo(text, access);
}
void SettingsBuilder::addChoice(const Text& text, Access<FillMode> access)
{
    addCombo(text, access);
}
void SettingsBuilder::addChoice(const Text& text, Access<Precision> access)
{
    addCombo(text, access);
}
void SettingsBuilder::addChoice(const Text& text, Access<OptimizerKind> access)
{
    addCombo(text, access);
}
void SettingsBuilder::addChoice(const Text& text, Access<ScheduleKind> access)
{
    addCombo(text, access);
}
void SettingsBuilder::addChoice(const Text& text, Access<Watch> access, const Applies& applies)
{
    addCombo(text, access, applies);
}
void SettingsBuilder::addChoice(const Text& text, Access<std::string> access)
{
    addCombo(text, access);
}

void SettingsBuilder::addTransferLayer(const Text& text)
{
    auto* box = new QComboBox;
    SettingsPanel* panel = &m_panel;
    QObject::connect(box, &QComboBox::activated, box, [*this, box, text](int index) mutable {
        tell(text.key,
            [&](Recipe& recipe) { recipe.transferLayer = box->itemText(index).toStdString(); });
    });
    // Of another backbone's base there is nothing to put back but the last layer.
    const auto usual = [panel] {
        Recipe base = panel->m_base;
        base.backbone = panel->m_recipe.backbone;
        fitToBackbone(base);
        return base.transferLayer;
    };
    const auto show = [box, shown = std::string()](const Recipe& recipe) mutable {
        if (recipe.backbone != std::exchange(shown, recipe.backbone)) {
            box->clear();
            if (const auto backbone = findArchitecture(recipe.backbone)) {
                const std::vector<Layer>& layers = (*backbone)->layers;
                for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
                    box->addItem(QString::fromStdString(layer->name));
            }
        }
        box->setCurrentText(QString::fromStdString(recipe.transferLayer));
    };
    const QString& label = settingWords(text.key).label;
    m_panel.addBinding(
        { text.key, label, m_panel.m_groups.back(), new SettingRow(label, text.tip, box, m_rows),
            show, [panel, usual] { return panel->m_recipe.transferLayer != usual(); },
            [usual] { return QString::fromStdString(usual()); },
            [usual](Recipe& recipe) { recipe.transferLayer = usual(); }, {} });
}

void SettingsBuilder::addText(const Text& text, const Writer& write, const Reader& read)
{
    auto* edit = new QLineEdit;
    edit->setAlignment(Qt::AlignRight);
    edit->setFont(theme::tabular(edit->font()));
    const QString& label = settingWords(text.key).label;
    auto* row = new SettingRow(label, text.tip, edit, m_rows);
    SettingsPanel* panel = &m_panel;
    QObject::connect(edit, &QLineEdit::textEdited, row, [panel, row, read](const QString& typed) {
        Recipe scratch = panel->m_recipe;
        row->setProblem(read(scratch, typed));
    });
    QObject::connect(edit, &QLineEdit::editingFinished, edit, [*this, edit, text, read]() mutable {
        Recipe scratch = m_panel.m_recipe;
        if (read(scratch, edit->text()).isEmpty())
            tell(text.key, [&](Recipe& recipe) { read(recipe, edit->text()); });
    });
    m_panel.addBinding({ text.key, label, m_panel.m_groups.back(), row,
        [edit, row, write](const Recipe& recipe) {
            // A text that still cannot be taken is being mended: leave it there.
            if (edit->hasFocus() && !row->problem().isEmpty())
                return;
            edit->setText(write(recipe));
            row->setProblem({});
        },
        [panel, write] { return write(panel->m_recipe) != write(panel->m_base); },
        [panel, write] { return write(panel->m_base); },
        [panel, write, read](Recipe& recipe) { read(recipe, write(panel->m_base)); }, {} });
}

} // namespace vernier::ui
