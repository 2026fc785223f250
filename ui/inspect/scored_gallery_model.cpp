#include "ui/inspect/scored_gallery_model.h"

#include "ui/base/format.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/mend.h"
#include "ui/pictures/picture_answer.h"

#include <algorithm>
#include <string>
#include <tuple>

namespace vernier::ui {

void ScoredGalleryModel::setEvaluation(
    std::shared_ptr<const Evaluation> evaluation, SnapshotPtr dataset, SnapshotPtr found)
{
    beginResetModel();
    m_evaluation = std::move(evaluation);
    m_dataset = std::move(dataset);
    if (!m_open)
        m_found = std::move(found);
    m_classNames.clear();
    if (m_evaluation) {
        for (const std::string& name : m_evaluation->classes)
            m_classNames << QString::fromStdString(name);
    }
    rebuild();
    endResetModel();
}

void ScoredGalleryModel::setOpen(const SnapshotPtr& open, const SnapshotPtr& found)
{
    if (!m_open)
        m_open.emplace();
    m_open->setDataset(open);
    m_found = found;
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), { ImageRole, MendRole });
}

std::optional<std::size_t> ScoredGalleryModel::openImage(std::size_t image) const
{
    return m_open ? m_open->find(m_dataset->absolute(m_dataset->images[image])) : image;
}

QVariant ScoredGalleryModel::mend(std::size_t openImage) const
{
    const DatasetSnapshot& open = m_open ? *m_open->dataset() : *m_dataset;
    return static_cast<int>(mendOf(open, m_found.get(), openImage));
}

void ScoredGalleryModel::setFilter(const GalleryFilter& filter)
{
    if (filter == m_filter)
        return;
    beginResetModel();
    m_filter = filter;
    rebuild();
    endResetModel();
}

void ScoredGalleryModel::setOrder(GalleryOrder order)
{
    if (order == m_order)
        return;
    beginResetModel();
    m_order = order;
    rebuild();
    endResetModel();
}

void ScoredGalleryModel::rebuild()
{
    m_rows.clear();
    if (!m_evaluation || !m_dataset)
        return;
    const auto& images = m_evaluation->images;
    for (std::size_t i = 0; i < images.size(); ++i) {
        const ScoredImage& scored = images[i];
        if (m_filter.wrongOnly && scored.label == scored.predicted)
            continue;
        if (m_filter.target.truth && *m_filter.target.truth != scored.label)
            continue;
        if (m_filter.target.predicted && *m_filter.target.predicted != scored.predicted)
            continue;
        m_rows.push_back(i);
    }

    const auto byConfidence = [&](std::size_t a, std::size_t b) {
        const bool wrongA = images[a].label != images[a].predicted;
        const bool wrongB = images[b].label != images[b].predicted;
        if (wrongA != wrongB)
            return wrongA;
        return images[a].confidence() > images[b].confidence();
    };
    const auto byLoss
        = [&](std::size_t a, std::size_t b) { return images[a].loss > images[b].loss; };
    switch (m_order) {
    case GalleryOrder::Confidence:
        std::stable_sort(m_rows.begin(), m_rows.end(), byConfidence);
        break;
    case GalleryOrder::Loss:
        std::stable_sort(m_rows.begin(), m_rows.end(), byLoss);
        break;
    case GalleryOrder::Name:
        sortByName();
        break;
    }
}

void ScoredGalleryModel::sortByName()
{
    // Taken apart once: asked for in each comparison, the names of ten thousand files stall the
    // window.
    using Key = std::tuple<std::string, std::string, std::size_t>;
    std::vector<Key> keys;
    keys.reserve(m_rows.size());
    for (const std::size_t row : m_rows) {
        const auto& path = m_dataset->images[m_evaluation->images[row].image].path;
        keys.emplace_back(path.filename().native(), path.native(), row);
    }
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 0; i < keys.size(); ++i)
        m_rows[i] = std::get<std::size_t>(keys[i]);
}

const ScoredImage& ScoredGalleryModel::scored(int row) const
{
    return m_evaluation->images[m_rows[static_cast<std::size_t>(row)]];
}

int ScoredGalleryModel::rowOf(std::size_t image) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (scored(row).image == image)
            return row;
    }
    return -1;
}

int ScoredGalleryModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant ScoredGalleryModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index))
        return {};
    const ScoredImage& picture = scored(index.row());
    const ImageEntry& entry = m_dataset->images[picture.image];
    const bool wrong = picture.label != picture.predicted;
    const auto className = [&](ClassIndex label) { return m_classNames[label]; };
    const QString probability = format::percent(picture.confidence());
    switch (role) {
    case PathRole:
        return format::path(m_dataset->absolute(entry));
    case WrongRole:
        return wrong;
    case SectionRole:
        return QString();
    case ImageRole: {
        const auto image = openImage(picture.image);
        return image ? QVariant(static_cast<qulonglong>(*image)) : QVariant();
    }
    case MendRole: {
        const auto image = openImage(picture.image);
        return image ? mend(*image) : QVariant();
    }
    case ProposalRole:
        return className(picture.predicted);
    case AnswerRole:
        return QVariant::fromValue(PictureAnswer { m_classNames, picture.probabilities(), {} });
    case Qt::DisplayRole:
    case CaptionRole:
        return wrong ? tr("%1\n→ %2  %3")
                           .arg(className(picture.label), className(picture.predicted), probability)
                     : tr("%1\n%2").arg(className(picture.label), probability);
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: {
        const QString file = format::path(entry.path);
        return wrong
            ? tr("%1 is %2 and was taken for %3 with a probability of %4.")
                  .arg(file, className(picture.label), className(picture.predicted), probability)
            : tr("%1 is %2 and was recognized with a probability of %3.")
                  .arg(file, className(picture.label), probability);
    }
    default:
        return {};
    }
}

} // namespace vernier::ui
