#include "ui/frame/weights_dialog.h"

#include "ui/base/fetch_progress.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace vernier::ui {
namespace {

constexpr int kMargin = 2 * theme::kGrid;

QLabel* label(const QString& text, theme::Role role, QWidget* parent)
{
    auto* made = new QLabel(text, parent);
    made->setWordWrap(true);
    theme::setRole(made, role);
    return made;
}

QPushButton* button(const QString& text, const QString& tip, QWidget* parent)
{
    auto* made = new QPushButton(text, parent);
    made->setToolTip(tip);
    made->setAutoDefault(false);
    return made;
}

QString text(const std::string& value) { return QString::fromStdString(value); }

QString sizeOf(const PublishedFile& file)
{
    return file.bytes > 0 ? format::bytes(file.bytes)
                          : WeightsDialog::tr("about %1").arg(format::bytes(file.aboutBytes));
}

} // namespace

struct WeightsDialog::Entry {
    PublishedFile file;
    bool fetched = false;
    Job job;
    FetchProgress* progress = nullptr;
    QPushButton* fetch = nullptr;
    QPushButton* cancel = nullptr;
    QPushButton* remove = nullptr;
    QPushButton* start = nullptr;
};

WeightsDialog::WeightsDialog(const std::string& backbone, QWidget* parent)
    : QDialog(parent), m_problem(label({}, theme::Role::Wrong, this)), m_rows(new QVBoxLayout)
{
    setWindowTitle(tr("Weights"));
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid);
    rows->setSpacing(kMargin);
    rows->addWidget(
        label(tr("What networks have learnt on ImageNet, from those who publish it. Vernier works "
                 "without any of these: VGG16's convolutions are built in."),
            theme::Role::Muted, this));
    m_problem->hide();
    rows->addWidget(m_problem);

    auto* list = new QWidget;
    list->setLayout(m_rows);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(kMargin);
    m_rows->addStretch();
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(list);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    rows->addWidget(scroll, 1);

    auto* close = button(tr("Close"),
        tr("Closes this window; a download stops, and goes on next "
           "time from where it was."),
        this);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(close);
    rows->addLayout(buttons);
    connect(close, &QPushButton::clicked, this, &WeightsDialog::accept);
    setMinimumWidth(90 * theme::kGrid);
    resize(90 * theme::kGrid, 80 * theme::kGrid);

    m_list.start(
        [backbone](std::stop_token,
            const ProgressSink&) -> Result<std::vector<std::pair<PublishedFile, bool>>> {
            const auto files = publishedFiles();
            if (!files)
                return tl::unexpected(files.error());
            std::vector<std::pair<PublishedFile, bool>> found;
            for (const auto& file : *files) {
                if (file.kind == PublishedFile::Kind::Weights)
                    found.emplace_back(file, isFetched(file));
            }
            std::ranges::stable_partition(
                found, [&](const auto& each) { return each.first.backbone == backbone; });
            return found;
        },
        [this](Result<std::vector<std::pair<PublishedFile, bool>>> found) {
            if (!found) {
                m_problem->setText(format::text(found.error()));
                m_problem->show();
                return;
            }
            for (const auto& [file, fetched] : *found)
                addEntry(file, fetched);
        });
}

WeightsDialog::~WeightsDialog() = default;

void WeightsDialog::addEntry(const PublishedFile& file, bool fetched)
{
    auto& entry = *m_entries.emplace_back(std::make_unique<Entry>());
    entry.file = file;
    entry.fetched = fetched;

    auto* card = new QFrame;
    card->setObjectName(text(file.name));
    theme::setRole(card, theme::Role::Card);
    auto* facts
        = label(tr("%1  ·  %2").arg(sizeOf(file), text(file.licence)), theme::Role::Caption, card);
    facts->setToolTip(tr("%1\nHash: %2").arg(text(file.url), text(file.hashFrom)));
    entry.progress = new FetchProgress(card);
    entry.fetch = button(tr("Fetch"), tr("Downloads %1.").arg(text(file.title)), card);
    entry.fetch->setObjectName(QStringLiteral("fetch"));
    entry.cancel = button(tr("Cancel"),
        tr("Stops; what has come is kept, and the next try goes on from there."), card);
    entry.cancel->setObjectName(QStringLiteral("cancel"));
    entry.remove = button(tr("Remove"), tr("Removes the file; it can be fetched again."), card);
    entry.remove->setObjectName(QStringLiteral("remove"));
    entry.start = button(tr("Start from these"),
        tr("Makes the recipe begin its training with these weights."), card);
    entry.start->setObjectName(QStringLiteral("start"));
    for (QPushButton* each : { entry.fetch, entry.cancel, entry.remove, entry.start })
        each->setAccessibleName(tr("%1: %2").arg(each->text(), text(file.title)));

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    buttons->addWidget(entry.progress, 1);
    buttons->addWidget(entry.start);
    buttons->addWidget(entry.remove);
    buttons->addWidget(entry.cancel);
    buttons->addWidget(entry.fetch);
    auto* rows = new QVBoxLayout(card);
    rows->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    rows->setSpacing(theme::kGrid / 2);
    rows->addWidget(label(text(file.title), theme::Role::Heading, card));
    rows->addWidget(label(text(file.about) + QLatin1Char('.'), theme::Role::Muted, card));
    rows->addWidget(facts);
    rows->addLayout(buttons);
    m_rows->insertWidget(m_rows->count() - 1, card);

    connect(entry.fetch, &QPushButton::clicked, this, [this, &entry] { fetch(entry); });
    connect(entry.cancel, &QPushButton::clicked, &entry.job, &Job::cancel);
    connect(entry.remove, &QPushButton::clicked, this, [this, &entry] { remove(entry); });
    connect(entry.start, &QPushButton::clicked, this, [this, &entry] {
        Q_EMIT startFrom(format::path(placeOf(entry.file)), text(entry.file.backbone));
        accept();
    });
    connect(&entry.job, &Job::progressed, entry.progress, &FetchProgress::advance);
    showState(entry, fetched ? tr("Here.") : tr("Not fetched."), false);
}

void WeightsDialog::showState(Entry& entry, const QString& sentence, bool wrong)
{
    const bool running = entry.job.running();
    entry.fetch->setVisible(!entry.fetched && !running);
    entry.cancel->setVisible(running);
    entry.remove->setVisible(entry.fetched);
    entry.start->setVisible(entry.fetched);
    if (running)
        entry.progress->begin();
    else
        entry.progress->end(sentence, wrong);
}

void WeightsDialog::fetch(Entry& entry)
{
    entry.job.start(
        [file = entry.file](std::stop_token stop, const ProgressSink& progress) {
            return fetchWeights(file, std::move(stop), progress);
        },
        [this, &entry](const Result<Downloaded>& done) {
            entry.fetched = done.has_value();
            if (done) {
                const bool known = !entry.file.sha256.empty() || !entry.file.md5.empty();
                showState(entry,
                    known ? tr("Here; its hash is right.")
                          : tr("Here; SHA-256 %1.").arg(text(done->sha256)),
                    false);
                Q_EMIT weightsChanged();
            } else if (done.error().code == ErrorCode::Cancelled) {
                showState(entry, tr("Stopped; the next try goes on from here."), false);
            } else {
                showState(entry, format::text(done.error()), true);
            }
        });
    showState(entry, {}, false);
}

void WeightsDialog::remove(Entry& entry)
{
    entry.job.start(
        [file = entry.file](std::stop_token, const ProgressSink&) { return removeFetched(file); },
        [this, &entry](const Status& done) {
            entry.fetched = !done;
            showState(entry, done ? tr("Not fetched.") : format::text(done.error()), !done);
            Q_EMIT weightsChanged();
        });
}

} // namespace vernier::ui
