// The side that asks: the input is all that a reader of HDF5 says, which a file may have taken
// over.

#include "core/weights/hdf5_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const fuzz::ScratchFolder scratch;
    static const auto reader
        = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "answering-reader";
    const auto path = scratch.write("a.h5", fuzz::bytesOf(data, size));
    const auto file = Hdf5File::open(path, { 0, size }, reader);
    if (!file)
        return 0;
    for (const auto& dataset : file->datasets()) {
        if (dataset.kind != Hdf5Dataset::Kind::Plain)
            continue;
        std::uint64_t bytes = vernier::size(dataset.dtype);
        for (const auto edge : dataset.shape)
            bytes *= static_cast<std::uint64_t>(edge);
        fuzz::require(dataset.at <= size && bytes <= size - dataset.at,
            "the numbers of a plain dataset lie in the file");
        std::vector<std::byte> into(bytes);
        fuzz::require(file->read(dataset, into).has_value(), "and can be read");
    }
    return 0;
}
