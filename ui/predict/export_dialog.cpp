#include "ui/predict/export_dialog.h"

#include "ui/base/format.h"
#include "ui/base/last_folder.h"
#include "ui/base/theme.h"
#include "ui/session/model_export.h"
#include "ui/session/session.h"

#include <QButtonGroup>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QUrl>
#include <QVBoxLayout>

#include <array>

namespace vernier::ui {
namespace {

constexpr int kMargin = 2 * theme::kGrid;
const QString kFolderKind = QStringLiteral("export");

enum Page { Choice, Working, Done };

struct FormatText {
    ExportFormat format;
    QString title;
    QString purpose;
};

std::array<FormatText, 3> formatTexts()
{
    return { {
        { ExportFormat::Onnx, ExportDialog::tr("ONNX"),
            ExportDialog::tr("For other programs: runs in onnxruntime, OpenCV, Windows ML and "
                             "many more, and can be looked at in Netron.") },
        { ExportFormat::TorchScript, ExportDialog::tr("TorchScript"),
            ExportDialog::tr("For PyTorch and LibTorch: one file that runs without any code "
                             "of the model.") },
        { ExportFormat::Safetensors, ExportDialog::tr("safetensors"),
            ExportDialog::tr("For Vernier and for scripts: the weights under Keras's layer "
                             "names, with classes and normalization beside them.") },
    } };
}

/// Where models go: a folder that there is, so that Export can be pressed at once.
QString usualFolder()
{
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QFileInfo(documents).isDir() ? documents : QDir::homePath();
}

QString extensionOf(ExportFormat format)
{
    const std::string_view text = extension(format);
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString titleOf(ExportFormat format)
{
    for (const FormatText& text : formatTexts()) {
        if (text.format == format)
            return text.title;
    }
    return {};
}

/// All of it chooses the format, not the small button alone.
class FormatCard : public QFrame {
public:
    FormatCard(const FormatText& text, QWidget* parent)
        : QFrame(parent), m_choice(new QRadioButton(text.title, this))
    {
        theme::setRole(this, theme::Role::Card);
        m_choice->setToolTip(text.purpose);
        m_choice->setAccessibleDescription(text.purpose);
        QFont strong = m_choice->font();
        strong.setWeight(QFont::DemiBold);
        m_choice->setFont(strong);
        auto* purpose = new QLabel(text.purpose, this);
        purpose->setWordWrap(true);
        theme::setRole(purpose, theme::Role::Muted);
        purpose->setIndent(3 * theme::kGrid);
        auto* lines = new QVBoxLayout(this);
        lines->setContentsMargins(kMargin, theme::kGrid + 4, kMargin, theme::kGrid + 4);
        lines->setSpacing(theme::kGrid / 2);
        lines->addWidget(m_choice);
        lines->addWidget(purpose);
    }

    QRadioButton* choice() const { return m_choice; }

protected:
    void mouseReleaseEvent(QMouseEvent* event) override
    {
        if (event->button() != Qt::LeftButton || !rect().contains(event->position().toPoint()))
            return;
        m_choice->setFocus(Qt::MouseFocusReason);
        m_choice->click();
    }

private:
    QRadioButton* m_choice;
};

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    theme::setRole(label, theme::Role::Heading);
    return label;
}

QHBoxLayout* buttonRow()
{
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::kGrid);
    row->addStretch();
    return row;
}

/// A difference of probabilities: "7.1e-6".
QString differenceText(double difference)
{
    return QString::number(difference, 'g', 2).replace(QStringLiteral("e-0"), QStringLiteral("e-"));
}

} // namespace

ExportDialog::ExportDialog(const QString& name, QWidget* parent)
    : QDialog(parent), m_stack(new QStackedWidget(this))
{
    setWindowTitle(tr("Export model"));
    m_stack->insertWidget(Choice, makeChoice());
    m_stack->insertWidget(Working, makeProgress());
    m_stack->insertWidget(Done, makeReport());
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid);
    rows->addWidget(m_stack);
    // Only now: before, the button was in no dialog whose default it could have been.
    m_export->setDefault(true);
    setMinimumWidth(70 * theme::kGrid);
    setFormat(ExportFormat::Onnx);
    setFile(QDir(lastFolder(kFolderKind, usualFolder()))
                .filePath((name.isEmpty() ? QStringLiteral("model") : name)
                    + extensionOf(ExportFormat::Onnx)));
}

ExportDialog::ExportDialog(Session& session, QWidget* parent)
    : ExportDialog(
        session.dataset() ? format::path(session.dataset()->root.filename()) : QString(), parent)
{
    connect(this, &ExportDialog::exportRequested, &session,
        [this, &session](ExportFormat format, const QString& file) {
            if (session.exports().canWrite())
                session.exports().write(format, file);
            else
                showError(tr("There is no trained model to export now."));
        });
    connect(this, &ExportDialog::cancelRequested, &session.exports(), &ModelExport::cancel);
    connect(&session.exports(), &ModelExport::written, this, &ExportDialog::showReport);
    // Other work may fail meanwhile, which is for the window to say.
    connect(&session.jobs(), &JobBoard::failed, this, [this, &session](const Error& error) {
        if (busy() && session.jobs().failedKind() == JobKind::Export)
            showError(format::text(error));
    });
    connect(&session.jobs(), &JobBoard::changed, this, [this, &session] {
        if (!busy())
            return;
        if (const auto job = session.exports().job())
            showProgress(job->done, job->total);
        else
            // An answer follows within the same turn; without one it was cancelled.
            QMetaObject::invokeMethod(
                this,
                [this] {
                    if (busy())
                        showChoice();
                },
                Qt::QueuedConnection);
    });
}

QWidget* ExportDialog::makeChoice()
{
    auto* page = new QWidget;
    auto* rows = new QVBoxLayout(page);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::kGrid);
    rows->addWidget(heading(tr("Export the best model of this run"), page));
    auto* about = new QLabel(
        tr("Class names, picture size and normalization travel inside the file. It is read back "
           "by a reader that did not write it, and its answers are compared with the run's, "
           "computed in fp32, before it counts as written."),
        page);
    about->setWordWrap(true);
    theme::setRole(about, theme::Role::Muted);
    rows->addWidget(about);
    rows->addSpacing(theme::kGrid);

    m_formats = new QButtonGroup(this);
    for (const FormatText& text : formatTexts()) {
        auto* card = new FormatCard(text, page);
        m_formats->addButton(card->choice(), static_cast<int>(text.format));
        rows->addWidget(card);
    }

    rows->addSpacing(theme::kGrid);
    auto* fileLabel = new QLabel(tr("&File"), page);
    m_file = new QLineEdit(page);
    m_file->setToolTip(tr("Where the model is written."));
    m_file->setAccessibleName(tr("File"));
    fileLabel->setBuddy(m_file);
    auto* choose = new QPushButton(tr("Choose…"), page);
    choose->setToolTip(tr("Chooses the file in a dialog."));
    choose->setAutoDefault(false); // Return in the field exports
    auto* fileRow = new QHBoxLayout;
    fileRow->setSpacing(theme::kGrid);
    fileRow->addWidget(fileLabel);
    fileRow->addWidget(m_file, 1);
    fileRow->addWidget(choose);
    rows->addLayout(fileRow);
    m_fileHint = new QLabel(page);
    theme::setRole(m_fileHint, theme::Role::Caption);
    rows->addWidget(m_fileHint);
    m_error = new QLabel(page);
    m_error->setObjectName(QStringLiteral("error"));
    m_error->setWordWrap(true);
    m_error->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_error->setMinimumHeight(2 * m_error->fontMetrics().lineSpacing());
    m_error->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    theme::setRole(m_error, theme::Role::Wrong);
    rows->addWidget(m_error);
    rows->addStretch();

    auto* close = new QPushButton(tr("Cancel"), page);
    close->setToolTip(tr("Closes without exporting."));
    close->setAutoDefault(false);
    m_export = new QPushButton(tr("Export"), page);
    m_export->setToolTip(tr("Writes the file and compares its answers with the run's."));
    theme::setRole(m_export, theme::Role::Primary);
    auto* buttons = buttonRow();
    buttons->addWidget(close);
    buttons->addWidget(m_export);
    rows->addLayout(buttons);

    connect(m_formats, &QButtonGroup::idClicked, this,
        [this](int id) { setFormat(static_cast<ExportFormat>(id)); });
    connect(m_file, &QLineEdit::textChanged, this, &ExportDialog::checkFile);
    connect(choose, &QPushButton::clicked, this, &ExportDialog::browse);
    connect(close, &QPushButton::clicked, this, &ExportDialog::reject);
    connect(m_export, &QPushButton::clicked, this, &ExportDialog::begin);
    return page;
}

QWidget* ExportDialog::makeProgress()
{
    auto* page = new QWidget;
    m_stage = new QLabel(page);
    theme::setRole(m_stage, theme::Role::Muted);
    m_progress = new QProgressBar(page);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the export"));
    m_cancel = new QPushButton(tr("Cancel"), page);
    m_cancel->setToolTip(tr("Stops the export; no file is left."));
    m_cancel->setAutoDefault(false);
    auto* rows = new QVBoxLayout(page);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::kGrid);
    rows->addStretch();
    rows->addWidget(heading(tr("Writing and comparing"), page));
    rows->addWidget(m_stage);
    rows->addSpacing(theme::kGrid);
    rows->addWidget(m_progress);
    rows->addStretch();
    auto* buttons = buttonRow();
    buttons->addWidget(m_cancel);
    rows->addLayout(buttons);
    connect(m_cancel, &QPushButton::clicked, this, &ExportDialog::reject);
    return page;
}

QWidget* ExportDialog::makeReport()
{
    auto* page = new QWidget;
    m_written = new QLabel(page);
    m_written->setWordWrap(true);
    m_written->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* card = new QFrame(page);
    theme::setRole(card, theme::Role::Card);
    auto* form = new QFormLayout(card);
    form->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    form->setHorizontalSpacing(3 * theme::kGrid);
    form->setVerticalSpacing(theme::kGrid);
    const auto row = [&](const QString& name, const QString& tip) {
        auto* label = new QLabel(name, card);
        theme::setRole(label, theme::Role::Muted);
        auto* value = new QLabel(card);
        value->setFont(theme::tabular(value->font()));
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setToolTip(tip);
        value->setAccessibleName(name);
        form->addRow(label, value);
        return value;
    };
    m_size = row(tr("Size"), tr("Size of the file."));
    m_reader = row(tr("Read back by"), tr("The reader that loaded the file and ran it."));
    m_pictures = row(tr("Compared on"), tr("Pictures that both gave an answer for."));
    m_difference = row(tr("Largest difference"),
        tr("Between the probabilities of the file and the run's in fp32; up to %1 is allowed.")
            .arg(differenceText(kMaxParityDifference)));

    auto* show = new QPushButton(tr("Show in folder"), page);
    show->setToolTip(tr("Opens the folder that the file is in."));
    m_close = new QPushButton(tr("Close"), page);
    m_close->setToolTip(tr("Closes this window."));
    theme::setRole(m_close, theme::Role::Primary);
    auto* rows = new QVBoxLayout(page);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::kGrid);
    rows->addWidget(heading(tr("The model is written and gives the same answers"), page));
    rows->addWidget(m_written);
    rows->addSpacing(theme::kGrid);
    rows->addWidget(card);
    m_reportFile = new QLabel(page);
    m_reportFile->setWordWrap(true);
    theme::setRole(m_reportFile, theme::Role::Caption);
    rows->addWidget(m_reportFile);
    rows->addStretch();
    auto* buttons = buttonRow();
    buttons->addWidget(show);
    buttons->addWidget(m_close);
    rows->addLayout(buttons);
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    connect(show, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(m_writtenFile).path()));
    });
    return page;
}

void ExportDialog::setFormat(ExportFormat format)
{
    m_formats->button(static_cast<int>(format))->setChecked(true);
    const QString current = m_file->text();
    for (const FormatText& text : formatTexts()) {
        const QString ending = extensionOf(text.format);
        if (current.endsWith(ending, Qt::CaseInsensitive)) {
            m_file->setText(current.chopped(ending.size()) + extensionOf(format));
            break;
        }
    }
    checkFile();
}

ExportFormat ExportDialog::format() const
{
    return static_cast<ExportFormat>(m_formats->checkedId());
}

void ExportDialog::setFile(const QString& file) { m_file->setText(QDir::toNativeSeparators(file)); }

QString ExportDialog::file() const { return m_file->text().trimmed(); }

void ExportDialog::checkFile()
{
    m_error->clear();
    const QFileInfo info(file());
    const bool folderThere = QFileInfo(info.path()).isDir();
    QString hint;
    if (file().isEmpty())
        hint = tr("Choose where the model is written.");
    else if (!info.isAbsolute())
        hint = tr("Name the folder too, beginning with %1.").arg(QDir::rootPath());
    else if (!folderThere)
        hint = tr("This folder does not exist.");
    else if (info.isDir())
        hint = tr("This is a folder; add a file name.");
    else if (info.exists())
        hint = tr("There is such a file already; it will be replaced.");
    const bool usable = !file().isEmpty() && info.isAbsolute() && folderThere && !info.isDir();
    // A space keeps its line, so that nothing jumps.
    m_fileHint->setText(hint.isEmpty() ? QStringLiteral(" ") : hint);
    m_export->setEnabled(usable);
}

void ExportDialog::browse()
{
    const QString ending = extensionOf(format());
    const QString chosen = QFileDialog::getSaveFileName(
        this, tr("Export model"), file(), tr("%1 model (*%2)").arg(titleOf(format()), ending));
    if (chosen.isEmpty())
        return;
    setFile(chosen.endsWith(ending, Qt::CaseInsensitive) ? chosen : chosen + ending);
}

void ExportDialog::begin()
{
    m_error->clear();
    m_cancel->setEnabled(true);
    m_stack->setCurrentIndex(Working);
    // Not on Cancel, which a second Return would press.
    m_progress->setFocus();
    showProgress(0, 0);
    Q_EMIT exportRequested(format(), file());
}

bool ExportDialog::busy() const { return m_stack->currentIndex() == Working; }

void ExportDialog::showChoice()
{
    m_stack->setCurrentIndex(Choice);
    checkFile();
}

void ExportDialog::showProgress(qint64 done, qint64 total)
{
    m_progress->setRange(0, total > 0 ? 1000 : 0);
    m_progress->setValue(total > 0 ? static_cast<int>(done * 1000 / total) : 0);
    m_stage->setText(tr("%1 file %2").arg(titleOf(format()), QFileInfo(file()).fileName()));
}

void ExportDialog::showReport(const ExportReport& report)
{
    m_writtenFile = format::path(report.file);
    setLastFolder(kFolderKind, m_writtenFile);
    m_written->setText(m_writtenFile);
    m_size->setText(format::bytes(report.bytes));
    m_reader->setText(QString::fromStdString(report.parity.reader));
    m_pictures->setText(report.parity.noise
            ? tr("%1 of painted noise; none of the run's could be read")
                  .arg(format::plural(report.parity.count, tr("picture"), tr("pictures")))
            : format::plural(report.parity.count, tr("picture"), tr("pictures")));
    m_difference->setText(differenceText(report.parity.maxDifference));
    m_reportFile->setText(tr("This report stands beside it as %1.report.json.")
                              .arg(QFileInfo(m_writtenFile).fileName()));
    m_stack->setCurrentIndex(Done);
    m_close->setFocus();
}

void ExportDialog::showError(const QString& sentence)
{
    showChoice();
    m_error->setText(sentence);
    m_file->setFocus();
}

void ExportDialog::reject()
{
    if (!busy()) {
        QDialog::reject();
        return;
    }
    m_cancel->setEnabled(false);
    m_stage->setText(tr("Stopping"));
    Q_EMIT cancelRequested();
}

} // namespace vernier::ui
