#include "ui/recipe/fold_group.h"

#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QAbstractButton>
#include <QPainter>
#include <QVBoxLayout>

namespace vernier::ui {

namespace {
// Those of a SettingRow: its dot's column, and where its label begins.
constexpr int kDotColumn = 16;
constexpr int kLabel = kDotColumn + theme::kGrid / 2;
constexpr int kChevron = 12;
} // namespace

/// The whole width is the button: chevron, title, and how many values were changed.
class FoldHeader : public QAbstractButton {
public:
    explicit FoldHeader(const QString& title, QWidget* parent) : QAbstractButton(parent)
    {
        setText(title);
        setCheckable(true);
        setChecked(true);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::StrongFocus);
        setFixedHeight(32);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

    void setNote(const QString& note)
    {
        m_note = note;
        update();
    }

    void setWeight(QFont::Weight weight) { m_weight = weight; }

    QSize sizeHint() const override { return { 160, 32 }; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (underMouse() || hasFocus()) {
            painter.setPen(hasFocus() ? QPen(theme::accent()) : QPen(Qt::NoPen));
            painter.setBrush(underMouse() ? QBrush(theme::hover()) : QBrush(Qt::NoBrush));
            painter.drawRoundedRect(
                QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme::kRadius, theme::kRadius);
        }
        const QRectF chevron(
            (kDotColumn - kChevron) / 2.0, (height() - kChevron) / 2.0, kChevron, kChevron);
        painter.save();
        if (!isChecked()) {
            painter.translate(chevron.center());
            painter.rotate(-90);
            painter.translate(-chevron.center());
        }
        paintIcon(painter, QStringLiteral("chevron-down"), chevron, theme::mutedText());
        painter.restore();

        QFont title = font();
        title.setWeight(m_weight);
        painter.setFont(title);
        painter.setPen(theme::text());
        painter.drawText(
            rect().adjusted(kLabel, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text());
        painter.setFont(theme::caption(font()));
        painter.setPen(theme::accent());
        painter.drawText(
            rect().adjusted(0, 0, -theme::kGrid, 0), Qt::AlignRight | Qt::AlignVCenter, m_note);
    }

private:
    QString m_note;
    QFont::Weight m_weight = QFont::DemiBold;
};

FoldGroup::FoldGroup(const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_header(new FoldHeader(title, this))
    , m_body(new QWidget(this))
    , m_rows(new QVBoxLayout(m_body))
{
    m_header->setToolTip(tr("Fold or unfold this group."));
    m_header->setAccessibleName(tr("%1, group").arg(title));
    connect(m_header, &QAbstractButton::toggled, m_body, &QWidget::setVisible);
    connect(m_header, &QAbstractButton::toggled, this,
        [this](bool open) { Q_EMIT foldedChanged(!open); });

    m_rows->setContentsMargins(0, 0, 0, theme::kGrid);
    m_rows->setSpacing(theme::kGrid / 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(m_header);
    column->addWidget(m_body);
}

void FoldGroup::addRow(QWidget* row)
{
    if (auto* inner = qobject_cast<FoldGroup*>(row)) {
        inner->m_header->setWeight(QFont::Normal);
        inner->m_rows->setContentsMargins(0, 0, 0, 0);
    }
    m_rows->addWidget(row);
}

bool FoldGroup::folded() const { return !m_header->isChecked(); }

void FoldGroup::setFolded(bool folded) { m_header->setChecked(!folded); }

void FoldGroup::setChangedCount(int count)
{
    m_header->setNote(count > 0 ? tr("%1 changed").arg(count) : QString());
}

} // namespace vernier::ui
