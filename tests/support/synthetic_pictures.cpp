#include "tests/support/synthetic_pictures.h"

#include "core/base/random.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace vernier::test {

namespace {

constexpr std::size_t kDifferent = 16;
constexpr int kNoise = 90;

Picture noisePicture(int size, std::uint64_t label, std::uint64_t number)
{
    Picture picture { size, size,
        std::vector<std::uint8_t>(
            static_cast<std::size_t>(size) * static_cast<std::size_t>(size) * 3) };
    Random colour { 21, label };
    const std::array base { colour.below(160), colour.below(160), colour.below(160) };
    Random noise { 22, label, number };
    for (std::size_t i = 0; i < picture.rgb.size(); ++i)
        picture.rgb[i] = static_cast<std::uint8_t>(base[i % 3] + noise.below(kNoise));
    return picture;
}

} // namespace

SnapshotPtr syntheticDataset(int classes, std::size_t train, std::size_t validation)
{
    auto dataset = std::make_shared<DatasetSnapshot>();
    dataset->root = "/nowhere";
    for (int c = 0; c < classes; ++c)
        dataset->classes.push_back("class" + std::to_string(c));
    for (const auto& [split, count] :
        { std::pair(Split::Train, train), std::pair(Split::Validation, validation) }) {
        for (std::size_t i = 0; i < count; ++i) {
            ImageEntry image;
            image.path = std::string(name(split)) + std::to_string(i);
            image.label = static_cast<ClassIndex>(i % static_cast<std::size_t>(classes));
            image.split = split;
            dataset->images.push_back(std::move(image));
        }
    }
    return dataset;
}

SyntheticPictures::SyntheticPictures(const DatasetSnapshot& dataset, const PictureNeeds& needs)
    : m_dataset(dataset), m_needs(needs)
{
    for (std::size_t label = 0; label < dataset.classes.size(); ++label) {
        for (std::size_t number = 0; number < kDifferent; ++number)
            m_different.push_back(noisePicture(needs.size, label, number));
    }
}

std::unique_ptr<PictureSource> SyntheticPictures::make(
    const DatasetSnapshot& dataset, const PictureNeeds& needs, KnownPictures&)
{
    return std::make_unique<SyntheticPictures>(dataset, needs);
}

Result<ContentHash> SyntheticPictures::contentOf(std::size_t image)
{
    ContentHash content;
    std::memcpy(content.bytes.data(), &image, sizeof image);
    return content;
}

void SyntheticPictures::begin(std::vector<WantedPicture> list)
{
    m_list = std::move(list);
    m_position = 0;
}

Result<Picture> SyntheticPictures::next(std::stop_token stop)
{
    if (stop.stop_requested())
        return cancelled();
    return read(m_list.at(m_position++));
}

Result<Picture> SyntheticPictures::read(const WantedPicture& wanted)
{
    const auto label = static_cast<std::size_t>(m_dataset.images.at(wanted.image).label);
    const auto& picture = m_different[label * kDifferent + wanted.image % kDifferent];
    return wanted.draw ? augmented(picture, *wanted.draw, m_needs.fill) : picture;
}

} // namespace vernier::test
