#include "core/image/jpeg.h"

#include "core/image/opencv.h"

#include <memory>

#include <turbojpeg.h>

namespace vernier {

namespace {

struct DestroyHandle {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, DestroyHandle>;

/// libjpeg reports what it can live with as warnings, of which turbojpeg keeps the first. Bytes too
/// many and odd version numbers cost no pixel, and many cameras write them.
bool costsPixels(std::string_view warning)
{
    return warning.find("extraneous bytes") == std::string_view::npos
        && (warning.find("Corrupt JPEG data") != std::string_view::npos
            || warning.find("Premature end") != std::string_view::npos);
}

tl::unexpected<Error> jpegError(tjhandle handle, const std::filesystem::path& name)
{
    const std::string message = tjGetErrorStr2(handle);
    if (message.find("Premature end") != std::string::npos)
        return cutOff(name);
    return damaged(name, "the JPEG decoder says \"" + message + "\"");
}

/// Multiplies ink out of light. Adobe stores CMYK inverted: 255 is no ink.
void cmykToRgb(const std::vector<std::uint8_t>& cmyk, bool inverted, std::vector<std::uint8_t>& rgb)
{
    const int flip = inverted ? 0 : 255;
    for (std::size_t i = 0, j = 0; i < cmyk.size(); i += 4, j += 3) {
        const int black = cmyk[i + 3] ^ flip;
        for (std::size_t c = 0; c < 3; ++c)
            rgb[j + c] = static_cast<std::uint8_t>(((cmyk[i + c] ^ flip) * black + 127) / 255);
    }
}

tjscalingfactor scaleFor(int shorterEdge, int atLeast)
{
    tjscalingfactor best { 1, 1 };
    if (atLeast <= 0)
        return best;
    int count = 0;
    const tjscalingfactor* factors = tjGetScalingFactors(&count);
    for (int i = 0; i < count; ++i) {
        const bool smaller = factors[i].num * best.denom < best.num * factors[i].denom;
        if (smaller && TJSCALED(shorterEdge, factors[i]) >= atLeast)
            best = factors[i];
    }
    return best;
}

} // namespace

Result<Picture> decodeJpeg(std::span<const std::byte> file, const Header& header,
    const std::filesystem::path& name, int atLeast)
{
    const Handle handle(tjInitDecompress());
    if (!handle)
        return fail(ErrorCode::OutOfMemory, "the JPEG decoder could not start", name);
    const auto* data = reinterpret_cast<const unsigned char*>(file.data());
    int width = 0;
    int height = 0;
    int subsampling = 0;
    int colours = 0;
    if (tjDecompressHeader3(
            handle.get(), data, file.size(), &width, &height, &subsampling, &colours)
        != 0)
        return jpegError(handle.get(), name);
    // The size was checked in our own reading of the header: the two must not differ.
    if (width != header.width || height != header.height)
        return damaged(name, "it states two sizes");

    const auto scale = scaleFor(std::min(width, height), atLeast);
    Picture picture = emptyPicture(TJSCALED(width, scale), TJSCALED(height, scale));
    const bool cmyk = colours == TJCS_CMYK || colours == TJCS_YCCK;
    std::vector<std::uint8_t> inks(cmyk ? picture.rgb.size() / 3 * 4 : 0);
    const int status
        = tjDecompress2(handle.get(), data, file.size(), cmyk ? inks.data() : picture.rgb.data(),
            picture.width, 0, picture.height, cmyk ? TJPF_CMYK : TJPF_RGB, TJFLAG_LIMITSCANS);
    if (status != 0
        && (tjGetErrorCode(handle.get()) == TJERR_FATAL
            || costsPixels(tjGetErrorStr2(handle.get()))))
        return jpegError(handle.get(), name);
    if (cmyk)
        cmykToRgb(inks, header.adobe, picture.rgb);
    return picture;
}

Result<std::vector<std::byte>> encodeJpeg(const Picture& picture, int quality)
{
    const Handle handle(tjInitCompress());
    if (!handle)
        return fail(ErrorCode::OutOfMemory, "the JPEG encoder could not start");
    unsigned char* data = nullptr;
    unsigned long size = 0;
    const int status = tjCompress2(handle.get(), picture.rgb.data(), picture.width, 0,
        picture.height, TJPF_RGB, &data, &size, TJSAMP_420, quality, 0);
    const std::unique_ptr<unsigned char, decltype(&tjFree)> owner(data, &tjFree);
    if (status != 0)
        return fail(ErrorCode::Internal,
            std::string("the JPEG encoder says \"") + tjGetErrorStr2(handle.get()) + "\"");
    const auto bytes = std::as_bytes(std::span(data, size));
    return std::vector<std::byte>(bytes.begin(), bytes.end());
}

} // namespace vernier
