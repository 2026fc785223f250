#pragma once

#include "core/evaluation/metrics.h"

#include <QString>

#include <filesystem>

/// Values as people read them, in English whatever the locale. Groups of digits are parted by
/// narrow no-break spaces, values and their units by no-break spaces.
namespace vernier::ui::format {

QString percent(double share, int digits = 1); ///< "93.5 %"
QString count(qint64 n); ///< "25 691 136"
/// A sentence of core's with its numbers as here: "13 502 722 weights, 93.5 %", which may break
/// before a number, but not before its unit.
QString sentence(const std::string& text);
QString pixels(int width, int height); ///< "4 032 × 3 024 pixels"
QString duration(double seconds); ///< "38 s", "4 min 10 s", "1 h 5 min"
QString bytes(quint64 n); ///< "29 MB"
QString split(Split split); ///< "validation"
QString rate(double learningRate); ///< "1e-5", "2.2e-5"
/// "93.5 % (88.5 to 96.4)": with its interval, which does not lie evenly around it.
QString percent(double share, Interval interval);
/// "93.5 % (88.4 to 96.4) of 153 in validation"
QString accuracy(double share, Interval interval, qint64 n, const QString& split);
QString plural(qint64 n, const QString& one, const QString& many); ///< "1 picture", "397 pictures"

/// A path that is no UTF-8 comes back as it was.
QString path(const std::filesystem::path& path);
std::filesystem::path path(const QString& path);
QString text(const Error& error); ///< Error::text() with a capital letter and a full stop

} // namespace vernier::ui::format
