#include "core/weights/state_dict.h"

#include "core/weights/pickle_words.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace vernier {

namespace {

using namespace pickle_words;
using Kind = PickleValue::Kind;

constexpr std::size_t kMostTensors = 100'000;

/// Under which trainers keep what is trained, the likelier ones first.
constexpr std::array<std::string_view, 11> kWeightKeys { "state_dict", "model_state_dict", "model",
    "net", "network", "weights", "params", "module", "ema", "model_ema", "params_ema" };

/// The values under kWeightKeys, each the last one, which Python would find; null for none.
std::array<const PickleValue*, kWeightKeys.size()> valuesOf(
    const Pickle& pickle, const PickleValue& dict)
{
    std::array<const PickleValue*, kWeightKeys.size()> found {};
    for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
        const auto& name = pickle.values[dict.items[i]];
        if (name.kind != Kind::Text)
            continue;
        const auto key = std::ranges::find(kWeightKeys, name.text);
        if (key != kWeightKeys.end())
            found[static_cast<std::size_t>(key - kWeightKeys.begin())]
                = &pickle.values[dict.items[i + 1]];
    }
    return found;
}

/// What a search for weights has come to.
struct Search {
    const PickleValue* dict = nullptr; ///< with tensors; null: none was found
    const PickleValue* opaque = nullptr; ///< what stands in their place
};

Search search(const Pickle& pickle, const PickleValue& value, int depth = 0)
{
    constexpr int deepest = 2;
    Search result;
    if (value.kind == Kind::Opaque)
        result.opaque = &value;
    if (value.kind != Kind::Dict)
        return result;
    if (depth < deepest) {
        for (const auto* inner : valuesOf(pickle, value)) {
            if (!inner)
                continue;
            const auto found = search(pickle, *inner, depth + 1);
            if (found.dict)
                return found;
            result.opaque = result.opaque ? result.opaque : found.opaque;
        }
    }
    for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
        const auto& name = pickle.values[value.items[i]];
        const auto& item = pickle.values[value.items[i + 1]];
        if (name.kind == Kind::Text && item.kind == Kind::Tensor)
            return { &value, nullptr };
        if (item.kind == Kind::Opaque && !result.opaque)
            result.opaque = &item;
    }
    return result;
}

} // namespace

PickledTensor tensorOf(const Pickle& pickle, std::string name, const PickleValue& value)
{
    const auto& storage = pickle.values[value.items.front()];
    return { std::move(name), storage.text, static_cast<std::uint64_t>(storage.number),
        storage.dtype, value.number, value.shape, value.strides };
}

Result<std::vector<PickledTensor>> stateDictOf(
    const Pickle& pickle, const std::filesystem::path& file)
{
    const auto [dict, opaque] = search(pickle, pickle.values[pickle.root]);
    if (opaque)
        return fail(ErrorCode::Unsupported, asksFor(opaque->text), file, kOnlyNumbers);
    if (!dict)
        return fail(
            ErrorCode::Unsupported, "holds no weights by name (no state_dict)", file, kOnlyNumbers);
    std::vector<PickledTensor> tensors;
    std::set<std::string_view> names;
    for (std::size_t i = 0; i + 1 < dict->items.size(); i += 2) {
        const auto& name = pickle.values[dict->items[i]];
        const auto& value = pickle.values[dict->items[i + 1]];
        if (name.kind != Kind::Text || value.kind != Kind::Tensor)
            continue;
        if (!names.insert(name.text).second)
            return fail(ErrorCode::Corrupt, "the name " + shownName(name.text) + " comes twice",
                file, kDamaged);
        if (tensors.size() >= kMostTensors)
            return fail(ErrorCode::TooLarge, "has too many tensors", file, kOnlyNumbers);
        tensors.push_back(tensorOf(pickle, name.text, value));
    }
    return tensors;
}

} // namespace vernier
