#include "core/weights/weight_formats.h"

// Stand in for core's own, so that ONNX files are left out.
namespace vernier {

Result<std::unique_ptr<WeightFile>> openOnnxWeights(const std::filesystem::path& path)
{
    return fail(ErrorCode::Unsupported, "is an ONNX file, which this program cannot read", path);
}

} // namespace vernier
