#include "app/vernier_reader/channel.h"

#include <array>
#include <cerrno>

#include <unistd.h>

namespace vernier::reader {

namespace {

bool receive(std::span<std::byte> into)
{
    while (!into.empty()) {
        const auto got = ::read(STDIN_FILENO, into.data(), into.size());
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        if (got > 0)
            into = into.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

void send(std::span<const std::byte> data)
{
    while (!data.empty()) {
        const auto sent = ::write(STDOUT_FILENO, data.data(), data.size());
        if (sent <= 0 && !(sent < 0 && errno == EINTR))
            ::_exit(1);
        if (sent > 0)
            data = data.subspan(static_cast<std::size_t>(sent));
    }
}

void sendFrame(ReaderReply reply, std::uint64_t bytes)
{
    const std::array frame { ReaderFrame { static_cast<std::uint32_t>(reply), 0, bytes } };
    send(std::as_bytes(std::span(frame)));
}

} // namespace

void Channel::ready() { sendFrame(ReaderReply::Ready, 0); }

std::optional<Question> Channel::next()
{
    std::array<ReaderFrame, 1> frame {};
    if (!receive(std::as_writable_bytes(std::span(frame))) || frame[0].bytes > kMostQuestionBytes)
        return std::nullopt;
    Question question { frame[0].kind, std::vector<std::byte>(frame[0].bytes) };
    if (!receive(question.argument))
        return std::nullopt;
    return question;
}

void Channel::answer(std::span<const std::byte> data)
{
    sendFrame(ReaderReply::Answer, data.size());
    send(data);
}

void Channel::refuse(ReaderRefusal why, std::string_view sentence)
{
    const std::array code { static_cast<std::byte>(why) };
    sentence = sentence.substr(0, kMostRefusalBytes - code.size());
    sendFrame(ReaderReply::Refusal, code.size() + sentence.size());
    send(code);
    send(std::as_bytes(std::span(sentence)));
}

} // namespace vernier::reader
