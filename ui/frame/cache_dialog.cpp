#include "ui/frame/cache_dialog.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/base/trimmed_spin_box.h"
#include "ui/session/cache_keeper.h"
#include "ui/session/current_run.h"
#include "ui/session/session.h"

#include <QDesktopServices>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalBlocker>
#include <QUrl>
#include <QVBoxLayout>

#include <cmath>

namespace vernier::ui {
namespace {

constexpr int kMargin = 2 * theme::kGrid;
constexpr double kGigabyte = 1e9;
constexpr double kMostGigabytes = 100'000;
constexpr int kReadEveryMs = 2000;
constexpr int kApplyAfterMs = 800;

QLabel* label(const QString& text, theme::Role role, QWidget* parent)
{
    auto* made = new QLabel(text, parent);
    made->setWordWrap(true);
    theme::setRole(made, role);
    return made;
}

} // namespace

CacheDialog::CacheDialog(QWidget* parent) : QDialog(parent)
{
    setWindowTitle(tr("Feature cache"));
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid);
    rows->setSpacing(kMargin);
    rows->addWidget(
        label(tr("What the frozen blocks gave for each picture is kept on disk, so that another "
                 "head, rate or seed trains within seconds. All of it can be computed again."),
            theme::Role::Muted, this));
    rows->addWidget(makeUse());
    rows->addWidget(makeLimit());

    m_note = label({}, theme::Role::Caption, this);
    m_note->setObjectName(QStringLiteral("note"));
    m_note->setMinimumHeight(2 * m_note->fontMetrics().lineSpacing());
    m_note->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    rows->addWidget(m_note);
    rows->addStretch();

    m_clear = new QPushButton(tr("Clear…"), this);
    m_clear->setObjectName(QStringLiteral("clear"));
    m_clear->setToolTip(tr("Removes everything that is kept, after asking."));
    m_clear->setAutoDefault(false);
    auto* close = new QPushButton(tr("Close"), this);
    close->setToolTip(tr("Closes this window."));
    close->setAutoDefault(false);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    buttons->addWidget(m_clear);
    buttons->addStretch();
    buttons->addWidget(close);
    rows->addLayout(buttons);
    setMinimumWidth(70 * theme::kGrid);

    m_apply.setSingleShot(true);
    m_apply.setInterval(kApplyAfterMs);
    connect(&m_apply, &QTimer::timeout, this, &CacheDialog::applyLimit);
    connect(m_clear, &QPushButton::clicked, this, &CacheDialog::askToClear);
    connect(close, &QPushButton::clicked, this, &CacheDialog::accept);
    m_clear->setEnabled(false);
    for (QWidget* control : { static_cast<QWidget*>(m_automatic), static_cast<QWidget*>(m_own) })
        control->setEnabled(false);
}

CacheDialog::CacheDialog(Session& session, QWidget* parent) : CacheDialog(parent)
{
    connect(this, &CacheDialog::limitChosen, &session.cache(), &CacheKeeper::setLimit);
    connect(this, &CacheDialog::clearRequested, &session.cache(), &CacheKeeper::clear);
    const auto follow = [this, &session] {
        if (session.cache().info())
            showInfo(*session.cache().info());
        showError(session.cache().error() ? format::text(*session.cache().error()) : QString());
    };
    connect(&session.cache(), &CacheKeeper::changed, this, follow);
    connect(&session, &Session::stateChanged, this,
        [this, &session] { setTraining(session.run().underWay()); });
    setTraining(session.run().underWay());
    follow();
    auto* again = new QTimer(this);
    connect(again, &QTimer::timeout, &session.cache(), &CacheKeeper::read);
    again->start(kReadEveryMs);
    session.cache().read();
}

QWidget* CacheDialog::makeUse()
{
    auto* card = new QFrame(this);
    theme::setRole(card, theme::Role::Card);
    m_used = label(tr("Looking…"), theme::Role::Heading, card);
    m_used->setObjectName(QStringLiteral("used"));
    m_share = new QProgressBar(card);
    m_share->setRange(0, 1000);
    m_share->setTextVisible(false);
    m_share->setAccessibleName(tr("Share of the limit that is used"));
    m_entries = label(QStringLiteral(" "), theme::Role::Caption, card);
    m_entries->setObjectName(QStringLiteral("entries"));
    m_folder = new QLabel(card);
    m_folder->setObjectName(QStringLiteral("folder"));
    m_folder->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_folder->setAccessibleName(tr("Folder"));
    m_open = new QPushButton(tr("Open folder"), card);
    m_open->setToolTip(tr("Opens the folder that it lies in."));
    m_open->setAutoDefault(false);
    m_open->setEnabled(false);
    auto* where = new QHBoxLayout;
    where->setSpacing(theme::kGrid);
    where->addWidget(m_folder, 1);
    where->addWidget(m_open);
    auto* rows = new QVBoxLayout(card);
    rows->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    rows->setSpacing(theme::kGrid);
    rows->addWidget(m_used);
    rows->addWidget(m_share);
    rows->addWidget(m_entries);
    rows->addLayout(where);
    connect(m_open, &QPushButton::clicked, this,
        [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(m_folderPath)); });
    return card;
}

QWidget* CacheDialog::makeLimit()
{
    auto* part = new QWidget(this);
    auto* title = label(tr("Limit"), theme::Role::Heading, part);
    m_automatic = new QRadioButton(tr("Automatic"), part);
    m_automatic->setObjectName(QStringLiteral("automatic"));
    m_automatic->setToolTip(tr("The smaller of 8 GB and a quarter of the free disk."));
    m_own = new QRadioButton(tr("At most"), part);
    m_own->setObjectName(QStringLiteral("own"));
    m_own->setToolTip(tr("A limit of your own, for the command line too."));
    m_limit = new TrimmedSpinBox(part);
    m_limit->setDecimals(3);
    m_limit->setRange(0, kMostGigabytes);
    m_limit->setSuffix(QStringLiteral(" GB"));
    m_limit->setKeyboardTracking(false);
    m_limit->setEnabled(false);
    m_limit->setMinimumWidth(16 * theme::kGrid);
    m_limit->setAccessibleName(tr("Limit in gigabytes"));
    m_limit->setToolTip(
        tr("How large it may become. A lower limit removes what was used longest ago, at once; 0 "
           "keeps nothing on disk."));
    auto* own = new QHBoxLayout;
    own->setSpacing(theme::kGrid);
    own->addWidget(m_own);
    own->addWidget(m_limit);
    own->addStretch();
    auto* rows = new QVBoxLayout(part);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::kGrid);
    rows->addWidget(title);
    rows->addWidget(m_automatic);
    rows->addLayout(own);
    connect(m_limit, &QDoubleSpinBox::valueChanged, &m_apply, qOverload<>(&QTimer::start));
    connect(m_own, &QRadioButton::toggled, this, [this](bool chosen) {
        m_limit->setEnabled(chosen);
        if (chosen)
            m_limit->setFocus();
        applyLimit();
    });
    return part;
}

void CacheDialog::applyLimit()
{
    m_apply.stop();
    if (m_automatic->isChecked())
        Q_EMIT limitChosen(std::nullopt);
    else
        Q_EMIT limitChosen(static_cast<quint64>(std::llround(m_limit->value() * kGigabyte)));
}

void CacheDialog::showInfo(const FeatureCache::Info& info)
{
    const bool isNew = !m_info || m_info->diskLimit != info.diskLimit
        || m_info->diskLimitIsSet != info.diskLimitIsSet;
    m_info = info;
    const bool hasFolder = !info.folder.empty();
    m_used->setText(
        tr("%1 of %2 used").arg(format::bytes(info.diskBytes), format::bytes(info.diskLimit)));
    const double share = info.diskLimit == 0
        ? 0
        : static_cast<double>(info.diskBytes) / static_cast<double>(info.diskLimit);
    m_share->setValue(static_cast<int>(std::lround(std::min(share, 1.0) * m_share->maximum())));
    m_entries->setText(info.entries > 0 ? tr("%1 kept").arg(format::plural(info.entries,
                           tr("picture or view of one is"), tr("pictures and views of them are")))
                                        : tr("Nothing is kept yet: training fills it."));
    m_folderPath = format::path(info.folder);
    m_folder->setToolTip(m_folderPath);
    elideFolder();
    m_open->setEnabled(info.diskBytes > 0);
    m_clear->setEnabled(info.diskBytes > 0);
    m_automatic->setText(tr("Automatic: %1, the smaller of 8 GB and a quarter of the free disk")
                             .arg(format::bytes(info.automaticDiskLimit)));
    m_automatic->setEnabled(hasFolder);
    m_own->setEnabled(hasFolder);
    // What is being typed or has not been sent yet stays.
    if (isNew && !m_apply.isActive()) {
        const QSignalBlocker own(m_own);
        const QSignalBlocker limit(m_limit);
        (info.diskLimitIsSet ? m_own : m_automatic)->setChecked(true);
        m_limit->setEnabled(info.diskLimitIsSet);
        m_limit->setValue(static_cast<double>(info.diskLimit) / kGigabyte);
    }
    showNote();
}

void CacheDialog::showError(const QString& sentence)
{
    m_problem = sentence;
    showNote();
}

void CacheDialog::showNote()
{
    theme::setRole(m_note, m_problem.isEmpty() ? theme::Role::Caption : theme::Role::Wrong);
    QString note = m_problem;
    if (note.isEmpty() && m_info && !m_info->note.empty()) {
        note = QString::fromStdString(m_info->note) + QLatin1Char('.');
        note[0] = note[0].toUpper();
    }
    m_note->setText(note);
}

void CacheDialog::elideFolder()
{
    m_folder->setText(
        m_folder->fontMetrics().elidedText(m_folderPath, Qt::ElideMiddle, m_folder->width()));
}

void CacheDialog::resizeEvent(QResizeEvent* event)
{
    QDialog::resizeEvent(event);
    elideFolder();
}

void CacheDialog::askToClear()
{
    QMessageBox box(this);
    box.setIcon(QMessageBox::Question);
    box.setWindowTitle(tr("Clear the feature cache"));
    box.setText(tr("Remove the %1 that are kept?").arg(format::bytes(m_info->diskBytes)));
    QString what = tr("Only time is lost: they are computed again when a training needs them. "
                      "Pictures, runs and models stay as they are.");
    if (m_training)
        what += QLatin1Char(' ')
            + tr("The training under way goes on, and keeps what it computes from now on.");
    box.setInformativeText(what);
    auto* clear = box.addButton(tr("Clear"), QMessageBox::AcceptRole);
    box.setDefaultButton(box.addButton(tr("Keep"), QMessageBox::RejectRole));
    box.exec();
    if (box.clickedButton() == clear)
        Q_EMIT clearRequested();
}

void CacheDialog::done(int result)
{
    // Typed, and closed before it was sent.
    m_limit->interpretText();
    if (m_apply.isActive())
        applyLimit();
    QDialog::done(result);
}

} // namespace vernier::ui
