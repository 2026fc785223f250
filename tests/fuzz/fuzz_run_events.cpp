#include "tests/fuzz/run_folder.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const fuzz::RunFolder run;
    run.write(run_files::kEvents, fuzz::textOf(data, size));
    if (const auto info = readRun(run.path()))
        fuzz::require(info->epochsDone() >= 0, "epochs are counted from nothing");
    return 0;
}
