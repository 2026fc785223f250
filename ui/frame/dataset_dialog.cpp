#include "ui/frame/dataset_dialog.h"

#include "ui/base/fetch_progress.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace vernier::ui {
namespace {

QString text(const std::string& value) { return QString::fromStdString(value); }

QPushButton* button(const QString& text, const char* name, const QString& tip, QWidget* parent)
{
    auto* made = new QPushButton(text, parent);
    made->setObjectName(QLatin1String(name));
    made->setToolTip(tip);
    made->setAutoDefault(false);
    return made;
}

} // namespace

DatasetDialog::DatasetDialog(const PublishedFile& dataset, QWidget* parent)
    : QDialog(parent)
    , m_dataset(dataset)
    , m_place(new QLabel(this))
    , m_progress(new FetchProgress(this))
    , m_choose(button(tr("Choose…"), "choose", tr("Chooses the folder that it goes into."), this))
    , m_fetch(button({}, "fetch", {}, this))
    , m_cancel(button(tr("Cancel"), "cancel",
          tr("Stops; what has come is kept, and the next try goes on from there."), this))
{
    setWindowTitle(text(dataset.title));
    const auto label = [this](const QString& sentence, theme::Role role) {
        auto* made = new QLabel(sentence, this);
        made->setWordWrap(true);
        theme::setRole(made, role);
        return made;
    };
    const quint64 bytes = dataset.bytes > 0 ? dataset.bytes : dataset.aboutBytes;
    auto* facts
        = label(tr("About %1 to download  ·  %2").arg(format::bytes(bytes), text(dataset.licence)),
            theme::Role::Caption);
    facts->setToolTip(tr("%1\nHash: %2").arg(text(dataset.url), text(dataset.hashFrom)));
    m_place->setObjectName(QStringLiteral("place"));
    m_place->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_place->setAccessibleName(tr("Folder"));

    auto* where = new QHBoxLayout;
    where->setSpacing(theme::kGrid);
    where->addWidget(m_place, 1);
    where->addWidget(m_choose);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    buttons->addStretch();
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_fetch);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid);
    rows->setSpacing(2 * theme::kGrid);
    rows->addWidget(label(text(dataset.about) + QLatin1Char('.'), theme::Role::Muted));
    rows->addWidget(facts);
    rows->addLayout(where);
    rows->addWidget(m_progress);
    rows->addStretch();
    rows->addLayout(buttons);
    setMinimumWidth(70 * theme::kGrid);

    connect(m_choose, &QPushButton::clicked, this, &DatasetDialog::askForFolder);
    connect(m_fetch, &QPushButton::clicked, this, &DatasetDialog::fetch);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_job.running())
            m_job.cancel();
        else
            reject();
    });
    connect(&m_job, &Job::progressed, m_progress, &FetchProgress::advance);
    setFolder(format::path(usualFolderOf(dataset)));
    showState({}, false);
}

void DatasetDialog::setFolder(const QString& folder)
{
    m_folder = folder;
    m_isThere = QDir(folder).exists() && !QDir(folder).isEmpty();
    m_fetch->setText(m_isThere ? tr("Open") : tr("Download and open"));
    m_fetch->setToolTip(m_isThere ? tr("Opens what was downloaded before.")
                                  : tr("Downloads the pictures, unpacks them and opens them."));
    m_place->setToolTip(folder);
    elideFolder();
}

void DatasetDialog::elideFolder()
{
    m_place->setText(m_place->fontMetrics().elidedText(
        (m_isThere ? tr("In %1") : tr("Into %1")).arg(QDir::toNativeSeparators(m_folder)),
        Qt::ElideMiddle, m_place->width()));
}

void DatasetDialog::resizeEvent(QResizeEvent* event)
{
    QDialog::resizeEvent(event);
    elideFolder();
}

void DatasetDialog::askForFolder()
{
    const QString above = QFileDialog::getExistingDirectory(this,
        tr("Where to put the folder %1").arg(text(m_dataset.name)), QFileInfo(m_folder).path());
    if (!above.isEmpty())
        setFolder(QDir(above).filePath(text(m_dataset.name)));
}

void DatasetDialog::fetch()
{
    if (m_isThere) {
        Q_EMIT fetched(m_folder);
        accept();
        return;
    }
    m_job.start(
        [dataset = m_dataset, to = format::path(m_folder)](
            std::stop_token stop, const ProgressSink& progress) {
            return fetchDataset(dataset, to, std::move(stop), progress);
        },
        [this](const Result<FetchedDataset>& done) {
            if (done) {
                Q_EMIT fetched(m_folder);
                accept();
            } else if (done.error().code == ErrorCode::Cancelled) {
                showState(tr("Stopped; the next try goes on from here."), false);
            } else {
                showState(format::text(done.error()), true);
            }
        });
    showState({}, false);
}

void DatasetDialog::showState(const QString& sentence, bool wrong)
{
    const bool running = m_job.running();
    m_choose->setEnabled(!running);
    m_fetch->setEnabled(!running);
    if (running)
        m_progress->begin();
    else
        m_progress->end(sentence, wrong);
}

} // namespace vernier::ui
