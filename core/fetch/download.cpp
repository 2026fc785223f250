#include "core/fetch/download.h"

#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/base/version.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include <curl/curl.h>

namespace vernier {

namespace {

constexpr int kMostRedirections = 5;
constexpr int kMostBreaksWithoutProgress = 4;
constexpr int kMostBreaks = 100;
constexpr long kConnectSeconds = 20;
constexpr long kStalledSeconds = 30;
/// The sink is also called while nothing comes: whoever has it may look for Ctrl+C there.
constexpr std::chrono::milliseconds kLookEvery { 200 };
constexpr std::uint64_t kMaxStateBytes = 1 << 16;

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiDeleter {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct UrlDeleter {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string partOf(CURLU* url, CURLUPart part)
{
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
        return {};
    std::string result = text;
    curl_free(text);
    return result;
}

bool mayBeRedirectedTo(const std::string& address)
{
    const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
    if (curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK)
        return false;
    const auto scheme = partOf(url.get(), CURLUPART_SCHEME);
    const auto host = partOf(url.get(), CURLUPART_HOST);
    return scheme == "https"
        || (scheme == "http" && (host == "127.0.0.1" || host == "localhost" || host == "[::1]"));
}

/// True once the time is up, false when it was cut short.
bool waited(std::chrono::milliseconds time, const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any none;
    std::unique_lock lock(mutex);
    none.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

/// How one request ended.
struct Answer {
    CURLcode code = CURLE_OK;
    long status = 0; ///< of HTTP; 200 for a file
    std::string redirection;
    std::optional<Error> error; ///< ours; the request was broken off because of it
};

class Transfer {
public:
    Transfer(const Download& request, std::stop_token stop, const ProgressSink& progress)
        : m_request(request)
        , m_part(withEnding(".part"))
        , m_state(withEnding(".part-of"))
        , m_stop(std::move(stop))
        , m_progress(progress)
    {
    }

    Result<Downloaded> run()
    {
        std::error_code error;
        if (m_request.to.has_parent_path())
            std::filesystem::create_directories(m_request.to.parent_path(), error);
        if (error)
            return fail(ErrorCode::Unreadable, "cannot be made: " + error.message(),
                m_request.to.parent_path());
        if (auto ok = openPart(); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = checkRoom(); !ok)
            return tl::unexpected(ok.error());
        const bool resumed = m_file->size() > 0;
        report();
        if (auto ok = fetch(); !ok)
            return tl::unexpected(ok.error());
        auto digest = check();
        if (!digest && digest.error().code == ErrorCode::Corrupt && resumed && !m_restarted) {
            // The part may have been another file's.
            if (auto ok = restart(); !ok)
                return tl::unexpected(ok.error());
            if (auto ok = fetch(); !ok)
                return tl::unexpected(ok.error());
            digest = check();
        }
        if (!digest) {
            if (digest.error().code == ErrorCode::Corrupt)
                removePart();
            return tl::unexpected(digest.error());
        }
        const auto bytes = m_file->size();
        if (auto ok = m_file->moveTo(m_request.to); !ok)
            return tl::unexpected(ok.error());
        std::filesystem::remove(m_state, error);
        return Downloaded { bytes, std::move(*digest), resumed && !m_restarted };
    }

private:
    std::filesystem::path withEnding(const char* ending) const
    {
        auto path = m_request.to;
        path += ending;
        return path;
    }

    // --- the part on disk

    Status openPart()
    {
        std::error_code error;
        const auto state = readTextFile(m_state, kMaxStateBytes);
        const auto lineEnd = state ? state->find('\n') : std::string::npos;
        if (lineEnd != std::string::npos && state->substr(0, lineEnd) == m_request.url)
            m_validator = state->substr(lineEnd + 1);
        if (auto opened = AppendFile::open(m_part)) {
            m_file.emplace(std::move(*opened));
            const bool tooLong = m_request.bytes > 0 && m_file->size() > m_request.bytes;
            return m_validator.empty() || tooLong ? restart() : Status {};
        } else if (opened.error().code != ErrorCode::NotFound) {
            return fail(opened.error().code, opened.error().detail, m_part,
                "wait until the other download has ended, or remove the file");
        }
        m_validator.clear();
        return create();
    }
    Status create()
    {
        auto created = AppendFile::create(m_part);
        if (!created)
            return tl::unexpected(created.error());
        m_file.reset();
        m_file.emplace(std::move(*created));
        return {};
    }
    void removePart()
    {
        std::error_code error;
        std::filesystem::remove(m_part, error);
        std::filesystem::remove(m_state, error);
    }
    Status restart()
    {
        m_restarted = true;
        m_validator.clear();
        removePart();
        return create();
    }
    Status checkRoom() const
    {
        std::error_code error;
        const auto folder = m_request.to.has_parent_path() ? m_request.to.parent_path()
                                                           : std::filesystem::path(".");
        const auto space = std::filesystem::space(folder, error);
        const auto left = m_request.bytes - std::min(m_request.bytes, m_file->size());
        if (!error && space.available < left)
            return fail(ErrorCode::NoSpace,
                "only " + byteCount(space.available) + " are free, " + byteCount(left)
                    + " are needed",
                folder, "free some space and try again");
        return {};
    }

    // --- talking to the server

    /// Until all of it is there.
    Status fetch()
    {
        int fruitless = 0;
        auto wait = m_request.firstWait;
        for (int breaks = 0;; ++breaks) {
            if (complete())
                return {};
            const auto before = m_file->size();
            const auto answer = ask();
            if (m_stop.stop_requested())
                return cancelled();
            if (answer.error)
                return tl::unexpected(*answer.error);
            if (answer.code == CURLE_OK && (answer.status == 200 || answer.status == 206)
                && (m_request.bytes == 0 || complete()))
                return {};
            if (answer.status == 416 && before > 0) {
                if (auto ok = restart(); !ok)
                    return ok;
                continue;
            }
            fruitless = m_file->size() > before ? 0 : fruitless + 1;
            const bool more = fruitless < kMostBreaksWithoutProgress && breaks < kMostBreaks;
            if (!more || !mayGoBetter(answer))
                return tl::unexpected(failure(answer));
            if (fruitless == 0)
                wait = m_request.firstWait;
            for (auto left = wait; left.count() > 0; left -= kLookEvery) {
                report();
                if (!waited(std::min(left, kLookEvery), m_stop))
                    return cancelled();
            }
            wait *= 2;
        }
    }

    bool complete() const { return m_request.bytes > 0 && m_file->size() == m_request.bytes; }

    bool mayGoBetter(const Answer& answer) const
    {
        switch (answer.code) {
        case CURLE_OK:
            return answer.status < 300 || answer.status >= 500 || answer.status == 429;
        case CURLE_PARTIAL_FILE:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
            return true;
        case CURLE_COULDNT_CONNECT:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_SSL_CONNECT_ERROR:
            // At first it means that there is no network, which is said at once.
            return m_file->size() > 0;
        default:
            return false;
        }
    }

    Error failure(const Answer& answer) const
    {
        const auto about = [&](ErrorCode code, const std::string& detail, const char* advice) {
            return Error { code, m_request.url + ": " + detail, {}, advice };
        };
        if (answer.code == CURLE_FILE_COULDNT_READ_FILE || answer.status == 404
            || answer.status == 410)
            return about(ErrorCode::NotFound, "there is no such file", "look for a newer Vernier");
        if (answer.code == CURLE_OK && answer.status >= 300)
            return about(ErrorCode::Unreadable,
                "the server answers with error " + std::to_string(answer.status),
                "try again later");
        if (answer.code == CURLE_OK)
            return about(ErrorCode::Corrupt,
                "ends after " + std::to_string(m_file->size()) + " of "
                    + std::to_string(m_request.bytes) + " bytes",
                "try again later");
        if (answer.code == CURLE_COULDNT_RESOLVE_HOST || answer.code == CURLE_COULDNT_CONNECT)
            return about(ErrorCode::Unreadable, "the server cannot be reached",
                "check the network and try again");
        return about(ErrorCode::Unreadable, curl_easy_strerror(answer.code),
            "check the network and try again; what has come is kept");
    }

    /// One request, with what it is redirected to.
    Answer ask()
    {
        auto address = m_request.url;
        for (int redirections = 0;; ++redirections) {
            auto answer = askOnce(address);
            if (answer.redirection.empty() || answer.error)
                return answer;
            if (redirections == kMostRedirections) {
                answer.error = Error { ErrorCode::Unreadable,
                    m_request.url + ": leads from one address to the next", {}, "try again later" };
                return answer;
            }
            if (!mayBeRedirectedTo(answer.redirection)) {
                answer.error = Error { ErrorCode::Unsupported,
                    m_request.url + ": leads to an address that is not secured: "
                        + answer.redirection.substr(0, 200),
                    {}, "look for a newer Vernier" };
                return answer;
            }
            address = answer.redirection;
        }
    }

    Answer askOnce(const std::string& address)
    {
        static const auto initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
        const std::unique_ptr<CURLM, MultiDeleter> multi(curl_multi_init());
        const std::unique_ptr<CURL, EasyDeleter> easy(curl_easy_init());
        Answer answer;
        if (initialized != CURLE_OK || !multi || !easy) {
            answer.error = Error { ErrorCode::Internal, "libcurl could not be started", {}, {} };
            return answer;
        }
        m_easy = easy.get();
        m_answer = &answer;
        m_begun = false;
        m_length.clear();
        m_range.clear();
        m_newValidator.clear();

        const auto agent = "Vernier/" + vernierVersion();
        std::string range;
        std::unique_ptr<curl_slist, ListDeleter> headers;
        if (m_file->size() > 0) {
            range = std::to_string(m_file->size()) + "-";
            headers.reset(curl_slist_append(nullptr, ("If-Range: " + m_validator).c_str()));
            curl_easy_setopt(m_easy, CURLOPT_RANGE, range.c_str());
            curl_easy_setopt(m_easy, CURLOPT_HTTPHEADER, headers.get());
        }
        curl_easy_setopt(m_easy, CURLOPT_URL, address.c_str());
        curl_easy_setopt(m_easy, CURLOPT_PROTOCOLS_STR, "https,http,file");
        curl_easy_setopt(m_easy, CURLOPT_USERAGENT, agent.c_str());
        curl_easy_setopt(m_easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(m_easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
        curl_easy_setopt(m_easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(m_easy, CURLOPT_LOW_SPEED_TIME, kStalledSeconds);
        curl_easy_setopt(m_easy, CURLOPT_HEADERDATA, this);
        curl_easy_setopt(
            m_easy, CURLOPT_HEADERFUNCTION,
            +[](char* data, std::size_t, std::size_t size, void* self) {
                static_cast<Transfer*>(self)->onHeader({ data, size });
                return size;
            });
        curl_easy_setopt(m_easy, CURLOPT_WRITEDATA, this);
        curl_easy_setopt(
            m_easy, CURLOPT_WRITEFUNCTION,
            +[](char* data, std::size_t, std::size_t size, void* self) {
                return static_cast<Transfer*>(self)->onData({ data, size }) ? size : 0;
            });
        curl_multi_add_handle(multi.get(), m_easy);
        {
            const std::stop_callback wake(m_stop, [&] { curl_multi_wakeup(multi.get()); });
            int running = 1;
            while (running > 0 && !m_stop.stop_requested()) {
                if (curl_multi_perform(multi.get(), &running) != CURLM_OK)
                    break;
                if (running > 0)
                    curl_multi_poll(
                        multi.get(), nullptr, 0, static_cast<int>(kLookEvery.count()), nullptr);
                report();
            }
        }
        int left = 0;
        while (const auto* message = curl_multi_info_read(multi.get(), &left)) {
            if (message->msg == CURLMSG_DONE)
                answer.code = message->data.result;
        }
        answer.status = status();
        const char* redirection = nullptr;
        curl_easy_getinfo(m_easy, CURLINFO_REDIRECT_URL, &redirection);
        if (redirection)
            answer.redirection = redirection;
        curl_multi_remove_handle(multi.get(), m_easy);
        return answer;
    }

    long status() const
    {
        long status = 0;
        curl_easy_getinfo(m_easy, CURLINFO_RESPONSE_CODE, &status);
        const char* scheme = nullptr;
        curl_easy_getinfo(m_easy, CURLINFO_SCHEME, &scheme);
        return status == 0 && scheme && lowered(scheme) == "file" ? 200 : status;
    }

    void onHeader(std::string_view line)
    {
        while (line.ends_with('\n') || line.ends_with('\r'))
            line.remove_suffix(1);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos)
            return;
        const auto name = lowered(std::string(line.substr(0, colon)));
        auto value = line.substr(colon + 1);
        while (value.starts_with(' '))
            value.remove_prefix(1);
        if (name == "content-length")
            m_length = value;
        else if (name == "content-range")
            m_range = value;
        else if (name == "etag" && !value.starts_with("W/"))
            m_newValidator = value;
        else if (name == "last-modified" && m_newValidator.empty())
            m_newValidator = value;
    }

    bool refuse(ErrorCode code, const std::string& detail, const char* advice)
    {
        m_answer->error = Error { code, m_request.url + ": " + detail, {}, advice };
        return false;
    }

    /// Before the first byte: is it what was asked for?
    bool begin()
    {
        if (status() == 206) {
            if (!m_range.starts_with("bytes " + std::to_string(m_file->size()) + "-"))
                return refuse(ErrorCode::Corrupt,
                    "the server sends another part than was asked for", "try again later");
        } else if (m_file->size() > 0) {
            if (auto ok = restart(); !ok) {
                m_answer->error = ok.error();
                return false;
            }
        }
        std::uint64_t length = 0;
        const auto* end = m_length.data() + m_length.size();
        const bool said
            = !m_length.empty() && std::from_chars(m_length.data(), end, length).ec == std::errc();
        const auto whole = m_file->size() + length;
        if (said && m_request.bytes > 0 && whole != m_request.bytes)
            return refuse(ErrorCode::Mismatch,
                "has " + std::to_string(whole) + " bytes instead of "
                    + std::to_string(m_request.bytes) + ": it is another file",
                "look for a newer Vernier");
        if (said && whole > m_request.most)
            return tooLarge();
        if (said)
            m_total = whole;
        if (!m_newValidator.empty() && m_newValidator != m_validator) {
            m_validator = m_newValidator;
            // Without it, a break only means to begin anew.
            (void)writeFileAtomically(m_state, m_request.url + "\n" + m_validator);
        }
        return true;
    }
    bool tooLarge()
    {
        const auto most = m_request.bytes > 0 ? m_request.bytes : m_request.most;
        return refuse(ErrorCode::TooLarge, "is larger than the " + byteCount(most) + " allowed",
            "look for a newer Vernier");
    }

    bool onData(std::string_view data)
    {
        if (m_stop.stop_requested())
            return false;
        const auto code = status();
        // The page that says what is wrong is of no use to us.
        if (code != 200 && code != 206)
            return true;
        if (!m_begun) {
            if (!begin())
                return false;
            m_begun = true;
        }
        if (m_file->size() + data.size() > (m_request.bytes > 0 ? m_request.bytes : m_request.most))
            return tooLarge();
        if (auto ok = m_file->append(std::as_bytes(std::span(data))); !ok) {
            m_answer->error = ok.error();
            return false;
        }
        report();
        return true;
    }

    void report() const
    {
        if (m_progress)
            m_progress({ "downloading", static_cast<std::int64_t>(m_file->size()),
                static_cast<std::int64_t>(m_request.bytes > 0 ? m_request.bytes : m_total) });
    }

    /// The SHA-256, once it is known to be right.
    Result<std::string> check() const
    {
        auto digest = sha256OfFile(m_part);
        if (!digest)
            return digest;
        const auto wrong = [&](const char* kind, const std::string& is, const std::string& wanted) {
            return fail(ErrorCode::Corrupt,
                m_request.url + ": the " + kind + " of what came is " + is + ", not " + wanted, {},
                "try again; if it stays so, the file is not the one that Vernier knows");
        };
        if (!digest->starts_with(m_request.sha256))
            return wrong("SHA-256", *digest, m_request.sha256);
        if (!m_request.md5.empty()) {
            const auto md5 = md5OfFile(m_part);
            if (!md5)
                return md5;
            if (*md5 != m_request.md5)
                return wrong("MD5", *md5, m_request.md5);
        }
        return digest;
    }

    const Download& m_request;
    const std::filesystem::path m_part;
    const std::filesystem::path m_state; ///< address, and what the server knows the part's file by
    const std::stop_token m_stop;
    const ProgressSink& m_progress;
    std::optional<AppendFile> m_file;
    std::string m_validator;
    bool m_restarted = false;
    std::uint64_t m_total = 0;

    // Of the request under way.
    CURL* m_easy = nullptr;
    Answer* m_answer = nullptr;
    bool m_begun = false;
    std::string m_length;
    std::string m_range;
    std::string m_newValidator;
};

} // namespace

Result<Downloaded> download(
    const Download& request, std::stop_token stop, const ProgressSink& progress)
{
    return Transfer(request, std::move(stop), progress).run();
}

} // namespace vernier
