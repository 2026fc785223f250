#pragma once

#include <QMetaType>
#include <QString>
#include <QStringList>

#include <vector>

namespace vernier::ui {

/// What a network says of a picture.
struct PictureAnswer {
    QStringList classes; ///< the network's
    std::vector<float> probabilities; ///< one a class; none where the picture could not be read
    QString problem; ///< why it could not
};

} // namespace vernier::ui

Q_DECLARE_METATYPE(vernier::ui::PictureAnswer)
