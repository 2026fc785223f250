#include "core/weights/state_dict.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    auto text = fuzz::textOf(data, size);
    // Several follow one another in a file of before PyTorch 1.6.
    while (!text.empty()) {
        const auto pickle = readPickle(text, "data.pkl");
        if (!pickle)
            return 0;
        fuzz::require(
            pickle->bytes > 0 && pickle->bytes <= text.size(), "a pickle ends in its text");
        fuzz::require(pickle->root < pickle->values.size(), "what it is is one of its values");
        if (const auto tensors = stateDictOf(*pickle, "data.pkl")) {
            for (const auto& tensor : *tensors)
                fuzz::require(tensor.shape.size() == tensor.strides.size() && tensor.offset >= 0,
                    "a tensor has a stride for each edge");
        }
        text.remove_prefix(pickle->bytes);
    }
    return 0;
}
