#include "core/weights/pickle.h"

#include "core/base/little_endian.h"
#include "core/weights/pickle_words.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <optional>
#include <unordered_map>
#include <utility>

namespace vernier {

namespace {

using namespace pickle_words;
using Kind = PickleValue::Kind;
using Id = std::uint32_t;

constexpr std::size_t kMostValues = 500'000;
constexpr std::size_t kMostDimensions = 16;
/// Of a storage; PyTorch numbers them.
constexpr std::size_t kLongestKey = 255;
/// Of an unknown object's name, for a message.
constexpr std::size_t kLongestOpaque = 80;
/// For each byte of the text: an operation of one byte puts one entry, and what is copied on
/// purpose, a list of pairs into a dictionary, is copied once or twice.
constexpr std::size_t kEntriesPerByte = 4;

constexpr std::string_view kOrderedDict = "collections.OrderedDict";
constexpr std::string_view kParameter = "torch.nn.parameter.Parameter";
constexpr std::string_view kRebuildParameter = "torch._utils._rebuild_parameter";
constexpr std::string_view kRebuildParameterWithState
    = "torch._utils._rebuild_parameter_with_state";
constexpr std::string_view kRebuildTensor = "torch._utils._rebuild_tensor"; // before PyTorch 0.4
constexpr std::string_view kRebuildTensor2 = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kRestoreType = "torch.jit._pickle.restore_type_tag";
/// What the classes of Vernier's own TorchScript exports begin with.
constexpr std::string_view kOwnClasses = "__torch__.vernier.";

struct StorageType {
    std::string_view global;
    DType dtype;
};
constexpr std::array kStorages {
    StorageType { "torch.DoubleStorage", DType::F64 },
    StorageType { "torch.FloatStorage", DType::F32 },
    StorageType { "torch.HalfStorage", DType::F16 },
    StorageType { "torch.BFloat16Storage", DType::BF16 },
    StorageType { "torch.LongStorage", DType::I64 },
    StorageType { "torch.IntStorage", DType::I32 },
    StorageType { "torch.ShortStorage", DType::I16 },
    StorageType { "torch.CharStorage", DType::I8 },
    StorageType { "torch.ByteStorage", DType::U8 },
    StorageType { "torch.BoolStorage", DType::Bool },
};

const StorageType* storageType(std::string_view global)
{
    const auto* found = std::ranges::find(kStorages, global, &StorageType::global);
    return found == kStorages.end() ? nullptr : found;
}

bool isKnown(std::string_view global, PickleDialect dialect)
{
    if (dialect == PickleDialect::TorchScript
        && (global == kRestoreType || global.starts_with(kOwnClasses)))
        return true;
    return global == kOrderedDict || global == kParameter || global == kRebuildParameter
        || global == kRebuildParameterWithState || global == kRebuildTensor
        || global == kRebuildTensor2 || storageType(global);
}

class Reader {
public:
    Reader(std::string_view text, const std::filesystem::path& file, PickleDialect dialect)
        : m_text(text), m_file(file), m_dialect(dialect), m_budget(kEntriesPerByte * text.size())
    {
    }

    Result<Pickle> read()
    {
        while (!m_error) {
            const auto code = take(1);
            if (m_error)
                break;
            if (code.front() == '.') {
                Pickle pickle;
                pickle.root = pop();
                if (m_error)
                    break;
                pickle.values = std::move(m_values);
                pickle.bytes = m_at;
                return pickle;
            }
            step(static_cast<unsigned char>(code.front()));
        }
        return tl::unexpected(std::move(*m_error));
    }

private:
    void refuse(ErrorCode code, std::string detail, const char* advice)
    {
        if (!m_error)
            m_error = Error { code, std::move(detail), m_file, advice };
    }
    void damaged(const char* what)
    {
        refuse(ErrorCode::Corrupt, std::string("the list of its weights ") + what, kDamaged);
    }

    // --- the text

    std::string_view take(std::size_t count)
    {
        if (count > m_text.size() - m_at) {
            damaged("is cut off");
            return {};
        }
        const auto part = m_text.substr(m_at, count);
        m_at += count;
        return part;
    }
    std::string_view takeLine()
    {
        const auto end = m_text.find('\n', m_at);
        if (end == std::string_view::npos) {
            damaged("is cut off");
            return {};
        }
        const auto line = m_text.substr(m_at, end - m_at);
        m_at = end + 1;
        return line;
    }
    std::uint64_t takeUnsigned(std::size_t bytes)
    {
        return littleEndian(std::as_bytes(std::span(take(bytes))));
    }
    std::string_view takeSized(std::size_t lengthBytes)
    {
        const auto length = takeUnsigned(lengthBytes);
        return m_error ? std::string_view {}
                       : take(static_cast<std::size_t>(
                           std::min<std::uint64_t>(length, std::numeric_limits<Id>::max())));
    }

    // --- the stack

    /// Whether `count` more entries of lists, bytes of text and edges of shapes may be kept. What
    /// a pickle recalls it can copy again and again, so that a small one could ask for any amount.
    bool spend(std::size_t count)
    {
        if (count > m_budget) {
            refuse(ErrorCode::TooLarge, "its list of weights has too many entries", kOnlyNumbers);
            return false;
        }
        m_budget -= count;
        return true;
    }
    Id add(PickleValue value)
    {
        if (m_values.size() >= kMostValues)
            refuse(ErrorCode::TooLarge, "its list of weights has too many entries", kOnlyNumbers);
        if (m_error
            || !spend(
                value.text.size() + value.items.size() + value.shape.size() + value.strides.size()))
            return 0;
        m_values.push_back(std::move(value));
        return static_cast<Id>(m_values.size() - 1);
    }
    void push(PickleValue value) { m_stack.push_back(add(std::move(value))); }
    void pushText(std::string_view text)
    {
        push({ .kind = Kind::Text, .text = std::string(text) });
    }
    /// Weights are in none.
    void pushSet() { push({ .kind = Kind::Opaque, .text = "builtins.set" }); }
    void pushNumber(std::int64_t number) { push({ .kind = Kind::Number, .number = number }); }

    Id pop()
    {
        if (m_stack.size() <= (m_marks.empty() ? 0 : m_marks.back())) {
            damaged("takes more than it has put");
            return 0;
        }
        const auto id = m_stack.back();
        m_stack.pop_back();
        return id;
    }
    std::vector<Id> pop(std::size_t count)
    {
        std::vector<Id> ids(count);
        for (std::size_t i = count; i-- > 0 && !m_error;)
            ids[i] = pop();
        return ids;
    }
    std::vector<Id> popToMark()
    {
        if (m_marks.empty()) {
            damaged("ends a group that it has not begun");
            return {};
        }
        const auto mark = static_cast<std::ptrdiff_t>(m_marks.back());
        m_marks.pop_back();
        std::vector<Id> ids(m_stack.begin() + mark, m_stack.end());
        m_stack.resize(static_cast<std::size_t>(mark));
        return ids;
    }
    PickleValue* topOf(Kind kind)
    {
        if (m_stack.size() <= (m_marks.empty() ? 0 : m_marks.back())
            || m_values[m_stack.back()].kind != kind) {
            damaged("fills what is no list");
            return nullptr;
        }
        return &m_values[m_stack.back()];
    }

    bool topIsOpaque() const
    {
        return m_stack.size() > (m_marks.empty() ? 0 : m_marks.back())
            && m_values[m_stack.back()].kind == Kind::Opaque;
    }
    void fill(Kind kind, const std::vector<Id>& items)
    {
        if (kind == Kind::Dict && items.size() % 2 != 0)
            return damaged("has a key without a value");
        if (topIsOpaque())
            return;
        if (auto* into = topOf(kind); into && spend(items.size()))
            into->items.insert(into->items.end(), items.begin(), items.end());
    }
    void memorize(std::uint64_t place)
    {
        if (m_stack.empty())
            return damaged("remembers nothing");
        if (m_memo.size() >= kMostValues)
            return refuse(
                ErrorCode::TooLarge, "its list of weights has too many entries", kOnlyNumbers);
        m_memo[place] = m_stack.back();
    }
    void recall(std::uint64_t place)
    {
        const auto found = m_memo.find(place);
        if (found == m_memo.end())
            return damaged("recalls what it has not remembered");
        m_stack.push_back(found->second);
    }

    // --- objects

    void global(std::string_view module, std::string_view name)
    {
        auto full = std::string(module) + "." + std::string(name);
        if (isKnown(full, m_dialect))
            return push({ .kind = Kind::Global, .text = std::move(full) });
        if (m_dialect == PickleDialect::TorchScript)
            return refuse(ErrorCode::Unsupported, asksFor(full), kOnlyNumbers);
        full.resize(std::min(full.size(), kLongestOpaque));
        push({ .kind = Kind::Opaque, .text = std::move(full) });
    }

    /// The values of a tuple, or null where `id` is none or has another number of them.
    const std::vector<Id>* tuple(Id id, std::size_t least, std::size_t most)
    {
        const auto& value = m_values[id];
        if (value.kind == Kind::Tuple && value.items.size() >= least && value.items.size() <= most)
            return &value.items;
        damaged("describes a tensor in an unknown way");
        return nullptr;
    }

    std::optional<std::vector<std::int64_t>> wholeNumbers(Id id)
    {
        const auto* items = tuple(id, 0, kMostDimensions);
        if (!items)
            return std::nullopt;
        std::vector<std::int64_t> numbers;
        for (const auto item : *items) {
            const auto& value = m_values[item];
            if (value.kind != Kind::Number || value.number < 0) {
                damaged("has a shape or stride that is no number from 0 on");
                return std::nullopt;
            }
            numbers.push_back(value.number);
        }
        return numbers;
    }

    void storage(Id id)
    {
        // A class, as whole networks were kept before PyTorch 1.6, with its source.
        if (const auto& value = m_values[id]; value.kind == Kind::Tuple && value.items.size() == 4
            && m_values[value.items[0]].text == "module"
            && m_values[value.items[1]].kind == Kind::Opaque)
            return m_stack.push_back(value.items[1]);
        const auto* parts = tuple(id, 5, 6);
        if (!parts)
            return;
        const auto& kind = m_values[(*parts)[0]];
        const auto& type = m_values[(*parts)[1]];
        const auto& key = m_values[(*parts)[2]];
        const auto& count = m_values[(*parts)[4]];
        if (type.kind == Kind::Opaque)
            return m_stack.push_back((*parts)[1]);
        const auto* known = type.kind == Kind::Global ? storageType(type.text) : nullptr;
        if (kind.kind != Kind::Text || kind.text != "storage" || !known || key.kind != Kind::Text
            || key.text.size() > kLongestKey || count.kind != Kind::Number || count.number < 0)
            return damaged("describes a tensor's numbers in an unknown way");
        if (parts->size() == 6 && m_values[(*parts)[5]].kind != Kind::None)
            return refuse(ErrorCode::Unsupported,
                "has tensors that share their numbers as PyTorch before 0.4 did",
                "load it in Python and save it again");
        push({ .kind = Kind::Storage,
            .number = count.number,
            .dtype = known->dtype,
            .text = std::string(key.text) });
    }

    void tensor(const std::vector<Id>& arguments)
    {
        if (m_values[arguments[0]].kind != Kind::Storage
            || m_values[arguments[1]].kind != Kind::Number)
            return damaged("describes a tensor in an unknown way");
        auto shape = wholeNumbers(arguments[2]);
        auto strides = wholeNumbers(arguments[3]);
        if (!shape || !strides)
            return;
        const auto& numbers = m_values[arguments[0]];
        const auto offset = m_values[arguments[1]].number;
        if (!liesWithin(static_cast<std::uint64_t>(numbers.number), offset, *shape, *strides))
            return damaged("has a tensor that reaches beyond its numbers");
        push({ .kind = Kind::Tensor,
            .number = offset,
            .dtype = numbers.dtype,
            .items = { arguments[0] },
            .shape = std::move(*shape),
            .strides = std::move(*strides) });
    }

    /// Also false where elements are read more than once, by which a small file could ask for any
    /// amount of memory.
    static bool liesWithin(std::uint64_t count, std::int64_t offset,
        const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides)
    {
        if (shape.size() != strides.size() || offset < 0)
            return false;
        std::uint64_t elements = 1;
        auto last = static_cast<std::uint64_t>(offset);
        bool empty = false;
        for (std::size_t i = 0; i < shape.size(); ++i) {
            empty = empty || shape[i] == 0;
            if (shape[i] == 0)
                continue;
            std::uint64_t step = 0;
            if (__builtin_mul_overflow(elements, static_cast<std::uint64_t>(shape[i]), &elements)
                || __builtin_mul_overflow(static_cast<std::uint64_t>(shape[i] - 1),
                    static_cast<std::uint64_t>(strides[i]), &step)
                || __builtin_add_overflow(last, step, &last))
                return false;
        }
        return empty || (last < count && elements <= count);
    }

    void call(Id callee, Id arguments)
    {
        const auto& function = m_values[callee];
        // Whatever it would make is as little known as itself.
        if (function.kind == Kind::Opaque)
            return m_stack.push_back(callee);
        if (function.kind != Kind::Global)
            return damaged("calls what is no function");
        const auto* given = tuple(arguments, 0, 7);
        if (!given)
            return;
        // What follows adds values, which moves them.
        const auto name = function.text;
        const auto list = *given;
        if (name == kOrderedDict)
            return orderedDict(list);
        if (!list.empty() && m_values[list[0]].kind == Kind::Opaque)
            return m_stack.push_back(list[0]);
        if ((name == kRebuildTensor && list.size() == 4)
            || (name == kRebuildTensor2 && list.size() >= 6))
            return tensor(list);
        if (((name == kRebuildParameter && list.size() == 3)
                || (name == kRebuildParameterWithState && list.size() == 4)
                || (name == kParameter && !list.empty() && list.size() <= 2))
            && m_values[list[0]].kind == Kind::Tensor) {
            m_stack.push_back(list[0]);
            return;
        }
        if (name.starts_with(kOwnClasses) && list.empty())
            return push({ .kind = Kind::Object, .text = name });
        // What a list holds it says itself, the type beside it is a text.
        if (name == kRestoreType && list.size() == 2 && m_values[list[0]].kind == Kind::List
            && m_values[list[1]].kind == Kind::Text) {
            m_stack.push_back(list[0]);
            return;
        }
        damaged("calls a function in an unknown way");
    }

    /// Python 3 makes an empty one and fills it; Python 2 gave a list of pairs.
    void orderedDict(const std::vector<Id>& arguments)
    {
        PickleValue dict { .kind = Kind::Dict };
        if (arguments.size() > 1
            || (arguments.size() == 1 && m_values[arguments[0]].kind != Kind::List))
            return damaged("makes a dictionary in an unknown way");
        if (!arguments.empty()) {
            for (const auto id : m_values[arguments[0]].items) {
                const auto& pair = m_values[id];
                if ((pair.kind != Kind::List && pair.kind != Kind::Tuple) || pair.items.size() != 2)
                    return damaged("makes a dictionary in an unknown way");
                if (dict.items.size() + 2 > m_budget)
                    return static_cast<void>(spend(dict.items.size() + 2));
                dict.items.insert(dict.items.end(), pair.items.begin(), pair.items.end());
            }
        }
        push(std::move(dict));
    }

    /// The attributes of dictionaries and tensors are of no use here; that one has some is no
    /// fault.
    void build()
    {
        const auto attributes = pop();
        if (m_error)
            return;
        if (m_stack.empty())
            return damaged("gives attributes to what has none");
        auto& target = m_values[m_stack.back()];
        if (target.kind == Kind::Dict || target.kind == Kind::Tensor || target.kind == Kind::Opaque)
            return;
        if (target.kind != Kind::Object || !target.items.empty()
            || m_values[attributes].kind != Kind::Dict)
            return damaged("gives attributes to what has none");
        target.items = { attributes };
    }

    void bigNumber(std::string_view bytes)
    {
        if (bytes.size() > 8)
            return pushText(bytes);
        std::uint64_t value
            = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~std::uint64_t { 0 } : 0;
        for (std::size_t i = bytes.size(); i-- > 0;)
            value = value << 8 | static_cast<unsigned char>(bytes[i]);
        pushNumber(static_cast<std::int64_t>(value));
    }

    void step(unsigned char code)
    {
        switch (code) {
        case 0x80: // PROTO
            if (const auto version = takeUnsigned(1); !m_error && (version < 2 || version > 5))
                refuse(ErrorCode::Unsupported, "is a pickle of protocol " + std::to_string(version),
                    kOnlyNumbers);
            break;
        case 0x95: // FRAME
            take(8);
            break;
        case '(': // MARK
            m_marks.push_back(m_stack.size());
            break;
        case '0': // POP
            pop();
            break;
        case '1': // POP_MARK
            popToMark();
            break;
        case 'N': // NONE
            push({});
            break;
        case 0x88: // NEWTRUE
        case 0x89: // NEWFALSE
            push({ .kind = Kind::Other });
            break;
        case 'G': // BINFLOAT
            take(8);
            push({ .kind = Kind::Other });
            break;
        case 'J': // BININT
            pushNumber(static_cast<std::int32_t>(takeUnsigned(4)));
            break;
        case 'K': // BININT1
            pushNumber(static_cast<std::int64_t>(takeUnsigned(1)));
            break;
        case 'M': // BININT2
            pushNumber(static_cast<std::int64_t>(takeUnsigned(2)));
            break;
        case 0x8a: // LONG1
            bigNumber(takeSized(1));
            break;
        case 0x8b: // LONG4
            bigNumber(takeSized(4));
            break;
        case 'X': // BINUNICODE
        case 'T': // BINSTRING, Python 2's
        case 'B': // BINBYTES
            pushText(takeSized(4));
            break;
        case 0x8c: // SHORT_BINUNICODE
        case 'U': // SHORT_BINSTRING
        case 'C': // SHORT_BINBYTES
            pushText(takeSized(1));
            break;
        case 0x8d: // BINUNICODE8
        case 0x8e: // BINBYTES8
        case 0x96: // BYTEARRAY8
            pushText(takeSized(8));
            break;
        case ']': // EMPTY_LIST
            push({ .kind = Kind::List });
            break;
        case '}': // EMPTY_DICT
            push({ .kind = Kind::Dict });
            break;
        case ')': // EMPTY_TUPLE
            push({ .kind = Kind::Tuple });
            break;
        case 0x8f: // EMPTY_SET
            pushSet();
            break;
        case 0x90: // ADDITEMS
            popToMark();
            if (!m_error && !topIsOpaque())
                damaged("fills what is no list");
            break;
        case 0x91: // FROZENSET
            popToMark();
            pushSet();
            break;
        case 't': // TUPLE
            push({ .kind = Kind::Tuple, .items = popToMark() });
            break;
        case 0x85: // TUPLE1
        case 0x86: // TUPLE2
        case 0x87: // TUPLE3
            push({ .kind = Kind::Tuple, .items = pop(code - 0x84u) });
            break;
        case 'a': // APPEND
            fill(Kind::List, pop(1));
            break;
        case 'e': // APPENDS
            fill(Kind::List, popToMark());
            break;
        case 's': // SETITEM
            fill(Kind::Dict, pop(2));
            break;
        case 'u': // SETITEMS
            fill(Kind::Dict, popToMark());
            break;
        case 'q': // BINPUT
            memorize(takeUnsigned(1));
            break;
        case 'r': // LONG_BINPUT
            memorize(takeUnsigned(4));
            break;
        case 0x94: // MEMOIZE
            memorize(m_memo.size());
            break;
        case 'h': // BINGET
            recall(takeUnsigned(1));
            break;
        case 'j': // LONG_BINGET
            recall(takeUnsigned(4));
            break;
        case 'c': { // GLOBAL
            const auto module = takeLine();
            const auto name = takeLine();
            if (!m_error)
                global(module, name);
            break;
        }
        case 0x93: { // STACK_GLOBAL
            const auto names = pop(2);
            if (m_error)
                break;
            if (m_values[names[0]].kind != Kind::Text || m_values[names[1]].kind != Kind::Text)
                return damaged("names an object by what is no name");
            global(std::string(m_values[names[0]].text), std::string(m_values[names[1]].text));
            break;
        }
        case 'Q': // BINPERSID
            if (const auto id = pop(); !m_error)
                storage(id);
            break;
        case 'R': // REDUCE
        case 0x81: // NEWOBJ
            if (const auto both = pop(2); !m_error)
                call(both[0], both[1]);
            break;
        case 0x92: // NEWOBJ_EX
            if (const auto all = pop(3); !m_error)
                call(all[0], all[1]);
            break;
        case 'b': // BUILD
            build();
            break;
        default:
            refuse(ErrorCode::Unsupported,
                "asks for the operation " + std::to_string(code)
                    + ", which a list of weights does not need",
                kOnlyNumbers);
        }
    }

    const std::string_view m_text;
    const std::filesystem::path& m_file;
    const PickleDialect m_dialect;
    std::size_t m_budget; ///< see spend()
    std::size_t m_at = 0;
    std::vector<PickleValue> m_values;
    std::vector<Id> m_stack;
    std::vector<std::size_t> m_marks;
    std::unordered_map<std::uint64_t, Id> m_memo;
    std::optional<Error> m_error;
};

} // namespace

Result<Pickle> readPickle(
    std::string_view text, const std::filesystem::path& file, PickleDialect dialect)
{
    try {
        return Reader(text, file, dialect).read();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "its list of weights does not fit into memory", file,
            "close other programs and try again");
    }
}

} // namespace vernier
