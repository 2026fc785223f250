#pragma once

#include "core/prediction/predictor.h"

#include <string>
#include <vector>

namespace vernier::test {

inline Prediction prediction(const std::string& file, std::vector<float> probabilities)
{
    Prediction made;
    made.path = "/pictures/" + file;
    made.probabilities = std::move(probabilities);
    return made;
}

inline Prediction unreadable(const std::string& file, const std::string& reason)
{
    Prediction made;
    made.path = "/pictures/" + file;
    made.error = Error { ErrorCode::Corrupt, reason, made.path, {} };
    return made;
}

/// Classes forky, knifey, spoony; two forks, two knives, one spoon, and one that cannot be read.
inline std::vector<Prediction> sixPictures()
{
    return {
        prediction("a10.jpg", { 0.7F, 0.2F, 0.1F }),
        prediction("a2.jpg", { 0.1F, 0.6F, 0.3F }),
        unreadable("broken.jpg", "cut off: the picture ends early"),
        prediction("a1.jpg", { 0.05F, 0.9F, 0.05F }),
        prediction("B3.jpg", { 0.98F, 0.01F, 0.01F }),
        prediction("with, comma.jpg", { 0.3F, 0.3F, 0.4F }),
    };
}

} // namespace vernier::test
