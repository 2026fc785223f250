#include "ui/data/summary_strip.h"

#include "core/dataset/scan.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/data/balance_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace vernier::ui {

SummaryStrip::SummaryStrip(QWidget* parent)
    : QWidget(parent)
    , m_counts(new QLabel(this))
    , m_splits(new QLabel(this))
    , m_balance(new BalanceBar(this))
    , m_sentence(new QLabel(this))
    , m_otherwise(new QPushButton(this))
{
    theme::setRole(m_counts, theme::Role::Heading);
    theme::setRole(m_splits, theme::Role::Muted);
    theme::setRole(m_sentence, theme::Role::Muted);
    m_splits->setFont(theme::tabular(m_splits->font()));
    m_splits->setToolTip(tr("Pictures in train, validation and test"));
    m_sentence->setWordWrap(true);
    // It has names of classes and folders in it.
    m_sentence->setTextFormat(Qt::PlainText);
    m_otherwise->setFlat(true);
    m_otherwise->hide();
    connect(m_otherwise, &QPushButton::clicked, this, &SummaryStrip::readOtherwise);

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
    auto* odd = new QHBoxLayout;
    odd->setSpacing(theme::kGrid);
    odd->addWidget(m_sentence, 1);
    odd->addWidget(m_otherwise, 0, Qt::AlignTop);
    column->addLayout(odd);
}

void SummaryStrip::setDataset(const SnapshotPtr& dataset, bool canReadOtherwise)
{
    m_balance->setDataset(dataset);
    m_otherwise->setVisible(dataset && canReadOtherwise);
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
    const bool areSplits = topFoldersOf(*dataset) == TopFolders::LookLikeSplits;
    m_otherwise->setText(areSplits ? tr("They are classes") : tr("They are splits"));
    m_otherwise->setToolTip(areSplits
            ? tr("Read the folders anew, each as a class of its own")
            : tr("Read the folders anew, as the splits that their names look like"));
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
    // First: whoever sees wrong classes looks here for the reason.
    for (const std::string& note : dataset.notes) {
        if (isOnTopFolders(note))
            sentences << QString::fromStdString(note);
    }
    const bool validatesNothing = dataset.validationDrawn && dataset.count(Split::Validation) == 0;
    if (validatesNothing) {
        sentences << tr("No class has two training pictures: nothing is validated, and no figure "
                        "will say how good the model is.");
    } else if (dataset.validationDrawn) {
        sentences << tr("No validation split: %1 taken from train for it.")
                         .arg(format::plural(dataset.count(Split::Validation), tr("picture was"),
                             tr("pictures were")));
    }
    // The notes are of the folder as it was found; edits since may have changed what is told here.
    for (const std::string& note : dataset.notes) {
        const bool ofTest = note.starts_with("No test split");
        const bool holds = !ofTest || (dataset.count(Split::Test) == 0 && !validatesNothing);
        if (!isOnTopFolders(note) && holds)
            sentences << QString::fromStdString(note);
    }
    return sentences;
}

} // namespace vernier::ui
