#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

namespace vernier::fuzz {

namespace {

using Json = nlohmann::ordered_json;

/// Stands for a list that is nested deeper than nlohmann's own writing of it would bear.
constexpr std::string_view kNest = "<nest>";

std::size_t deepest(const Bytes& text)
{
    std::size_t depth = 0;
    std::size_t most = 0;
    for (const auto c : text) {
        if (c == '[' || c == '{')
            most = std::max(most, ++depth);
        else if ((c == ']' || c == '}') && depth > 0)
            --depth;
    }
    return most;
}

void collect(Json& value, std::vector<Json*>& all)
{
    all.push_back(&value);
    if (value.is_structured()) {
        for (auto& child : value)
            collect(child, all);
    }
}

Json oddValue(Dice& dice)
{
    switch (dice.below(9)) {
    case 0:
        return nullptr;
    case 1:
        return dice.oneIn(2);
    case 2:
        return dice.pick<std::int64_t>({ 0, -1, 1, 2, 100, 65536, 2147483647, 2147483648,
            -2147483648, -2147483649, 9223372036854775807, -9223372036854775807 - 1 });
    case 3:
        return dice.pick<std::uint64_t>(
            { 18446744073709551615U, 9223372036854775808U, 4294967296U });
    case 4:
        return dice.pick<double>({ 0.5, -0.0, 1e300, -1e300, 1e-320, 2147483648.0, 1e19 });
    case 5:
        return dice.pick<std::string>(
            { "", "a", "/", "../x", std::string(300, 'x'), std::string("\0", 1), "\xC3\xA4",
                "\n\x1b[31m", "train", "auto", "random", "999999999999" });
    case 6:
        return Json::array();
    case 7:
        return Json::object();
    default:
        return std::string(kNest);
    }
}

std::string withNest(std::string text, Dice& dice, std::size_t most)
{
    const auto quoted = '"' + std::string(kNest) + '"';
    const auto at = text.find(quoted);
    if (at == std::string::npos)
        return text;
    const auto room = most > text.size() ? (most - text.size()) / 2 : 1;
    const auto depth = std::min(room, dice.pick<std::size_t>({ 3, 100, 600, 5000, 100000 }));
    std::string nest(depth, '[');
    if (dice.oneIn(2)) {
        nest.clear();
        for (std::size_t i = 0; i < depth / 4; ++i)
            nest += "{\"a\":";
        nest += "0" + std::string(depth / 4, '}');
    } else {
        nest += std::string(depth, ']');
    }
    return text.replace(at, quoted.size(), nest);
}

} // namespace

void mutateJson(Bytes& json, Dice& dice, std::size_t most)
{
    constexpr std::size_t kDeepest = 50;
    if (dice.oneIn(4) || deepest(json) > kDeepest)
        return scramble(json);
    auto document = Json::parse(json.begin(), json.end(), nullptr, false);
    if (document.is_discarded())
        return scramble(json);
    for (auto times = 1 + dice.below(3); times > 0; --times) {
        std::vector<Json*> all;
        collect(document, all);
        auto& value = *all[dice.below(all.size())];
        switch (dice.below(7)) {
        case 0:
        case 1:
            value = oddValue(dice);
            break;
        case 2: {
            // By way of a copy: one may lie in the other.
            Json other = *all[dice.below(all.size())];
            value = std::move(other);
            break;
        }
        case 3:
            if (value.is_structured() && !value.empty())
                value.erase(std::next(
                    value.begin(), static_cast<std::ptrdiff_t>(dice.below(value.size()))));
            break;
        case 4:
            if (value.is_array())
                value.push_back(
                    dice.oneIn(2) && !value.empty() ? Json(value.front()) : oddValue(dice));
            else if (value.is_object())
                value[dice.pick<std::string>({ "a", "version", "", "name" })] = oddValue(dice);
            break;
        case 5:
            if (value.is_string()) {
                auto text = bytesOf(value.get_ref<const std::string&>());
                scramble(text);
                value = std::string(text.begin(), text.end());
            }
            break;
        default:
            if (value.is_number_integer())
                value = value.get<std::int64_t>() / 2 + static_cast<std::int64_t>(dice.below(100))
                    - 50;
            else if (value.is_number_float())
                value = value.get<double>() * dice.pick<double>({ -1, 0.1, 10, 1e10 });
        }
    }
    const auto text
        = withNest(document.dump(dice.oneIn(4) ? 2 : -1, ' ', false, Json::error_handler_t::ignore),
            dice, most);
    json = bytesOf(text);
}

} // namespace vernier::fuzz
