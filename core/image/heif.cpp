#include "core/image/heif.h"

#include "core/image/opencv.h"
#include "core/image/over_white.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

#include <libheif/heif.h>

namespace vernier {

namespace {

using Path = std::filesystem::path;

template <auto release> struct Releaser {
    template <class T> void operator()(T* what) const { release(what); }
};
using Options = std::unique_ptr<heif_decoding_options, Releaser<heif_decoding_options_free>>;
using Image = std::unique_ptr<heif_image, Releaser<heif_image_release>>;

/// What libheif reads from.
struct Input {
    ByteSource& source;
    std::int64_t position = 0;

    static int read(void* to, std::size_t count, void* self)
    {
        auto& input = *static_cast<Input*>(self);
        try {
            const auto bytes = input.source.at(static_cast<std::uint64_t>(input.position), count);
            if (bytes.size() < count)
                return 1;
            if (count > 0)
                std::memcpy(to, bytes.data(), count);
            input.position += static_cast<std::int64_t>(count);
            return 0;
        } catch (const std::bad_alloc&) {
            return 1;
        }
    }
    static std::int64_t tell(void* self) { return static_cast<Input*>(self)->position; }
    static int seek(std::int64_t position, void* self)
    {
        static_cast<Input*>(self)->position = position;
        return position < 0 ? 1 : 0;
    }
    static heif_reader_grow_status wait(std::int64_t size, void* self)
    {
        return size < 0
                || static_cast<std::uint64_t>(size) > static_cast<Input*>(self)->source.size()
            ? heif_reader_grow_status_size_beyond_eof
            : heif_reader_grow_status_size_reached;
    }
};

Error errorOf(const heif_error& error, const Path& name)
{
    switch (error.code) {
    case heif_error_Memory_allocation_error:
        if (error.subcode == heif_suberror_Security_limit_exceeded)
            break;
        return { ErrorCode::OutOfMemory, "there is not enough memory for it", name, {} };
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature:
        return { ErrorCode::Unsupported,
            std::string("HEIC and AVIF of this kind cannot be used (") + error.message + ")", name,
            "save it as JPEG or PNG" };
    case heif_error_Invalid_input:
        if (error.subcode == heif_suberror_End_of_data)
            return cutOff(name).value();
        break;
    default:
        break;
    }
    return damaged(name, std::string("the HEIF decoder says \"") + error.message + "\"").value();
}

class HeifReader {
public:
    explicit HeifReader(ByteSource& source) : m_input { source } { }
    HeifReader(const HeifReader&) = delete;
    HeifReader& operator=(const HeifReader&) = delete;
    ~HeifReader()
    {
        heif_image_handle_release(m_picture);
        heif_context_free(m_context);
    }

    std::optional<Error> open(const Path& name)
    {
        static const heif_reader kReader { 1, &Input::tell, &Input::read, &Input::seek,
            &Input::wait };
        m_context = heif_context_alloc();
        if (!m_context)
            return Error { ErrorCode::OutOfMemory, "there is not enough memory for it", name, {} };
        // Threads are its caller's.
        heif_context_set_max_decoding_threads(m_context, 0);
        auto done = heif_context_read_from_reader(m_context, &kReader, &m_input, nullptr);
        if (done.code == heif_error_Ok)
            done = heif_context_get_primary_image_handle(m_context, &m_picture);
        if (done.code != heif_error_Ok)
            return errorOf(done, name);
        return std::nullopt;
    }

    const heif_image_handle* picture() const { return m_picture; }

private:
    Input m_input;
    heif_context* m_context = nullptr;
    heif_image_handle* m_picture = nullptr;
};

bool hasDecoder(std::string_view id)
{
    constexpr int kMost = 10;
    std::array<const heif_decoder_descriptor*, kMost> decoders {};
    const int count = heif_get_decoder_descriptors(heif_compression_AV1, decoders.data(), kMost);
    return std::any_of(decoders.begin(), decoders.begin() + count,
        [&](const auto* decoder) { return id == heif_decoder_descriptor_get_id_name(decoder); });
}

/// The boxes that the file is made of, one behind the other; behind those of the picture there may
/// be what a camera adds.
bool isWhole(ByteSource& source)
{
    constexpr int kMostBoxes = 4096;
    std::uint64_t offset = 0;
    bool meta = false;
    bool data = false;
    for (int box = 0; box < kMostBoxes && offset < source.size(); ++box) {
        std::uint64_t length = source.u32(offset, true).value_or(1);
        if (length == 0)
            return true;
        if (length == 1)
            length = std::uint64_t { source.u32(offset + 8, true).value_or(UINT32_MAX) } << 32
                | source.u32(offset + 12, true).value_or(UINT32_MAX);
        if (length < 8 || length > source.size() - offset)
            return meta && data;
        meta = meta || source.startsWith(offset + 4, "meta");
        data = data || source.startsWith(offset + 4, "mdat");
        offset += length;
    }
    return offset >= source.size();
}

} // namespace

bool isHeif(ByteSource& source)
{
    if (!source.startsWith(4, "ftyp"))
        return false;
    for (const auto* brand : { "heic", "heix", "heim", "heis", "hevc", "hevx", "avif", "avis",
             "mif1", "mif2", "msf1" }) {
        if (source.startsWith(8, brand))
            return true;
    }
    return false;
}

Result<Header> readHeifHeader(ByteSource& source, const Path& name)
{
    if (!isWhole(source))
        return cutOff(name);
    HeifReader reader(source);
    if (auto error = reader.open(name))
        return tl::unexpected(*std::move(error));
    const bool isAvif = source.startsWith(8, "avi");
    auto header = checkedSize({ .format = isAvif ? PictureFormat::Avif : PictureFormat::Heic },
        heif_image_handle_get_width(reader.picture()),
        heif_image_handle_get_height(reader.picture()), name);
    if (header)
        // What is stored may be cut out of something larger.
        if (auto stored = checkedSize({}, heif_image_handle_get_ispe_width(reader.picture()),
                heif_image_handle_get_ispe_height(reader.picture()), name);
            !stored)
            return stored;
    return header;
}

Result<Picture> decodeHeif(std::span<const std::byte> file, const Header& header, const Path& name)
{
    MemorySource source(file);
    HeifReader reader(source);
    if (auto error = reader.open(name))
        return tl::unexpected(*std::move(error));
    const Options options(heif_decoding_options_alloc());
    if (!options)
        return fail(ErrorCode::OutOfMemory, "there is not enough memory for it", name);
    options->convert_hdr_to_8bit = 1;
    options->strict_decoding = 1;
    // For AV1, whatever the file's brand is: it sees damage that dav1d, which is asked first,
    // passes over, and keeps no memory of data that is empty.
    if (hasDecoder("aom"))
        options->decoder_id = "aom";
    const bool transparent = heif_image_handle_has_alpha_channel(reader.picture()) != 0;
    heif_image* raw = nullptr;
    const auto done = heif_decode_image(reader.picture(), &raw, heif_colorspace_RGB,
        transparent ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
    const Image image(raw);
    if (done.code != heif_error_Ok)
        return tl::unexpected(errorOf(done, name));
    heif_error warning {};
    if (heif_image_get_decoding_warnings(image.get(), 0, &warning, 1) > 0)
        return tl::unexpected(errorOf(warning, name));

    int stride = 0;
    const auto* pixels
        = heif_image_get_plane_readonly(image.get(), heif_channel_interleaved, &stride);
    if (!pixels || heif_image_get_width(image.get(), heif_channel_interleaved) != header.width
        || heif_image_get_height(image.get(), heif_channel_interleaved) != header.height)
        return damaged(name, "it is not as large as its header says");
    Picture picture = emptyPicture(header.width, header.height);
    const auto width = static_cast<std::size_t>(header.width);
    const bool premultiplied = heif_image_handle_is_premultiplied_alpha(reader.picture()) != 0;
    for (int y = 0; y < header.height; ++y) {
        const auto* row = pixels + static_cast<std::ptrdiff_t>(y) * stride;
        auto* out = picture.rgb.data() + static_cast<std::size_t>(y) * width * 3;
        if (!transparent)
            std::memcpy(out, row, width * 3);
        else if (premultiplied)
            layMultipliedOverWhite({ row, width * 4 }, out);
        else
            layOverWhite({ row, width * 4 }, out);
    }
    return picture;
}

} // namespace vernier
