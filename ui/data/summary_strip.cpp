#include "ui/data/summary_strip.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/data/balance_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace vernier::ui {

SummaryStrip::SummaryStrip(QWidget* parent)
    : QWidget(parent)
    , m_counts(new QLabel(this))
    , m_splits(new QLabel(this))
    , m_balance(new BalanceBar(this))
    , m_sentence(new QLabel(this))
{
    theme::setRole(m_counts, theme::Role::Heading);
    theme::setRole(m_splits, theme::Role::Muted);
    theme::setRole(m_sentence, theme::Role::Muted);
    m_splits->setFont(theme::tabular(m_splits->font()));
    m_splits->setToolTip(tr("Pictures in train, validation and test"));
    m_sentence->setWordWrap(true);

    auto* row = new QHBoxLayout;
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(m_counts);
    row->addWidget(m_splits);
    row->addWidget(m_balance);
    row->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(row);
    column->addWidget(m_sentence);
}

void SummaryStrip::setDataset(const SnapshotPtr& dataset)
{
    m_balance->setDataset(dataset);
    if (!dataset)
        return;
    m_counts->setText(QStringLiteral("%1, %2").arg(
        format::plural(static_cast<qint64>(dataset->images.size()), tr("picture"), tr("pictures")),
        format::plural(static_cast<qint64>(dataset->classes.size()), tr("class"), tr("classes"))));
    QStringList splits;
    for (const Split split : kSplits) {
        splits << QStringLiteral("%1 %2").arg(
            format::count(dataset->count(split)), format::split(split));
    }
    if (const qint64 leftOut = dataset->count(Split::LeftOut); leftOut > 0)
        splits << QStringLiteral("%1 %2").arg(
            format::count(leftOut), format::split(Split::LeftOut));
    m_splits->setText(splits.join(QStringLiteral(" / ")));
    const QStringList odd = oddities(*dataset);
    m_sentence->setText(odd.mid(0, 2).join(QLatin1Char(' ')));
    m_sentence->setToolTip(odd.join(QLatin1Char('\n')));
    m_sentence->setVisible(!odd.isEmpty());
}

QStringList SummaryStrip::oddities(const DatasetSnapshot& dataset)
{
    if (dataset.count(Split::LeftOut) == static_cast<qint64>(dataset.images.size()))
        return { tr("All pictures are left out: there is nothing to train on.") };
    QStringList sentences;
    if (dataset.validationDrawn) {
        sentences << tr("No validation split: %1 taken from train for it.")
                         .arg(format::plural(dataset.count(Split::Validation), tr("picture was"),
                             tr("pictures were")));
    }
    // The notes are of the folder as it was found; edits since may have changed what is told here.
    for (const std::string& note : dataset.notes) {
        const bool ofTest = note.starts_with("No test split");
        if (!ofTest || dataset.count(Split::Test) == 0)
            sentences << QString::fromStdString(note);
    }
    return sentences;
}

} // namespace vernier::ui
