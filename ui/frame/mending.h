#pragma once

namespace vernier::ui {

class PictureActions;
class Session;

/// What a person wants of `pictures` is done to the session's dataset, and can be undone; and they
/// are kept told of it.
void mendWith(Session& session, PictureActions& pictures);

} // namespace vernier::ui
