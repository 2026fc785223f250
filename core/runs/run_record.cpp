#include "core/runs/run_record.h"

#include "core/base/files.h"
#include "core/base/json_reader.h"
#include "core/recipe/recipe_bounds.h"
#include "core/runs/run_store.h"

#include <algorithm>
#include <array>

namespace vernier {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::uint64_t kMaxRecordBytes = 4 << 20;
constexpr std::size_t kMostSittings = 10'000;
constexpr const char* kStampFormat = "%Y-%m-%dT%H:%M:%SZ";
constexpr std::size_t kMostNameBytes = 200;
constexpr std::size_t kMostNoteBytes = 10'000;
constexpr const char* kTooMuch = "is for a short name and a page of text";

bool fit(const RunNotes& notes)
{
    return notes.name.size() <= kMostNameBytes && notes.note.size() <= kMostNoteBytes;
}

/// The JSON of a file that may be missing.
Result<std::optional<json>> readOptional(const std::filesystem::path& file)
{
    const auto text = readTextFile(file, kMaxRecordBytes);
    if (!text) {
        if (text.error().code == ErrorCode::NotFound)
            return std::nullopt;
        return tl::unexpected(text.error());
    }
    auto parsed = parseJson(*text, file);
    if (!parsed)
        return tl::unexpected(parsed.error());
    return std::optional(std::move(*parsed));
}

std::string dump(const ordered_json& j)
{
    return j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

/// Runs that lie side by side stay relatives when all of them are moved.
std::string parentText(const std::filesystem::path& parent, const std::filesystem::path& run)
{
    return textOf(parent.parent_path() == run.parent_path() ? parent.filename() : parent);
}

Status readSitting(const json& object, const std::string& path, const std::filesystem::path& file,
    Sitting& sitting)
{
    JsonReader reader(object, path, file);
    reader.read("started", sitting.started);
    reader.read("first_epoch", sitting.firstEpoch, 1, kMostEpochs + 1);
    reader.read("device", sitting.device);
    reader.read("device_name", sitting.deviceName);
    reader.read("precision", sitting.precision);
    reader.read("threads", sitting.threads, 0, 100'000);
    reader.read("vernier", sitting.vernier);
    reader.read("torch", sitting.torch);
    return reader.finish();
}

} // namespace

Result<RunRecord> readRunRecord(const std::filesystem::path& run)
{
    const auto file = run / run_files::kRecord;
    const auto parsed = readOptional(file);
    if (!parsed)
        return tl::unexpected(parsed.error());
    RunRecord record;
    if (!*parsed)
        return record;
    JsonReader reader(**parsed, {}, file);
    if (const auto* object = reader.object("parent")) {
        JsonReader parent(*object, "parent", file);
        parent.require({ "run", "epoch" });
        std::string folder;
        RunParent from;
        parent.read("run", folder);
        parent.read("epoch", from.epoch, 1, kMostEpochs);
        reader.adopt(parent.finish());
        from.run = run.parent_path() / pathOfText(folder);
        record.parent = std::move(from);
    }
    if (const auto* list = reader.array("sittings")) {
        if (list->size() > kMostSittings)
            reader.complain("sittings", "has more entries than any run");
        for (std::size_t i = 0; i < std::min(list->size(), kMostSittings); ++i) {
            Sitting sitting;
            reader.adopt(readSitting((*list)[i], "sittings." + std::to_string(i), file, sitting));
            record.sittings.push_back(std::move(sitting));
        }
    }
    if (auto ok = reader.finish(); !ok)
        return tl::unexpected(ok.error());
    return record;
}

Status writeRunRecord(const std::filesystem::path& run, const RunRecord& record)
{
    ordered_json j;
    if (record.parent) {
        j["parent"]["run"] = parentText(record.parent->run, run);
        j["parent"]["epoch"] = record.parent->epoch;
    }
    auto& sittings = j["sittings"] = ordered_json::array();
    for (const auto& s : record.sittings) {
        ordered_json entry;
        entry["started"] = s.started;
        entry["first_epoch"] = s.firstEpoch;
        entry["device"] = s.device;
        entry["device_name"] = s.deviceName;
        entry["precision"] = s.precision;
        entry["threads"] = s.threads;
        entry["vernier"] = s.vernier;
        entry["torch"] = s.torch;
        sittings.push_back(std::move(entry));
    }
    return writeFileAtomically(run / run_files::kRecord, dump(j));
}

Result<RunNotes> readRunNotes(const std::filesystem::path& run)
{
    const auto file = run / run_files::kNotes;
    const auto parsed = readOptional(file);
    if (!parsed)
        return tl::unexpected(parsed.error());
    RunNotes notes;
    if (!*parsed)
        return notes;
    JsonReader reader(**parsed, {}, file);
    reader.read("name", notes.name);
    reader.read("note", notes.note);
    if (!fit(notes))
        reader.complain("note", kTooMuch);
    if (auto ok = reader.finish(); !ok)
        return tl::unexpected(ok.error());
    return notes;
}

Status writeRunNotes(const std::filesystem::path& run, const RunNotes& notes)
{
    const auto file = run / run_files::kNotes;
    if (!fit(notes))
        return fail(ErrorCode::TooLarge, kTooMuch, file,
            "write less, and the rest into a document of your own");
    ordered_json j;
    j["name"] = notes.name;
    j["note"] = notes.note;
    return writeFileAtomically(file, dump(j));
}

std::string timeStamp(std::time_t time)
{
    std::tm utc {};
    gmtime_r(&time, &utc);
    std::array<char, 32> text {};
    std::strftime(text.data(), text.size(), kStampFormat, &utc);
    return text.data();
}

std::time_t timeOfStamp(const std::string& stamp)
{
    std::tm utc {};
    const auto* end = ::strptime(stamp.c_str(), kStampFormat, &utc);
    return end && *end == '\0' ? ::timegm(&utc) : 0;
}

} // namespace vernier
