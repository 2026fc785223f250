#include "core/runs/project.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const fuzz::ScratchFolder scratch;
    const auto file = scratch.write("a.vernier", fuzz::bytesOf(data, size));
    const auto project = readProject(file);
    if (project && !project->pictures.empty())
        fuzz::require(check(project->recipe).has_value(), "a project's recipe keeps all rules");
    return 0;
}
