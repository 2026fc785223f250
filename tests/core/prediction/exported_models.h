#pragma once

// Includes LibTorch: for tests that are built with it.

#include "core/base/files.h"
#include "core/exporting/exporter.h"
#include "core/prediction/predictor.h"
#include "core/weights/model_file.h"
#include "core/weights/zip_archive.h"
#include "tests/support/painted_picture.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"
#include "tests/support/zip_bytes.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <span>

namespace vernier::test {

inline constexpr std::array kFormats { ExportFormat::TorchScript, ExportFormat::Onnx,
    ExportFormat::Safetensors };

inline void formatRows()
{
    QTest::addColumn<int>("format");
    for (const auto format : kFormats)
        QTest::newRow(std::string(name(format)).c_str()) << static_cast<int>(format);
}

inline std::vector<std::byte> contentOf(const std::filesystem::path& path)
{
    auto bytes = readFile(path, 1 << 20);
    if (!bytes)
        qFatal("%s", bytes.error().text().c_str());
    return std::move(*bytes);
}

/// Replaces the first place that holds `from`, or the last.
inline bool replaced(
    std::vector<std::byte>& bytes, std::string_view from, std::string_view to, bool last)
{
    const auto wanted = std::as_bytes(std::span(from));
    const auto found = last
        ? std::find_end(bytes.begin(), bytes.end(), wanted.begin(), wanted.end())
        : std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
    if (found == bytes.end() || from.size() != to.size())
        return false;
    std::ranges::copy(std::as_bytes(std::span(to)), found);
    return true;
}

/// The records of an exported model, to be written anew with changes.
inline std::vector<ZipPart> recordsOf(const std::filesystem::path& path)
{
    const auto archive = ZipArchive::open(path);
    std::vector<ZipPart> parts;
    for (const auto& [name, record] : archive->records()) {
        if (record.compressed) { // code, which is of no use here
            parts.push_back({ name });
            continue;
        }
        auto content = archive->text(name.substr(archive->folder().size()), 1 << 20);
        if (!content)
            qFatal("%s", content.error().text().c_str());
        parts.push_back({ name, std::move(*content) });
    }
    return parts;
}

/// That ends as `end` says.
inline ZipPart& record(std::vector<ZipPart>& parts, std::string_view end)
{
    const auto found
        = std::ranges::find_if(parts, [&](const auto& part) { return part.name.ends_with(end); });
    if (found == parts.end())
        qFatal("there is no record %s", std::string(end).c_str());
    return *found;
}

inline std::string binaryText(const std::string& text)
{
    return "X" + little(text.size(), 4) + text;
}

inline std::vector<float> answer(const Predictor& predictor)
{
    const auto picture = paintedPicture(32, 32);
    auto rows = predictor.probabilities(std::span(&picture, 1));
    return rows ? std::move(rows->front()) : std::vector<float>();
}

/// One of each format, whole, in a folder of their own.
class ExportedModels {
public:
    void write()
    {
        QVERIFY(writeModel(m_folder / kBestModelFile, tinyNetwork(), 1));
        for (const auto format : kFormats) {
            const auto report = exportModel(m_folder.path(), format, model(format), {});
            QVERIFY2(report, report ? "" : report.error().text().c_str());
        }
    }
    std::filesystem::path model(ExportFormat format) const
    {
        return m_folder / ("model" + std::string(extension(format)));
    }
    const TemporaryFolder& folder() const { return m_folder; }

private:
    const TemporaryFolder m_folder;
};

} // namespace vernier::test
