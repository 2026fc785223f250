#include "ui/data/problems_dialog.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace vernier::ui {

ProblemsDialog::ProblemsDialog(const DatasetSnapshot& dataset, QWidget* parent) : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Files that cannot be used"));
    resize(760, 440);
    const auto count = static_cast<int>(dataset.problems.size());

    auto* sentence = new QLabel(
        tr("%1 left out; everything else is used. Mend or remove %2, and open the folder again.")
            .arg(format::plural(count, tr("file is"), tr("files are")),
                count == 1 ? tr("it") : tr("them")),
        this);
    sentence->setWordWrap(true);
    auto* table = new QTableWidget(count, 2, this);
    table->setHorizontalHeaderLabels({ tr("File"), tr("Reason") });
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft);
    table->horizontalHeader()->setStretchLastSection(true);
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    theme::setRole(table, theme::Role::List);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setTextElideMode(Qt::ElideMiddle);
    table->setAccessibleName(windowTitle());
    table->setToolTip(tr("A double click or Return opens the folder of a file."));
    for (int row = 0; row < count; ++row) {
        const ScanProblem& problem = dataset.problems[static_cast<std::size_t>(row)];
        auto* file = new QTableWidgetItem(format::path(problem.path));
        file->setToolTip(format::path(dataset.root / problem.path));
        auto* reason = new QTableWidgetItem(QString::fromStdString(problem.reason));
        reason->setToolTip(reason->text());
        table->setItem(row, 0, file);
        table->setItem(row, 1, reason);
    }
    table->setColumnWidth(0, 320);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setToolTip(tr("Close this list"));
    auto* show = buttons->addButton(tr("Show in folder"), QDialogButtonBox::ActionRole);
    show->setToolTip(tr("Open the folder of the selected file"));
    show->setEnabled(false);
    const auto showFolder = [table] {
        const QTableWidgetItem* item = table->item(table->currentRow(), 0);
        if (item) {
            QDesktopServices::openUrl(
                QUrl::fromLocalFile(QFileInfo(item->toolTip()).absolutePath()));
        }
    };
    connect(show, &QPushButton::clicked, this, showFolder);
    connect(table, &QTableWidget::itemActivated, this, showFolder);
    connect(table, &QTableWidget::itemSelectionChanged, this,
        [table, show] { show->setEnabled(!table->selectedItems().isEmpty()); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(2 * theme::kGrid);
    column->addWidget(sentence);
    column->addWidget(table, 1);
    column->addWidget(buttons);
}

} // namespace vernier::ui
