#pragma once

#include "core/image/byte_source.h"

#include <csetjmp>
#include <cstdio>
#include <exception>

#include <jpeglib.h>

namespace vernier {

inline bool isRestart(int marker) { return marker >= JPEG_RST0 && marker <= JPEG_RST0 + 7; }

/// libjpeg's decompressor, fed from a source, with all that it complains of kept. It leaves its
/// functions by longjmp where it gives up, so that they are called within run() only. Private to
/// core/image.
class JpegDecoder {
public:
    /// Cameras leave a few bytes that mean nothing between the parts of whole pictures. Where it is
    /// more and no padding, in front of a restart or behind a progressive scan, the decoder has
    /// lost its way in the picture's data: of 180 photographs each with 512 bytes overwritten by
    /// another's, 137 showed no other sign, and 8 not this one.
    static constexpr std::size_t kMostStrayBytes = 8;
    /// Whether these are a few bytes over and over, as padding is.
    static bool repeats(std::span<const std::byte> bytes);
    /// Whether the `count` bytes at `at` are padding, and what comes before is not the same: that
    /// would be data overwritten.
    static bool isPadding(std::span<const std::byte> data, std::size_t at, std::size_t count);

    /// `step`: how many bytes are asked of the source at once. Both outlive the decoder.
    JpegDecoder(ByteSource& source, std::size_t step, const std::filesystem::path& name);
    ~JpegDecoder();
    JpegDecoder(const JpegDecoder&) = delete;
    JpegDecoder& operator=(const JpegDecoder&) = delete;

    jpeg_decompress_struct& info() { return m_info; }

    /// Calls `work`, which calls libjpeg; false where libjpeg gave up, see error(). What `work`
    /// itself makes must need no destructor. Throws what the source threw.
    template <class Work> bool run(Work&& work)
    {
        return guarded([](void* called) { (*static_cast<Work*>(called))(); }, &work);
    }

    /// Why libjpeg gave up in the last run(), or what it complained of first that costs pixels.
    tl::unexpected<Error> error() const;
    /// True where it went on, and complained of something that costs pixels. What is harmless does
    /// not count, and hides nothing.
    bool isDamaged() const { return m_damage.code != 0; }
    std::size_t strayBytes() const { return m_strayBytes; }
    /// True once more was asked for than there is.
    bool hasEnded() const { return m_ended; }
    /// Where in the source libjpeg reads next; its end once it has ended.
    std::uint64_t position() const;

private:
    struct Errors : jpeg_error_mgr {
        std::jmp_buf jump;
    };

    struct Complaint {
        int code = 0; ///< libjpeg's; 0: none
        std::string words;
    };

    using Call = void (*)(void*);
    bool guarded(Call call, void* work);
    void fill();
    void skip(std::uint64_t count);
    void warned();
    bool wasPadding(std::size_t count);
    void keep(Complaint& complaint);
    void rethrow();

    static JpegDecoder& of(j_common_ptr info)
    {
        return *static_cast<JpegDecoder*>(info->client_data);
    }
    static JpegDecoder& of(j_decompress_ptr info)
    {
        return *static_cast<JpegDecoder*>(info->client_data);
    }
    static void raise(j_common_ptr info);
    static boolean fillBuffer(j_decompress_ptr info);
    static void skipData(j_decompress_ptr info, long count);
    static void emit(j_common_ptr info, int level);

    ByteSource& m_source;
    const std::size_t m_step;
    const std::filesystem::path& m_name;
    jpeg_decompress_struct m_info {};
    Errors m_errors {};
    jpeg_source_mgr m_input {};
    std::span<const std::byte> m_buffer; ///< libjpeg's
    std::uint64_t m_next = 0; ///< where the source goes on behind libjpeg's buffer
    bool m_ended = false;
    std::size_t m_strayBytes = 0;
    Complaint m_fatal;
    Complaint m_damage;
    std::exception_ptr m_thrown; ///< by the source
};

} // namespace vernier
