#include "core/model/model_description.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    const auto model = modelDescriptionFromJson(fuzz::textOf(data, size), "model");
    if (!model)
        return 0;
    fuzz::require(allLayers(*model).has_value(), "what was read is a network");
    const auto again = modelDescriptionFromJson(toJson(*model), "model");
    fuzz::require(
        again.has_value() && toJson(*again) == toJson(*model), "what is written is what is read");
    return 0;
}
