#include "core/prediction/torchscript_pickle.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace vernier {

namespace {

constexpr std::size_t kMostSteps = 5'000; ///< that build something; a VGG16 takes about 700
constexpr int kMostBrackets = 64; ///< that are open at once in a text, which may spell a type
constexpr std::array<std::string_view, 4> kGlobals { "collections\nOrderedDict",
    "torch\nFloatStorage", "torch._utils\n_rebuild_tensor_v2",
    "torch.jit._pickle\nrestore_type_tag" };
constexpr std::string_view kOwnTypes = "__torch__.vernier";

/// How many bytes follow an instruction, or what else.
enum class Operand { None, One, Two, Four, Eight, Text, Global, Unknown };

Operand operandOf(unsigned char code)
{
    switch (code) {
    case '(': // MARK
    case ')': // EMPTY_TUPLE
    case ']': // EMPTY_LIST
    case '}': // EMPTY_DICT
    case 'N': // NONE
    case 'Q': // BINPERSID
    case 'R': // REDUCE
    case 'a': // APPEND
    case 'b': // BUILD
    case 'e': // APPENDS
    case 's': // SETITEM
    case 't': // TUPLE
    case 'u': // SETITEMS
    case '.': // STOP
    case 0x81: // NEWOBJ
    case 0x85: // TUPLE1
    case 0x86: // TUPLE2
    case 0x87: // TUPLE3
    case 0x88: // NEWTRUE
    case 0x89: // NEWFALSE
        return Operand::None;
    case 'K': // BININT1
    case 'h': // BINGET
    case 'q': // BINPUT
    case 0x80: // PROTO
        return Operand::One;
    case 'M': // BININT2
        return Operand::Two;
    case 'J': // BININT
    case 'j': // LONG_BINGET
    case 'r': // LONG_BINPUT
        return Operand::Four;
    case 'G': // BINFLOAT
        return Operand::Eight;
    case 'X': // BINUNICODE
        return Operand::Text;
    case 'c': // GLOBAL
        return Operand::Global;
    default:
        return Operand::Unknown;
    }
}

bool isDeep(std::string_view text)
{
    int open = 0;
    int deepest = 0;
    for (const char c : text) {
        open += c == '[';
        open -= c == ']' && open > 0;
        deepest = std::max(deepest, open);
    }
    return deepest > kMostBrackets;
}

bool isKnown(std::string_view global)
{
    return global.starts_with(kOwnTypes) || std::ranges::find(kGlobals, global) != kGlobals.end();
}

std::size_t lengthAt(std::string_view pickle, std::size_t at)
{
    std::size_t length = 0;
    for (std::size_t i = 4; i-- > 0;)
        length = length << 8 | static_cast<unsigned char>(pickle[at + i]);
    return length;
}

} // namespace

Status checkTorchScriptPickle(std::string_view pickle, const std::filesystem::path& file)
{
    constexpr const char* advice = "choose a model that Vernier exported";
    const auto cutOff = [&] {
        return fail(ErrorCode::Corrupt, "the archive's list of objects is cut off", file,
            "copy or export the file again");
    };
    std::size_t steps = 0;
    for (std::size_t at = 0; at < pickle.size();) {
        const auto code = static_cast<unsigned char>(pickle[at++]);
        std::size_t size = 0;
        switch (operandOf(code)) {
        case Operand::None:
            if (code == '.')
                return {};
            if (++steps > kMostSteps)
                return fail(
                    ErrorCode::TooLarge, "the archive holds too many objects", file, advice);
            break;
        case Operand::One:
            size = 1;
            break;
        case Operand::Two:
            size = 2;
            break;
        case Operand::Four:
            size = 4;
            break;
        case Operand::Eight:
            size = 8;
            break;
        case Operand::Text:
            if (pickle.size() - at < 4)
                return cutOff();
            size = 4 + lengthAt(pickle, at);
            if (size > pickle.size() - at)
                return cutOff();
            if (isDeep(pickle.substr(at + 4, size - 4)))
                return fail(ErrorCode::Unsupported, "a text in the archive is nested too deep",
                    file, advice);
            break;
        case Operand::Global: {
            const auto end
                = pickle.find('\n', std::min(pickle.find('\n', at), pickle.size() - 1) + 1);
            if (end == std::string_view::npos)
                return cutOff();
            if (!isKnown(pickle.substr(at, end - at)))
                return fail(ErrorCode::Unsupported,
                    "contains objects that Vernier's exports do not have", file, advice);
            size = end + 1 - at;
            break;
        }
        case Operand::Unknown:
            return fail(ErrorCode::Unsupported,
                "contains objects that Vernier's exports do not have", file, advice);
        }
        if (size > pickle.size() - at)
            return cutOff();
        at += size;
    }
    return cutOff();
}

} // namespace vernier
