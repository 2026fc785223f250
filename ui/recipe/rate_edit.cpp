#include "ui/recipe/rate_edit.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QStyle>

#include "core/recipe/recipe_bounds.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vernier::ui {

namespace {
constexpr double kFirstStep = 1e-9; ///< up from nothing
constexpr int kThirdsPerDecade = 3;

double ladderValue(int index)
{
    static constexpr std::array kMantissas { 1.0, 2.0, 5.0 };
    const int decade = static_cast<int>(std::floor(index / double { kThirdsPerDecade }));
    // Through text, so that 1e-5 is the very number that a person gets by typing it.
    return QString::number(kMantissas[static_cast<std::size_t>(index - decade * kThirdsPerDecade)]
            * std::pow(10.0, decade),
        'e', 0)
        .toDouble();
}
} // namespace

void markInvalid(QWidget* field, bool invalid)
{
    if (isMarkedInvalid(field) == invalid)
        return;
    field->setProperty("invalid", invalid);
    // The style sheet looks at properties only when it polishes.
    field->style()->unpolish(field);
    field->style()->polish(field);
}

bool isMarkedInvalid(const QWidget* field) { return field->property("invalid").toBool(); }

RateEdit::RateEdit(QWidget* parent) : QAbstractSpinBox(parent)
{
    setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    setFont(theme::tabular(font()));
    setKeyboardTracking(false);
    setRate(m_rate);
    connect(lineEdit(), &QLineEdit::textEdited, this, [this](const QString& text) {
        QString problem;
        parsed(text, m_zeroAllowed, &problem);
        setProblem(problem);
    });
    connect(this, &QAbstractSpinBox::editingFinished, this, &RateEdit::takeText);
}

void RateEdit::setRate(double rate)
{
    m_rate = rate;
    lineEdit()->setText(format::rate(rate));
    setProblem({});
}

void RateEdit::setZeroAllowed(bool allowed) { m_zeroAllowed = allowed; }

double RateEdit::stepped(double rate, int thirds)
{
    if (!(rate > 0))
        return thirds > 0 ? kFirstStep : rate;
    // The rung at or just below; a hair is added so that a rate on a rung finds itself.
    int below = static_cast<int>(std::floor(std::log10(rate) * kThirdsPerDecade)) - 1;
    while (ladderValue(below + 1) <= rate * (1 + 1e-9))
        ++below;
    const bool onRung = std::abs(ladderValue(below) - rate) <= rate * 1e-9;
    const int index = below + thirds + (thirds < 0 && !onRung ? 1 : 0);
    return std::clamp(ladderValue(index), kSmallestRate, kLargestRate);
}

std::optional<double> RateEdit::parsed(const QString& text, bool zeroAllowed, QString* problem)
{
    const auto refuse = [problem](const QString& why) {
        if (problem)
            *problem = why;
        return std::nullopt;
    };
    QString plain = text.trimmed();
    plain.remove(QLatin1Char(' '));
    bool isNumber = false;
    const double value = QLocale::c().toDouble(plain, &isNumber);
    if (plain.contains(QLatin1Char(',')))
        return refuse(tr("Use a point: 0.001"));
    if (!isNumber || !std::isfinite(value))
        return refuse(tr("Write it as 1e-5"));
    if (value < 0 || (value == 0 && !zeroAllowed))
        return refuse(zeroAllowed ? tr("Must not be negative") : tr("Must be above 0"));
    if (value > 0 && value < kSmallestRate)
        return refuse(tr("Must be 1e-12 or more"));
    if (value > kLargestRate)
        return refuse(tr("Must be 10 or less"));
    if (problem)
        problem->clear();
    return value;
}

void RateEdit::stepBy(int steps)
{
    // Page keys and Ctrl with the wheel arrive as 10: a whole decade here.
    const int thirds
        = std::abs(steps) >= 10 ? (steps > 0 ? kThirdsPerDecade : -kThirdsPerDecade) : steps;
    const double from = parsed(lineEdit()->text(), m_zeroAllowed, nullptr).value_or(m_rate);
    const bool toZero = m_zeroAllowed && thirds < 0 && from <= kFirstStep;
    tell(toZero ? 0 : stepped(from, thirds));
    lineEdit()->selectAll();
}

QSize RateEdit::sizeHint() const
{
    const QSize base = QAbstractSpinBox::sizeHint();
    return { fontMetrics().horizontalAdvance(QStringLiteral("0.00e-00")) + 48, base.height() };
}

void RateEdit::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && lineEdit()->text() != format::rate(m_rate)) {
        setRate(m_rate);
        return;
    }
    QAbstractSpinBox::keyPressEvent(event);
}

void RateEdit::changeEvent(QEvent* event)
{
    // Nobody can mend what is wrong in a field that takes nothing any more.
    if (event->type() == QEvent::EnabledChange && !isEnabled() && !m_problem.isEmpty())
        setRate(m_rate);
    QAbstractSpinBox::changeEvent(event);
}

void RateEdit::takeText()
{
    // What is shown has two digits, the rate may have more.
    if (lineEdit()->text() == format::rate(m_rate)) {
        setProblem({});
        return;
    }
    QString problem;
    const std::optional<double> value = parsed(lineEdit()->text(), m_zeroAllowed, &problem);
    if (!value) {
        setProblem(problem);
        return;
    }
    if (*value != m_rate)
        tell(*value);
    else
        setRate(m_rate);
}

void RateEdit::tell(double rate)
{
    const bool changed = rate != m_rate;
    setRate(rate);
    if (changed)
        Q_EMIT rateEdited(rate);
}

void RateEdit::setProblem(const QString& problem)
{
    if (problem == m_problem)
        return;
    m_problem = problem;
    markInvalid(this, !problem.isEmpty());
    Q_EMIT problemChanged(m_problem);
}

} // namespace vernier::ui
