#pragma once

#include "core/dataset/snapshot.h"

#include <QDialog>

namespace vernier::ui {

/// The files of a folder that cannot be used: file, reason, show in folder.
class ProblemsDialog : public QDialog {
    Q_OBJECT
public:
    explicit ProblemsDialog(const DatasetSnapshot& dataset, QWidget* parent = nullptr);
};

} // namespace vernier::ui
