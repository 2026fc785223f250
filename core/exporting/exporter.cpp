#include "core/exporting/exporter.h"

#include "core/base/text.h"
#include "core/exporting/export_network.h"
#include "core/weights/model_file.h"
#include "core/weights/model_metadata.h"

#include <nlohmann/json.hpp>

namespace vernier {

namespace {

struct FormatWords {
    ExportFormat format;
    std::string_view name;
    std::string_view extension;
};
constexpr std::array kFormats {
    FormatWords { ExportFormat::TorchScript, "torchscript", ".pt" },
    FormatWords { ExportFormat::Onnx, "onnx", ".onnx" },
    FormatWords { ExportFormat::Safetensors, "safetensors", ".safetensors" },
};

const FormatWords& words(ExportFormat format) { return kFormats[static_cast<std::size_t>(format)]; }

} // namespace

std::string_view name(ExportFormat format) { return words(format).name; }

std::string_view extension(ExportFormat format) { return words(format).extension; }

Result<ExportFormat> exportFormatFromName(std::string_view name)
{
    const auto found = std::ranges::find(kFormats, name, &FormatWords::name);
    if (found == kFormats.end())
        return fail(ErrorCode::Invalid, "there is no format \"" + std::string(name) + "\"", {},
            "use torchscript, onnx or safetensors");
    return found->format;
}

std::vector<std::filesystem::path> parityPictures(const DatasetSnapshot& dataset)
{
    std::vector<std::filesystem::path> unseen;
    std::vector<std::filesystem::path> trained;
    for (const auto& image : dataset.images) {
        if (image.split != Split::LeftOut)
            (image.split == Split::Train ? trained : unseen).push_back(dataset.absolute(image));
    }
    return unseen.empty() ? trained : unseen;
}

Result<ExportReport> exportModel(const std::filesystem::path& run, ExportFormat format,
    const std::filesystem::path& file, const std::vector<std::filesystem::path>& pictures,
    std::stop_token stop, const ProgressSink& progress)
{
    if (progress)
        progress({ "loading the model", 0, 0 });
    const auto own = Predictor::open(run, "cpu", true);
    if (!own)
        return tl::unexpected(own.error());
    std::error_code error;
    const auto source = std::filesystem::is_directory(run, error) ? run / kBestModelFile : run;
    const auto model = readModel(source);
    if (!model)
        return tl::unexpected(model.error());
    return exportNetwork(
        model->network, model->epoch, *own, format, file, pictures, std::move(stop), progress);
}

std::string toJson(const ExportReport& report)
{
    nlohmann::ordered_json json;
    json["file"] = writtenPath(report.file);
    json["format"] = name(report.format);
    json["bytes"] = report.bytes;
    json["parity"] = { { "count", report.parity.count }, { "noise", report.parity.noise },
        { "max_difference", report.parity.maxDifference }, { "reader", report.parity.reader } };
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace vernier
