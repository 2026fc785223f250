#include "core/dataset/journal.h"
#include "tests/fuzz/fuzz.h"

namespace {

vernier::SnapshotPtr dataset()
{
    vernier::DatasetSnapshot snapshot;
    snapshot.root = "/pictures";
    snapshot.classes = { "ants", "bees" };
    for (const auto* path : { "ants/1.jpg", "ants/2.jpg", "bees/1.jpg" })
        snapshot.images.push_back({ path, *path == 'a' ? 0 : 1, vernier::Split::Train, 1, 1, 1 });
    return std::make_shared<const vernier::DatasetSnapshot>(std::move(snapshot));
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const auto original = dataset();
    const auto edits = editsFromJson(fuzz::textOf(data, size));
    if (!edits)
        return 0;
    const auto edited = withEdits(original, *edits);
    for (const auto& image : edited->images)
        fuzz::require(image.label == 0 || image.label == 1, "a picture's class is one of them");
    const auto written = editsFromJson(toJson(editsOf(*edited, *edits)));
    fuzz::require(written.has_value(), "what is written can be read");
    const auto again = withEdits(original, *written);
    for (std::size_t i = 0; i < original->images.size(); ++i)
        fuzz::require(again->images[i].label == edited->images[i].label
                && again->images[i].split == edited->images[i].split
                && again->images[i].confirmed == edited->images[i].confirmed,
            "and says the same");
    return 0;
}
