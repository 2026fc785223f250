#include "core/fetch/published_file.h"
#include "tests/fuzz/fuzz.h"

#include <cstdlib>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const fuzz::ScratchFolder scratch;
    const auto file = scratch.write("catalogue.json", fuzz::bytesOf(data, size));
    static const int set = ::setenv("VERNIER_CATALOGUE", file.c_str(), 1);
    fuzz::require(set == 0, "the catalogue can be named");
    const auto files = publishedFiles();
    if (!files)
        return 0;
    for (const auto& entry : *files) {
        if (entry.kind == PublishedFile::Kind::Weights)
            fuzz::require(placeOf(entry).parent_path().filename() == "weights",
                "fetched weights stay in their folder");
        isFetched(entry);
    }
    return 0;
}
