// run.json and notes.json, which have no key in common.

#include "core/runs/run_record.h"
#include "tests/fuzz/run_folder.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const fuzz::RunFolder run;
    run.write(run_files::kRecord, fuzz::textOf(data, size));
    run.write(run_files::kNotes, fuzz::textOf(data, size));
    if (const auto record = readRunRecord(run.path()))
        fuzz::require(writeRunRecord(run.path(), *record).has_value()
                && readRunRecord(run.path()).has_value(),
            "what was read can be written and read");
    readRunNotes(run.path());
    return 0;
}
