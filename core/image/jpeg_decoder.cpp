#include "core/image/jpeg_decoder.h"

#include "core/image/header.h"

#include <algorithm>
#include <array>

#include <jerror.h>

namespace vernier {

namespace {

constexpr std::array<JOCTET, 2> kEnd { 0xFF, JPEG_EOI };

void doNothing(j_decompress_ptr) { }

void sayNothing(j_common_ptr) { }

/// Odd numbers in headers: no pixel depends on them.
bool isHarmless(int code)
{
    return code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR || code == JWRN_NOT_SEQUENTIAL;
}

} // namespace

JpegDecoder::JpegDecoder(ByteSource& source, std::size_t step, const std::filesystem::path& name)
    : m_source(source), m_step(step), m_name(name)
{
    m_info.err = jpeg_std_error(&m_errors);
    m_errors.error_exit = &JpegDecoder::raise;
    m_errors.emit_message = &JpegDecoder::emit;
    m_errors.output_message = &sayNothing;
    m_info.client_data = this;
    if (!run([this] { jpeg_create_decompress(&m_info); }))
        throw std::bad_alloc();
    m_input.init_source = &doNothing;
    m_input.fill_input_buffer = &JpegDecoder::fillBuffer;
    m_input.skip_input_data = &JpegDecoder::skipData;
    m_input.resync_to_restart = &jpeg_resync_to_restart;
    m_input.term_source = &doNothing;
    m_info.src = &m_input;
}

JpegDecoder::~JpegDecoder() { jpeg_destroy_decompress(&m_info); }

bool JpegDecoder::guarded(Call call, void* work)
{
    m_fatal = {};
    if (setjmp(m_errors.jump) != 0) {
        rethrow();
        return false;
    }
    call(work);
    rethrow();
    return true;
}

void JpegDecoder::rethrow()
{
    if (m_thrown)
        std::rethrow_exception(std::exchange(m_thrown, nullptr));
}

void JpegDecoder::keep(Complaint& complaint)
{
    complaint.code = m_errors.msg_code;
    std::array<char, JMSG_LENGTH_MAX> words {};
    m_errors.format_message(reinterpret_cast<j_common_ptr>(&m_info), words.data());
    try {
        complaint.words = words.data();
    } catch (...) {
        m_thrown = std::current_exception();
    }
}

tl::unexpected<Error> JpegDecoder::error() const
{
    const auto& complaint = m_fatal.code != 0 ? m_fatal : m_damage;
    switch (complaint.code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
        return fail(ErrorCode::OutOfMemory, "there is not enough memory for it", m_name);
    case JERR_IMAGE_TOO_BIG:
        return fail(ErrorCode::TooLarge, "its edges are longer than a JPEG picture's can be",
            m_name, "scale the picture down");
    case JERR_BAD_PRECISION:
        return fail(ErrorCode::Unsupported,
            "JPEG with " + std::to_string(m_info.data_precision) + " bits a channel cannot be used",
            m_name, "save it as PNG or as an ordinary JPEG");
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
        return fail(ErrorCode::Unsupported,
            "lossless, hierarchical and arithmetically coded JPEG cannot be used", m_name,
            "save it as PNG or as an ordinary JPEG");
    case JERR_EMPTY_IMAGE:
        return damaged(m_name, "its header gives no size");
    default:
        break;
    }
    if (m_ended)
        return cutOff(m_name);
    return damaged(m_name, "the JPEG decoder says \"" + complaint.words + "\"");
}

std::uint64_t JpegDecoder::position() const
{
    return m_ended ? m_source.size() : m_next - m_input.bytes_in_buffer;
}

void JpegDecoder::fill()
{
    std::span<const std::byte> bytes;
    if (!m_thrown) {
        try {
            bytes = m_source.at(m_next, m_step);
        } catch (...) {
            m_thrown = std::current_exception();
        }
    }
    m_next += bytes.size();
    m_buffer = bytes;
    if (bytes.empty()) {
        m_ended = true;
        m_input.next_input_byte = kEnd.data();
        m_input.bytes_in_buffer = kEnd.size();
        return;
    }
    m_input.next_input_byte = reinterpret_cast<const JOCTET*>(bytes.data());
    m_input.bytes_in_buffer = bytes.size();
}

void JpegDecoder::skip(std::uint64_t count)
{
    const auto here = std::min<std::uint64_t>(count, m_input.bytes_in_buffer);
    m_input.next_input_byte += here;
    m_input.bytes_in_buffer -= here;
    m_next += count - here;
}

bool JpegDecoder::repeats(std::span<const std::byte> bytes)
{
    constexpr std::size_t kLongestPeriod = 4;
    for (std::size_t period = 1; period <= std::min(kLongestPeriod, bytes.size() / 2); ++period) {
        if (std::equal(
                bytes.begin() + static_cast<std::ptrdiff_t>(period), bytes.end(), bytes.begin()))
            return true;
    }
    return false;
}

bool JpegDecoder::isPadding(std::span<const std::byte> data, std::size_t at, std::size_t count)
{
    // The decoder may have read a few bytes ahead.
    constexpr std::size_t kLookBack = 24;
    const auto before = std::min(at, kLookBack);
    return repeats(data.subspan(at, count)) && !repeats(data.subspan(at - before, before + count));
}

/// Of what was passed over in front of the marker at which libjpeg stands.
bool JpegDecoder::wasPadding(std::size_t count)
{
    const auto read = m_buffer.size() - std::min(m_buffer.size(), m_input.bytes_in_buffer);
    return read >= count && isPadding(m_buffer, read - count, count);
}

void JpegDecoder::warned()
{
    const int code = m_errors.msg_code;
    if (code == JWRN_EXTRANEOUS_DATA) {
        const auto count = static_cast<std::size_t>(std::max(0, m_errors.msg_parm.i[0]));
        m_strayBytes += count;
        if (!isRestart(m_errors.msg_parm.i[1]) || count <= kMostStrayBytes || wasPadding(count))
            return;
    }
    if (m_damage.code == 0 && !isHarmless(code))
        keep(m_damage);
}

void JpegDecoder::raise(j_common_ptr info)
{
    auto& decoder = of(info);
    decoder.keep(decoder.m_fatal);
    std::longjmp(decoder.m_errors.jump, 1);
}

boolean JpegDecoder::fillBuffer(j_decompress_ptr info)
{
    of(info).fill();
    return TRUE;
}

void JpegDecoder::skipData(j_decompress_ptr info, long count)
{
    if (count > 0)
        of(info).skip(static_cast<std::uint64_t>(count));
}

void JpegDecoder::emit(j_common_ptr info, int level)
{
    // Above: what it tells for the curious.
    if (level < 0)
        of(info).warned();
}

} // namespace vernier
