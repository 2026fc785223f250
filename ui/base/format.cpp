#include "ui/base/format.h"

#include "core/base/text.h"

#include <QFile>
#include <QLocale>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace vernier::ui::format {
namespace {

constexpr QChar kNarrowSpace(0x202f);
constexpr QChar kNoBreakSpace(0x00a0);
/// With a byte that is no UTF-8: half of a pair, which no name has, so that it is found again.
constexpr char16_t kByte = 0xDC00;

/// Whole and alone, in UTF-8.
bool isOneCharacter(const std::string& bytes)
{
    const auto leads = std::ranges::count_if(
        bytes, [](char c) { return (static_cast<uchar>(c) & 0xC0) != 0x80; });
    return leads == 1 && utf8(bytes) == bytes;
}

QString withUnit(const QString& number, QLatin1String unit)
{
    return number + kNoBreakSpace + unit;
}

QString withUnit(qint64 number, QLatin1String unit)
{
    return withUnit(QString::number(number), unit);
}

/// Halves go up, as in core's texts; rounding the binary number alone would not agree with them.
QString percentage(double share, int digits)
{
    const double unit = std::pow(10.0, digits);
    return QString::number(std::round(share * 100 * unit) / unit, 'f', digits);
}

} // namespace

QString percent(double share, int digits)
{
    return withUnit(percentage(share, digits), QLatin1String("%"));
}

QString count(qint64 n)
{
    QString digits = QString::number(std::abs(n));
    for (auto at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, kNarrowSpace);
    return n < 0 ? QChar(0x2212) + digits : digits;
}

QString sentence(const std::string& text)
{
    static const QRegularExpression thousands(QStringLiteral("(?<=\\d),(?=\\d{3}(?!\\d))"));
    return QString::fromStdString(text)
        .replace(thousands, kNarrowSpace)
        .replace(QStringLiteral(" %"), kNoBreakSpace + QLatin1Char('%'));
}

QString pixels(int width, int height)
{
    return QStringLiteral("%1 × %2 pixels").arg(count(width), count(height));
}

QString duration(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0)
        return {};
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 60)
        return withUnit(whole, QLatin1String("s"));
    if (whole < 3600) {
        const QString minutes = withUnit(whole / 60, QLatin1String("min"));
        return whole % 60 == 0
            ? minutes
            : minutes + QLatin1Char(' ') + withUnit(whole % 60, QLatin1String("s"));
    }
    const qint64 minutes = whole / 60;
    const QString hours = withUnit(minutes / 60, QLatin1String("h"));
    return minutes % 60 == 0
        ? hours
        : hours + QLatin1Char(' ') + withUnit(minutes % 60, QLatin1String("min"));
}

QString bytes(quint64 n)
{
    return QString::fromStdString(byteCount(n)).replace(QLatin1Char(' '), kNoBreakSpace);
}

QString split(Split split)
{
    const std::string_view word = name(split);
    return QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size()));
}

QString rate(double learningRate)
{
    if (learningRate == 0 || !std::isfinite(learningRate))
        return QStringLiteral("0");
    auto exponent = static_cast<int>(std::floor(std::log10(std::abs(learningRate))));
    double mantissa = learningRate / std::pow(10.0, exponent);
    if (std::abs(mantissa) >= 9.95) {
        mantissa /= 10;
        ++exponent;
    }
    QString number = QString::number(mantissa, 'f', 1);
    if (number.endsWith(QLatin1String(".0")))
        number.chop(2);
    return exponent == 0 ? number : number + QLatin1Char('e') + QString::number(exponent);
}

QString percent(double share, Interval interval)
{
    return percent(share)
        + QStringLiteral(" (%1\u00a0to\u00a0%2)")
              .arg(percentage(interval.low, 1), percentage(interval.high, 1));
}

QString accuracy(double share, Interval interval, qint64 n, const QString& split)
{
    return percent(share, interval) + QStringLiteral(" of\u00a0%1 in %2").arg(count(n), split);
}

QString plural(qint64 n, const QString& one, const QString& many)
{
    return count(n) + kNoBreakSpace + (n == 1 ? one : many);
}

QString path(const std::filesystem::path& path)
{
    const std::string& raw = path.native();
    if (utf8(path) == raw)
        return QFile::decodeName(QByteArray::fromStdString(raw));
    QString text;
    for (std::size_t i = 0; i < raw.size();) {
        std::size_t length = std::min<std::size_t>(4, raw.size() - i);
        while (length > 0 && !isOneCharacter(raw.substr(i, length)))
            --length;
        if (length == 0)
            text += QChar(kByte | static_cast<unsigned char>(raw[i]));
        else
            text += QString::fromStdString(raw.substr(i, length));
        i += std::max<std::size_t>(length, 1);
    }
    return text;
}

std::filesystem::path path(const QString& path)
{
    std::string raw;
    qsizetype from = 0;
    for (qsizetype i = 0; i < path.size(); ++i) {
        const bool isByte = (path[i].unicode() & 0xFF80) == (kByte | 0x80)
            && (i == 0 || !path[i - 1].isHighSurrogate());
        if (!isByte)
            continue;
        raw += QFile::encodeName(path.mid(from, i - from)).toStdString();
        raw += static_cast<char>(path[i].unicode() & 0xFF);
        from = i + 1;
    }
    return raw + QFile::encodeName(path.mid(from)).toStdString();
}

QString text(const Error& error)
{
    QString sentence = QString::fromStdString(error.text());
    // A path or an address in front keeps its spelling.
    const bool address = sentence.section(QLatin1Char(' '), 0, 0).contains(QLatin1String("://"));
    if (error.path.empty() && !address && !sentence.isEmpty())
        sentence[0] = sentence[0].toUpper();
    if (!sentence.isEmpty() && !sentence.endsWith(QLatin1Char('.')))
        sentence += QLatin1Char('.');
    return sentence;
}

} // namespace vernier::ui::format
