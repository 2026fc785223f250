#include "ui/recipe/why_panel.h"

#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace vernier::ui {

namespace {
constexpr int kTextWidth = 640; // a line that the eye finds back from

QString headingOf(Explanation::Kind kind)
{
    switch (kind) {
    case Explanation::Kind::Trains:
        return WhyPanel::tr("What trains");
    case Explanation::Kind::Frozen:
        return WhyPanel::tr("What stays as it is");
    case Explanation::Kind::Cost:
        return WhyPanel::tr("What it costs");
    case Explanation::Kind::Risk:
        break;
    }
    return WhyPanel::tr("What it risks");
}
} // namespace

WhyPanel::WhyPanel(QWidget* parent) : QWidget(parent), m_scroll(new QScrollArea(this))
{
    auto* title = new QLabel(tr("Why?"), this);
    theme::setRole(title, theme::Role::Heading);
    auto* close = new QPushButton(icon(QStringLiteral("close")), {}, this);
    theme::setRole(close, theme::Role::Quiet);
    close->setToolTip(tr("Back to the network (Escape)."));
    close->setAccessibleName(close->toolTip());
    connect(close, &QPushButton::clicked, this, &WhyPanel::closed);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setAccessibleName(tr("What this recipe does"));

    auto* row = new QHBoxLayout;
    row->addWidget(title);
    row->addStretch();
    row->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, theme::kGrid, 2 * theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addLayout(row);
    column->addWidget(m_scroll, 1);
}

void WhyPanel::setExplanations(const std::vector<Explanation>& explanations)
{
    QStringList texts;
    for (const Explanation& each : explanations)
        texts << each.text;
    if (texts == m_texts)
        return;
    m_texts = texts;
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    const Explanation* before = nullptr;
    for (const Explanation& each : explanations) {
        if (!before || before->kind != each.kind) {
            if (before)
                column->addSpacing(theme::kGrid);
            auto* heading = new QLabel(headingOf(each.kind), page);
            QFont bold = heading->font();
            bold.setWeight(QFont::DemiBold);
            heading->setFont(bold);
            column->addWidget(heading);
        }
        auto* text = new QLabel(each.text, page);
        text->setWordWrap(true);
        text->setMaximumWidth(kTextWidth);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(text);
        before = &each;
    }
    column->addStretch();
    m_scroll->setWidget(page);
}

} // namespace vernier::ui
