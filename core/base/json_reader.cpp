#include "core/base/json_reader.h"

#include <algorithm>
#include <charconv>
#include <new>

namespace vernier {

namespace {

constexpr int kDeepestNesting = 64;
// Everything that the parser reports counts: keys, and the beginning and the end of a list too. A
// list of pictures has one in five bytes.
constexpr std::size_t kMostValues = 50'000'000;
constexpr std::size_t kFreeValues = 1'000'000;
constexpr std::size_t kBytesOfFurtherValue = 3;

std::string listed(const std::vector<std::string>& words)
{
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string quoted(const nlohmann::json& value)
{
    return excerpt(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

} // namespace

std::string excerpt(std::string_view text)
{
    constexpr std::size_t kMost = 100;
    constexpr std::string_view kMore = "...";
    // What is cut in the middle of a letter is replaced with the rest that is no UTF-8.
    if (text.size() <= kMost)
        return inOneLine(std::filesystem::path(text));
    return inOneLine(std::filesystem::path(text.substr(0, kMost - kMore.size()))).append(kMore);
}

Result<nlohmann::json> parseJson(std::string_view text, const std::filesystem::path& file)
{
    if (text.size() > kMostJsonBytes)
        return fail(ErrorCode::TooLarge,
            "has " + std::to_string(text.size()) + " bytes, more than the "
                + std::to_string(kMostJsonBytes) + " allowed",
            file);
    const auto mostValues = std::min(kMostValues, kFreeValues + text.size() / kBytesOfFurtherValue);
    bool isTooDeep = false;
    std::size_t values = 0;
    // What is refused is passed over, so that nothing more is built.
    const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        isTooDeep = isTooDeep || depth > kDeepestNesting;
        return !isTooDeep && ++values <= mostValues;
    };
    try {
        auto value = nlohmann::json::parse(text.begin(), text.end(), watch);
        if (isTooDeep)
            return fail(
                ErrorCode::Corrupt, "is nested too deeply to be one of Vernier's files", file);
        if (values > mostValues)
            return fail(
                ErrorCode::TooLarge, "holds too many values to be one of Vernier's files", file);
        return value;
    } catch (const nlohmann::json::exception& e) {
        std::string what = e.what();
        const auto start = what.find("parse error");
        return fail(ErrorCode::Corrupt,
            "is no valid JSON: "
                + inOneLine(start == std::string::npos ? what : what.substr(start)),
            file);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "does not fit into memory", file,
            "close other programs and try again");
    }
}

std::optional<std::int64_t> wholeNumber(
    const nlohmann::json& value, std::int64_t low, std::int64_t high)
{
    if (!value.is_number_integer())
        return std::nullopt;
    if (value.is_number_unsigned()
        && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        return std::nullopt;
    const auto number = value.get<std::int64_t>();
    return number >= low && number <= high ? std::optional(number) : std::nullopt;
}

JsonReader::JsonReader(const nlohmann::json& object, std::string path, std::filesystem::path file)
    : m_object(object), m_path(std::move(path)), m_file(std::move(file))
{
    if (!object.is_object())
        m_error = Error { ErrorCode::Invalid,
            (m_path.empty() ? std::string("the file") : m_path) + ": must be a JSON object", m_file,
            {} };
}

std::string JsonReader::pathOf(const std::string& key) const
{
    return m_path.empty() ? key : m_path + "." + key;
}

void JsonReader::complain(const std::string& key, const std::string& what)
{
    if (!m_error)
        m_error = Error { ErrorCode::Invalid, excerpt(pathOf(key)) + ": " + what, m_file, {} };
}

void JsonReader::adopt(const Status& status)
{
    if (!status && !m_error)
        m_error = status.error();
}

const nlohmann::json* JsonReader::find(const char* key)
{
    m_asked.insert(key);
    if (!m_object.is_object())
        return nullptr;
    const auto found = m_object.find(key);
    return found == m_object.end() ? nullptr : &*found;
}

void JsonReader::read(const char* key, std::string& value)
{
    if (const auto* v = find(key)) {
        if (v->is_string())
            value = v->get<std::string>();
        else
            complain(key, "must be a text");
    }
}

void JsonReader::read(const char* key, bool& value)
{
    if (const auto* v = find(key)) {
        if (v->is_boolean())
            value = v->get<bool>();
        else
            complain(key, "must be true or false");
    }
}

void JsonReader::read(const char* key, double& value, double low, double high)
{
    if (const auto* v = find(key)) {
        const double number
            = v->is_number() ? v->get<double>() : std::numeric_limits<double>::quiet_NaN();
        if (number >= low && number <= high)
            value = number;
        else
            complain(key,
                "must be a number from " + shortNumber(low) + " to " + shortNumber(high) + ", is "
                    + quoted(*v));
    }
}

void JsonReader::read(const char* key, std::optional<double>& value, double low, double high)
{
    const auto* v = find(key);
    if (!v || v->is_null()) {
        value.reset();
        return;
    }
    double number = 0;
    read(key, number, low, high);
    value = number;
}

void JsonReader::read(const char* key, int& value, int low, int high)
{
    std::int64_t number = value;
    read(key, number, low, high);
    value = static_cast<int>(number);
}

void JsonReader::read(const char* key, std::int64_t& value, std::int64_t low, std::int64_t high)
{
    if (const auto* v = find(key)) {
        if (const auto number = wholeNumber(*v, low, high))
            value = *number;
        else
            complain(key,
                "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high)
                    + ", is " + quoted(*v));
    }
}

void JsonReader::read(const char* key, int& value, int low, int high,
    const std::vector<std::pair<std::string, int>>& words)
{
    const auto* v = find(key);
    if (!v || !v->is_string())
        return read(key, value, low, high);
    const auto text = v->get<std::string>();
    std::string known;
    for (const auto& [word, number] : words) {
        if (text == word) {
            value = number;
            return;
        }
        known += word + ", ";
    }
    int number = low - 1;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && rest == end && number >= low && number <= high)
        value = number;
    else
        complain(key,
            "must be " + known + "or a whole number from " + std::to_string(low) + " to "
                + std::to_string(high) + ", is " + quoted(*v));
}

void JsonReader::read(const char* key, std::uint64_t& value)
{
    if (const auto* v = find(key)) {
        if (v->is_number_unsigned())
            value = v->get<std::uint64_t>();
        else
            complain(key, "must be a whole number from 0, is " + quoted(*v));
    }
}

void JsonReader::read(const char* key, std::vector<std::string>& value, std::size_t most)
{
    const auto* list = array(key);
    if (!list)
        return;
    if (list->size() > most)
        return complain(key, "must have at most " + std::to_string(most) + " entries");
    std::vector<std::string> texts;
    for (const auto& entry : *list) {
        if (!entry.is_string())
            return complain(key, "must hold texts, holds " + quoted(entry));
        texts.push_back(entry.get<std::string>());
    }
    value = std::move(texts);
}

void JsonReader::read(const char* key, std::map<std::string, double>& values, double low,
    double high, std::size_t most)
{
    const auto* all = object(key);
    if (!all)
        return;
    if (all->size() > most)
        return complain(key, "must have at most " + std::to_string(most) + " entries");
    values.clear();
    for (const auto& [name, value] : all->items()) {
        const double number
            = value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
        if (!(number >= low && number <= high))
            return complain(std::string(key) + "." + name,
                "must be a number from " + shortNumber(low) + " to " + shortNumber(high) + ", is "
                    + quoted(value));
        values[name] = number;
    }
}

void JsonReader::choose(const char* key, int& value, const std::vector<std::string>& words)
{
    if (const auto* v = find(key)) {
        const auto found = v->is_string()
            ? std::find(words.begin(), words.end(), v->get<std::string>())
            : words.end();
        if (found == words.end())
            complain(key, "must be one of " + listed(words) + ", is " + quoted(*v));
        else
            value = static_cast<int>(found - words.begin());
    }
}

const nlohmann::json* JsonReader::object(const char* key)
{
    const auto* v = find(key);
    if (v && !v->is_object()) {
        complain(key, "must be a JSON object");
        return nullptr;
    }
    return v;
}

const nlohmann::json* JsonReader::array(const char* key)
{
    const auto* v = find(key);
    if (v && !v->is_array()) {
        complain(key, "must be a list");
        return nullptr;
    }
    return v;
}

void JsonReader::require(const std::vector<std::string>& keys)
{
    for (const auto& key : keys) {
        if (m_object.is_object() && !m_object.contains(key))
            complain(key, "is missing");
    }
}

Status JsonReader::finish()
{
    if (!m_error && m_object.is_object()) {
        for (const auto& [key, value] : m_object.items()) {
            if (!m_asked.contains(key)) {
                complain(key, "is not a key that Vernier knows");
                break;
            }
        }
    }
    return finishLeniently();
}

Status JsonReader::finishLeniently() const
{
    if (m_error)
        return tl::unexpected(*m_error);
    return {};
}

} // namespace vernier
