#include "tests/fuzz/run_folder.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const fuzz::RunFolder run;
    run.write(run_files::kDataset, fuzz::textOf(data, size));
    if (const auto dataset = readRunDataset(run.path())) {
        const auto classes = static_cast<ClassIndex>((*dataset)->classes.size());
        for (const auto& image : (*dataset)->images)
            fuzz::require(
                image.label >= 0 && image.label < classes, "a picture's class is one of them");
    }
    readJudgedRunDataset(run.path());
    return 0;
}
