#pragma once

#include <Qt>

namespace vernier::ui {

/// What a GalleryView asks its model for.
enum GalleryRole : int {
    PathRole = Qt::UserRole + 1, ///< QString, absolute
    CaptionRole, ///< QString; a line break parts two lines
    WrongRole, ///< bool: red outline
    FaintRole, ///< bool: nothing uses it
    SectionRole ///< QString: rows of one section stand together; empty: no headings
};

} // namespace vernier::ui
