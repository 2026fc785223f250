#pragma once

#include "core/dataset/data_changes.h"
#include "core/dataset/journal.h"
#include "core/dataset/split.h"

#include <QObject>
#include <QString>
#include <QUndoStack>

#include <memory>
#include <optional>
#include <vector>

namespace vernier::ui {

/// The pictures that are open, with what a person has said of them, whatever run is open. GUI
/// thread.
class CurrentDataset : public QObject {
    Q_OBJECT
public:
    /// A folder that was read.
    struct Opened {
        SnapshotPtr scanned; ///< as found: no validation drawn, nothing edited
        Edits edits; ///< its journal, see journal.h
        std::filesystem::path journal; ///< file; empty: whoever opens it keeps the journal
        std::optional<Error> problem; ///< why the journal could not be read
    };

    /// What is done here can be undone in `undo`.
    explicit CurrentDataset(QUndoStack& undo, QObject* parent = nullptr);
    ~CurrentDataset() override;

    /// Takes the place of what was open, with the validation split that `options` draw. Whoever
    /// calls it clears the undo stack before. changed() follows.
    void open(const Opened& opened, const SplitOptions& options);
    /// Whoever closes it tells so: by then nothing may speak of pictures.
    void close();

    SnapshotPtr snapshot() const { return m_snapshot; } ///< null: nothing is open
    /// The same pictures, with the splits that are drawn, before anything was said of them.
    const SnapshotPtr& asFound() const { return m_found; }

    /// All undoable.
    void relabel(const std::vector<std::size_t>& images, ClassIndex label);
    void moveTo(const std::vector<std::size_t>& images, Split split);
    void confirm(const std::vector<std::size_t>& images, bool right = true);
    /// What is said of pictures of which nothing was said here, as one step. What has no place in
    /// them comes back.
    Edits takeOver(const Edits& older, const QString& what);

    /// The split that a recipe draws; what was chosen by hand stays on top of it.
    void draw(const SplitOptions& options);
    /// From now on what `options` draw is what `run` was trained on, as far as it goes.
    void keepSplitsOf(const SnapshotPtr& run, const SplitOptions& options);

    /// Where its journal is; empty: somebody else keeps it.
    const std::filesystem::path& journal() const { return m_journal; }
    /// It is kept there from now on; what is known of it goes along.
    void keepJournalIn(const std::filesystem::path& file) { m_journal = file; }
    /// What was written of it last, or was read; another program may have written there since. The
    /// writer's own, who writes one after the other.
    const std::shared_ptr<Edits>& known() const { return m_known; }

Q_SIGNALS:
    void opened(); ///< after changed(): others took the place of what was open
    void changed();
    void edited(); ///< the journal is to be written; before changed()

private:
    friend class EditCommand;

    void apply(const SnapshotPtr& snapshot);
    void pushRelabel(std::vector<std::size_t> images, ClassIndex label);
    void pushMove(std::vector<std::size_t> images, Split split);
    void pushConfirm(std::vector<std::size_t> images, bool right);
    void drawAgain();

    QUndoStack& m_undo;
    SnapshotPtr m_snapshot;
    SnapshotPtr m_scanned;
    SnapshotPtr m_found;
    SplitOptions m_options;
    bool m_drawn = false; ///< other options would draw another split
    SnapshotPtr m_run; ///< whose splits are kept; null: none
    SplitOptions m_ofRun;
    std::filesystem::path m_journal;
    std::shared_ptr<Edits> m_known;
};

} // namespace vernier::ui
