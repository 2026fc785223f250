#include "core/features/feature_source.h"

#include "core/features/picture_tensor.h"
#include "core/features/tensor_augmentation.h"
#include "core/model/compute.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace vernier {

namespace {

/// Part of every key: goes up when the same inputs come to give other features (a change to
/// decoding, geometry, augmentation, arithmetic or rounding).
constexpr const char* kGeneration = "4";

template <class T> void append(std::string& text, const T& value)
{
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    text.append(raw, sizeof value);
}

void append(std::string& text, const ContentHash& hash)
{
    text.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
}

ContentHash hashOf(const std::string& text) { return contentHash(std::as_bytes(std::span(text))); }

/// Of the values in the order in which they lie in memory: a channels-last weight needs no copy.
ContentHash hashOf(const torch::Tensor& weights)
{
    auto values = weights.detach().to(torch::kCPU);
    values = (values.dim() == 4 ? values.permute({ 0, 2, 3, 1 }) : values).contiguous();
    return contentHash({ static_cast<const std::byte*>(values.const_data_ptr()), values.nbytes() });
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

/// Each sample of a batch in 16 bits: fp16, or bf16 for a sample that fp16 has no numbers for.
std::vector<torch::Tensor> halved(const torch::Tensor& batch)
{
    if (batch.scalar_type() == torch::kBFloat16)
        return batch.unbind();
    constexpr double kLargestHalf = 65504;
    auto samples = batch.to(torch::kHalf).unbind();
    const auto [low, high] = at::aminmax(batch);
    if (low.item<double>() >= -kLargestHalf && high.item<double>() <= kLargestHalf)
        return samples;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (samples[i].isinf().any().item<bool>())
            samples[i] = batch[static_cast<std::int64_t>(i)].to(torch::kBFloat16);
    }
    return samples;
}

} // namespace

FeatureSource::FeatureSource(const Network& network, const DatasetSnapshot& dataset,
    FeatureCache::Store& store, PictureSource& pictures, Options options)
    : m_network(network)
    , m_dataset(dataset)
    , m_store(store)
    , m_pictures(pictures)
    , m_options(options)
{
    const auto& model = network.description();
    const auto layers = network.backboneLayers();
    std::string below;
    const auto addStage = [&](std::size_t layer) {
        m_stages.push_back({ layer, network.architecture().shapeAfter(layer),
            std::string(kGeneration) + "|" + std::string(name(options.geometry)) + "|"
                + model.normalization.name + "|" + std::to_string(model.inputSize) + "|"
                + model.backbone + "|" + std::to_string(layer) + "|" + hashOf(below).hex() + "|"
                + c10::toString(options.dtype) + "|" });
    };
    for (std::size_t i = 0; i < options.cut; ++i) {
        if (i > 0 && layers[i].block != layers[i - 1].block)
            addStage(i);
        below += layers[i].name + ";";
        for (const auto& [name, tensor] : network.state(layers[i].name))
            append(below, hashOf(tensor));
    }
    addStage(options.cut);
}

ContentHash FeatureSource::keyOf(const Asked& place, const Stage& stage) const
{
    auto text = stage.keyPart;
    append(text, place.content);
    if (place.sample.draw) {
        append(text, m_options.fill);
        text += bytesOf(*place.sample.draw);
    }
    return hashOf(text);
}

int FeatureSource::cachedStage(const Asked& place) const
{
    int index = lastStage();
    while (index != kPicture && !m_store.contains(keyOf(place, stage(index))))
        --index;
    return index;
}

std::pair<int, torch::Tensor> FeatureSource::cached(const Asked& place) const
{
    int index = place.loads || !place.sample.keep ? kPicture : lastStage();
    for (; index != kPicture; --index) {
        auto features = m_store.find(keyOf(place, stage(index)), stage(index).shape);
        if (features.defined())
            return { index, std::move(features) };
    }
    return { kPicture, {} };
}

Status FeatureSource::begin(std::vector<Sample> order, std::stop_token stop)
{
    m_pictures.begin({});
    m_order.clear();
    m_position = 0;
    m_missing = 0;
    m_store.refresh();
    std::vector<WantedPicture> wanted;
    for (auto& sample : order) {
        if (stop.stop_requested())
            break;
        if (m_unreadable.contains(sample.image))
            continue;
        Asked place { sample, {}, true, true };
        int from = kPicture;
        if (sample.keep) {
            const auto content = m_pictures.contentOf(sample.image);
            if (!content) {
                m_unreadable[sample.image] = content.error().detail;
                continue;
            }
            place.content = *content;
            from = cachedStage(place);
        }
        place.loads = from == kPicture && !isPooled(sample);
        if (place.loads)
            wanted.push_back(wantedFor(sample));
        place.missing = from < lastStage();
        m_missing += place.missing;
        m_order.push_back(std::move(place));
    }
    m_pictures.contentsAreKnown();
    if (stop.stop_requested())
        return cancelled();
    m_pictures.begin(std::move(wanted));
    return {};
}

void FeatureSource::leaveOutCached()
{
    std::erase_if(m_order, [](const Asked& place) { return !place.missing; });
}

Result<Picture> FeatureSource::picture(const Asked& place, std::stop_token stop)
{
    if (place.loads)
        return m_pictures.next(stop);
    // It was cached when the pass began and has been pushed out since, or is damaged.
    return m_pictures.read(wantedFor(place.sample));
}

bool FeatureSource::isPooled(const Sample& sample) const
{
    return m_options.pool && !sample.keep && m_options.pool->contains(sample.image);
}

WantedPicture FeatureSource::wantedFor(const Sample& sample) const
{
    return { sample.image, m_options.pool ? std::nullopt : sample.draw };
}

torch::Tensor FeatureSource::views(const Run& run) const
{
    std::vector<AugmentationDraw> draws;
    std::vector<std::size_t> pooled, loaded;
    std::vector<const Picture*> decoded;
    std::vector<std::int64_t> order; // a row's place among the loaded, or behind them the pooled
    const auto fresh = std::count_if(run.pictures.begin(), run.pictures.end(),
        [](const Picture& picture) { return !picture.empty(); });
    for (std::size_t i = 0; i < run.places.size(); ++i) {
        const auto& sample = run.places[i]->sample;
        draws.push_back(sample.draw.value_or(AugmentationDraw {}));
        if (run.pictures[i].empty()) {
            order.push_back(fresh + static_cast<std::int64_t>(pooled.size()));
            pooled.push_back(sample.image);
        } else {
            order.push_back(static_cast<std::int64_t>(loaded.size()));
            loaded.push_back(sample.image);
            decoded.push_back(&run.pictures[i]);
        }
    }
    const auto loadedPictures = [&] { return stacked(decoded, m_options.device.is_cuda()); };
    if (!m_options.pool)
        return onDevice(loadedPictures(), m_options.device);
    auto& pool = *m_options.pool;
    torch::Tensor pictures;
    if (run.places.front()->sample.keep)
        pictures = onDevice(loadedPictures(), m_options.device);
    else if (loaded.empty())
        pictures = pool.get(pooled);
    else if (pooled.empty())
        pictures = pool.add(loaded, loadedPictures());
    else
        pictures
            = at::cat({ pool.add(loaded, loadedPictures()), pool.get(pooled) })
                  .index_select(0, onDevice(torch::tensor(order, torch::kLong), m_options.device));
    return augmented(pictures, draws, m_options.fill);
}

torch::Tensor FeatureSource::input(const Run& run) const
{
    return m_network.normalized(views(run).permute({ 0, 3, 1, 2 }), m_options.dtype);
}

torch::Tensor FeatureSource::joined(const std::vector<torch::Tensor>& features, Shape shape) const
{
    // One copy to a GPU, and none that is waited for.
    const bool stage = m_options.device.is_cuda()
        && std::all_of(features.begin(), features.end(),
            [](const torch::Tensor& each) { return each.is_cpu(); });
    auto batch = torch::empty(
        { static_cast<std::int64_t>(features.size()), shape.channels, shape.height, shape.width },
        torch::TensorOptions(m_options.dtype)
            .device(stage ? torch::Device(torch::kCPU) : m_options.device)
            .pinned_memory(stage)
            .memory_format(at::MemoryFormat::ChannelsLast));
    for (std::size_t i = 0; i < features.size(); ++i)
        batch[static_cast<std::int64_t>(i)].copy_(features[i]);
    return onDevice(batch, m_options.device);
}

void FeatureSource::keep(
    const Run& run, const Stage& stage, const std::vector<torch::Tensor>& features)
{
    const bool isCut = &stage == &m_stages.back();
    // Ticking the last block after training the head alone is the likeliest next step, and its
    // features are at hand now. A GPU computes them again faster than a disk takes them.
    const bool isNextCut = m_stages.size() > 1 && &stage == &m_stages.back() - 1
        && m_options.cut == m_network.backboneLayers().size() && m_options.device.is_cpu();
    if (!isCut && !isNextCut)
        return;
    // At the input there is nothing to save but decoding, which is quick.
    const auto where = isNextCut ? FeatureCache::Store::Where::Disk
        : stage.layer == 0       ? FeatureCache::Store::Where::Memory
                                 : FeatureCache::Store::Where::Both;
    for (std::size_t i = 0; i < features.size(); ++i) {
        const auto& place = *run.places[i];
        // A picture that has changed since it was hashed would be found under its old content.
        const auto content = m_pictures.contentOf(place.sample.image);
        if (!content || *content != place.content)
            continue;
        m_store.put(keyOf(place, stage), features[i].to(torch::kCPU), where);
    }
}

torch::Tensor FeatureSource::finishWhole(int from, const Run& run)
{
    // Not InferenceMode: its tensors could never enter autograd in the suffix.
    const torch::NoGradGuard noGrad;
    auto x = from == kPicture ? input(run) : joined(run.features, stage(from).shape);
    auto layer = from == kPicture ? std::size_t { 0 } : stage(from).layer;
    if (!run.places.front()->sample.keep)
        return m_network.backbone(x, layer, m_options.cut);
    for (int i = from + 1; i <= lastStage(); ++i) {
        x = m_network.backbone(x, layer, stage(i).layer);
        layer = stage(i).layer;
        const auto features = halved(x);
        keep(run, stage(i), features);
        // In place: at the first block these are the largest tensors there are.
        for (std::size_t k = 0; m_options.dtype != torch::kBFloat16 && k < features.size(); ++k)
            x[static_cast<std::int64_t>(k)].copy_(features[k]);
    }
    return x;
}

FeatureSource::Run FeatureSource::pieceOf(const Run& run, std::int64_t first, std::int64_t last)
{
    const auto piece = [&](const auto& list) {
        return list.empty()
            ? list
            : std::decay_t<decltype(list)>(list.begin() + first, list.begin() + last);
    };
    return { piece(run.positions), piece(run.places), piece(run.pictures), piece(run.features) };
}

torch::Tensor FeatureSource::finish(int from, const Run& run)
{
    const auto count = static_cast<std::int64_t>(run.places.size());
    std::vector<torch::Tensor> parts;
    if (!m_options.micro) {
        // A large batch's first layers take gigabytes, and the system ends a program that asks for
        // too many instead of refusing them.
        const std::int64_t atOnce = 4 * picturesAtOnce(m_network.description().inputSize);
        if (count <= atOnce)
            return finishWhole(from, run);
        for (std::int64_t first = 0; first < count; first += atOnce)
            parts.push_back(
                finishWhole(from, pieceOf(run, first, std::min(first + atOnce, count))));
        return at::cat(parts);
    }
    m_options.micro->run(
        count, [&] { parts.clear(); },
        [&](std::int64_t first, std::int64_t last) {
            parts.push_back(last - first == count ? finishWhole(from, run)
                                                  : finishWhole(from, pieceOf(run, first, last)));
        });
    return parts.size() == 1 ? parts.front() : at::cat(parts);
}

Result<Batch> FeatureSource::next(std::int64_t size, std::stop_token stop)
{
    Batch batch;
    std::vector<torch::Tensor> features;
    std::vector<std::int64_t> labels;
    std::map<std::pair<int, bool>, Run> runs; // by where they start, and whether they are kept
    for (; size > 0 && m_position < m_order.size(); --size, ++m_position) {
        const auto& place = m_order[m_position];
        auto [from, known] = cached(place);
        std::optional<Picture> decoded;
        if (from == kPicture) {
            auto loaded = !place.loads && isPooled(place.sample) ? Result<Picture>(Picture {})
                                                                 : picture(place, stop);
            if (!loaded) {
                if (loaded.error().code == ErrorCode::Cancelled)
                    return cancelled();
                m_unreadable[place.sample.image] = loaded.error().detail;
                continue;
            }
            decoded = std::move(*loaded);
        }
        if (from < lastStage()) {
            auto& run = runs[{ from, place.sample.keep }];
            run.positions.push_back(features.size());
            run.places.push_back(&place);
            if (decoded)
                run.pictures.push_back(std::move(*decoded));
            else
                run.features.push_back(std::exchange(known, {}));
        }
        features.push_back(std::move(known));
        labels.push_back(m_dataset.images[place.sample.image].label);
        batch.images.push_back(place.sample.image);
    }
    if (features.empty())
        return batch;
    for (const auto& [start, run] : runs) {
        batch.misses += static_cast<int>(run.places.size());
        batch.decoded += static_cast<int>(std::count_if(run.pictures.begin(), run.pictures.end(),
            [](const Picture& decoded) { return !decoded.empty(); }));
        auto computed = finish(start.first, run);
        if (run.places.size() == features.size()) {
            batch.features = std::move(computed);
            break;
        }
        for (std::size_t i = 0; i < run.positions.size(); ++i)
            features[run.positions[i]] = computed[static_cast<std::int64_t>(i)];
    }
    if (!batch.features.defined())
        batch.features = joined(features, m_stages.back().shape);
    batch.labels = onDevice(torch::tensor(labels, torch::kLong), m_options.device);
    return batch;
}

} // namespace vernier
