#include "tests/support/http_server.h"

#include "core/base/text.h"
#include "tests/support/give_up.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vernier::test {

namespace {

constexpr std::string_view kHeaderEnd = "\r\n\r\n";

HttpRequest parse(std::string_view text)
{
    HttpRequest request;
    const auto start = text.find(' ') + 1;
    request.path = text.substr(start, text.find(' ', start) - start);
    for (auto at = text.find("\r\n") + 2; at < text.size();) {
        const auto end = std::min(text.find("\r\n", at), text.size());
        const auto line = text.substr(at, end - at);
        const auto colon = line.find(": ");
        if (colon != std::string_view::npos)
            request.headers[lowered(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
        at = end + 2;
    }
    return request;
}

} // namespace

HttpServer::HttpServer(Handler handler) : m_handler(std::move(handler))
{
    m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* general = reinterpret_cast<sockaddr*>(&address);
    if (m_socket < 0 || ::bind(m_socket, general, size) != 0 || ::listen(m_socket, 8) != 0
        || ::getsockname(m_socket, general, &size) != 0)
        giveUp("there is no port for a test's server");
    m_port = ntohs(address.sin_port);
    m_thread = std::jthread([this](std::stop_token stop) { serve(std::move(stop)); });
}

HttpServer::~HttpServer()
{
    m_thread.request_stop();
    m_thread.join();
    for (const int connection : m_hanging)
        ::close(connection);
    ::close(m_socket);
}

std::string HttpServer::url(std::string_view path) const
{
    return "http://127.0.0.1:" + std::to_string(m_port) + std::string(path);
}

std::vector<HttpRequest> HttpServer::requests() const
{
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

void HttpServer::serve(std::stop_token stop)
{
    while (!stop.stop_requested()) {
        pollfd waiting { m_socket, POLLIN, 0 };
        if (::poll(&waiting, 1, 20) <= 0)
            continue;
        const int connection = ::accept4(m_socket, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0)
            continue;
        std::string text;
        std::array<char, 4096> buffer {};
        while (text.find(kHeaderEnd) == std::string::npos) {
            const auto count = ::recv(connection, buffer.data(), buffer.size(), 0);
            if (count <= 0)
                break;
            text.append(buffer.data(), static_cast<std::size_t>(count));
        }
        const auto request = parse(text);
        {
            const std::lock_guard lock(m_mutex);
            m_requests.push_back(request);
        }
        const auto reply = m_handler(request);
        for (std::size_t sent = 0; sent < reply.bytes.size();) {
            const auto count = ::send(
                connection, reply.bytes.data() + sent, reply.bytes.size() - sent, MSG_NOSIGNAL);
            if (count <= 0)
                break;
            sent += static_cast<std::size_t>(count);
        }
        if (reply.hangs) {
            m_hanging.push_back(connection);
        } else {
            // What the client still sends is read, or it would lose our last bytes to a reset.
            ::shutdown(connection, SHUT_WR);
            pollfd closing { connection, POLLIN, 0 };
            while (::poll(&closing, 1, 1000) > 0
                && ::recv(connection, buffer.data(), buffer.size(), 0) > 0) { }
            ::close(connection);
        }
    }
}

HttpReply httpReply(
    int status, std::string_view body, const std::map<std::string, std::string>& headers)
{
    std::string bytes = "HTTP/1.1 " + std::to_string(status) + " Test\r\nConnection: close\r\n";
    if (!headers.contains("Content-Length"))
        bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    for (const auto& [name, value] : headers) {
        if (!value.empty())
            bytes += name + ": " + value + "\r\n";
    }
    return { bytes + "\r\n" + std::string(body), false };
}

HttpReply fileReply(const HttpRequest& request, std::string_view content, const std::string& tag)
{
    const auto range = request.headers.find("range");
    const auto same = request.headers.find("if-range");
    if (range == request.headers.end() || (same != request.headers.end() && same->second != tag))
        return httpReply(200, content, { { "ETag", tag } });
    const auto from = std::stoul(range->second.substr(std::string_view("bytes=").size()));
    if (from >= content.size())
        return httpReply(416, "");
    const auto size = std::to_string(content.size());
    return httpReply(206, content.substr(from),
        { { "ETag", tag },
            { "Content-Range",
                "bytes " + std::to_string(from) + "-" + std::to_string(content.size() - 1) + "/"
                    + size } });
}

HttpReply brokenOff(HttpReply reply, std::size_t bodyBytes)
{
    reply.bytes.resize(reply.bytes.find(kHeaderEnd) + kHeaderEnd.size() + bodyBytes);
    return reply;
}

} // namespace vernier::test
