#include "ui/base/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QToolTip>
#include <QVariant>
#include <QWidget>

#include <array>
#include <utility>

// Must stand outside every namespace.
static void initVernierResources() { Q_INIT_RESOURCE(vernier); }

namespace vernier::ui::theme {
namespace {

constexpr auto kSystemIsDark = "vernierSystemIsDark";

bool isDark(const QPalette& palette) { return palette.color(QPalette::Window).lightness() < 128; }

/// What the desktop's own palette was, before ours replaced it.
bool systemIsDark()
{
    if (!qApp->property(kSystemIsDark).isValid())
        qApp->setProperty(kSystemIsDark, isDark(QApplication::palette()));
    return qApp->property(kSystemIsDark).toBool();
}

QColor pick(const char* light, const char* darkColor)
{
    return QColor(QLatin1String(dark() ? darkColor : light));
}

QPalette makePalette(bool darkScheme)
{
    const auto color = [darkScheme](const char* light, const char* darkColor) {
        return QColor(QLatin1String(darkScheme ? darkColor : light));
    };
    const QColor text = color("#1c2027", "#e7eaef");
    const QColor muted = color("#5a626e", "#9aa3b0");
    const QColor disabled = color("#8d949e", "#6b7481");
    QPalette palette;
    palette.setColor(QPalette::Window, color("#f5f6f8", "#171a1f"));
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, color("#ffffff", "#1f2329"));
    palette.setColor(QPalette::AlternateBase, color("#f7f8fa", "#23282f"));
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, muted);
    palette.setColor(QPalette::Button, color("#ffffff", "#2a3038"));
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, text);
    palette.setColor(QPalette::ToolTipBase, color("#1f242c", "#343b45"));
    palette.setColor(QPalette::ToolTipText, color("#f4f6f8", "#f0f2f5"));
    palette.setColor(QPalette::Highlight, color("#2563c4", "#6ba6ff"));
    palette.setColor(QPalette::HighlightedText, color("#ffffff", "#0e1621"));
    palette.setColor(QPalette::Link, color("#2563c4", "#6ba6ff"));
    palette.setColor(QPalette::LinkVisited, color("#2563c4", "#6ba6ff"));
    palette.setColor(QPalette::Light, color("#ffffff", "#3a424d"));
    palette.setColor(QPalette::Midlight, color("#eceef2", "#2f353e"));
    palette.setColor(QPalette::Mid, color("#dde1e7", "#343b45"));
    palette.setColor(QPalette::Dark, color("#c3c9d2", "#414a56"));
    palette.setColor(QPalette::Shadow, color("#9aa2ad", "#0b0d10"));
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        palette.setColor(QPalette::Disabled, role, disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, color("#c3c9d2", "#414a56"));
    return palette;
}

QString styleSheet()
{
    QFile file(QStringLiteral(":/vernier/style/vernier.qss"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString sheet = QString::fromUtf8(file.readAll());
    const std::pair<const char*, QColor> colors[] {
        { "@window@", window() },
        { "@surface@", surface() },
        { "@line@", line() },
        { "@edge@", pick("#c9cfd8", "#444d59") },
        { "@hover@", hover() },
        { "@pressed@", pick("#e3e7ed", "#363e49") },
        { "@text@", text() },
        { "@muted@", mutedText() },
        { "@disabled@", pick("#8d949e", "#6b7481") },
        { "@disabledFill@", disabledFill() },
        { "@accent@", accent() },
        { "@accentHover@", pick("#1f57b0", "#85b6ff") },
        { "@accentPressed@", pick("#1a4a97", "#9cc4ff") },
        { "@onAccent@", onAccent() },
        { "@wrong@", wrong() },
        { "@tipBase@", QApplication::palette().color(QPalette::ToolTipBase) },
        { "@tipText@", QApplication::palette().color(QPalette::ToolTipText) },
    };
    for (const auto& [key, color] : colors)
        sheet.replace(QLatin1String(key), color.name());
    return sheet;
}

bool hasTabularDigits(const QFont& font)
{
    const QFontMetricsF metrics(font);
    const qreal width = metrics.horizontalAdvance(QLatin1Char('0'));
    for (char digit = '1'; digit <= '9'; ++digit) {
        if (qAbs(metrics.horizontalAdvance(QLatin1Char(digit)) - width) > 0.01)
            return false;
    }
    return true;
}

const char* word(Role role)
{
    switch (role) {
    case Role::Plain:
        return "";
    case Role::Card:
        return "card";
    case Role::Popup:
        return "popup";
    case Role::Primary:
        return "primary";
    case Role::Quiet:
        return "quiet";
    case Role::Heading:
        return "heading";
    case Role::Muted:
        return "muted";
    case Role::Caption:
        return "caption";
    case Role::Wrong:
        return "wrong";
    case Role::List:
        return "list";
    }
    return "";
}

} // namespace

void apply(Scheme scheme)
{
    initVernierResources();
    const bool system = systemIsDark();
    const bool wanted = scheme == Scheme::System ? system : scheme == Scheme::Dark;
    // A style sheet wraps the style, so that style() would not say what lies below.
    if (qApp->styleSheet().isEmpty())
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const QPalette palette = makePalette(wanted);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    qApp->setStyleSheet(styleSheet());
}

bool dark() { return isDark(QApplication::palette()); }

QColor accent() { return pick("#2563c4", "#6ba6ff"); }
QColor withinEpoch() { return pick("#6692d6", "#547fbf"); }
QColor onAccent() { return pick("#ffffff", "#0e1621"); }
QColor validation() { return pick("#ab4f06", "#ffa657"); }
QColor test() { return pick("#187a41", "#58c98a"); }
QColor wrong() { return pick("#c62f3b", "#ff7a80"); }

QColor classColor(int classIndex)
{
    // Okabe and Ito, "Color Universal Design", 2008; their black is a light grey on a dark page.
    static constexpr std::array kColors { "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2",
        "#d55e00", "#cc79a7", "#000000" };
    const auto index = static_cast<std::size_t>(qMax(0, classIndex)) % kColors.size();
    if (index + 1 == kColors.size())
        return pick("#000000", "#d5d9df");
    return QColor(QLatin1String(kColors[index]));
}

QColor text() { return pick("#1c2027", "#e7eaef"); }
QColor mutedText() { return pick("#5a626e", "#9aa3b0"); }
QColor window() { return pick("#f5f6f8", "#171a1f"); }
QColor surface() { return pick("#ffffff", "#1f2329"); }
QColor line() { return pick("#dde1e7", "#343b45"); }
QColor hover() { return pick("#eceff3", "#2a3038"); }
QColor disabledFill() { return pick("#e4e7ec", "#2c323a"); }

QFont tabular(QFont base)
{
    if (hasTabularDigits(base))
        return base;
    for (const char* family : { "Noto Sans", "DejaVu Sans", "Liberation Sans" }) {
        QFont other = base;
        other.setFamilies({ QLatin1String(family) });
        if (QFontDatabase::hasFamily(QLatin1String(family)) && hasTabularDigits(other))
            return other;
    }
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(base.pointSizeF());
    return fixed;
}

QFont heading(QFont base)
{
    base.setPointSizeF(base.pointSizeF() * 1.35);
    base.setWeight(QFont::DemiBold);
    return base;
}

QFont caption(QFont base)
{
    base.setPointSizeF(base.pointSizeF() * 0.9);
    return base;
}

void setRole(QWidget* widget, Role role)
{
    widget->setProperty("role", QLatin1String(word(role)));
    if (role == Role::Heading)
        widget->setFont(heading(QApplication::font(widget)));
    else if (role == Role::Caption)
        widget->setFont(caption(QApplication::font(widget)));
    // The style sheet looks at properties only when it polishes.
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

} // namespace vernier::ui::theme
