#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"
#include "app/vernier_cli/scan_options.h"

#include "core/base/csv.h"
#include "core/base/files.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <unordered_map>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t kMostTableBytes = 64 << 20;
const std::string kTableAdvice
    = "write a first line with path and class, split or right, and a line a picture";

struct Options {
    std::string folder;
    ScanChoice scan;
    std::string add;
    std::optional<int> undo;
    std::string csv;
    bool csvRaw = false;
    bool json = false;
};

enum Column { Path, Class, SplitName, Right };
constexpr std::array<const char*, 4> kColumns { "path", "class", "split", "right" };

std::string splitText(const Edit& edit) { return edit.split ? std::string(name(*edit.split)) : ""; }

std::string jsonOf(const Edit& edit)
{
    ordered_json j { { "path", edit.path } };
    if (edit.label)
        j["class"] = *edit.label;
    if (edit.split)
        j["split"] = splitText(edit);
    if (edit.right)
        j["right"] = *edit.right;
    return j.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string textOf(const Edit& edit)
{
    std::string line;
    const auto say
        = [&line](const std::string& what) { line += (line.empty() ? "" : ", ") + what; };
    if (edit.label)
        say("class " + printable(*edit.label));
    if (edit.split)
        say(*edit.split == Split::LeftOut ? splitText(edit) : "split " + splitText(edit));
    if (edit.right)
        say(printable(*edit.right) + " is right");
    return printable(edit.path) + ": " + line;
}

std::string tableOf(const Edits& edits, CsvText how)
{
    std::string table = "path,class,split,right\r\n";
    for (const auto& edit : edits)
        table += csvField(edit.path, how) + "," + csvField(edit.label.value_or(""), how) + ","
            + splitText(edit) + "," + csvField(edit.right.value_or(""), how) + "\r\n";
    return table;
}

/// A table of edits, each line held against the pictures before any counts.
class Table {
public:
    Table(std::filesystem::path file, const DatasetSnapshot& dataset)
        : m_file(std::move(file)), m_dataset(dataset)
    {
        for (std::size_t i = 0; i < dataset.images.size(); ++i)
            m_places.emplace(vernier::textOf(dataset.images[i].path), i);
    }

    /// The edits with those of the table; what a line does not speak of stays as it is.
    Result<Edits> addedTo(Edits known)
    {
        const auto text = readTextFile(m_file, kMostTableBytes);
        if (!text)
            return tl::unexpected(text.error());
        const auto records = readCsv(*text);
        if (!records)
            return fail(ErrorCode::Corrupt, records.error().detail, m_file, kTableAdvice);
        if (auto ok = readHead(*records); !ok)
            return tl::unexpected(ok.error());
        Edits edits;
        for (std::size_t i = 1; i < records->size(); ++i) {
            auto edit = editIn((*records)[i]);
            if (!edit)
                return tl::unexpected(edit.error());
            edits.push_back(std::move(*edit));
        }
        for (std::size_t i = 0; i < edits.size(); ++i) {
            if (!add(edits[i], known))
                return wrong((*records)[i + 1],
                    "says that " + printable(*edits[i].right)
                        + " is right of a picture that has another class then");
        }
        return known;
    }

private:
    tl::unexpected<Error> wrong(const CsvRecord& record, const std::string& what) const
    {
        return fail(ErrorCode::Invalid, "line " + std::to_string(record.line) + " " + what, m_file,
            "mend the line; nothing of the file counts yet");
    }

    Status readHead(const std::vector<CsvRecord>& records)
    {
        if (records.empty())
            return fail(ErrorCode::Corrupt, "is empty", m_file, kTableAdvice);
        const auto& head = records.front().fields;
        for (std::size_t i = 0; i < kColumns.size(); ++i) {
            const auto found = std::ranges::find(head, kColumns[i]);
            m_columns[i] = static_cast<std::size_t>(found - head.begin());
        }
        const auto has = [&](Column column) { return m_columns[column] < head.size(); };
        if (!has(Path) || !(has(Class) || has(SplitName) || has(Right)))
            return fail(ErrorCode::Corrupt, "has no column of that kind", m_file, kTableAdvice);
        return {};
    }

    std::string field(const CsvRecord& record, Column column) const
    {
        const auto at = m_columns[column];
        return at < record.fields.size() ? withoutGuard(record.fields[at]) : std::string();
    }

    bool knows(const std::string& label) const
    {
        return std::ranges::find(m_dataset.classes, label) != m_dataset.classes.end();
    }

    Result<Edit> editIn(const CsvRecord& record) const
    {
        Edit edit { field(record, Path) };
        if (!m_places.contains(edit.path))
            return wrong(record,
                "names " + printable(edit.path) + ", which is no picture of "
                    + inOneLine(m_dataset.root));
        for (const auto& [column, part] :
            { std::pair { Class, &Edit::label }, std::pair { Right, &Edit::right } }) {
            const auto label = field(record, column);
            if (label.empty())
                continue;
            if (!knows(label))
                return wrong(record, "names " + printable(label) + ", which is no class");
            edit.*part = label;
        }
        if (const auto text = field(record, SplitName); !text.empty()) {
            const auto split = splitOfPicture(text);
            if (!split)
                return wrong(record,
                    "names " + printable(text) + ", which is none of train, validation, test and "
                        + std::string(name(Split::LeftOut)));
            edit.split = *split;
        }
        if (!edit.label && !edit.split && !edit.right)
            return wrong(record, "says nothing of its picture");
        return edit;
    }

    /// Of this reading of the folders.
    bool isOwn(const Edit& edit) const
    {
        return (!edit.label || knows(*edit.label)) && (!edit.right || knows(*edit.right));
    }

    /// False where what is to be right is not the class that the picture has then.
    bool add(const Edit& edit, Edits& edits) const
    {
        const auto old = std::ranges::find_if(
            edits, [&](const Edit& each) { return each.path == edit.path && isOwn(each); });
        Edit result { edit.path };
        if (old != edits.end()) {
            result = std::move(*old);
            edits.erase(old);
        }
        const auto& image = m_dataset.images[m_places.at(edit.path)];
        const auto& found = m_dataset.classes[static_cast<std::size_t>(image.label)];
        if (edit.label) {
            // What was right was the other label.
            if (*edit.label != result.label.value_or(found))
                result.right.reset();
            result.label = *edit.label == found ? std::nullopt : edit.label;
        }
        if (edit.split)
            result.split = edit.split;
        if (edit.right && *edit.right != result.label.value_or(found))
            return false;
        if (edit.right)
            result.right = edit.right;
        if (result.label || result.split || result.right)
            edits.push_back(std::move(result));
        return true;
    }

    std::filesystem::path m_file;
    const DatasetSnapshot& m_dataset;
    std::unordered_map<std::string, std::size_t> m_places;
    std::array<std::size_t, kColumns.size()> m_columns {};
};

Result<Edits> added(
    const Options& options, const std::filesystem::path& journal, const Edits& known)
{
    Interrupt interrupt;
    ProgressLine progress(interrupt, options.json);
    const auto scanned = scanPictures(options.folder, options.scan, interrupt, progress);
    progress.clear();
    if (!scanned)
        return tl::unexpected(scanned.error());
    return Table(options.add, **scanned).addedTo(known).and_then([&](const Edits& edits) {
        return writeJournal(journal, known, edits);
    });
}

int mendFolder(const Options& options)
{
    std::error_code error;
    if (!std::filesystem::is_directory(options.folder, error))
        return report({ ErrorCode::NotFound, "is no folder", options.folder,
            "name the folder of the pictures" });
    const auto journal = journalFile(defaultJournals(), options.folder);
    auto edits = readJournal(journal);
    if (!edits) {
        edits.error().advice = "open the folder in the window, which puts the file aside";
        return report(edits.error());
    }
    if (!options.add.empty()) {
        edits = added(options, journal, *edits);
    } else if (options.undo) {
        auto fewer = *edits;
        fewer.resize(
            fewer.size() - std::min(fewer.size(), static_cast<std::size_t>(*options.undo)));
        edits = writeJournal(journal, *edits, fewer);
    }
    if (!edits)
        return report(edits.error());
    if (!options.csv.empty()) {
        const auto written = writeFileAtomically(
            options.csv, tableOf(*edits, options.csvRaw ? CsvText::Raw : CsvText::Guarded));
        if (!written)
            return report(written.error());
    }
    if (options.json || options.csv.empty()) {
        for (const auto& edit : *edits)
            std::cout << (options.json ? jsonOf(edit) : textOf(edit)) << '\n';
    }
    return kDone;
}

} // namespace

void addMend(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand("mend",
        "What was said of the pictures of a folder, in the window or here: classes, splits, "
        "pictures left out, labels that are right. Files are never changed");
    auto o = std::make_shared<Options>();
    command->add_option("DIR", o->folder, "Folder with a folder for each class")->required();
    addScanOptions(*command, o->scan);
    auto* add = command->add_option("--add", o->add,
        "Take over a table (CSV) with the columns path, class, split and right; a line changes "
        "what "
        "it speaks of");
    command->add_option("--undo", o->undo, "Take back so many, the last ones first")
        ->check(CLI::PositiveNumber)
        ->excludes(add);
    command->add_option("--csv", o->csv, "Write them as a table that --add takes");
    command->add_flag("--csv-raw", o->csvRaw,
        "Leave text in the table that a spreadsheet would take for a formula as it is");
    command->add_flag("--json", o->json, "One JSON object a line");
    command->callback([=, &chosen] { chosen = [=] { return mendFolder(*o); }; });
}

} // namespace vernier::cli
