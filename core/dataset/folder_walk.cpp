#include "core/dataset/folder_walk.h"

#include "core/base/text.h"
#include "core/image/decode.h"

#include <algorithm>
#include <array>
#include <map>

#include <sys/stat.h>

namespace vernier {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFolderAdvice
    = "put the pictures of each class into a folder of its own, such as cat/1.jpg and dog/1.jpg";

std::optional<Split> splitOfFolder(const fs::path& folder)
{
    const auto text = lowered(folder.native());
    if (text == "val" || text == "valid")
        return Split::Validation;
    if (const auto split = splitFromName(text))
        return *split;
    return std::nullopt;
}

bool isHidden(const fs::path& name)
{
    // The Mac's archiver leaves a folder of shadows beside the real one.
    return name.native().starts_with('.') || name == "__MACOSX";
}

/// A name that is no UTF-8, with its bytes beyond ASCII as %FE.
std::string escaped(const std::string& raw)
{
    std::string name;
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        constexpr const char* kDigits = "0123456789ABCDEF";
        if (byte < 0x80)
            name += c;
        else
            name.append({ '%', kDigits[byte >> 4], kDigits[byte & 15] });
    }
    return name;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> identity(const fs::path& folder)
{
    struct stat info { };
    if (::stat(folder.c_str(), &info) != 0)
        return std::nullopt;
    return std::pair<std::uint64_t, std::uint64_t>(info.st_dev, info.st_ino);
}

} // namespace

FolderWalk::FolderWalk(fs::path root, std::stop_token stop, const ProgressSink& progress)
    : m_root(std::move(root)), m_stop(std::move(stop)), m_progress(progress)
{
    // A link to the folder itself or to one above it would bring in everything again.
    std::error_code error;
    for (auto above = fs::canonical(m_root, error); !error; above = above.parent_path()) {
        if (const auto id = identity(above))
            m_seen.insert(*id);
        if (above == above.parent_path())
            break;
    }
}

Status FolderWalk::run()
{
    const auto entries = list({});
    if (!entries)
        return tl::unexpected(entries.error());
    const auto splits = isSplitLayout(*entries);
    if (!splits)
        return tl::unexpected(splits.error());

    reportStray(".", *entries);
    for (const auto& entry : *entries) {
        if (entry.kind == Kind::BrokenLink)
            problems.push_back({ entry.name, "the link leads nowhere" });
        if (entry.kind != Kind::Folder && entry.kind != Kind::FolderLink)
            continue;
        Task task { entry.name, {}, Split::Train, false };
        if (!*splits) {
            task.className = entry.name.native();
            task.splitsBelow = true;
        } else if (const auto split = splitOfFolder(entry.name)) {
            task.split = *split;
        } else {
            problems.push_back(
                { entry.name, "left out: a folder beside train, validation and test" });
            continue;
        }
        (entry.kind == Kind::Folder ? m_folders : m_links).push_back(std::move(task));
    }
    if (m_folders.empty() && m_links.empty())
        return fail(ErrorCode::Invalid, "there are no class folders in it", m_root, kFolderAdvice);

    while (!m_folders.empty() || !m_links.empty()) {
        if (m_stop.stop_requested())
            return cancelled();
        auto& from = m_folders.empty() ? m_links : m_folders;
        const Task task = std::move(from.front());
        from.pop_front();
        read(task);
        if (m_progress)
            m_progress({ "looking for pictures", static_cast<std::int64_t>(files.size()), 0 });
    }
    if (classes.empty())
        return fail(ErrorCode::Invalid, "there are no class folders in it", m_root, kFolderAdvice);
    nameClasses();
    return {};
}

/// From the folders' names to text that is of one class alone: what is UTF-8 keeps its name.
void FolderWalk::nameClasses()
{
    std::set<std::string> names;
    std::map<std::string, std::string> renamed; // by the folder's name
    for (const auto& folder : classes) {
        if (utf8(folder) == folder)
            names.insert(folder);
        else
            renamed[folder] = escaped(folder);
    }
    for (auto& [folder, name] : renamed) {
        while (!names.insert(name).second)
            name += '%';
    }
    for (auto& file : files) {
        if (const auto found = renamed.find(file.className); found != renamed.end())
            file.className = found->second;
    }
    classes = std::move(names);
}

Result<std::vector<FolderWalk::Entry>> FolderWalk::list(const fs::path& folder) const
{
    std::vector<Entry> entries;
    std::error_code error;
    const auto path = folder.empty() ? m_root : m_root / folder;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
        if (m_stop.stop_requested())
            return cancelled();
        Entry entry { it->path().filename(), Kind::File };
        if (isHidden(entry.name))
            continue;
        std::error_code unknown;
        const bool link = it->is_symlink(unknown);
        if (it->is_directory(unknown))
            entry.kind = link ? Kind::FolderLink : Kind::Folder;
        else if (link && !it->exists(unknown))
            entry.kind = Kind::BrokenLink;
        entries.push_back(std::move(entry));
    }
    if (error)
        return fail(error == std::errc::no_such_file_or_directory ? ErrorCode::NotFound
                                                                  : ErrorCode::Unreadable,
            "the folder cannot be read: " + error.message(), path);
    std::sort(entries.begin(), entries.end(),
        [](const Entry& a, const Entry& b) { return a.name.native() < b.name.native(); });
    return entries;
}

Result<bool> FolderWalk::hasFolders(const fs::path& folder) const
{
    return list(folder).map([](const std::vector<Entry>& entries) {
        return std::any_of(entries.begin(), entries.end(), [](const Entry& entry) {
            return entry.kind == Kind::Folder || entry.kind == Kind::FolderLink;
        });
    });
}

/// A folder of classes may have one named train (the vehicle); so it takes a train that holds
/// folders, or nothing but folders named after splits.
Result<bool> FolderWalk::isSplitLayout(const std::vector<Entry>& entries) const
{
    bool named = false;
    bool others = false;
    bool holdsFolders = false;
    for (const auto& entry : entries) {
        if (entry.kind != Kind::Folder && entry.kind != Kind::FolderLink)
            continue;
        const auto split = splitOfFolder(entry.name);
        named |= split.has_value();
        others |= !split;
        if (!split)
            continue;
        const auto folders = hasFolders(entry.name);
        if (!folders && folders.error().code == ErrorCode::Cancelled)
            return folders;
        const bool below = folders.value_or(false);
        if (below && *split == Split::Train)
            return true;
        holdsFolders |= below;
    }
    if (named && !others && !holdsFolders)
        return fail(ErrorCode::Invalid, "its train, validation and test hold no class folders",
            m_root, kFolderAdvice);
    return named && !others;
}

void FolderWalk::read(const Task& task)
{
    if (!enter(task.path)) {
        problems.push_back({ task.path, "left out: leads to a folder that was already read" });
        return;
    }
    if (!task.className.empty())
        classes.insert(task.className);
    const auto entries = list(task.path);
    if (!entries) {
        if (entries.error().code != ErrorCode::Cancelled)
            problems.push_back({ task.path, entries.error().detail });
        return;
    }
    if (task.className.empty())
        reportStray(task.path, *entries);
    for (const auto& entry : *entries)
        add(task, entry);
}

void FolderWalk::add(const Task& task, const Entry& entry)
{
    const auto path = task.path / entry.name;
    if (entry.kind == Kind::BrokenLink) {
        problems.push_back({ path, "the link leads nowhere" });
        return;
    }
    if (entry.kind == Kind::File) {
        if (!task.className.empty())
            files.push_back({ path, task.className, task.split });
        return;
    }
    Task below { path, task.className, task.split, false };
    if (task.className.empty()) {
        below.className = entry.name.native();
    } else if (const auto split = task.splitsBelow ? splitOfFolder(entry.name) : std::nullopt) {
        below.split = *split;
    } else {
        classesHoldFolders = true;
    }
    (entry.kind == Kind::Folder ? m_folders : m_links).push_back(std::move(below));
}

bool FolderWalk::enter(const fs::path& folder)
{
    const auto id = identity(m_root / folder);
    return !id || m_seen.insert(*id).second;
}

void FolderWalk::reportStray(const fs::path& folder, const std::vector<Entry>& entries)
{
    const auto count = std::count_if(entries.begin(), entries.end(), [](const Entry& entry) {
        return entry.kind == Kind::File && looksLikePicture(entry.name);
    });
    if (count > 0)
        problems.push_back(
            { folder, "left out: " + counted(count, "picture") + " outside of any class folder" });
}

} // namespace vernier
