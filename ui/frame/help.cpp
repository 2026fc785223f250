#include "ui/frame/help.h"

#include "core/base/version.h"
#include "ui/base/command.h"
#include "ui/base/theme.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QFile>
#include <QFontDatabase>
#include <QHeaderView>
#include <QIcon>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QTableWidget>
#include <QVBoxLayout>

#include <optional>

namespace vernier::ui {
namespace {

/// A dialog that deletes itself, with a Close button below `content`.
void present(QWidget* parent, const QString& title, QWidget* content, const QSize& size)
{
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(2 * theme::kGrid);
    column->addWidget(content, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    column->addWidget(buttons);
    dialog->resize(size);
    dialog->show();
}

QString resourceText(const QString& name)
{
    QFile file(QStringLiteral(":/vernier/%1").arg(name));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace

void showHelp(QWidget* parent)
{
    auto* text = new QLabel(
        QObject::tr(
            "<h3>From a folder of pictures to a classifier of your own</h3>"
            "<p><b>Data</b> shows your pictures by class. Look through them first: a wrong label "
            "costs more than any setting. Select pictures and use the context menu to put them "
            "into another class or split, or Delete to leave them out. The files themselves are "
            "never touched.</p>"
            "<p><b>Recipe</b> shows the network from the picture at the left to the answer "
            "at the right. What is ticked is trained; the rest stays as it was learned from a "
            "million photographs. The default trains the head only, which takes minutes.</p>"
            "<p><b>Train</b> shows how it goes. Blue is what it trains on, orange is the "
            "validation pictures that it never trains on: that figure is the honest one. When a "
            "run has ended, change the recipe and train on from where it stands.</p>"
            "<p><b>Inspect</b> shows what was wrong, the most confident mistakes first. They are "
            "often wrong labels: a number key gives the right class, Enter takes the network's, "
            "Space says that the label is right as it is, and Delete leaves the picture out. The "
            "same keys work wherever pictures are shown, and Ctrl+Z takes back.</p>"
            "<p><b>Predict</b> names the class of other pictures. Drop them on the window. "
            "File &gt; Export model writes the model for other programs.</p>"
            "<p><b>Runs</b> keeps every run. Tick runs to lay their curves over each other, select "
            "two to see what is different, fork one at an epoch to try another way from there.</p>"
            "<p><b>Words.</b> Pictures are split in three: <i>train</i> is learned from, "
            "<i>validation</i> chooses the best epoch, <i>test</i> is looked at once, at the end. "
            "An <i>epoch</i> is one pass over the training pictures. The <i>head</i> is the new "
            "last part of the network. A <i>phase</i> is a stretch of training with its own "
            "blocks and rates. The range in brackets beside an accuracy is where the true one "
            "lies, 19 times of 20.</p>"),
        parent);
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignTop);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* scroll = new QScrollArea(parent);
    scroll->setWidgetResizable(true);
    scroll->setWidget(text);
    present(parent, QObject::tr("What is this?"), scroll, { 600, 560 });
}

void showKeyboard(QWidget* parent)
{
    struct Row {
        QString what;
        QString keys; ///< none: a heading
    };
    QList<Row> rows;
    std::optional<CommandScope> scope;
    for (const Command& command : commandTable()) {
        const QString keys = command.keysText();
        if (keys.isEmpty())
            continue;
        if (scope != command.scope)
            rows << Row { scopeTitle(command.scope), {} };
        scope = command.scope;
        rows << Row { command.title(), keys };
    }
    auto* table = new QTableWidget(static_cast<int>(rows.size()), 2, parent);
    table->setHorizontalHeaderLabels({ QObject::tr("What"), QObject::tr("Keys") });
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    theme::setRole(table, theme::Role::List);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft);
    for (int row = 0; row < rows.size(); ++row) {
        auto* what = new QTableWidgetItem(rows[row].what);
        table->setItem(row, 0, what);
        if (!rows[row].keys.isEmpty()) {
            table->setItem(row, 1, new QTableWidgetItem(rows[row].keys));
            continue;
        }
        QFont strong = table->font();
        strong.setWeight(QFont::DemiBold);
        what->setFont(strong);
        table->setSpan(row, 0, 1, 2);
    }
    present(parent, QObject::tr("Keyboard"), table, { 520, 600 });
}

void showAbout(QWidget* parent)
{
    auto* body = new QWidget(parent);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);

    auto* head = new QHBoxLayout;
    head->setSpacing(2 * theme::kGrid);
    auto* sign = new QLabel(body);
    sign->setPixmap(QIcon(QStringLiteral(":/vernier/icons/vernier.svg")).pixmap(64, 64));
    auto* words = new QVBoxLayout;
    words->setSpacing(theme::kGrid / 2);
    auto* name = new QLabel(
        QStringLiteral("Vernier %1").arg(QString::fromStdString(vernierVersion())), body);
    theme::setRole(name, theme::Role::Heading);
    auto* versions = new QLabel(
        QObject::tr("LibTorch %1 · Qt %2")
            .arg(QString::fromStdString(torchVersion()), QString::fromLatin1(qVersion())),
        body);
    theme::setRole(versions, theme::Role::Muted);
    auto* licence = new QLabel(
        QObject::tr("Free software under the GNU General Public License, version 3 or later."),
        body);
    theme::setRole(licence, theme::Role::Muted);
    words->addWidget(name);
    words->addWidget(versions);
    words->addWidget(licence);
    head->addWidget(sign, 0, Qt::AlignTop);
    head->addLayout(words, 1);
    column->addLayout(head);

    auto* notice = new QPlainTextEdit(body);
    notice->setReadOnly(true);
    notice->setAccessibleName(QObject::tr("Licences"));
    notice->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    notice->setPlainText(resourceText(QStringLiteral("NOTICE")) + QStringLiteral("\n\n")
        + resourceText(QStringLiteral("LICENSE")));
    column->addWidget(notice, 1);
    present(parent, QObject::tr("About Vernier"), body, { 720, 560 });
}

} // namespace vernier::ui
