#include "ui/runs/try_dialog.h"

#include "core/base/text.h"
#include "ui/base/dialog_buttons.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

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

Result<std::vector<int>> numbers(const QString& text)
{
    std::vector<int> found;
    if (text == kNone)
        return found;
    for (const QString& part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        bool ok = false;
        found.push_back(part.trimmed().toInt(&ok));
        if (!ok)
            return no(TryDialog::tr("“%1” is no whole number").arg(part.trimmed()));
    }
    return found;
}

QString ratesOf(const Phase& phase)
{
    return QString::fromStdString(shortNumber(phase.plan.headRate));
}

QString headOf(const Recipe& recipe)
{
    QStringList units;
    for (const DenseSpec& each : recipe.head.dense)
        units << QString::number(each.size);
    return units.isEmpty() ? kNone : units.join(QStringLiteral(", "));
}

QString blocksOf(const Phase& phase)
{
    QStringList blocks;
    for (const auto& [block, rate] : phase.plan.blockRates)
        blocks << QString::fromStdString(block).remove(QStringLiteral("block"));
    return blocks.isEmpty() ? kNone : blocks.join(QStringLiteral(", "));
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
    constexpr double kUsualBlockRate = 1e-5;
    std::vector<RunQueue::Wish> wishes;
    const QStringList rateList = values(rates, true);
    const QStringList headList = values(heads, false);
    const QStringList blockList = values(blocks, false);
    for (const QString& head : headList) {
        for (const QString& block : blockList) {
            for (const QString& rate : rateList) {
                RunQueue::Wish wish;
                wish.name = TryDialog::tr("head %1 · blocks %2 · rate %3").arg(head, block, rate);
                wish.recipe = base;
                bool ok = false;
                FreezePlan& plan = wish.recipe.phases.at(phase).plan;
                plan.headRate = rate.toDouble(&ok);
                if (!ok)
                    return no(TryDialog::tr("“%1” is no learning rate").arg(rate));
                const auto dense = numbers(head);
                if (!dense)
                    return tl::unexpected(dense.error());
                wish.recipe.head.dense.assign(dense->begin(), dense->end());
                const auto ticked = numbers(block);
                if (!ticked)
                    return tl::unexpected(ticked.error());
                const FreezePlan& before = base.phases.at(phase).plan;
                plan.blockRates.clear();
                plan.layerRates.clear();
                for (const int number : *ticked) {
                    const std::string name = "block" + std::to_string(number);
                    plan.blockRates[name]
                        = before.trains(name) ? before.rate(name) : kUsualBlockRate;
                }
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
    m_rates = field(tr("Rates of the head"),
        tr("Learning rates, parted by commas: 1e-3, 3e-4, 1e-4. Usual are 1e-5 to 1e-2."),
        ratesOf(shown), this);
    m_heads = field(tr("Dense layers of the head"),
        tr("Units of each layer; semicolons part one head from the next: 1024; 512, 256; none."),
        headOf(base), this);
    m_blocks = field(tr("Blocks that train"),
        tr("Numbers of blocks; semicolons part one choice from the next: none; 5; 4, 5. A block "
           "that is not ticked on the Recipe page gets the rate 1e-5."),
        blocksOf(shown), this);
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
