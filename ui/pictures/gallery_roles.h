#pragma once

#include <Qt>

namespace vernier::ui {

/// What a GalleryView and PictureActions ask a model for.
enum GalleryRole : int {
    PathRole = Qt::UserRole + 1, ///< QString, absolute
    CaptionRole, ///< QString; a line break parts two lines
    WrongRole, ///< bool: red outline
    FaintRole, ///< bool: nothing uses it
    SectionRole, ///< QString: rows of one section stand together; empty: no headings
    ImageRole, ///< qulonglong, index into the open dataset's images; invalid: it is none of them
    ProposalRole, ///< QString, the class that a network takes it for; empty: not known
    AnswerRole, ///< PictureAnswer, all that the network says of it; invalid: not known
    MendRole ///< Mend as int: what a person has said of it
};

} // namespace vernier::ui
