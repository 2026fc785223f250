#include "core/base/hash.h"

#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

#include <openssl/evp.h>
#include <xxhash.h>

namespace vernier {

namespace {

std::string toHex(std::span<const std::uint8_t> bytes)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto b : bytes) {
        text += digits[b >> 4];
        text += digits[b & 15];
    }
    return text;
}

class Digest {
public:
    explicit Digest(const EVP_MD* kind) : m_context(EVP_MD_CTX_new(), &EVP_MD_CTX_free)
    {
        EVP_DigestInit_ex(m_context.get(), kind, nullptr);
    }
    void add(const void* data, std::size_t size) { EVP_DigestUpdate(m_context.get(), data, size); }
    std::string finish()
    {
        std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest {};
        unsigned size = 0;
        EVP_DigestFinal_ex(m_context.get(), digest.data(), &size);
        return toHex(std::span(digest).first(size));
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> m_context;
};

Result<std::string> digestOfFile(const std::filesystem::path& path, const EVP_MD* kind)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return fail(ErrorCode::Unreadable, "cannot be opened", path);
    Digest hash(kind);
    std::vector<char> buffer(1 << 20);
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        hash.add(buffer.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad())
        return fail(ErrorCode::Unreadable, "reading failed half way", path);
    return hash.finish();
}

} // namespace

std::string ContentHash::hex() const { return toHex(bytes); }

std::size_t ContentHasher::operator()(const ContentHash& hash) const
{
    std::size_t value = 0;
    std::memcpy(&value, hash.bytes.data(), sizeof value);
    return value;
}

ContentHash contentHash(std::span<const std::byte> data)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(data.data(), data.size()));
    ContentHash hash;
    std::memcpy(hash.bytes.data(), canonical.digest, hash.bytes.size());
    return hash;
}

std::uint64_t checksum(std::span<const std::byte> data)
{
    const auto digest = contentHash(data);
    std::uint64_t value = 0;
    std::memcpy(&value, digest.bytes.data(), sizeof value);
    return value;
}

std::string sha256(std::span<const std::byte> data)
{
    Digest hash(EVP_sha256());
    hash.add(data.data(), data.size());
    return hash.finish();
}

Result<std::string> sha256OfFile(const std::filesystem::path& path)
{
    return digestOfFile(path, EVP_sha256());
}

Result<std::string> md5OfFile(const std::filesystem::path& path)
{
    return digestOfFile(path, EVP_md5());
}

} // namespace vernier
