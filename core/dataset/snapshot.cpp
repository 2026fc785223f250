#include "core/dataset/snapshot.h"

#include <algorithm>

namespace vernier {

std::string_view name(Split split)
{
    switch (split) {
    case Split::Train:
        return "train";
    case Split::Validation:
        return "validation";
    case Split::Test:
        return "test";
    case Split::LeftOut:
        return "left out";
    }
    return {};
}

Result<Split> splitFromName(std::string_view text)
{
    for (const auto split : kSplits) {
        if (text == name(split))
            return split;
    }
    return fail(ErrorCode::Invalid, "\"" + std::string(text) + "\" is no split", {},
        "write train, validation or test");
}

Result<Split> splitOfPicture(std::string_view text)
{
    return text == name(Split::LeftOut) ? Split::LeftOut : splitFromName(text);
}

std::int64_t DatasetSnapshot::count(Split split) const
{
    return std::count_if(images.begin(), images.end(),
        [split](const ImageEntry& image) { return image.split == split; });
}

std::int64_t DatasetSnapshot::count(ClassIndex label, Split split) const
{
    return std::count_if(images.begin(), images.end(), [label, split](const ImageEntry& image) {
        return image.label == label && image.split == split;
    });
}

} // namespace vernier
