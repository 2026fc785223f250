#include "core/prediction/predictor.h"

#include "core/base/files.h"
#include "core/features/batch_loader.h"
#include "core/model/kept_memory.h"
#include "core/prediction/backend.h"
#include "core/prediction/original_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace vernier {

namespace {

enum class FileKind { Safetensors, TorchScript, Onnx, Other };

Result<FileKind> kindOf(const InputFile& file)
{
    std::array<unsigned char, 9> start {};
    if (auto got = file.readAt(0, std::as_writable_bytes(std::span(start))); !got)
        return tl::unexpected(got.error());
    // A safetensors file starts with its header's length, whose top bytes are 0, and the header.
    if (start[8] == '{' && start[6] == 0 && start[7] == 0)
        return FileKind::Safetensors;
    if (start[0] == 'P' && start[1] == 'K')
        return FileKind::TorchScript;
    // The first field of an ONNX file is its version, a small number.
    if (start[0] == 0x08 && start[1] > 0 && start[1] < 32)
        return FileKind::Onnx;
    return FileKind::Other;
}

Result<std::unique_ptr<Predictor::Backend>> openBackend(
    std::filesystem::path path, const std::string& device, bool fp32)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        if (const auto* architecture = originalNetworkOf(path.native()))
            return openOriginal(*architecture, device, fp32);
        return fail(ErrorCode::NotFound, "there is no such file or folder", path,
            "check its name, or choose another model");
    }
    if (std::filesystem::is_directory(status)) {
        const auto best = path / kBestModelFile;
        if (!std::filesystem::is_regular_file(best, error))
            return fail(ErrorCode::NotFound,
                std::string("is no run with a finished epoch: it has no ") + kBestModelFile, path,
                "choose the folder of a run, and train it for one epoch at least");
        path = best;
    } else if (!std::filesystem::is_regular_file(status)) {
        return fail(ErrorCode::Unsupported, "is neither a file nor a folder", path);
    }
    const auto kind = InputFile::open(path).and_then(kindOf);
    if (!kind)
        return tl::unexpected(kind.error());
    switch (*kind) {
    case FileKind::Safetensors:
        return openNetwork(path, device, fp32);
    case FileKind::TorchScript:
        return openTorchScript(path, device);
    case FileKind::Onnx:
        return openOnnx(path, device);
    case FileKind::Other:
        break;
    }
    return fail(ErrorCode::Unsupported, "is no model file that Vernier knows", path,
        "choose a run folder, or a model that Vernier exported");
}

/// Probabilities add up to 1 but for rounding; a damaged model's answer does not.
bool isDistribution(const std::vector<float>& row, std::size_t classes)
{
    if (row.size() != classes)
        return false;
    double sum = 0;
    for (const auto p : row) {
        if (!(p >= 0 && p <= 1.001f))
            return false;
        sum += p;
    }
    return std::abs(sum - 1) < 1e-2;
}

} // namespace

std::vector<ClassIndex> Prediction::top(int k) const
{
    std::vector<ClassIndex> order(probabilities.size());
    std::iota(order.begin(), order.end(), 0);
    const auto count = std::clamp<std::ptrdiff_t>(k, 0, std::ssize(order));
    // Equal probabilities stand in class order.
    std::partial_sort(order.begin(), order.begin() + count, order.end(), [&](auto a, auto b) {
        const auto pa = probabilities[static_cast<std::size_t>(a)];
        const auto pb = probabilities[static_cast<std::size_t>(b)];
        return pa != pb ? pa > pb : a < b;
    });
    order.resize(static_cast<std::size_t>(count));
    return order;
}

Predictor::Predictor(std::unique_ptr<Backend> backend) : m_backend(std::move(backend)) { }
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

Result<Predictor> Predictor::open(
    const std::filesystem::path& runOrModel, const std::string& device, bool fp32)
{
    auto backend = openBackend(runOrModel, device, fp32);
    if (!backend)
        return tl::unexpected(backend.error());
    (*backend)->batchSize
        = static_cast<std::size_t>(picturesAtOnce((*backend)->identity.description.inputSize));
    return Predictor(std::move(*backend));
}

const std::vector<std::string>& Predictor::classes() const
{
    return m_backend->identity.description.classes;
}
Geometry Predictor::geometry() const { return m_backend->identity.description.geometry; }
int Predictor::inputSize() const { return m_backend->identity.description.inputSize; }
std::string Predictor::format() const { return m_backend->format; }
int Predictor::epoch() const { return m_backend->identity.epoch; }

Result<std::vector<std::vector<float>>> Predictor::probabilities(
    std::span<const Picture> pictures) const
{
    const int edge = inputSize();
    const auto bytes = static_cast<std::size_t>(edge) * static_cast<std::size_t>(edge) * 3;
    for (const auto& picture : pictures) {
        if (picture.width != edge || picture.height != edge || picture.rgb.size() != bytes)
            return fail(ErrorCode::Invalid,
                "a picture is not of the model's " + std::to_string(edge) + " pixels");
    }

    std::vector<std::vector<float>> rows;
    rows.reserve(pictures.size());
    while (rows.size() < pictures.size()) {
        const auto count = std::min(m_backend->batchSize.load(), pictures.size() - rows.size());
        auto answers = [&] {
            const std::lock_guard turn(m_backend->turn);
            return m_backend->run(pictures.subspan(rows.size(), count));
        }();
        if (!answers && answers.error().code == ErrorCode::OutOfMemory && count > 1) {
            m_backend->batchSize = count / 2;
            continue;
        }
        if (!answers)
            return tl::unexpected(answers.error());
        if (answers->size() != count)
            return fail(ErrorCode::Corrupt, "the model does not answer once for each picture",
                m_backend->path);
        for (auto& row : *answers) {
            if (!isDistribution(row, classes().size()))
                return fail(ErrorCode::Corrupt,
                    "the model's answer is no list of probabilities: its weights are damaged",
                    m_backend->path, "train or export the model again");
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

Status Predictor::predict(const std::vector<std::filesystem::path>& paths,
    const std::function<void(Prediction)>& each, std::stop_token stop,
    const ProgressSink& progress) const
{
    const auto total = static_cast<std::int64_t>(paths.size());
    const auto report = [&](std::size_t done) {
        if (progress)
            progress({ "predicting", static_cast<std::int64_t>(done), total });
    };
    report(0);
    const KeptMemory kept;
    std::vector<LoadItem> items;
    for (const auto& path : paths)
        items.push_back({ path, std::nullopt });
    BatchLoader loader(std::move(items),
        { .size = inputSize(),
            .geometry = geometry(),
            .threads = m_backend->decodeThreads,
            .ahead = static_cast<int>(2 * m_backend->batchSize) });

    std::size_t done = 0;
    while (done < paths.size()) {
        // Pictures that cannot be read take no place in the batch, but keep theirs in the order.
        std::vector<Prediction> answers;
        std::vector<Picture> pictures;
        while (pictures.size() < m_backend->batchSize && done + answers.size() < paths.size()) {
            auto picture = loader.next(stop);
            if (stop.stop_requested())
                return cancelled();
            auto& answer = answers.emplace_back();
            answer.path = paths[done + answers.size() - 1];
            if (picture)
                pictures.push_back(std::move(*picture));
            else
                answer.error = picture.error();
        }
        auto rows = probabilities(pictures);
        if (!rows)
            return tl::unexpected(rows.error());
        std::size_t row = 0;
        for (auto& answer : answers) {
            if (!answer.error)
                answer.probabilities = std::move((*rows)[row++]);
            each(std::move(answer));
            report(++done);
        }
        if (stop.stop_requested() && done < paths.size())
            return cancelled();
    }
    return {};
}

} // namespace vernier
