#pragma once

#include "core/recipe/recipe.h"
#include "core/runs/run_store.h"
#include "tests/fuzz/fuzz.h"

namespace vernier::fuzz {

/// A run's folder of which each input replaces one file.
class RunFolder {
public:
    RunFolder()
    {
        write(run_files::kRecipe, toJson(Recipe()));
        write(run_files::kDataset,
            R"({"root":"/nowhere","classes":["ants","bees"],"validation_drawn":true,"images":[]})");
    }

    const std::filesystem::path& path() const { return m_scratch.path(); }
    void write(const char* name, std::string_view text) const
    {
        m_scratch.write(name, std::as_bytes(std::span(text)));
    }

private:
    ScratchFolder m_scratch;
};

} // namespace vernier::fuzz
