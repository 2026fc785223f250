#include "core/base/files.h"
#include "core/exporting/read_back.h"
#include "core/image/opencv.h"

#include <array>

#include <opencv2/dnn.hpp>

namespace vernier {

namespace {

constexpr std::uint64_t kMostBytes = 2ull << 30; // what the format can hold

tl::unexpected<Error> openCvError(
    const cv::Exception& e, const char* what, const std::filesystem::path& file)
{
    const bool memory = e.code == cv::Error::StsNoMem;
    return fail(memory ? ErrorCode::OutOfMemory : ErrorCode::Mismatch,
        std::string("OpenCV cannot ") + what + " the written model: " + e.err, file,
        memory ? "close other programs and try again" : "export in another format");
}

class OnnxReadBack : public ReadBack {
public:
    OnnxReadBack(cv::dnn::Net net, std::filesystem::path file)
        : m_net(std::move(net)), m_file(std::move(file))
    {
        m_net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        m_net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    }

    Result<std::vector<float>> probabilities(const Picture& picture) override
    {
        try {
            const std::array shape { 1, 3, picture.height, picture.width };
            cv::Mat input(static_cast<int>(shape.size()), shape.data(), CV_32F);
            auto* target = input.ptr<float>();
            for (std::size_t channel = 0; channel < 3; ++channel) {
                for (auto i = channel; i < picture.rgb.size(); i += 3)
                    *target++ = picture.rgb[i];
            }
            m_net.setInput(input, "image");
            const cv::Mat output = m_net.forward("probabilities");
            if (output.dims != 2 || output.rows != 1 || output.type() != CV_32F)
                return fail(ErrorCode::Mismatch,
                    "the written model does not answer with one row a picture", m_file);
            return std::vector<float>(output.ptr<float>(0), output.ptr<float>(0) + output.cols);
        } catch (const cv::Exception& e) {
            return openCvError(e, "run", m_file);
        } catch (const std::bad_alloc&) {
            return fail(ErrorCode::OutOfMemory, "there is not enough memory to run the model",
                m_file, "close other programs and try again");
        }
    }

private:
    cv::dnn::Net m_net;
    std::filesystem::path m_file;
};

} // namespace

Result<std::unique_ptr<ReadBack>> readBackOnnx(const std::filesystem::path& file)
{
    prepareOpenCv();
    try {
        const auto bytes = readFile(file, kMostBytes);
        if (!bytes)
            return tl::unexpected(bytes.error());
        auto net
            = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bytes->data()), bytes->size());
        return std::make_unique<OnnxReadBack>(std::move(net), file);
    } catch (const cv::Exception& e) {
        return openCvError(e, "read", file);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "the model does not fit into memory", file,
            "close other programs and try again");
    }
}

} // namespace vernier
