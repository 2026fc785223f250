#include "ui/base/fetch_progress.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

namespace vernier::ui {
namespace {

constexpr int kSteps = 1000;
constexpr qint64 kGuessAfterMs = 1000; ///< before, the pace is anybody's guess

} // namespace

FetchProgress::FetchProgress(QWidget* parent)
    : QWidget(parent), m_bar(new QProgressBar(this)), m_text(new QLabel(this))
{
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Share that has come"));
    QSizePolicy policy = m_bar->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_bar->setSizePolicy(policy);
    m_bar->hide();
    m_text->setObjectName(QStringLiteral("progressText"));
    m_text->setWordWrap(true);
    m_text->setMinimumHeight(m_text->fontMetrics().lineSpacing());
    theme::setRole(m_text, theme::Role::Caption);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::kGrid / 2);
    rows->addWidget(m_bar);
    rows->addWidget(m_text);
}

void FetchProgress::begin()
{
    m_stage.clear();
    m_bar->setRange(0, 0);
    m_bar->show();
    theme::setRole(m_text, theme::Role::Caption);
    m_text->setText(tr("Asking the server…"));
}

void FetchProgress::advance(const QString& stage, qint64 done, qint64 total)
{
    if (stage != m_stage) {
        m_stage = stage;
        m_first = done;
        m_since.start();
    }
    m_bar->setRange(0, total > 0 ? kSteps : 0);
    if (total > 0)
        m_bar->setValue(static_cast<int>(qMin(done, total) * kSteps / total));
    if (stage == QLatin1String("unpacking")) {
        m_text->setText(tr("Unpacking…"));
        return;
    }
    QString text = total > 0 ? tr("%1 of %2")
                                   .arg(format::bytes(static_cast<quint64>(done)),
                                       format::bytes(static_cast<quint64>(total)))
                             : format::bytes(static_cast<quint64>(done));
    const qint64 elapsed = m_since.elapsed();
    if (total > done && done > m_first && elapsed > kGuessAfterMs)
        text += tr(", %1 left")
                    .arg(format::duration(static_cast<double>(elapsed) / 1000
                        / static_cast<double>(done - m_first) * static_cast<double>(total - done)));
    m_text->setText(text);
}

void FetchProgress::end(const QString& sentence, bool wrong)
{
    m_bar->hide();
    theme::setRole(m_text, wrong ? theme::Role::Wrong : theme::Role::Caption);
    m_text->setText(sentence);
}

} // namespace vernier::ui
