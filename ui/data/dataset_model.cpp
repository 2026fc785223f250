#include "ui/data/dataset_model.h"

#include "ui/base/format.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/mend.h"
#include "ui/pictures/picture_answer.h"

#include <algorithm>

namespace vernier::ui {

DatasetModel::DatasetModel(QObject* parent) : QAbstractListModel(parent) { }

void DatasetModel::setDataset(SnapshotPtr dataset, SnapshotPtr found)
{
    beginResetModel();
    m_dataset = std::move(dataset);
    m_found = std::move(found);
    m_classNames.clear();
    if (m_dataset) {
        for (const std::string& name : m_dataset->classes)
            m_classNames << QString::fromStdString(name);
    }
    fill();
    endResetModel();
}

void DatasetModel::setFilter(const DatasetFilter& filter)
{
    if (filter == m_filter)
        return;
    beginResetModel();
    m_filter = filter;
    fill();
    endResetModel();
}

void DatasetModel::setEvaluation(std::shared_ptr<const Evaluation> evaluation)
{
    if (evaluation == m_evaluation)
        return;
    m_evaluation = std::move(evaluation);
    m_predictedNames.clear();
    m_scored.clear();
    if (m_evaluation) {
        for (const std::string& name : m_evaluation->classes)
            m_predictedNames << QString::fromStdString(name);
        for (const ScoredImage& scored : m_evaluation->images)
            m_scored.emplace(scored.image, &scored);
    }
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), { ProposalRole, AnswerRole });
}

qint64 DatasetModel::mended() const
{
    qint64 count = 0;
    for (std::size_t i = 0; m_dataset && i < m_dataset->images.size(); ++i)
        count += mendOf(*m_dataset, m_found.get(), i) != Mend::None;
    return count;
}

void DatasetModel::fill()
{
    m_rows.clear();
    if (!m_dataset)
        return;
    const bool inPath = m_filter.name.contains(QLatin1Char('/'));
    const auto named = [&](const std::filesystem::path& path) {
        return m_filter.name.isEmpty()
            || format::path(inPath ? path : path.filename())
                   .contains(m_filter.name, Qt::CaseInsensitive);
    };
    for (std::size_t i = 0; i < m_dataset->images.size(); ++i) {
        const ImageEntry& image = m_dataset->images[i];
        if ((m_filter.classes.isEmpty() || m_filter.classes.contains(image.label))
            && (m_filter.splits.isEmpty() || m_filter.splits.contains(image.split))
            && (!m_filter.mended || mendOf(*m_dataset, m_found.get(), i) != Mend::None)
            && named(image.path))
            m_rows.push_back(i);
    }
    // An edit moves a picture to another class, but not within the snapshot.
    std::stable_sort(m_rows.begin(), m_rows.end(), [this](std::size_t a, std::size_t b) {
        return m_dataset->images[a].label < m_dataset->images[b].label;
    });
}

const ScoredImage* DatasetModel::scored(std::size_t image) const
{
    const auto found = m_scored.find(image);
    return found == m_scored.end() ? nullptr : found->second;
}

int DatasetModel::rowOf(std::size_t image) const
{
    const auto found = std::find(m_rows.begin(), m_rows.end(), image);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int DatasetModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant DatasetModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !checkIndex(index))
        return {};
    const std::size_t number = imageAt(index.row());
    const ImageEntry& image = m_dataset->images[number];
    switch (role) {
    case PathRole:
        return format::path(m_dataset->absolute(image));
    case CaptionRole:
        return format::path(image.path.filename());
    case Qt::AccessibleTextRole: {
        const QString name = format::path(image.path.filename());
        const QString mended = mendText(*m_dataset, m_found.get(), number);
        return mended.isEmpty() ? name : QStringLiteral("%1, %2").arg(name, mended);
    }
    case FaintRole:
        return image.split == Split::LeftOut;
    case SectionRole:
        return m_classNames[image.label];
    case ImageRole:
        return static_cast<qulonglong>(number);
    case MendRole:
        return static_cast<int>(mendOf(*m_dataset, m_found.get(), number));
    case ProposalRole: {
        const ScoredImage* said = scored(number);
        return said ? m_predictedNames[said->predicted] : QString();
    }
    case AnswerRole: {
        const ScoredImage* said = scored(number);
        return said
            ? QVariant::fromValue(PictureAnswer { m_predictedNames, said->probabilities(), {} })
            : QVariant();
    }
    case Qt::ToolTipRole: {
        // Not read yet.
        if (image.width == 0)
            return format::path(image.path);
        const QString mended = mendText(*m_dataset, m_found.get(), number);
        return QStringLiteral("%1\n%2, %3, %4")
                   .arg(format::path(image.path), format::pixels(image.width, image.height),
                       format::bytes(image.bytes), format::split(image.split))
            + (mended.isEmpty() ? QString() : tr("\nMended: %1").arg(mended));
    }
    default:
        return {};
    }
}

} // namespace vernier::ui
