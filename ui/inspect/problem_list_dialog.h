#pragma once

#include "core/dataset/snapshot.h"

#include <QDialog>

namespace vernier::ui {

/// Files that could not be used, each with its reason.
class ProblemListDialog : public QDialog {
    Q_OBJECT
public:
    explicit ProblemListDialog(const std::vector<ScanProblem>& problems, QWidget* parent = nullptr);
};

} // namespace vernier::ui
