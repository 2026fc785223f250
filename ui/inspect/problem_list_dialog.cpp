#include "ui/inspect/problem_list_dialog.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace vernier::ui {

ProblemListDialog::ProblemListDialog(const std::vector<ScanProblem>& problems, QWidget* parent)
    : QDialog(parent)
{
    setWindowTitle(tr("Pictures that could not be read"));
    auto* list = new QTreeWidget(this);
    list->setAccessibleName(windowTitle());
    list->setRootIsDecorated(false);
    list->setUniformRowHeights(true);
    list->setHeaderLabels({ tr("File"), tr("Reason") });
    list->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    for (const ScanProblem& problem : problems) {
        new QTreeWidgetItem(
            list, { format::path(problem.path), QString::fromStdString(problem.reason) });
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(
        2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    rows->setSpacing(2 * theme::kGrid);
    rows->addWidget(list);
    rows->addWidget(buttons);
    resize(80 * theme::kGrid, 40 * theme::kGrid);
}

} // namespace vernier::ui
