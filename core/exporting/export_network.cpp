#include "core/exporting/export_network.h"

#include "core/base/files.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/exporting/onnx_writer.h"
#include "core/exporting/read_back.h"
#include "core/exporting/torchscript_writer.h"
#include "core/exporting/unproven.h"
#include "core/image/geometry.h"
#include "core/weights/model_file.h"
#include "core/weights/model_metadata.h"

#include <cmath>
#include <functional>

namespace vernier {

namespace {

namespace fs = std::filesystem;

Status write(const fs::path& path, const Network& network, int epoch, ExportFormat format)
{
    switch (format) {
    case ExportFormat::TorchScript:
        return writeTorchScript(path, network, epoch);
    case ExportFormat::Safetensors:
        return writeModel(path, network, epoch);
    case ExportFormat::Onnx:
        break;
    }
    std::vector<torch::Tensor> kept;
    std::map<std::string, OnnxTensor> tensors;
    for (const auto& [name, tensor] : network.state()) {
        const auto& values
            = kept.emplace_back(tensor.detach().to(torch::kCPU, torch::kFloat).contiguous());
        tensors[name] = { values.sizes().vec(),
            { values.const_data_ptr<float>(), static_cast<std::size_t>(values.numel()) } };
    }
    return writeOnnx(
        path, network.description(), tensors, modelMetadata(network.description(), epoch));
}

std::vector<Picture> noise(int edge)
{
    std::vector<Picture> pictures;
    for (int i = 0; i < kParityPictures; ++i) {
        Random random { 1, static_cast<std::uint64_t>(i) };
        auto& picture = pictures.emplace_back();
        picture.width = picture.height = edge;
        picture.rgb.resize(static_cast<std::size_t>(edge) * static_cast<std::size_t>(edge) * 3);
        // From nearly flat to the full range, so that not all pictures look the same to a network.
        const auto range = static_cast<std::uint64_t>(16 * (i + 1));
        for (auto& value : picture.rgb)
            value = static_cast<std::uint8_t>(random.below(range));
    }
    return pictures;
}

/// At most kParityPictures of `paths`, but for those that cannot be read.
std::vector<Picture> picturesFor(
    const Predictor& own, const std::vector<fs::path>& paths, const std::stop_token& stop)
{
    std::vector<Picture> pictures;
    const auto count = std::min<std::size_t>(paths.size(), kParityPictures);
    for (std::size_t i = 0; i < count && !stop.stop_requested(); ++i) {
        // Spread over the list, which is sorted by class.
        const auto& path = paths[i * paths.size() / count];
        if (auto picture = decodeFitted(path, own.inputSize(), own.geometry()))
            pictures.push_back(std::move(*picture));
    }
    return pictures;
}

/// Whoever opens the file will be told what the model says of itself.
Status checkIdentity(const Predictor& own, const Predictor& written, const fs::path& file)
{
    if (written.classes() != own.classes() || written.geometry() != own.geometry()
        || written.inputSize() != own.inputSize())
        return fail(ErrorCode::Mismatch,
            "the written file does not say the same of itself as the model", file);
    return {};
}

using Answer = std::function<Result<std::vector<float>>(const Picture&)>;

/// How the reader that the report names answers; safetensors is read by LibTorch anyway.
Result<Answer> reader(ExportFormat format, const fs::path& file)
{
    if (format == ExportFormat::Safetensors) {
        auto opened = Predictor::open(file, "cpu", true);
        if (!opened)
            return tl::unexpected(opened.error());
        return [predictor = std::make_shared<Predictor>(std::move(*opened))](
                   const Picture& picture) -> Result<std::vector<float>> {
            auto rows = predictor->probabilities(std::span(&picture, 1));
            if (!rows)
                return tl::unexpected(rows.error());
            return std::move(rows->front());
        };
    }
    auto opened = format == ExportFormat::Onnx ? readBackOnnx(file) : readBackTorchScript(file);
    if (!opened)
        return tl::unexpected(opened.error());
    return [readBack = std::shared_ptr<ReadBack>(std::move(*opened))](
               const Picture& picture) { return readBack->probabilities(picture); };
}

Result<ParityReport> compare(const Predictor& own, const Answer& written, ExportFormat format,
    const std::vector<Picture>& pictures, const fs::path& file, const std::stop_token& stop,
    const ProgressSink& progress)
{
    ParityReport report;
    report.reader = format == ExportFormat::Onnx ? "OpenCV dnn" : "LibTorch";
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        if (stop.stop_requested())
            return cancelled();
        if (progress)
            progress({ "comparing", static_cast<std::int64_t>(i),
                static_cast<std::int64_t>(pictures.size()) });
        const auto expected = own.probabilities(std::span(&pictures[i], 1));
        if (!expected)
            return tl::unexpected(expected.error());
        const auto read = written(pictures[i]);
        if (!read)
            return tl::unexpected(read.error());
        // No number is larger than one that is none.
        if (read->size() != own.classes().size()
            || !std::ranges::all_of(*read, [](float p) { return std::isfinite(p); }))
            return fail(ErrorCode::Mismatch,
                "the written model does not answer with a probability for each class", file);
        for (std::size_t c = 0; c < read->size(); ++c)
            report.maxDifference = std::max(report.maxDifference,
                std::abs(static_cast<double>((*expected)[0][c]) - (*read)[c]));
        ++report.count;
    }
    return report;
}

fs::path reportPath(fs::path file)
{
    file += ".report.json";
    return file;
}

} // namespace

Result<ExportReport> exportNetwork(const Network& network, int epoch, const Predictor& own,
    ExportFormat format, const std::filesystem::path& file,
    const std::vector<std::filesystem::path>& pictures, std::stop_token stop,
    const ProgressSink& progress)
{
    std::error_code error;
    if (fs::is_directory(file, error))
        return fail(ErrorCode::Invalid, "is a folder", file, "choose a file name");
    if (progress)
        progress({ "writing", 0, 0 });
    removeDeadUnproven(file.has_parent_path() ? file.parent_path() : fs::path("."));
    const auto made = Unproven::make(file);
    if (!made)
        return tl::unexpected(made.error());
    const auto& unproven = *made;
    // A person knows the file by its final name alone.
    const auto named = [&](Error failure) {
        if (failure.path == unproven.path())
            failure.path = file;
        return tl::unexpected(std::move(failure));
    };
    if (auto ok = write(unproven.path(), network, epoch, format); !ok)
        return named(ok.error());
    if (stop.stop_requested())
        return cancelled();

    {
        const auto opened = Predictor::open(unproven.path(), "cpu", true);
        if (!opened)
            return named(opened.error());
        if (auto ok = checkIdentity(own, *opened, file); !ok)
            return tl::unexpected(ok.error());
    }
    const auto written = reader(format, unproven.path());
    if (!written)
        return named(written.error());
    auto compared = picturesFor(own, pictures, stop);
    const bool noPictures = compared.empty();
    if (noPictures)
        compared = noise(own.inputSize());
    auto parity = compare(own, *written, format, compared, unproven.path(), stop, progress);
    if (!parity)
        return named(parity.error());
    parity->noise = noPictures;
    if (parity->maxDifference > kMaxParityDifference)
        return fail(ErrorCode::Mismatch,
            "the written model's answers differ from Vernier's by up to "
                + shortNumber(parity->maxDifference) + ", more than the "
                + shortNumber(kMaxParityDifference) + " allowed, so it was not kept",
            file, "export in another format");

    ExportReport report;
    report.file = file;
    report.format = format;
    report.bytes = fs::file_size(unproven.path(), error);
    report.parity = *parity;
    // The report first: a model without one would look unproven.
    if (auto ok = writeFileAtomically(reportPath(file), toJson(report) + "\n"); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = unproven.accept(); !ok) {
        fs::remove(reportPath(file), error);
        return tl::unexpected(ok.error());
    }
    return report;
}

} // namespace vernier
