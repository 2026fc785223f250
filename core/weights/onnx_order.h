#pragma once

#include "core/weights/weight_file.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// A node of an ONNX graph, as far as the order of its convolutions depends on it. Views into the
/// file.
struct OnnxNode {
    std::string_view operation;
    std::vector<std::string_view> inputs;
    std::vector<std::string_view> outputs;
    std::optional<std::span<const std::byte>> tensor {}; ///< its attribute "value"
    bool isPlain = true; ///< as a convolution: one group, every pixel, nothing left out between
};

/// None for what is no node.
std::optional<OnnxNode> readOnnxNode(std::span<const std::byte> message);

/// Follows a picture through a graph's nodes, which ONNX has in an order in which each comes behind
/// what it takes, to tell its convolutions by their place where their names say nothing
/// ("onnx::Conv_123"). Only where they form one row, each behind the one before and a ReLU.
class OnnxOrder {
public:
    void addConstant(std::string_view name); ///< initializers, before the nodes
    void add(const OnnxNode& node);

    /// Whose weights they are is said by the program that has written the file, or by what Vernier
    /// has put into it.
    ConvolutionOrder order(
        const std::string& producer, const std::map<std::string, std::string>& metadata) const;

private:
    void take(const OnnxNode& convolution, std::size_t before);
    void refuse(std::string problem);

    std::set<std::string, std::less<>> m_constants;
    std::map<std::string, std::size_t, std::less<>> m_before; ///< how many convolutions a value has
    ConvolutionOrder m_order;
    bool m_relu = false; ///< since the last convolution
    std::string m_stranger; ///< operation since then that our networks have not
};

} // namespace vernier
