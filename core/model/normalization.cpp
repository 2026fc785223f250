#include "core/model/normalization.h"

#include <algorithm>

namespace vernier {

namespace {

const std::vector<Normalization>& all()
{
    static const std::vector<Normalization> list {
        { "caffe", 1, { 123.68, 116.779, 103.939 }, { 1, 1, 1 }, true },
        { "unit", 255, { 0, 0, 0 }, { 1, 1, 1 }, false },
        { "torch", 255, { 0.485, 0.456, 0.406 }, { 0.229, 0.224, 0.225 }, false },
    };
    return list;
}

} // namespace

Result<Normalization> findNormalization(std::string_view name)
{
    const auto found = std::find_if(
        all().begin(), all().end(), [&](const Normalization& n) { return n.name == name; });
    if (found != all().end())
        return *found;
    return fail(ErrorCode::NotFound, "there is no normalization \"" + std::string(name) + "\"", {},
        "use caffe, unit or torch");
}

std::vector<std::string> normalizationNames()
{
    std::vector<std::string> names;
    for (const auto& n : all())
        names.push_back(n.name);
    return names;
}

} // namespace vernier
