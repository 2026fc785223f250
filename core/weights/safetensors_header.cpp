#include "core/weights/safetensors_header.h"

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

namespace vernier {

namespace {

struct DTypeInfo {
    DType dtype;
    std::string_view name;
    std::size_t size;
};
constexpr std::array kDTypes {
    DTypeInfo { DType::F64, "F64", 8 },
    DTypeInfo { DType::F32, "F32", 4 },
    DTypeInfo { DType::F16, "F16", 2 },
    DTypeInfo { DType::BF16, "BF16", 2 },
    DTypeInfo { DType::I64, "I64", 8 },
    DTypeInfo { DType::I32, "I32", 4 },
    DTypeInfo { DType::I16, "I16", 2 },
    DTypeInfo { DType::I8, "I8", 1 },
    DTypeInfo { DType::U8, "U8", 1 },
    DTypeInfo { DType::Bool, "BOOL", 1 },
};
constexpr std::size_t kMostDimensions = 16;

const DTypeInfo& info(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)]; }

/// Takes the one form that a header may have, event by event: nothing else is ever built in memory,
/// and a name that comes twice is seen, which a parsed object would hide.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
public:
    SafetensorsHeader header;
    ErrorCode code = ErrorCode::Corrupt;
    std::string problem;

    bool null() override { return unexpected("null"); }
    bool boolean(bool) override { return unexpected("a truth value"); }
    bool number_integer(number_integer_t value) override
    {
        return unexpected("the number " + std::to_string(value));
    }
    bool number_float(number_float_t, const string_t& text) override
    {
        return unexpected("the number " + text.substr(0, 40));
    }
    bool binary(binary_t&) override { return unexpected("binary data"); }

    bool number_unsigned(number_unsigned_t value) override
    {
        if (m_place == Place::Shape) {
            if (m_entry.shape.size() == kMostDimensions)
                return refuse("tensor " + m_entry.name + " has too many dimensions");
            if (value > INT64_MAX)
                return refuse("tensor " + m_entry.name + " has an edge that is too long");
            m_entry.shape.push_back(static_cast<std::int64_t>(value));
            return true;
        }
        if (m_place == Place::Offsets && m_offsets < 2) {
            (m_offsets == 0 ? m_entry.begin : m_entry.end) = value;
            ++m_offsets;
            return true;
        }
        return unexpected("the number " + std::to_string(value));
    }

    bool string(string_t& value) override
    {
        if (m_place == Place::Metadata) {
            header.metadata[m_key] = std::move(value);
            return true;
        }
        if (m_place == Place::Tensor && m_key == "dtype") {
            const auto known = std::find_if(
                kDTypes.begin(), kDTypes.end(), [&](const auto& d) { return d.name == value; });
            if (known == kDTypes.end()) {
                code = ErrorCode::Unsupported;
                return refuse("tensor " + m_entry.name + " has the type " + value.substr(0, 40)
                    + ", which Vernier does not read");
            }
            m_entry.dtype = known->dtype;
            return true;
        }
        return unexpected("a text");
    }

    bool start_object(std::size_t) override
    {
        if (m_place == Place::Outside)
            m_place = Place::Root;
        else if (m_place == Place::Root && m_key == "__metadata__")
            m_place = Place::Metadata;
        else if (m_place == Place::Root) {
            m_place = Place::Tensor;
            m_entry = {};
            m_entry.name = m_key;
            m_keys.clear();
            m_offsets = 0;
        } else
            return unexpected("an object");
        return true;
    }

    bool key(string_t& value) override
    {
        m_key = std::move(value);
        if (m_place == Place::Root && !m_names.insert(m_key).second)
            return refuse("the name " + m_key.substr(0, 200) + " comes twice");
        if (m_place == Place::Tensor) {
            if (m_key != "dtype" && m_key != "shape" && m_key != "data_offsets")
                return refuse(
                    "tensor " + m_entry.name + " has the unknown key " + m_key.substr(0, 40));
            if (!m_keys.insert(m_key).second)
                return refuse("tensor " + m_entry.name + " has the key " + m_key + " twice");
        }
        if (m_place == Place::Metadata && header.metadata.contains(m_key))
            return refuse("the metadata key " + m_key.substr(0, 200) + " comes twice");
        return true;
    }

    bool end_object() override
    {
        if (m_place == Place::Tensor) {
            if (m_keys.size() != 3 || m_offsets != 2)
                return refuse("tensor " + m_entry.name
                    + " does not say its dtype, shape and two data_offsets");
            header.entries.push_back(std::move(m_entry));
        }
        m_place = m_place == Place::Root ? Place::Outside : Place::Root;
        return true;
    }

    bool start_array(std::size_t) override
    {
        if (m_place == Place::Tensor && m_key == "shape")
            m_place = Place::Shape;
        else if (m_place == Place::Tensor && m_key == "data_offsets")
            m_place = Place::Offsets;
        else
            return unexpected("a list");
        return true;
    }
    bool end_array() override
    {
        m_place = Place::Tensor;
        return true;
    }

    bool parse_error(
        std::size_t position, const std::string&, const nlohmann::detail::exception&) override
    {
        return refuse("the header is no JSON from byte " + std::to_string(position) + " on");
    }

private:
    enum class Place { Outside, Root, Metadata, Tensor, Shape, Offsets };

    bool refuse(std::string what)
    {
        if (problem.empty())
            problem = std::move(what);
        return false;
    }
    bool unexpected(const std::string& what)
    {
        return refuse("the header has " + what + " where none belongs, at "
            + (m_key.empty() ? "its start" : "\"" + m_key.substr(0, 200) + "\""));
    }

    Place m_place = Place::Outside;
    std::string m_key;
    SafetensorsEntry m_entry;
    std::set<std::string> m_keys;
    int m_offsets = 0;
    std::set<std::string> m_names;
};

/// Bytes of a tensor, or none when they do not fit into 64 bits.
std::optional<std::uint64_t> bytesOf(const SafetensorsEntry& entry)
{
    // An edge of 0 makes the product 0, but must not hide an overflow before it.
    std::uint64_t bytes = size(entry.dtype);
    bool empty = false;
    for (const auto edge : entry.shape) {
        empty = empty || edge == 0;
        if (edge != 0 && __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(edge), &bytes))
            return std::nullopt;
    }
    return empty ? 0 : bytes;
}

std::string problemOfPlaces(const std::vector<SafetensorsEntry>& sorted, std::uint64_t dataBytes)
{
    std::uint64_t next = 0;
    for (const auto& entry : sorted) {
        if (entry.begin > entry.end || entry.end > dataBytes)
            return "tensor " + entry.name + " lies outside of the file, which ends after "
                + std::to_string(dataBytes) + " bytes of data";
        const auto bytes = bytesOf(entry);
        if (!bytes)
            return "tensor " + entry.name + " has a shape too large for any file";
        if (*bytes != entry.end - entry.begin)
            return "tensor " + entry.name + " has " + std::to_string(entry.end - entry.begin)
                + " bytes where its shape needs " + std::to_string(*bytes);
        if (entry.begin < next)
            return "tensor " + entry.name + " overlaps another one";
        if (entry.begin > next)
            return "nothing describes the " + std::to_string(entry.begin - next)
                + " bytes before tensor " + entry.name;
        next = entry.end;
    }
    if (next != dataBytes)
        return "nothing describes the last " + std::to_string(dataBytes - next) + " bytes";
    return {};
}

} // namespace

std::string_view name(DType dtype) { return info(dtype).name; }

std::size_t size(DType dtype) { return info(dtype).size; }

Result<SafetensorsHeader> parseSafetensorsHeader(
    std::string_view json, std::uint64_t dataBytes, const std::filesystem::path& file)
{
    constexpr const char* advice = "copy or download the file again";
    try {
        HeaderReader reader;
        if (!json.starts_with('{'))
            return fail(
                ErrorCode::Corrupt, "is no safetensors file", file, "choose a .safetensors file");
        if (!nlohmann::json::sax_parse(json, &reader))
            return fail(
                reader.code, reader.problem, file, reader.code == ErrorCode::Corrupt ? advice : "");
        auto& entries = reader.header.entries;
        // Empty tensors take no room, so that they may share their place with the one behind them.
        std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
            return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
        });
        if (auto problem = problemOfPlaces(entries, dataBytes); !problem.empty())
            return fail(ErrorCode::Corrupt, std::move(problem), file, advice);
        return std::move(reader.header);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "the header does not fit into memory", file);
    }
}

} // namespace vernier
