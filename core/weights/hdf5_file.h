#pragma once

#include "core/base/files.h"
#include "core/base/reader_process.h"
#include "core/base/result.h"
#include "core/weights/safetensors.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace vernier {

/// A dataset of an HDF5 file.
struct Hdf5Dataset {
    enum class Kind : std::uint8_t {
        Plain, ///< its numbers lie in the file as they are
        OtherType, ///< neither 32-bit nor 64-bit floating-point numbers, little-endian
        Elsewhere, ///< compressed, in pieces, or in another file
        Impossible ///< its shape and its numbers do not go together, or not into the file
    };
    std::string path; ///< "/block1_conv1/kernel:0"
    Kind kind = Kind::Plain;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape {};
    std::uint64_t at = 0; ///< of its numbers in the file
};

/// An HDF5 file, or a record of an archive that is one, open for reading. What is in it is found
/// out by HDF5's library in a process of its own, since a damaged file can lead the library
/// anywhere; the numbers are read here.
class Hdf5File {
public:
    /// `reader` is another one only in tests.
    static Result<Hdf5File> open(const std::filesystem::path& path, FilePart part,
        const std::filesystem::path& reader = readerProgram());

    const std::vector<Hdf5Dataset>& datasets() const { return m_datasets; }
    /// By a group's path, what it is named in its attributes.
    const std::map<std::string, std::string>& names() const { return m_names; }
    /// Of a plain one; `into` is as long as its shape says.
    Status read(const Hdf5Dataset& dataset, std::span<std::byte> into) const;

private:
    Hdf5File(std::filesystem::path path, InputFile file)
        : m_path(std::move(path)), m_file(std::move(file))
    {
    }
    Status take(std::span<const std::byte> list, FilePart part);

    std::filesystem::path m_path;
    InputFile m_file;
    std::vector<Hdf5Dataset> m_datasets;
    std::map<std::string, std::string> m_names;
};

} // namespace vernier
