#include "core/weights/weight_formats.h"

// Stand in for core's own, so that HDF5 and ONNX are not linked.
namespace vernier {

Result<std::unique_ptr<WeightFile>> openKeras(const std::filesystem::path& path)
{
    return fail(
        ErrorCode::Unsupported, "is a file of Keras's, which this program cannot read", path);
}

Result<std::unique_ptr<WeightFile>> openOnnxWeights(const std::filesystem::path& path)
{
    return fail(ErrorCode::Unsupported, "is an ONNX file, which this program cannot read", path);
}

} // namespace vernier
