#include "tests/support/fault_log.h"

#include "core/base/files.h"

#include <algorithm>
#include <set>

namespace vernier::test {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMostLogBytes = 1ull << 30;
constexpr std::size_t kMostUnsyncedForAll = 5;

std::string nextField(std::string_view& rest, char end)
{
    const auto length = rest.find(end);
    std::string field(rest.substr(0, length));
    rest.remove_prefix(std::min(rest.size(), length + 1));
    return field;
}

std::string text(const fs::path& file)
{
    return readTextFile(file, kMostLogBytes).value_or(std::string());
}

} // namespace

std::vector<LoggedCall> readFaultLog(const fs::path& file)
{
    const auto whole = text(file);
    std::string_view rest = whole;
    std::vector<LoggedCall> calls;
    while (!rest.empty()) {
        LoggedCall call;
        call.what = nextField(rest, '\t');
        call.descriptor = std::atoi(nextField(rest, '\t').c_str());
        call.path = nextField(rest, '\t');
        call.second = nextField(rest, '\t');
        call.offset = std::atol(nextField(rest, '\t').c_str());
        const auto size = std::min<std::size_t>(
            static_cast<std::size_t>(std::atol(nextField(rest, '\n').c_str())), rest.size());
        call.data = rest.substr(0, size);
        rest.remove_prefix(std::min(rest.size(), size + 1));
        calls.push_back(std::move(call));
    }
    return calls;
}

long countCalls(const std::vector<LoggedCall>& log)
{
    return std::count_if(
        log.begin(), log.end(), [](const LoggedCall& call) { return call.what == "call"; });
}

CrashingDisk::CrashingDisk(fs::path folder) : m_folder(std::move(folder))
{
    std::error_code error;
    if (!fs::exists(m_folder, error))
        return;
    m_now[m_folder] = nullptr;
    for (const auto& entry : fs::recursive_directory_iterator(m_folder)) {
        if (entry.is_directory()) {
            m_now[entry.path()] = nullptr;
        } else {
            const auto content = text(entry.path());
            m_now[entry.path()] = std::make_shared<File>(File { content, content });
        }
    }
    m_synced = m_now;
}

CrashingDisk::~CrashingDisk() = default;

void CrashingDisk::apply(const Change& change, Names& names)
{
    if (!change.removed.empty())
        names.erase(change.removed);
    if (!change.added.empty())
        names[change.added] = change.file;
}

void CrashingDisk::change(Change change)
{
    apply(change, m_now);
    m_pending.push_back(std::move(change));
}

void CrashingDisk::play(const LoggedCall& call)
{
    const auto parent = call.path.parent_path();
    if (call.what == "open" || call.what == "truncating") {
        if (!m_now.contains(call.path))
            change({ parent, call.path, std::make_shared<File>(), {} });
        m_open[call.descriptor] = m_now.at(call.path);
        if (call.what == "truncating")
            m_now.at(call.path)->now.clear();
    } else if (call.what == "read") {
        m_open.erase(call.descriptor);
    } else if (call.what == "write") {
        auto& content = m_open.at(call.descriptor)->now;
        const auto offset = static_cast<std::size_t>(call.offset);
        content.resize(std::max(content.size(), offset + call.data.size()));
        content.replace(offset, call.data.size(), call.data);
    } else if (call.what == "truncate") {
        m_open.at(call.descriptor)->now.resize(static_cast<std::size_t>(call.offset));
    } else if (call.what == "sync") {
        const auto opened = m_open.find(call.descriptor);
        if (opened != m_open.end()) {
            opened->second->synced = opened->second->now;
            return;
        }
        std::erase_if(m_pending, [&](const Change& pending) {
            if (pending.folder != call.path)
                return false;
            apply(pending, m_synced);
            return true;
        });
    } else if (call.what == "rename") {
        change({ parent, call.second, m_now.at(call.path), call.path });
    } else if (call.what == "link") {
        change({ parent, call.second, m_now.at(call.path), {} });
    } else if (call.what == "unlink") {
        change({ parent, {}, nullptr, call.path });
    } else if (call.what == "mkdir") {
        change({ parent, call.path, nullptr, {} });
    }
}

std::vector<std::vector<bool>> CrashingDisk::choices() const
{
    const auto count = m_pending.size();
    std::vector<std::vector<bool>> all;
    if (count <= kMostUnsyncedForAll) {
        for (std::size_t bits = 0; bits < std::size_t { 1 } << count; ++bits) {
            auto& choice = all.emplace_back(count);
            for (std::size_t i = 0; i < count; ++i)
                choice[i] = (bits >> i & 1) != 0;
        }
        return all;
    }
    for (std::size_t i = 0; i <= count; ++i) {
        auto& prefix = all.emplace_back(count, true);
        std::fill(prefix.begin() + static_cast<std::ptrdiff_t>(i), prefix.end(), false);
        if (i == count)
            break;
        all.emplace_back(count, true)[i] = false;
        all.emplace_back(count, false)[i] = true;
    }
    return all;
}

std::vector<DiskState> CrashingDisk::afterCrash() const
{
    std::set<DiskState> states;
    for (const auto& choice : choices()) {
        auto names = m_synced;
        for (std::size_t i = 0; i < choice.size(); ++i) {
            if (choice[i])
                apply(m_pending[i], names);
        }
        for (const int extent : { 0, 1, 2, 3 }) {
            DiskState state;
            for (const auto& [path, file] : names) {
                // What lies in a folder that is not there is not there either.
                const auto parent = names.find(path.parent_path());
                const bool isRoot = path == m_folder;
                if (!isRoot && (parent == names.end() || parent->second))
                    continue;
                if (!file) {
                    state.folders.push_back(path.lexically_relative(m_folder));
                    continue;
                }
                auto& content = state.files[path.lexically_relative(m_folder)];
                const auto grown
                    = file->now.size() - std::min(file->now.size(), file->synced.size());
                content = extent == 0 ? file->synced : file->now;
                if (extent == 1)
                    content.resize(content.size() - grown / 2);
                if (extent == 2)
                    std::fill(
                        content.end() - static_cast<std::ptrdiff_t>(grown), content.end(), '\0');
            }
            states.insert(std::move(state));
        }
    }
    return { states.begin(), states.end() };
}

} // namespace vernier::test
