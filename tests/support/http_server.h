#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace vernier::test {

struct HttpRequest {
    std::string path; ///< "/file"
    std::map<std::string, std::string> headers; ///< names in lower case
};

struct HttpReply {
    std::string bytes; ///< status line, header, body; the connection is closed behind them
    bool hangs = false; ///< the connection stays open and silent instead
};

/// A server on this machine, for one test. Requests are answered one after the other on a thread
/// of its own, by a function that may lie in any way.
class HttpServer {
public:
    using Handler = std::function<HttpReply(const HttpRequest&)>;
    explicit HttpServer(Handler handler);
    ~HttpServer(); ///< stops and joins
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::string url(std::string_view path) const; ///< "http://127.0.0.1:PORT/path"
    std::vector<HttpRequest> requests() const; ///< so far

private:
    void serve(std::stop_token stop);

    Handler m_handler;
    int m_socket = -1;
    int m_port = 0;
    mutable std::mutex m_mutex;
    std::vector<HttpRequest> m_requests;
    std::vector<int> m_hanging;
    std::jthread m_thread;
};

/// "HTTP/1.1 200 ..." with Content-Length, unless `headers` says one.
HttpReply httpReply(
    int status, std::string_view body, const std::map<std::string, std::string>& headers = {});

/// As a good server answers for a file: honours Range, where If-Range names the file's `tag`.
HttpReply fileReply(const HttpRequest& request, std::string_view content, const std::string& tag);

/// Of a reply, its first part, after which the connection breaks.
HttpReply brokenOff(HttpReply reply, std::size_t bodyBytes);

} // namespace vernier::test
