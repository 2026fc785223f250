#pragma once

#include <QObject>

namespace vernier::ui {

/// Leaves undo and redo to the window while nothing is being typed. Of itself a text field, the one
/// in a spin box too, takes both whenever it has the focus, so that Ctrl+Z would not take back the
/// value that was just given. An event filter for the application.
class FieldUndo : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace vernier::ui
