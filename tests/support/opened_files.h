#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/inotify.h>
#include <unistd.h>

namespace vernier::test {

/// Which files of a folder, and of the folders in it, are opened while it lives, by anybody. The
/// system keeps about 16,000 at most, and takes the same one twice in a row for once.
class OpenedFiles {
public:
    explicit OpenedFiles(const std::filesystem::path& root)
        : m_notify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC))
    {
        ::inotify_add_watch(m_notify, root.c_str(), IN_OPEN);
        for (const auto& entry : std::filesystem::directory_iterator(root)) {
            if (entry.is_directory())
                ::inotify_add_watch(m_notify, entry.path().c_str(), IN_OPEN);
        }
    }
    OpenedFiles(const OpenedFiles&) = delete;
    OpenedFiles& operator=(const OpenedFiles&) = delete;
    ~OpenedFiles() { ::close(m_notify); }

    /// Since the last call, in order.
    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        alignas(inotify_event) std::array<char, 1 << 16> buffer {};
        for (;;) {
            const auto size = ::read(m_notify, buffer.data(), buffer.size());
            if (size <= 0)
                break;
            for (ssize_t at = 0; at < size;) {
                const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
                if (event->len > 0 && !(event->mask & IN_ISDIR))
                    names.emplace_back(event->name);
                at += static_cast<ssize_t>(sizeof *event) + event->len;
            }
        }
        return names;
    }

private:
    int m_notify;
};

} // namespace vernier::test
