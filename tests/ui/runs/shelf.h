#pragma once

#include "tests/support/temporary_folder.h"
#include "ui/base/format.h"
#include "ui/runs/run_library.h"

#include <QUndoStack>

namespace vernier::test {

/// A folder with two runs, without weights.
struct Shelf {
    TemporaryFolder folder;
    QUndoStack undo;
    ui::RunLibrary library { undo, ui::format::path(folder / "runs") };

    Shelf()
    {
        for (const std::string name : { "first", "second" }) {
            folder.write("runs/" + name + "/recipe.json", toJson(Recipe()));
            folder.write("runs/" + name + "/events.jsonl",
                toJson(
                    TrainingEvent(EpochDone { 1, 1, 0.5, 0.75, 100, 0.6, 0.7, 20, 1.5, 66, true }))
                    + "\n");
        }
    }
    QString path(const std::string& name) const { return ui::format::path(folder / "runs" / name); }
    QString binned(const std::string& name) const
    {
        return ui::format::path(binOf(folder / "runs") / name);
    }
    std::string nameOf(std::size_t run) const { return library.runs().at(run).name(); }
};

} // namespace vernier::test
