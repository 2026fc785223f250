#include "core/training/feature_source.h"

#include <cstring>

namespace vernier {

namespace {

ContentHash weightsHash(const Network& network, std::size_t cut)
{
    std::string all;
    for (std::size_t i = 0; i < cut; ++i) {
        const auto& layer = network.backboneLayers()[i];
        all += layer.name + ";";
    }
    for (const auto& [name, tensor] : network.state()) {
        const auto layer = name.substr(0, name.find('.'));
        if (all.find(layer + ";") == std::string::npos)
            continue;
        const auto bytes = tensor.detach().to(torch::kCPU).contiguous();
        all += contentHash(
            { static_cast<const std::byte*>(bytes.const_data_ptr()), bytes.nbytes() })
                   .hex();
    }
    return contentHash(std::as_bytes(std::span(all)));
}

template <class T> void append(std::string& text, const T& value)
{
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    text.append(raw, sizeof value);
}

std::string bytesOf(const AugmentationDraw& d)
{
    std::string text;
    for (const double v :
        { d.theta, d.tx, d.ty, d.shear, d.zx, d.zy, d.brightness, d.contrast, d.saturation })
        append(text, v);
    text += d.flipHorizontally ? 'h' : '-';
    text += d.flipVertically ? 'v' : '-';
    return text;
}

} // namespace

FeatureSource::FeatureSource(const Network& network, const DatasetSnapshot& dataset,
    FeatureCache::Store& store, Options options)
    : m_network(network), m_dataset(dataset), m_store(store), m_options(options)
{
    const auto& model = network.description();
    m_keyPart = std::string(name(options.geometry)) + "|" + model.normalization.name + "|"
        + std::to_string(model.inputSize) + "|" + model.backbone + "|" + std::to_string(options.cut)
        + "|" + weightsHash(network, options.cut).hex() + "|" + c10::toString(options.dtype) + "|";
}

std::optional<ContentHash> FeatureSource::keyOf(const Sample& sample)
{
    const auto content = m_store.contentOf(m_dataset.absolute(m_dataset.images[sample.image]));
    if (!content) {
        m_unreadable[sample.image] = content.error().detail;
        return std::nullopt;
    }
    std::string text = m_keyPart;
    text.append(reinterpret_cast<const char*>(content->bytes.data()), content->bytes.size());
    if (sample.draw) {
        append(text, m_options.fill);
        text += bytesOf(*sample.draw);
    }
    return contentHash(std::as_bytes(std::span(text)));
}

void FeatureSource::begin(std::vector<Sample> order)
{
    m_loader.reset();
    m_order.clear();
    m_position = 0;
    m_missing = 0;
    std::vector<LoadItem> items;
    for (auto& sample : order) {
        if (m_unreadable.contains(sample.image))
            continue;
        Place place { sample, {}, true };
        if (sample.keep) {
            const auto key = keyOf(sample);
            if (!key)
                continue;
            place.key = *key;
            place.loads = !m_store.find(*key).defined();
        }
        if (place.loads) {
            ++m_missing;
            items.push_back({ m_dataset.absolute(m_dataset.images[sample.image]), sample.draw });
        }
        m_order.push_back(std::move(place));
    }
    if (!items.empty())
        m_loader = std::make_unique<BatchLoader>(std::move(items),
            BatchLoader::Options { m_network.description().inputSize, m_options.geometry,
                m_options.fill, m_options.loaderThreads, 64 });
}

Result<Picture> FeatureSource::picture(const Place& place, std::stop_token stop)
{
    if (place.loads)
        return m_loader->next(stop);
    // It was cached when the pass began and has been pushed out since.
    auto picture = decodeFitted(m_dataset.absolute(m_dataset.images[place.sample.image]),
        m_network.description().inputSize, m_options.geometry);
    if (picture && place.sample.draw)
        return augmented(*picture, *place.sample.draw, m_options.fill);
    return picture;
}

torch::Tensor FeatureSource::prefix(const std::vector<Picture>& pictures) const
{
    const auto size = m_network.description().inputSize;
    auto rgb
        = torch::empty({ static_cast<std::int64_t>(pictures.size()), size, size, 3 }, torch::kByte);
    const auto bytes = static_cast<std::size_t>(size) * static_cast<std::size_t>(size) * 3;
    for (std::size_t i = 0; i < pictures.size(); ++i)
        std::memcpy(rgb.data_ptr<std::uint8_t>() + i * bytes, pictures[i].rgb.data(), bytes);
    // Not InferenceMode: its tensors could never enter autograd in the suffix.
    const torch::NoGradGuard noGrad;
    const auto input = rgb.permute({ 0, 3, 1, 2 }).to(m_options.device);
    return m_network.backbone(m_network.normalized(input, m_options.dtype), 0, m_options.cut);
}

Result<Batch> FeatureSource::next(std::int64_t size, std::stop_token stop)
{
    std::vector<torch::Tensor> features;
    std::vector<std::int64_t> labels;
    std::vector<Picture> pictures;
    std::vector<std::pair<std::size_t, const Place*>>
        waiting; // position in the batch, where it belongs
    for (; size > 0 && m_position < m_order.size(); --size, ++m_position) {
        const auto& place = m_order[m_position];
        auto known = place.sample.keep && !place.loads ? m_store.find(place.key) : torch::Tensor();
        if (!known.defined()) {
            auto loaded = picture(place, stop);
            if (!loaded) {
                if (loaded.error().code == ErrorCode::Cancelled)
                    return cancelled();
                m_unreadable[place.sample.image] = loaded.error().detail;
                continue;
            }
            waiting.emplace_back(features.size(), &place);
            pictures.push_back(std::move(*loaded));
        }
        features.push_back(std::move(known));
        labels.push_back(m_dataset.images[place.sample.image].label);
    }
    Batch batch;
    batch.misses = static_cast<int>(pictures.size());
    if (features.empty())
        return batch;
    if (!pictures.empty()) {
        const auto computed = prefix(pictures);
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            const auto [position, place] = waiting[i];
            const auto own = computed[static_cast<std::int64_t>(i)];
            features[position] = own;
            if (place->sample.keep)
                m_store.put(place->key, own.to(torch::kCPU).clone(at::MemoryFormat::Preserve));
        }
    }
    const auto shape = features.front().sizes();
    batch.features
        = torch::empty({ static_cast<std::int64_t>(features.size()), shape[0], shape[1], shape[2] },
            torch::TensorOptions(m_options.dtype)
                .device(m_options.device)
                .memory_format(at::MemoryFormat::ChannelsLast));
    for (std::size_t i = 0; i < features.size(); ++i)
        batch.features[static_cast<std::int64_t>(i)].copy_(features[i]);
    batch.labels = torch::tensor(labels, torch::kLong).to(m_options.device);
    return batch;
}

} // namespace vernier
