#include "core/dataset/passed_over.h"
#include "core/image/decode.h"
#include "core/prediction/predictor.h"

#include <algorithm>
#include <set>

namespace vernier {

namespace {

namespace fs = std::filesystem;

class Search {
public:
    explicit Search(std::stop_token stop) : m_stop(std::move(stop)) { }

    void start(const fs::path& start)
    {
        std::error_code error;
        m_start = fs::canonical(start, error);
        folder(start);
    }

    std::vector<fs::path> found;

private:
    void folder(const fs::path& folder)
    {
        std::error_code error;
        const auto real = fs::canonical(folder, error);
        if (error || isAbove(real) || !m_seen.insert(real).second)
            return;
        if (real != m_start && isRunFolder(folder))
            return;
        std::vector<fs::path> entries;
        for (fs::directory_iterator it(folder, error), end; !error && it != end;
             it.increment(error)) {
            if (m_stop.stop_requested())
                return;
            if (!isPassedOver(it->path().filename()))
                entries.push_back(it->path());
        }
        std::ranges::sort(entries);
        for (const auto& entry : entries) {
            if (m_stop.stop_requested())
                return;
            if (fs::is_directory(entry, error))
                this->folder(entry);
            else if (mayBePicture(entry) || beginsLikePicture(entry))
                found.push_back(entry);
        }
    }

    /// A link that leads up would bring in everything around the folder that was asked for.
    bool isAbove(const fs::path& real) const
    {
        return real != m_start && std::ranges::mismatch(real, m_start).in1 == real.end();
    }

    std::stop_token m_stop;
    fs::path m_start;
    std::set<fs::path> m_seen;
};

} // namespace

std::vector<fs::path> picturesBelow(const std::vector<fs::path>& paths, std::stop_token stop)
{
    Search search(stop);
    for (const auto& path : paths) {
        std::error_code error;
        if (fs::is_directory(path, error))
            search.start(path);
        else
            search.found.push_back(path);
    }
    return std::move(search.found);
}

} // namespace vernier
