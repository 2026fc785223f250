#include "core/image/tiff_file.h"

#include <array>
#include <cstdio>
#include <cstring>

namespace vernier {

namespace {

struct FreeOptions {
    void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};

} // namespace

TiffFile::TiffFile(ByteSource& source) : m_source(source)
{
    const std::unique_ptr<TIFFOpenOptions, FreeOptions> options(TIFFOpenOptionsAlloc());
    if (!options)
        throw std::bad_alloc();
    // A strip as the file has it is all that libtiff itself keeps, beside tables.
    constexpr std::uint64_t kTables = 64 << 20;
    TIFFOpenOptionsSetMaxSingleMemAlloc(
        options.get(), static_cast<tmsize_t>(kTables + source.size()));
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), &TiffFile::complain, this);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), &TiffFile::complain, this);
    // m: nothing is mapped; c: strips stay as they are.
    m_handle.reset(TIFFClientOpenExt("picture", "rmc", this, &TiffFile::read, &TiffFile::write,
        &TiffFile::seek, &TiffFile::close, &TiffFile::size, nullptr, nullptr, options.get()));
    rethrow();
}

void TiffFile::rethrow()
{
    if (m_thrown)
        std::rethrow_exception(std::exchange(m_thrown, nullptr));
}

tmsize_t TiffFile::read(thandle_t self, void* bytes, tmsize_t count)
{
    auto& file = of(self);
    auto* out = static_cast<std::byte*>(bytes);
    tmsize_t got = 0;
    try {
        while (got < count) {
            const auto part = file.m_source.at(file.m_at, static_cast<std::size_t>(count - got));
            if (part.empty()) {
                file.m_ended = true;
                break;
            }
            std::memcpy(out + got, part.data(), part.size());
            got += static_cast<tmsize_t>(part.size());
            file.m_at += part.size();
        }
    } catch (...) {
        file.m_thrown = std::current_exception();
        return -1;
    }
    return got;
}

tmsize_t TiffFile::write(thandle_t, void*, tmsize_t) { return -1; }

toff_t TiffFile::seek(thandle_t self, toff_t offset, int from)
{
    auto& file = of(self);
    // Of SEEK_SET, SEEK_CUR and SEEK_END libtiff uses the first, to read.
    if (from == SEEK_SET)
        file.m_at = offset;
    else if (from == SEEK_CUR)
        file.m_at += offset;
    else
        file.m_at = file.m_source.size() + offset;
    return file.m_at;
}

int TiffFile::close(thandle_t) { return 0; }

toff_t TiffFile::size(thandle_t self) { return of(self).m_source.size(); }

int TiffFile::complain(TIFF*, void* self, const char*, const char* format, va_list arguments)
{
    auto& file = of(self);
    if (!file.m_complaint.empty())
        return 1;
    std::array<char, 256> words {};
    std::vsnprintf(words.data(), words.size(), format, arguments);
    try {
        file.m_complaint = words.data();
        if (file.m_complaint.empty())
            file.m_complaint = "no reason";
    } catch (...) {
        file.m_thrown = std::current_exception();
    }
    return 1;
}

} // namespace vernier
