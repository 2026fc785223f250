#pragma once

#include "core/weights/weight_file.h"

#include <string>
#include <string_view>

/// What is said of a pickle that is not taken.
namespace vernier::pickle_words {

inline constexpr const char* kDamaged = "copy or download the file again";
inline constexpr const char* kOnlyNumbers
    = "save only the weights, in Python: torch.save(model.state_dict(), FILE)";

inline std::string asksFor(std::string_view object)
{
    return "asks for the object " + shownName(object)
        + ", which weights do not need; nothing of the file was run";
}

} // namespace vernier::pickle_words
