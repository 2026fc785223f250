#pragma once

#include "ui/base/command.h"
#include "ui/session/session.h"

namespace vernier::ui {

/// Why one of the window's commands cannot be used as things are; empty: it can.
QString obstacleTo(CommandId command, Session& session);

} // namespace vernier::ui
