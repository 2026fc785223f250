#pragma once

#include "core/image/byte_source.h"

#include <exception>
#include <memory>

#include <tiffio.h>

namespace vernier {

/// libtiff on a source, at the first page, with what it complains of kept instead of printed.
/// Private to core/image.
class TiffFile {
public:
    /// The source outlives it.
    explicit TiffFile(ByteSource& source);
    TiffFile(const TiffFile&) = delete;
    TiffFile& operator=(const TiffFile&) = delete;

    /// Null where libtiff can make nothing of it.
    TIFF* handle() const { return m_handle.get(); }
    /// A tag's value, its default where it has one; none where it is missing.
    template <class T> std::optional<T> tag(std::uint32_t number) const
    {
        T value {};
        if (TIFFGetFieldDefaulted(m_handle.get(), number, &value) != 1)
            return std::nullopt;
        return value;
    }

    /// The first complaint since the last forget(), of errors and warnings; empty: none.
    const std::string& complaint() const { return m_complaint; }
    void forget() { m_complaint.clear(); }
    /// More was asked for than there is.
    bool hasEnded() const { return m_ended; }
    /// Throws what the source threw.
    void rethrow();

private:
    static TiffFile& of(thandle_t self) { return *static_cast<TiffFile*>(self); }
    static tmsize_t read(thandle_t self, void* bytes, tmsize_t count);
    static tmsize_t write(thandle_t self, void* bytes, tmsize_t count);
    static toff_t seek(thandle_t self, toff_t offset, int from);
    static int close(thandle_t self);
    static toff_t size(thandle_t self);
    static int complain(TIFF* handle, void* self, const char* where, const char* format, va_list);

    struct Close {
        void operator()(TIFF* handle) const { TIFFClose(handle); }
    };

    ByteSource& m_source;
    std::uint64_t m_at = 0;
    bool m_ended = false;
    std::string m_complaint;
    std::exception_ptr m_thrown;
    std::unique_ptr<TIFF, Close> m_handle;
};

} // namespace vernier
