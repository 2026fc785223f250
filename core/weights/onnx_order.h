#pragma once

#include "core/weights/weight_file.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

struct OnnxAttribute {
    std::string_view name;
    std::string_view text {};
    std::vector<std::uint64_t> numbers {};
    std::optional<std::span<const std::byte>> tensor {};
    bool isPlain = true; ///< it has one value, and not too long a one
};

/// A node of an ONNX graph, as far as the order of its convolutions depends on it. Views into the
/// file.
struct OnnxNode {
    std::string_view domain {}; ///< whose operation it is; ONNX's own have none
    std::string_view operation {};
    std::vector<std::string_view> inputs {};
    std::vector<std::string_view> outputs {};
    std::vector<OnnxAttribute> attributes {};
    bool isWhole = true; ///< it has no more of them than any layer of ours

    /// One of ONNX's own operations, and not another program's of the same name.
    bool is(std::string_view name) const;
    /// Null for none.
    const OnnxAttribute* find(std::string_view attribute) const;
};

/// None for what is no node.
std::optional<OnnxNode> readOnnxNode(std::span<const std::byte> message);

/// Follows a picture through a graph's nodes, which ONNX has in an order in which each comes behind
/// what it takes, to tell its convolutions by their place where their names say nothing
/// ("onnx::Conv_123"). Only where they form one row; what stands in it is told, to be held against
/// the network that the weights are for.
class OnnxOrder {
public:
    void addConstant(std::string_view name); ///< a tensor of the file
    void add(const OnnxNode& node); ///< but for those that are tensors of the file
    void refuse(std::string problem); ///< nothing can be told by order

    /// Whose weights they are is said by the program that has written the file, or by what Vernier
    /// has put into it.
    ConvolutionOrder order(
        const std::string& producer, const std::map<std::string, std::string>& metadata) const;

private:
    static constexpr std::size_t kNone = ~std::size_t { 0 };
    /// A place on the picture's way.
    struct Value {
        std::size_t convolutions = 0; ///< that lie behind it
        std::size_t link = kNone; ///< the step that it comes out of
        std::size_t stranger = kNone; ///< what since then a network of ours does not do
    };
    struct Link {
        std::size_t before = kNone;
        GraphStep step {};
    };

    void addComputed(const OnnxNode& node);
    void take(const OnnxNode& convolution, Value& value);
    void pass(const OnnxNode& node, Value& value);
    void estrange(Value& value, std::string problem);
    void append(Value& value, const GraphStep& step);
    void define(std::string_view name, const Value& value);
    bool isFull(std::size_t more);

    /// Values that do not depend on the picture; by name, that of the tensor that each is, or
    /// nothing where it is computed.
    std::map<std::string, std::string, std::less<>> m_constants;
    std::map<std::string, Value, std::less<>> m_values; ///< those that do
    std::vector<Link> m_links;
    std::vector<std::string> m_strangers;
    std::size_t m_end = kNone; ///< the link that nothing follows
    ConvolutionOrder m_order;
};

} // namespace vernier
