#include "ui/base/empty_state.h"

#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace vernier::ui {
namespace {

class Drawing : public QWidget {
public:
    Drawing(QString name, QWidget* parent) : QWidget(parent), m_name(std::move(name))
    {
        setFixedSize(48, 48);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paintIcon(painter, m_name, rect(), theme::mutedText());
    }

private:
    QString m_name;
};

} // namespace

EmptyState::EmptyState(
    const QString& iconName, const QString& headline, const QString& sentence, QWidget* parent)
    : QWidget(parent)
    , m_headline(new QLabel(headline, this))
    , m_sentence(new QLabel(sentence, this))
    , m_buttons(new QHBoxLayout)
{
    theme::setRole(m_headline, theme::Role::Heading);
    theme::setRole(m_sentence, theme::Role::Muted);
    m_headline->setAlignment(Qt::AlignCenter);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setWordWrap(true);
    m_sentence->setMinimumWidth(420);
    m_sentence->setMaximumWidth(520);
    m_buttons->setSpacing(theme::kGrid);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid);
    column->setSpacing(0);
    column->addStretch(2);
    column->addWidget(new Drawing(iconName, this), 0, Qt::AlignHCenter);
    column->addSpacing(2 * theme::kGrid);
    column->addWidget(m_headline, 0, Qt::AlignHCenter);
    column->addSpacing(theme::kGrid);
    // In a row of its own: aligned, a label that wraps is given the height of one that does not.
    auto* sentenceRow = new QHBoxLayout;
    sentenceRow->addStretch(1);
    sentenceRow->addWidget(m_sentence, 1000);
    sentenceRow->addStretch(1);
    column->addLayout(sentenceRow);
    column->addSpacing(3 * theme::kGrid);
    m_buttons->addStretch();
    m_buttons->addStretch();
    column->addLayout(m_buttons);
    column->addStretch(3);
}

QPushButton* EmptyState::addButton(const QString& text, bool primary)
{
    auto* button = new QPushButton(text, this);
    if (primary)
        theme::setRole(button, theme::Role::Primary);
    m_buttons->insertWidget(m_buttons->count() - 1, button);
    return button;
}

void EmptyState::setHeadline(const QString& headline) { m_headline->setText(headline); }
void EmptyState::setSentence(const QString& sentence) { m_sentence->setText(sentence); }

} // namespace vernier::ui
