#include "ui/runs/try_dialog.h"

#include "core/base/text.h"
#include "ui/base/dialog_buttons.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/recipe/setting_words.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace vernier::ui {
namespace {

constexpr std::size_t kMostWishes = 200;
const QString kNone = QStringLiteral("none");

/// Values are parted by semicolons, or where there is none and `orCommas`, by commas.
QStringList values(const QString& text, bool orCommas)
{
    const QChar separator
        = orCommas && !text.contains(QLatin1Char(';')) ? QLatin1Char(',') : QLatin1Char(';');
    QStringList values;
    for (const QString& part : text.split(separator, Qt::SkipEmptyParts)) {
        if (!part.trimmed().isEmpty())
            values << part.trimmed();
    }
    return values;
}

tl::unexpected<Error> no(const QString& what)
{
    return fail(ErrorCode::Invalid, what.toStdString());
}

QString ratesOf(const Phase& phase)
{
    return QString::fromStdString(shortNumber(phase.plan.headRate));
}

QString headOf(const HeadSpec& head) { return head.dense.empty() ? kNone : denseText(head); }

Result<std::vector<DenseSpec>> denseOf(const QString& text)
{
    if (text == kNone)
        return std::vector<DenseSpec>();
    auto dense = denseFromText(text);
    if (!dense)
        return no(
            QStringLiteral("“%1”: %2").arg(text, QString::fromStdString(dense.error().detail)));
    return dense;
}

/// Blocks that train, and layers that train in a block that does not.
using Ticks = std::set<std::string>;

const QString kBlock = QStringLiteral("block");

Ticks ticksOf(const FreezePlan& plan, const Architecture& backbone)
{
    Ticks ticks;
    for (const auto& [block, rate] : plan.blockRates)
        ticks.insert(block);
    for (const Layer& layer : backbone.layers) {
        if (!plan.trains(layer.block) && plan.rateOf(layer) > 0)
            ticks.insert(layer.name);
    }
    return ticks;
}

/// "5, block4_conv3"
QString blocksOf(const Phase& phase, const Architecture& backbone)
{
    QStringList words;
    for (const std::string& tick : ticksOf(phase.plan, backbone)) {
        const QString name = QString::fromStdString(tick);
        words << (backbone.indexOf(tick) ? name : name.mid(kBlock.size()));
    }
    // Numbers of blocks first.
    std::stable_partition(
        words.begin(), words.end(), [](const QString& word) { return !word.startsWith(kBlock); });
    return words.isEmpty() ? kNone : words.join(QStringLiteral(", "));
}

Result<Ticks> ticksOf(const QString& text, const Architecture& backbone)
{
    Ticks ticks;
    if (text == kNone)
        return ticks;
    for (const QString& part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const QString word = part.trimmed();
        bool isNumber = false;
        const int number = word.toInt(&isNumber);
        if (isNumber)
            ticks.insert("block" + std::to_string(number));
        else if (backbone.indexOf(word.toStdString()))
            ticks.insert(word.toStdString());
        else
            return no(TryDialog::tr("“%1” is no number of a block and no layer").arg(word));
    }
    return ticks;
}

/// `before` with other ticks. What is ticked in both stays as it is, with the layers apart.
FreezePlan withTicks(const FreezePlan& before, const Architecture& backbone, const Ticks& ticks)
{
    constexpr double kUsualRate = 1e-5;
    if (ticks == ticksOf(before, backbone))
        return before;
    FreezePlan plan = before;
    plan.blockRates.clear();
    plan.layerRates.clear();
    for (const std::string& tick : ticks) {
        if (!backbone.indexOf(tick))
            plan.blockRates[tick] = before.trains(tick) ? before.rate(tick) : kUsualRate;
    }
    for (const Layer& layer : backbone.layers) {
        const auto apart = before.layerRates.find(layer.name);
        if (plan.trains(layer.block)) {
            if (before.trains(layer.block) && apart != before.layerRates.end())
                plan.layerRates.insert(*apart);
        } else if (ticks.contains(layer.name)) {
            const double rate = before.rateOf(layer);
            plan.layerRates[layer.name] = rate > 0 ? rate : kUsualRate;
        }
    }
    return plan;
}

QLineEdit* field(const QString& name, const QString& tip, const QString& text, QWidget* parent)
{
    auto* edit = new QLineEdit(text, parent);
    edit->setAccessibleName(name);
    edit->setToolTip(tip);
    return edit;
}

} // namespace

Result<std::vector<RunQueue::Wish>> combinations(const Recipe& base, std::size_t phase,
    const QString& rates, const QString& heads, const QString& blocks)
{
    std::vector<RunQueue::Wish> wishes;
    const auto backbone = findArchitecture(base.backbone);
    if (!backbone)
        return tl::unexpected(backbone.error());
    const QStringList rateList = values(rates, true);
    const QStringList headList = values(heads, false);
    const QStringList blockList = values(blocks, false);
    // What the text of the recipe's own head comes to: a text has no room for 12.5 %.
    const auto ownHead = denseOf(headOf(base.head));
    for (const QString& head : headList) {
        for (const QString& block : blockList) {
            for (const QString& rate : rateList) {
                RunQueue::Wish wish;
                wish.name = TryDialog::tr("head %1 · blocks %2 · rate %3").arg(head, block, rate);
                wish.recipe = base;
                const auto dense = denseOf(head);
                if (!dense)
                    return tl::unexpected(dense.error());
                if (!ownHead || *dense != *ownHead)
                    wish.recipe.head.dense = *dense;
                const auto ticks = ticksOf(block, **backbone);
                if (!ticks)
                    return tl::unexpected(ticks.error());
                FreezePlan& plan = wish.recipe.phases.at(phase).plan;
                plan = withTicks(plan, **backbone, *ticks);
                bool ok = false;
                plan.headRate = rate.toDouble(&ok);
                if (!ok)
                    return no(TryDialog::tr("“%1” is no learning rate").arg(rate));
                if (const Status valid = check(wish.recipe); !valid)
                    return tl::unexpected(valid.error());
                wishes.push_back(std::move(wish));
                if (wishes.size() > kMostWishes)
                    return no(TryDialog::tr("these are more than %1 runs").arg(kMostWishes));
            }
        }
    }
    if (wishes.empty())
        return no(TryDialog::tr("each line needs a value"));
    return wishes;
}

TryDialog::TryDialog(const Recipe& base, std::size_t phase, QWidget* parent)
    : QDialog(parent), m_base(base), m_phase(phase)
{
    setWindowTitle(tr("Try several"));
    auto* sentence = new QLabel(
        tr("Every combination of these is trained, one after the other; all else is as on the "
           "Recipe page. Features below what trains are computed once for all of them."),
        this);
    sentence->setWordWrap(true);
    const Phase& shown = base.phases.at(phase);
    const auto backbone = findArchitecture(base.backbone);
    m_rates = field(tr("Rates of the head"),
        tr("Learning rates, parted by commas: 1e-3, 3e-4, 1e-4. Usual are 1e-5 to 1e-2."),
        ratesOf(shown), this);
    m_heads = field(tr("Dense layers of the head"),
        tr("Sizes of the layers, as on the Recipe page; semicolons part one head from the next: "
           "1024; 512, 256 tanh 30 %; none. Usual sizes are 64 to 1024."),
        headOf(base.head), this);
    m_blocks = field(tr("Blocks that train"),
        tr("Numbers of blocks, or names of single layers; semicolons part one choice from the "
           "next: none; 5; 4, 5; block5_conv3. What is not ticked on the Recipe page gets the "
           "rate 1e-5."),
        backbone ? blocksOf(shown, **backbone) : kNone, this);
    m_count = new QLabel(this);
    m_count->setWordWrap(true);
    m_count->setMinimumHeight(2 * m_count->fontMetrics().lineSpacing());
    m_names = new QPlainTextEdit(this);
    m_names->setReadOnly(true);
    m_names->setTabChangesFocus(true);
    m_names->setAccessibleName(tr("What will be trained"));
    m_names->setToolTip(tr("What will be trained, in this order."));
    auto* form = new QFormLayout;
    form->setVerticalSpacing(theme::kGrid);
    for (QLineEdit* edit : { m_rates, m_heads, m_blocks }) {
        form->addRow(edit->accessibleName(), edit);
        connect(edit, &QLineEdit::textChanged, this, &TryDialog::showWishes);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(2 * theme::kGrid);
    column->addWidget(sentence);
    column->addLayout(form);
    column->addWidget(m_count);
    column->addWidget(m_names, 1);
    m_add = addDialogButtons(this, column, tr("Put in line"),
        tr("Train these one after the other, as soon as nothing else trains."));
    resize(560, 480);
    showWishes();
}

void TryDialog::showWishes()
{
    const auto made
        = combinations(m_base, m_phase, m_rates->text(), m_heads->text(), m_blocks->text());
    m_wishes = made.value_or(std::vector<RunQueue::Wish>());
    QStringList names;
    for (const RunQueue::Wish& wish : m_wishes)
        names << wish.name;
    m_names->setPlainText(names.join(QLatin1Char('\n')));
    theme::setRole(m_count, made ? theme::Role::Muted : theme::Role::Wrong);
    m_count->setText(made
            ? format::plural(static_cast<qint64>(m_wishes.size()), tr("run"), tr("runs"))
            : format::text(made.error()));
    m_add->setEnabled(made.has_value());
}

} // namespace vernier::ui
