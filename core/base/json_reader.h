#pragma once

#include "core/base/result.h"
#include "core/base/text.h"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace vernier {

/// What a message quotes of a text from outside: its first hundred bytes, in one line.
std::string excerpt(std::string_view text);

/// Longer is none of Vernier's files.
inline constexpr std::uint64_t kMostJsonBytes = 512ull << 20;

/// Parses a whole text; Corrupt with the position when it is no JSON. Never throws. Whoever reads
/// JSON does so through this: it refuses what is nested so deeply that to build, write or destroy
/// the value would exhaust the stack, and (TooLarge) what would take many times the text's memory.
Result<nlohmann::json> parseJson(std::string_view text, const std::filesystem::path& file);

/// A value that is a whole number within bounds.
std::optional<std::int64_t> wholeNumber(
    const nlohmann::json& value, std::int64_t low, std::int64_t high);

/// Reads one JSON object key by key, naming the key by its dotted path in what it complains about.
/// The first complaint is kept, what is read after it changes nothing; finish() gives it, or else
/// complains of keys that nobody asked for.
class JsonReader {
public:
    JsonReader(const nlohmann::json& object, std::string path, std::filesystem::path file);

    void read(const char* key, std::string& value);
    void read(const char* key, bool& value);
    void read(const char* key, double& value, double low, double high);
    /// None where it is null.
    void read(const char* key, std::optional<double>& value, double low, double high);
    void read(const char* key, int& value, int low, int high);
    void read(const char* key, std::int64_t& value, std::int64_t low, std::int64_t high);
    /// A whole number, or a word that stands for one; the number may be written as a text.
    void read(const char* key, int& value, int low, int high,
        const std::vector<std::pair<std::string, int>>& words);
    void read(const char* key, std::uint64_t& value);
    void read(const char* key, std::vector<std::string>& value, std::size_t most);
    /// Numbers by names that the reader does not know beforehand.
    void read(const char* key, std::map<std::string, double>& values, double low, double high,
        std::size_t most);
    /// A word of a fixed list; `value` becomes its position.
    void choose(const char* key, int& value, const std::vector<std::string>& words);
    /// Enums whose values count from 0, in the order of `words`.
    template <class Enum>
    void choose(const char* key, Enum& value, const std::vector<std::string>& words)
    {
        int index = static_cast<int>(value);
        choose(key, index, words);
        value = static_cast<Enum>(index);
    }

    /// The value under a key that has to be of the given type; null when it is missing or wrong.
    const nlohmann::json* object(const char* key);
    const nlohmann::json* array(const char* key);
    std::string pathOf(const std::string& key) const;
    const std::filesystem::path& file() const { return m_file; }

    /// Keys that must be there.
    void require(const std::vector<std::string>& keys);
    void complain(const std::string& key, const std::string& what);
    void adopt(const Status& status);
    Status finish();
    /// For files that later versions may write more into: keys that nobody asked for are passed
    /// over.
    Status finishLeniently() const;

private:
    const nlohmann::json* find(const char* key);

    const nlohmann::json& m_object;
    std::string m_path;
    std::filesystem::path m_file;
    std::set<std::string, std::less<>> m_asked;
    std::optional<Error> m_error;
};

} // namespace vernier
