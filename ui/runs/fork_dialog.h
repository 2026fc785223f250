#pragma once

#include "core/runs/run_list.h"

#include <QDialog>

class QComboBox;

namespace vernier::ui {

/// Asks for the epoch at which a run is to be forked, of those whose weights are there.
class ForkDialog : public QDialog {
    Q_OBJECT
public:
    explicit ForkDialog(const RunSummary& run, QWidget* parent = nullptr);
    int epoch() const;

private:
    QComboBox* m_epochs;
};

} // namespace vernier::ui
