#include "ui/recipe/fact_tile.h"

#include "ui/base/elided_label.h"
#include "ui/base/theme.h"

#include <QLabel>
#include <QVBoxLayout>

namespace vernier::ui {

FactTile::FactTile(const QString& caption, const QString& tip, QWidget* parent)
    : QFrame(parent), m_value(new QLabel(this)), m_note(new ElidedLabel(this))
{
    theme::setRole(this, theme::Role::Card);
    auto* title = new QLabel(caption, this);
    theme::setRole(title, theme::Role::Caption);
    theme::setRole(m_value, theme::Role::Heading);
    m_value->setFont(theme::tabular(m_value->font()));
    theme::setRole(m_note, theme::Role::Caption);
    setToolTip(tip);
    setAccessibleName(caption);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        2 * theme::kGrid, theme::kGrid + 4, 2 * theme::kGrid, theme::kGrid + 4);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(title);
    column->addWidget(m_value);
    column->addWidget(m_note);
}

void FactTile::setFact(const QString& value, const QString& note)
{
    m_value->setText(value);
    m_note->setText(note);
    m_note->setToolTip(note);
    setAccessibleDescription(value + QStringLiteral(". ") + note);
}

QString FactTile::value() const { return m_value->text(); }
QString FactTile::note() const { return m_note->text(); }

} // namespace vernier::ui
