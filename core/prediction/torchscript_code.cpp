#include "core/prediction/torchscript_code.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace vernier {

namespace {

constexpr std::array<std::string_view, 18> kCalls { "forward", "ops.prim.dtype", "torch.add",
    "torch.batch_norm", "torch.conv2d", "torch.div", "torch.flatten", "torch.flip", "torch.linear",
    "torch.max_pool2d", "torch.mean", "torch.permute", "torch.relu", "torch.sigmoid",
    "torch.softmax", "torch.sub", "torch.tanh", "torch.to" };
constexpr std::array<std::string_view, 6> kForbiddenWords { "while", "for", "import", "with",
    "lambda", "if" };
constexpr std::string_view kPunctuation = "()[],:=->\"._ \n";

constexpr int kMostBrackets = 16; ///< open at once
constexpr std::size_t kLongestStatement = 2000;

bool isName(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

} // namespace

Status checkTorchScriptCode(std::string_view code, const std::filesystem::path& file)
{
    const auto refuse = [&](std::string_view what) {
        return fail(ErrorCode::Unsupported,
            "contains code that Vernier's exports do not have (" + std::string(what.substr(0, 60))
                + ")",
            file, "choose a model that Vernier exported");
    };
    int open = 0;
    std::size_t statement = 0;
    for (std::size_t at = 0; at < code.size();) {
        const char c = code[at];
        if (c == '\n' && open == 0)
            statement = at;
        if (at - statement > kLongestStatement)
            return refuse("a statement longer than theirs");
        if (!isName(c)) {
            if (kPunctuation.find(c) == std::string_view::npos)
                return refuse("a character that none of them needs");
            open += c == '(' || c == '[';
            open -= c == ')' || c == ']';
            if (open < 0 || open > kMostBrackets)
                return refuse("brackets unlike theirs");
            ++at;
            continue;
        }
        auto end = at;
        while (end < code.size() && (isName(code[end]) || code[end] == '.'))
            ++end;
        const auto word = code.substr(at, end - at);
        if (std::ranges::find(kForbiddenWords, word) != kForbiddenWords.end()
            || word.starts_with("__torch__.torch."))
            return refuse(word);
        const auto next = code.find_first_not_of(" \n", end);
        const bool called = next != std::string_view::npos && code[next] == '(';
        const bool declares
            = code.substr(0, at).ends_with("class ") && code.substr(end).starts_with("(Module):");
        const bool keyword = word == "return";
        if (called && !declares && !keyword && std::ranges::find(kCalls, word) == kCalls.end())
            return refuse(word);
        at = end;
    }
    return {};
}

} // namespace vernier
