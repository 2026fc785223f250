#include "core/dataset/folder_walk.h"

#include "core/base/text.h"
#include "core/dataset/passed_over.h"
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

constexpr std::array<std::pair<std::string_view, Split>, 14> kWordsOfSplits { {
    { "train", Split::Train },
    { "training", Split::Train },
    { "val", Split::Validation },
    { "valid", Split::Validation },
    { "validate", Split::Validation },
    { "validation", Split::Validation },
    { "validating", Split::Validation },
    { "dev", Split::Validation },
    { "development", Split::Validation },
    { "eval", Split::Validation },
    { "evaluation", Split::Validation },
    { "test", Split::Test },
    { "testing", Split::Test },
    { "holdout", Split::Test },
} };

/// What a folder that is called so may well be; it may be a class too.
std::optional<Split> splitByLooks(const fs::path& folder)
{
    if (const auto split = splitOfFolder(folder))
        return split;
    std::string word;
    for (const char c : lowered(folder.native())) {
        if (c != '_' && c != '-' && c != ' ' && c != '.')
            word += c;
    }
    for (const std::string_view filler : { "set", "data", "images", "pictures", "split" }) {
        if (word.ends_with(filler) && word.size() > filler.size())
            word.resize(word.size() - filler.size());
    }
    for (const auto& [known, split] : kWordsOfSplits) {
        if (word == known)
            return split;
    }
    return std::nullopt;
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

FolderWalk::FolderWalk(fs::path root, std::optional<bool> foldersAreClasses, std::stop_token stop,
    const ProgressSink& progress)
    : m_root(std::move(root))
    , m_foldersAreClasses(foldersAreClasses)
    , m_stop(std::move(stop))
    , m_progress(progress)
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
    const auto splitsAtTop = readTop(*entries);
    if (!splitsAtTop)
        return tl::unexpected(splitsAtTop.error());

    reportStray(".", *entries);
    for (const auto& entry : *entries) {
        if (entry.kind == Kind::BrokenLink)
            problems.push_back({ entry.name, "the link leads nowhere" });
        if (!isFolder(entry))
            continue;
        Task task { entry.name, {}, Split::Train, false };
        if (!*splitsAtTop) {
            task.className = entry.name.native();
            task.splitsBelow = true;
        } else if (const auto split = splitAtTop(entry.name)) {
            task.split = *split;
        } else if (isOfRuns(entry.name).value_or(false)) {
            runs.push_back(entry.name);
            continue;
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
    dropClassesOfRuns();
    if (classes.empty())
        return fail(ErrorCode::Invalid, "there are no class folders in it", m_root, kFolderAdvice);
    nameClasses();
    return {};
}

/// Folders that hold runs, or a bin of runs alone, and no picture.
void FolderWalk::dropClassesOfRuns()
{
    std::set<std::string> withPictures;
    std::set<std::string> empty = classes;
    for (const auto& file : files) {
        empty.erase(file.className);
        const bool asked
            = m_classesWithRuns.contains(file.className) && !withPictures.contains(file.className);
        if (asked && (mayBePicture(file.path) || beginsLikePicture(m_root / file.path)))
            withPictures.insert(file.className);
    }
    const auto isOfRunsAlone = [&](const std::string& name) {
        return m_classesWithRuns.contains(name)
            ? !withPictures.contains(name)
            : empty.contains(name) && holdsBinOfRuns(m_root / name);
    };
    std::erase_if(files, [&](const FoundFile& file) {
        return m_classesWithRuns.contains(file.className) && isOfRunsAlone(file.className);
    });
    std::erase_if(classes, isOfRunsAlone);
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
        if (isPassedOver(entry.name))
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
        return std::any_of(entries.begin(), entries.end(), &FolderWalk::isFolder);
    });
}

Result<bool> FolderWalk::readTop(const std::vector<Entry>& entries)
{
    const auto looks = looksOf(entries);
    if (!looks)
        return tl::unexpected(looks.error());
    const bool couldBeSplits = *looks == Looks::Splits || *looks == Looks::SplitsWithoutTrain;
    if (m_foldersAreClasses.value_or(false)) {
        if (couldBeSplits || isSplitLayout(entries).value_or(false))
            topFolders = TopFolders::AreClasses;
        return false;
    }
    splitsWouldHoldNoClasses = *looks == Looks::SplitsWithoutClasses;
    if (splitsWouldHoldNoClasses)
        return false;
    if (!couldBeSplits)
        return isSplitLayout(entries);
    for (const auto& entry : entries) {
        if (const auto split = isFolder(entry) ? splitByLooks(entry.name) : std::nullopt)
            splits.emplace_back(entry.name, *split);
    }
    // Without what is trained on they are more likely classes.
    const bool areSplits = *looks == Looks::Splits || m_foldersAreClasses.has_value();
    topFolders = areSplits ? TopFolders::LookLikeSplits : TopFolders::MayBeSplits;
    return areSplits;
}

std::optional<Split> FolderWalk::splitAtTop(const fs::path& folder) const
{
    return topFolders == TopFolders::LookLikeSplits ? splitByLooks(folder) : splitOfFolder(folder);
}

/// A folder of classes may have one named train (the vehicle); so it takes a train that holds
/// folders, or nothing but folders named after splits.
Result<bool> FolderWalk::isSplitLayout(const std::vector<Entry>& entries) const
{
    bool named = false;
    bool holdsFolders = false;
    std::vector<fs::path> others;
    for (const auto& entry : entries) {
        if (!isFolder(entry))
            continue;
        const auto split = splitOfFolder(entry.name);
        if (!split) {
            others.push_back(entry.name);
            continue;
        }
        named = true;
        const auto folders = hasFolders(entry.name);
        if (!folders && folders.error().code == ErrorCode::Cancelled)
            return folders;
        const bool below = folders.value_or(false);
        if (below && *split == Split::Train)
            return true;
        holdsFolders |= below;
    }
    if (!named)
        return false;
    for (const auto& other : others) {
        const auto ofRuns = isOfRuns(other);
        if (!ofRuns || !*ofRuns)
            return ofRuns;
    }
    if (!holdsFolders)
        return fail(ErrorCode::Invalid, "its train, validation and test hold no class folders",
            m_root, kFolderAdvice);
    return true;
}

/// All folders must have such a name, or one of a split.
Result<FolderWalk::Looks> FolderWalk::looksOf(const std::vector<Entry>& entries) const
{
    bool guessed = false;
    bool hasTrain = false;
    bool holdsFolders = false;
    std::vector<fs::path> others;
    for (const auto& entry : entries) {
        if (!isFolder(entry))
            continue;
        if (const auto split = splitByLooks(entry.name)) {
            guessed |= !splitOfFolder(entry.name);
            hasTrain |= *split == Split::Train;
        } else {
            others.push_back(entry.name);
        }
    }
    if (!guessed)
        return Looks::Classes;
    for (const auto& other : others) {
        const auto ofRuns = isOfRuns(other);
        if (!ofRuns)
            return tl::unexpected(ofRuns.error());
        if (!*ofRuns)
            return Looks::Classes;
    }
    for (const auto& entry : entries) {
        if (!isFolder(entry) || !splitByLooks(entry.name))
            continue;
        const auto folders = hasFolders(entry.name);
        if (!folders && folders.error().code == ErrorCode::Cancelled)
            return tl::unexpected(folders.error());
        holdsFolders |= folders.value_or(false);
    }
    if (!holdsFolders)
        return Looks::SplitsWithoutClasses;
    return hasTrain ? Looks::Splits : Looks::SplitsWithoutTrain;
}

Result<bool> FolderWalk::isOfRuns(const fs::path& folder) const
{
    if (isRunFolder(m_root / folder))
        return true;
    const auto entries = list(folder);
    if (!entries)
        return entries.error().code == ErrorCode::Cancelled ? Result<bool>(cancelled()) : false;
    bool holdsRuns = false;
    for (const auto& entry : *entries) {
        if (isFolder(entry) && !isRunFolder(m_root / folder / entry.name))
            return false;
        if (entry.kind == Kind::File && mayBePicture(entry.name))
            return false;
        holdsRuns |= isFolder(entry);
    }
    return holdsRuns;
}

void FolderWalk::read(const Task& task)
{
    if (!enter(task.path)) {
        problems.push_back({ task.path, "left out: leads to a folder that was already read" });
        return;
    }
    if (isRunFolder(m_root / task.path)) {
        runs.push_back(task.path);
        m_classesWithRuns.insert(task.className);
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
