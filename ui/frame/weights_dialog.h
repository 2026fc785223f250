#pragma once

#include "core/fetch/published_file.h"
#include "ui/base/job.h"

#include <QDialog>

#include <memory>
#include <string>
#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace vernier::ui {

class FetchProgress;

/// The weights of the catalogue: what each is for, how large it is, under which licence; to fetch,
/// remove and start from. A download belongs to the dialog: closing it stops there, and keeps what
/// has come for the next time.
class WeightsDialog : public QDialog {
    Q_OBJECT
public:
    /// Those of `backbone` stand first.
    explicit WeightsDialog(const std::string& backbone, QWidget* parent = nullptr);
    ~WeightsDialog() override;

Q_SIGNALS:
    void weightsChanged(); ///< some were fetched or removed
    void startFrom(const QString& file, const QString& backbone); ///< a training is to begin so

private:
    struct Entry;
    void addEntry(const PublishedFile& file, bool fetched);
    void fetch(Entry& entry);
    void remove(Entry& entry);
    void showState(Entry& entry, const QString& sentence, bool wrong);

    QLabel* m_problem;
    QVBoxLayout* m_rows;
    Job m_list;
    std::vector<std::unique_ptr<Entry>> m_entries;
};

} // namespace vernier::ui
