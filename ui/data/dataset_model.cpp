#include "ui/data/dataset_model.h"

#include "ui/base/format.h"
#include "ui/pictures/gallery_roles.h"

#include <algorithm>

namespace vernier::ui {

DatasetModel::DatasetModel(QObject* parent) : QAbstractListModel(parent) { }

void DatasetModel::setDataset(SnapshotPtr dataset)
{
    beginResetModel();
    m_dataset = std::move(dataset);
    m_classNames.clear();
    if (m_dataset) {
        for (const std::string& name : m_dataset->classes)
            m_classNames << QString::fromStdString(name);
    }
    fill();
    endResetModel();
}

void DatasetModel::setFilter(const QSet<ClassIndex>& classes, const QSet<Split>& splits)
{
    if (classes == m_classes && splits == m_splits)
        return;
    beginResetModel();
    m_classes = classes;
    m_splits = splits;
    fill();
    endResetModel();
}

void DatasetModel::fill()
{
    m_rows.clear();
    if (!m_dataset)
        return;
    for (std::size_t i = 0; i < m_dataset->images.size(); ++i) {
        const ImageEntry& image = m_dataset->images[i];
        if ((m_classes.isEmpty() || m_classes.contains(image.label))
            && (m_splits.isEmpty() || m_splits.contains(image.split)))
            m_rows.push_back(i);
    }
    // An edit moves a picture to another class, but not within the snapshot.
    std::stable_sort(m_rows.begin(), m_rows.end(), [this](std::size_t a, std::size_t b) {
        return m_dataset->images[a].label < m_dataset->images[b].label;
    });
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
    const ImageEntry& image = m_dataset->images[imageAt(index.row())];
    switch (role) {
    case PathRole:
        return format::path(m_dataset->absolute(image));
    case CaptionRole:
    case Qt::AccessibleTextRole:
        return format::path(image.path.filename());
    case FaintRole:
        return image.split == Split::LeftOut;
    case SectionRole:
        return m_classNames[image.label];
    case Qt::ToolTipRole:
        // Not read yet.
        if (image.width == 0)
            return format::path(image.path);
        return QStringLiteral("%1\n%2, %3, %4")
            .arg(format::path(image.path), format::pixels(image.width, image.height),
                format::bytes(image.bytes), format::split(image.split));
    default:
        return {};
    }
}

} // namespace vernier::ui
