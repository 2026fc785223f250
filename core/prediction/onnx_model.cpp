#include "core/base/files.h"
#include "core/image/opencv.h"
#include "core/prediction/backend.h"
#include "core/prediction/onnx_header.h"

#include <array>

#include <opencv2/dnn.hpp>

namespace vernier {

namespace {

constexpr std::uint64_t kMostBytes = 2ull << 30; // what the format can hold

/// An ONNX file, run by OpenCV: a reader that shares nothing with what wrote it.
class OnnxModel : public Predictor::Backend {
public:
    OnnxModel(cv::dnn::Net net, ModelIdentity model, const std::filesystem::path& file)
        : m_net(std::move(net))
    {
        identity = std::move(model);
        path = file;
        format = "onnx";
        m_net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        m_net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    }

    Result<ProbabilityRows> run(std::span<const Picture> pictures) override
    {
        try {
            const int edge = identity.description.inputSize;
            const std::array shape { static_cast<int>(pictures.size()), 3, edge, edge };
            cv::Mat input(static_cast<int>(shape.size()), shape.data(), CV_32F);
            auto* target = input.ptr<float>();
            for (const auto& picture : pictures) {
                for (std::size_t channel = 0; channel < 3; ++channel) {
                    for (auto i = channel; i < picture.rgb.size(); i += 3)
                        *target++ = picture.rgb[i];
                }
            }
            m_net.setInput(input, "image");
            const cv::Mat output = m_net.forward("probabilities");
            if (output.dims != 2 || output.type() != CV_32F || !output.isContinuous())
                return fail(
                    ErrorCode::Corrupt, "the model does not answer with one row a picture", path);
            ProbabilityRows rows;
            for (int row = 0; row < output.rows; ++row)
                rows.emplace_back(output.ptr<float>(row), output.ptr<float>(row) + output.cols);
            return rows;
        } catch (const cv::Exception& e) {
            const bool memory = e.code == cv::Error::StsNoMem;
            return fail(memory ? ErrorCode::OutOfMemory : ErrorCode::Unsupported,
                "OpenCV cannot run the model: " + e.err, path,
                memory ? "close other programs and try again" : "export the model again");
        } catch (const std::bad_alloc&) {
            return fail(ErrorCode::OutOfMemory, "there is not enough memory to run the model", path,
                "close other programs and try again");
        }
    }

private:
    cv::dnn::Net m_net;
};

} // namespace

Result<std::unique_ptr<Predictor::Backend>> openOnnx(const std::filesystem::path& file)
{
    prepareOpenCv();
    try {
        const auto bytes = readFile(file, kMostBytes);
        if (!bytes)
            return tl::unexpected(bytes.error());
        auto identity = readOnnxIdentity(*bytes, file);
        if (!identity)
            return tl::unexpected(identity.error());
        auto net
            = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bytes->data()), bytes->size());
        return std::make_unique<OnnxModel>(std::move(net), std::move(*identity), file);
    } catch (const cv::Exception& e) {
        return fail(ErrorCode::Corrupt, "OpenCV cannot read the model: " + e.err, file,
            "export the model again");
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "the model does not fit into memory", file,
            "close other programs and try again");
    }
}

} // namespace vernier
