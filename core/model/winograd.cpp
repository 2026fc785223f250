#include "core/model/winograd.h"

#include "core/model/winograd_arithmetic.h"
#include "core/model/winograd_bf16_tiles.h"
#include "core/model/winograd_fp32_tiles.h"

namespace vernier {

namespace {

using namespace winograd;

/// Below it the transforms cost more than the multiplications they save.
constexpr std::int64_t kFewestChannels = 32;

/// A precision's functions.
struct Arithmetic {
    decltype(&fp32::forward) forward;
    decltype(&fp32::inputGradient) inputGradient;
    decltype(&fp32::filterGradient) filterGradient;
};

const Arithmetic& arithmeticOf(const torch::Tensor& x)
{
    static constexpr Arithmetic full { fp32::forward, fp32::inputGradient, fp32::filterGradient };
    static constexpr Arithmetic half { bf16::forward, bf16::inputGradient, bf16::filterGradient };
    return x.scalar_type() == torch::kFloat ? full : half;
}

class Convolution : public torch::autograd::Function<Convolution> {
public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
        const torch::Tensor& weight, const torch::Tensor& bias, bool relu)
    {
        auto y = arithmeticOf(x).forward(x, weight, bias, relu);
        context->save_for_backward({ x, weight, relu ? y : torch::Tensor() });
        return y;
    }

    static torch::autograd::variable_list backward(
        torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients)
    {
        const auto saved = context->get_saved_variables();
        auto gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        if (saved[2].defined())
            gradient = at::threshold_backward(gradient, saved[2], 0);
        const auto& arithmetic = arithmeticOf(saved[0]);
        torch::Tensor ofX, ofWeight, ofBias;
        if (context->needs_input_grad(0))
            ofX = arithmetic.inputGradient(gradient, saved[1]);
        if (context->needs_input_grad(1))
            ofWeight = arithmetic.filterGradient(saved[0], gradient);
        if (context->needs_input_grad(2))
            ofBias = gradient.sum({ 0, 2, 3 }, false, torch::kFloat);
        return { ofX, ofWeight, ofBias, torch::Tensor() };
    }
};

} // namespace

bool winogradServes(const torch::Tensor& x, const torch::Tensor& weight, int stride, int padding)
{
    const bool half = x.scalar_type() == torch::kBFloat16;
    const auto multiple = half ? bf16::kMultiple : fp32::kLanes;
    return x.device().is_cpu() && (half ? bf16::served() : x.scalar_type() == torch::kFloat)
        && weight.scalar_type() == torch::kFloat && weight.size(2) == 3 && weight.size(3) == 3
        && stride == 1 && padding == 1 && weight.size(0) >= kFewestChannels
        && weight.size(1) >= kFewestChannels && weight.size(0) % multiple == 0
        && weight.size(1) % multiple == 0;
}

torch::Tensor winogradConvolution(
    const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, bool relu)
{
    const auto input = x.contiguous(at::MemoryFormat::ChannelsLast);
    if (torch::GradMode::is_enabled()
        && (input.requires_grad() || weight.requires_grad() || bias.requires_grad()))
        return Convolution::apply(input, weight, bias, relu);
    return arithmeticOf(input).forward(input, weight, bias, relu);
}

} // namespace vernier
