#pragma once

#include "core/runs/run_store.h"

namespace vernier::ui {

/// For runs that are opened in the window: their pictures may have moved to where those are that
/// are open in it.
inline MovedPictures movedTo(const std::filesystem::path& open)
{
    return { open, "open the project, or the folder where they are now, first" };
}

} // namespace vernier::ui
